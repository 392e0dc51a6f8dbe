"""Digits of any length, and digits that are none of 0 to 9, wherever a number is read from text."""

from __future__ import annotations

import json

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.numerals import whole_number
from tests.stages.through import check

MANY = "1" * 5000
ARABIC = "\u0661\u0662"
X = "  x: {type: Input, shape: [8, 3]}\n"


def spec(node, outputs="outputs: [y]"):
    return f"spec: 1\nnodes:\n{X}{node}\n{outputs}\n"


SPECS = {
    "an output of a layer": (spec("  h: {type: LSTM, units: 3, return_state: true, inputs: x}\n  y: {type: ReLU, inputs: h.%s}"), "SC306"),
    "an output of a block": (
        spec("  h: {type: two, inputs: x}\n  y: {type: ReLU, inputs: h.%s}")
        + "blocks: {two: {inputs: [a], nodes: {b: {type: ReLU, inputs: a}, c: {type: ReLU, inputs: a}}, outputs: [b, c]}}\n",
        "SC306",
    ),
    "an output that is an output": (spec("  y: {type: ReLU, inputs: x}", "outputs: {z: {from: y.%s}}"), "SC306"),
    "an end of an edge": (spec("  y: {type: ReLU}", "edges: [x.%s -> y]\noutputs: [y]"), "SC306"),
    "the start of a slice": (spec('  y: {type: ops.get_item, key: ["%s:"], inputs: x}'), "SC203"),
    "the end of a slice": (spec('  y: {type: ops.get_item, key: [":-%s"], inputs: x}'), "SC203"),
    "the step of a slice": (spec('  y: {type: ops.get_item, key: ["::%s"], inputs: x}'), "SC203"),
    "a class": (spec("  y: {type: ReLU, inputs: x}", 'outputs: {y: {loss: mse}}\nfit: {class_weight: {? "%s" : 1.0}}'), "SC203"),
    "a whole number in quotes": (spec('  y: {type: Dense, units: "%s", inputs: x}'), "SC203"),
    "a number in quotes": (spec('  y: {type: Dropout, rate: "%s.5", inputs: x}'), "SC203"),
    "an expression": (spec('  y: {type: Dense, units: "${%s}", inputs: x}'), "SC218"),
    "the name of a copy": (spec("  y: {type: ReLU, repeat: 2, inputs: x}", "outputs: [y.%s]"), "SC306"),
}  # fmt: skip


@pytest.mark.parametrize("digits", [MANY, ARABIC], ids=["many", "others"])
@pytest.mark.parametrize("place", SPECS)
def test_digits_that_are_no_number_of_a_spec_are_a_diagnostic(place, digits):
    text, code = SPECS[place]
    found = {each.code for each in check(sc.Source.text(text % digits), "inferring")}
    assert found <= {code, "SC206", "SC214", "SC215"}
    assert found


def test_a_class_is_weighed_once():
    text, _ = SPECS["a class"]
    assert [each.message for each in check(sc.Source.text(text.replace('? "%s" : 1.0', '"1": 1.0, "01": 2.0')))] == [
        "`class_weight` has the class 1 twice"
    ]


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_so_they_are_in_the_text_of_values(form):
    for value in (MANY, f"-{MANY}"):
        text = f"spec: 1\nx-a: {value}\n" if form == "yaml" else f'{{"spec": 1, "x-a": {value}}}'
        assert [each.code for each in check(sc.Source.text(text, form=form))] == ["SC704"]


@pytest.mark.parametrize("number", [MANY, "\u00b2", ARABIC, "-1", "1.0", ""])
def test_on_the_command_line_they_are_wrong_usage(tmp_path, capsys, number):
    (tmp_path / "a.json").write_text(json.dumps({"spec": 1}))
    assert main(["check", "--limit", f"nodes={number}", str(tmp_path / "a.json")]) == 2
    for option in ("--batch", "--length"):
        with pytest.raises(SystemExit, match="2"):
            main(["show", f"{option}={number}", str(tmp_path / "a.json")])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("12", 12),
        ("007", 7),
        ("0" * 100, 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("", None),
        ("+1", None),
    ],
)
def test_a_whole_number_has_up_to_18_digits(text, number):
    assert whole_number(text) == number
