"""The examples train on their data, with few steps."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from examples.__main__ import train
from examples.data import EXAMPLES, write
from spec_compiler.training.check_data import check_data_file
from tests.processes import ROOT


def spec_of(name):
    return ROOT / "specs" / "news.yaml" if name == "news" else ROOT / "examples" / f"{name}.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_data_of_an_example_is_as_its_spec_wants_it(name, tmp_path):
    write(name, tmp_path)
    graph = sc.load_spec(spec_of(name))
    for path in sorted(tmp_path.iterdir()):
        report = check_data_file(graph, path)
        assert not report.diagnostics, f"\n{report}"


def test_every_example_has_a_spec():
    found = {path.stem for path in (ROOT / "examples").glob("*.yaml")}
    assert found == EXAMPLES.keys() - {"news"}


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "first_digits"])
def test_an_example_trains(name, tmp_path, capsys):
    options = ("--epochs", "1", "--quiet")
    if name == "news":
        options += ("--set", "units=4", "--batch-size", "256")
    assert train(name, *options, folder=tmp_path) == 0
    assert "wrote" in capsys.readouterr().out
    assert (tmp_path / f"{name}.keras").is_file()
