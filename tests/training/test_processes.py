"""What several processes are asked for, and what each of them takes; without any framework."""

from __future__ import annotations

import numpy as np
import pytest

from spec_compiler.cli.main import main
from spec_compiler.training.distribution.parts import BatchPart
from spec_compiler.training.stream import Share
from tests.training.test_stream import COUNT, folder, streamed  # noqa: F401 (a fixture)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--processes", "0"), "a whole number of at least 1"),
        (("--process-id", "0"), "--process-id goes with --processes"),
        (("--coordinator", "a:1"), "--coordinator goes with --processes"),
        (("--layout", "a=[model]"), "--layout goes with --processes"),
        (("--processes", "2", "--coordinator", "a:1"), "--coordinator and --process-id go together"),
        (("--processes", "2", "--coordinator", "a:1", "--process-id", "2"), "from 0 to below it"),
        (("--processes", "auto", "--coordinator", "a:1", "--process-id", "0"), "with their number"),
        (("--processes", "2", "--coordinator", "a", "--process-id", "0"), "takes HOST:PORT, not `a`"),
        (("--processes", "2", "--layout", "a"), "takes PATTERN=AXES"),
        (("--processes", "2", "--layout", "a=[rows]"), "takes PATTERN=AXES"),
        (("--processes", "2", "--layout", "(=[model]"), "--layout (: "),
        (("--processes", "2", "--replicas", "2"), "--replicas goes with --layout"),
        (("--processes", "2", "--debug-nan"), "--debug-nan goes with one process"),
    ],
)
def test_what_does_not_go_together_is_told_before_anything_is_started(words, message, capsys, monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    try:
        code = main(["fit", "spec.yaml", "--data", "data.npz", *words])
    except SystemExit as end:
        code = end.code
    assert (code, message in capsys.readouterr().err) == (2, True)


def test_another_backend_is_refused(capsys, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert main(["fit", "spec.yaml", "--data", "data.npz", "--processes", "2"]) == 2
    assert "several processes train on JAX, and KERAS_BACKEND is `tensorflow`" in capsys.readouterr().err


def test_the_parts_of_a_batch_are_the_whole_but_for_what_cannot_be_divided():
    rows = np.arange(11)
    parts = [BatchPart((piece,), 3).of(rows) for piece in range(3)]
    assert [part.tolist() for part in parts] == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert BatchPart((2, 3), 4).of(np.arange(8)).tolist() == [4, 5, 6, 7]
    assert (BatchPart((2, 3), 4).share, BatchPart((0,), 1).share) == (Share(1, 2), Share(0, 1))


@pytest.mark.parametrize("shares", [2, 3, 4])
@pytest.mark.parametrize("shuffled", [False, True])
def test_the_shares_of_a_stream_are_all_samples_once(folder, shares, shuffled):  # noqa: F811
    stream = streamed(folder)
    found = [
        [
            int(value)
            for rows in stream.samples(1, shuffled=shuffled, share=Share(number, shares))
            for value in rows["x"]
        ]
        for number in range(shares)
    ]
    assert sorted(value for each in found for value in each) == list(range(COUNT))
    assert stream.count_of_each(shares) == min(map(len, found))
    if shares == 3:  # there are three files
        assert [sorted({value // 10 for value in each}) for each in found] == [[0], [1], [2]]
