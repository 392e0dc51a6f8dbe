"""`compile-spec diff`: what it prints, and what it ends with."""

from __future__ import annotations

import io
import json
import sys

import pytest

from spec_compiler.cli.main import main
from tests.cli.test_commands import HEAVY, Terminal, loaded, run
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")

OLD = """\
spec: 1
params: {units: 8}
nodes:
  x: {type: Input, shape: [4]}
  hidden: {type: Dense, units: "${units}", inputs: x}
  y: {type: Dense, units: 2, inputs: hidden}
outputs:
  y: {loss: mse}
"""
NEW = """\
spec: 1
params: {units: 8}
nodes:
  x: {type: Input, shape: [4]}
  wide: {type: Dense, units: "${units}", inputs: x}
  drop: {type: Dropout, rate: 0.5, inputs: wide}
  y: {type: Dense, units: 2, activation: softmax, inputs: drop}
outputs:
  y: {loss: categorical_crossentropy, metrics: [accuracy]}
"""
TEXT = """\
nodes
  + drop: Dropout, 0 parameters
  = hidden is now wide
  ~ y: activation: null → softmax
  ~ y: inputs [hidden] → [drop]

edges
  - hidden -> y (inputs)
  + wide -> drop (inputs)
  + drop -> y (inputs)

model
  ~ outputs.y.loss: mse → categorical_crossentropy
  ~ outputs.y.metrics: [] → [accuracy]

parameters: 58

weights: 58 of 58 parameters can be taken over
  = wide, which was hidden: 40 parameters
  = y: 18 parameters
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("old", OLD), ("new", NEW), ("bad", OLD.replace("inputs: x", "inputs: z"))):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_two_specs_are_compared_by_structure(files, capsys):
    assert run(capsys, "diff", "old.yaml", "new.yaml") == (1, TEXT, "")
    assert run(capsys, "diff", "old.yaml", "old.yaml") == (0, "no difference\n", "")


def test_params_are_set_for_both_or_for_one(files, capsys):
    assert run(capsys, "diff", "old.yaml", "old.yaml", "--set", "units=3")[0] == 0
    for option, before, after in (("--set-a", 3, 8), ("--set-b", 8, 3)):
        code, out, _ = run(capsys, "diff", "old.yaml", "old.yaml", option, "units=3")
        assert (code, out.splitlines()[1]) == (1, f"  ~ hidden: units: {before} → {after}")
    code, out, _ = run(capsys, "diff", "old.yaml", "old.yaml", "--set", "units=3", "--set-b", "units=4")
    assert (code, out.splitlines()[1]) == (1, "  ~ hidden: units: 3 → 4")


def test_json_has_all_that_was_found(files, capsys):
    code, out, err = run(capsys, "diff", "--format", "json", "old.yaml", "new.yaml")
    assert (code, err) == (1, "")
    assert json.loads(out) == {
        "before": "old.yaml",
        "after": "new.yaml",
        "same": False,
        "nodes": {
            "added": [{"name": "drop", "type": "Dropout", "parameters": 0}],
            "removed": [],
            "renamed": [{"before": "hidden", "after": "wide"}],
            "changed": [
                {
                    "name": "y",
                    "type": None,
                    "arguments": [{"path": "activation", "before": None, "after": "softmax"}],
                    "inside": None,
                }
            ],
            "moved": [{"name": "y", "before": ["hidden"], "after": ["drop"]}],
            "reshaped": [],
        },
        "layers": {"renamed": [], "changed": [], "sharing": []},
        "outputs": {"renamed": []},
        "edges": {
            "added": [
                {"from": {"node": "wide", "output": 0}, "to": {"node": "drop", "argument": "inputs", "place": None}},
                {"from": {"node": "drop", "output": 0}, "to": {"node": "y", "argument": "inputs", "place": None}},
            ],
            "removed": [
                {"from": {"node": "hidden", "output": 0}, "to": {"node": "y", "argument": "inputs", "place": None}}
            ],
        },
        "model": [
            {"path": "outputs.y.loss", "before": "mse", "after": "categorical_crossentropy"},
            {"path": "outputs.y.metrics", "before": [], "after": ["accuracy"]},
        ],
        "parameters": {"before": {"total": 58, "trainable": 58}, "after": {"total": 58, "trainable": 58}},
        "weights": {
            "taken_over": 58,
            "layers": [
                {
                    "before": before,
                    "after": after,
                    "parameters": {"before": count, "after": count},
                    "taken_over": True,
                    "reason": None,
                }
                for before, after, count in (("hidden", "wide", 40), ("y", "y", 18))
            ],
        },
    }
    code, out, _ = run(capsys, "diff", "--format", "json", "old.yaml", "old.yaml")
    assert (code, json.loads(out)["same"]) == (0, True)


def test_a_spec_with_errors_is_trouble(files, capsys):
    for words in (("old.yaml", "bad.yaml"), ("bad.yaml", "old.yaml"), ("old.yaml", "none.yaml")):
        code, out, err = run(capsys, "diff", *words)
        assert (code, out) == (2, "")
        assert "error[SC" in err
    code, _, err = run(capsys, "diff", "bad.yaml", "bad.yaml")
    assert (code, err.count("error[SC301]")) == (2, 2)
    assert run(capsys, "diff", "old.yaml", "new.yaml", "--set-a", "nothing=1")[0] == 2
    assert run(capsys, "diff", "old.yaml")[0] == 2


def test_one_of_the_two_may_be_standard_input(files, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NEW.encode())))
    assert run(capsys, "diff", "old.yaml", "-") == (1, TEXT, "")
    code, out, err = run(capsys, "diff", "-", "-")
    assert (code, out, err) == (2, "", "compile-spec: standard input can be one of the two specs, not both\n")


def test_colours_are_for_terminals(files, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert main(["diff", "old.yaml", "new.yaml"]) == 1
    assert (
        "\x1b[32m  + drop: Dropout, 0 parameters\x1b[0m\n\x1b[36m  = hidden is now wide\x1b[0m\n" in terminal.getvalue()
    )
    monkeypatch.setenv("NO_COLOR", "1")
    terminal.truncate(0)
    terminal.seek(0)
    assert main(["diff", "old.yaml", "new.yaml"]) == 1
    assert terminal.getvalue() == TEXT


@pytest.mark.slow
def test_it_loads_neither_keras_nor_tensorflow_nor_networkx():
    code = "from spec_compiler.cli.main import main\nassert main() == 1"
    news = str(ROOT / "specs" / "news.yaml")
    assert loaded(code, "diff", news, news, "--set-b", "units=3") & (HEAVY | {"networkx"}) == set()
