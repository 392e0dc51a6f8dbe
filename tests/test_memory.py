"""The collector of garbage is left as it was found."""

from __future__ import annotations

import gc
import threading

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.memory import relaxed_gc

pytestmark = pytest.mark.usefixtures("stand_ins")


@pytest.fixture(autouse=True)
def thresholds():
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_the_collector_is_patient_within_and_as_before_afterwards():
    with relaxed_gc():
        assert gc.get_threshold() == (50_000, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)


def test_it_stays_patient_until_the_last_of_several_threads_is_done():
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with relaxed_gc():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with relaxed_gc():
        thread.start()
        entered.wait()
    assert gc.get_threshold() == (50_000, 10, 10)
    leave.set()
    thread.join()
    assert gc.get_threshold() == (700, 10, 10)


def test_a_collector_that_is_switched_off_or_more_patient_is_left_alone():
    for threshold in (0, 1_000_000):
        gc.set_threshold(threshold, 5, 5)
        with relaxed_gc():
            assert gc.get_threshold() == (threshold, 5, 5)
        assert gc.get_threshold() == (threshold, 5, 5)


def test_a_check_that_finds_errors_leaves_the_collector_as_it_was(specs):
    assert sc.check_spec(specs / "mlp.yaml").ok
    assert not sc.check_spec({"spec": 2}).ok
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("words", [["check", "--no-cache"], ["show"], ["data"], ["fmt"], ["fold"], ["-o", "-"]])
def test_a_text_for_which_there_is_no_memory_is_a_diagnostic(tmp_path, monkeypatch, capsys, words):
    def read(*_):
        raise MemoryError

    for module in ("spec_compiler.pipeline.read", "spec_compiler.formatting.format.read_text"):
        monkeypatch.setattr(module, read)
    spec = tmp_path / "spec.yaml"
    spec.write_text("spec: 1\nnodes: {x: {type: Input, shape: [4]}}\noutputs: [x]\n")
    assert main([*words, str(spec)]) == 1
    printed = capsys.readouterr()
    assert "SC707" in printed.out + printed.err
