from __future__ import annotations

import random

import pytest

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.language_server.recovery import recover
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source
from tests.processes import ROOT

SPEC = """\
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: 3, inputs: x}
  z:
    type: Dense
    units: 2
    inputs: y
outputs: [z]
"""


def data_of(text: str):
    return read(Source.text(text, form="yaml"), Findings()).data


def recovered(line: int, written: str, text: str = SPEC):
    lines = text.split("\n")
    lines[line - 1] = written
    broken = "\n".join(lines)
    assert data_of(broken) is None
    found = recover(broken, (line,))
    assert found is not None
    assert found.text.count("\n") == broken.count("\n")
    return data_of(found.text), found


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  y: {type: Dense, units: 3, inp", {"type": "Dense", "units": 3, "inp": None}),
        ("  y: {type: Dense, units: 3, inputs: [x", {"type": "Dense", "units": 3, "inputs": ["x"]}),
        ("  y: {type: Dense, units: 3, inputs: [x, ", {"type": "Dense", "units": 3, "inputs": ["x"]}),
        ('  y: {type: Dense, units: "${n', {"type": "Dense", "units": "${n}"}),
        ("  y: {type: Dense, 'un", {"type": "Dense", "un": None}),
        ("  y: {", {}),
        ("  y", None),
        ("  y: }", None),
    ],
)
def test_a_half_typed_line_keeps_what_is_typed_and_the_others_stay(written, kept):
    data, found = recovered(4, written)
    assert data["nodes"]["y"] == kept
    assert found.changed == {4}
    whole = data_of(SPEC)
    assert {**data, "nodes": {**data["nodes"], "y": None}} == {**whole, "nodes": {**whole["nodes"], "y": None}}


@pytest.mark.parametrize(
    "written", ["    un", "    units: [", "    units: {a: 1", "    units: 'a", "    units: : 2", "\tunits: 2"]
)
def test_a_half_typed_line_of_a_block_mapping_keeps_its_neighbours(written):
    data, _ = recovered(7, written)
    assert {key: data["nodes"]["z"].get(key) for key in ("type", "inputs")} == {"type": "Dense", "inputs": "y"}


def test_where_the_line_is_not_known_it_is_found():
    broken = SPEC.replace("inputs: x}", "inputs: x")
    found = recover(broken)
    assert found is not None
    assert data_of(found.text) == data_of(SPEC)


def test_json_is_finished_too():
    text = '{\n  "spec": 1,\n  "nodes": {\n    "x": {"type": "Input", "shape": [4]},\n    "y": {"type": "Dense", "uni\n  },\n  "outputs": ["y"]\n}\n'
    found = recover(text, (5,))
    assert found is not None
    data = data_of(found.text)
    assert data["nodes"]["x"] == {"type": "Input", "shape": [4]}
    assert data["outputs"] == ["y"]
    assert data["nodes"]["y"]["type"] == "Dense"


JSON = """\
{
  "spec": 1,
  "params": {"n": 3},
  "nodes": {
    "x": {"type": "Input", "shape": [4, 2]},
    "y": {"type": "Dense", "units": "${n}", "inputs": "x"}
  },
  "outputs": {
    "y": {"loss": "mse", "metrics": ["mae"]}
  }
}
"""


@pytest.mark.parametrize("text", [SPEC, JSON, JSON.replace("\n", "\r\n")], ids=["yaml", "json", "windows"])
def test_of_a_text_that_ends_anywhere_all_whole_lines_are_kept(text: str):
    whole = data_of(text)
    for end in range(2, len(text)):
        begun = text[:end]
        data = data_of(begun)
        if data is None:
            found = recover(begun)
            assert found is not None, begun[-40:]
            data = data_of(found.text)
        written = begun[: begun.rfind("\n") + 1]
        bare = written.replace('"', "")
        assert [section for section in whole if f"{section}:" in bare and section not in data] == [], begun[-40:]
        for name, node in whole["nodes"].items():
            assert f"  {name}: {{type" not in bare or data["nodes"][name] == node, begun[-40:]


def test_a_key_that_is_typed_anew_keeps_what_stands_in_it():
    lines = JSON.split("\n")
    for number in (4, 8):
        key = lines[number - 1].partition(":")[0]
        for cut in (key, f"{key}:"):
            broken = "\n".join([*lines[: number - 1], cut, *lines[number:]])
            assert data_of(broken) is None
            found = recover(broken, (number,))
            assert found is not None
            assert data_of(found.text) == data_of(JSON)


def test_an_expression_that_opens_before_other_texts_of_its_line_is_ended():
    _, found = recovered(4, '  y: {type: Dense, units: "${, activation: "${n}", inputs: x}')
    assert found.changed == {4}
    assert data_of(found.text)["nodes"]["y"]["type"] == "Dense"


def test_what_is_kept_stays_where_it_is():
    broken = SPEC.replace("inputs: x}", "inputs: [x")
    found = recover(broken, (4,))
    assert found is not None
    for before, after in zip(broken.splitlines(), found.text.splitlines(), strict=True):
        assert after.startswith(before) or before == after


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_of_every_example_spec_any_line_can_be_half_typed(seed):
    drawn = random.Random(seed)
    for path in sorted((ROOT / "specs").glob("*.yaml"))[seed::4]:
        lines = path.read_text(encoding="utf-8").split("\n")
        whole = data_of("\n".join(lines))
        for _ in range(8):
            number = drawn.randrange(len(lines))
            cut = lines[number][: drawn.randrange(len(lines[number]) + 1)]
            text = "\n".join([*lines[:number], cut, *lines[number + 1 :]])
            if not cut.startswith("  ") or data_of(text) is not None:
                continue
            found = recover(text, (number + 1,))
            assert found is not None, (path, number + 1, cut)
            data = data_of(found.text)
            lost = {
                name for name in whole["nodes"] if name not in (data.get("nodes") or {}) and name not in lines[number]
            }
            assert not lost, (path, number + 1, cut)
