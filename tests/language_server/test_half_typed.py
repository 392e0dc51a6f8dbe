"""That a line that is half typed costs what is told of that line, and nothing of the others: all kinds of such lines."""

from __future__ import annotations

import pytest
from lsprotocol import types

from tests.language_server.editor import Editor

SPEC = """\
spec: 1
imports: [std/pooling.yaml]
params: {width: 3, rate: 0.1}
defaults: {Dense: {activation: relu}}
blocks:
  head:
    params: {units: 2}
    inputs: [q]
    nodes:
      inner: {type: Dense, units: "${units}", inputs: q}
      last: {type: Dropout, rate: 0.1, inputs: inner}
    outputs: [last]
layers:
  shared: {type: Dense, units: 7}
nodes:
  x: {type: Input, shape: [4]}
  a: {type: Dense, units: "${width}"}
  b:
    type: Dense
    units: 5
  s: {use: shared}
  c: {type: head, units: 6, inputs: s}
  d: {type: Concatenate, inputs: [a, b, c]}
  y: {type: Dense, units: 1, activation: sigmoid, inputs: d}
edges:
- x -> a
- x -> b
- b -> s
outputs: {y: {loss: binary_crossentropy, metrics: [accuracy]}}
compile: {optimizer: {type: Adam, learning_rate: "${rate}"}}
fit: {epochs: 2, callbacks: [{type: EarlyStopping, monitor: loss}]}
"""
LINES = SPEC.split("\n")
HINTS = {
    10: ["= 6", "→ (None, 6)"],
    11: ["→ (None, 6)"],
    16: ["→ (None, 4)"],
    17: ["= 3", "→ (None, 3)"],
    18: ["→ (None, 5)"],
    21: ["→ (None, 7)"],
    22: ["→ (None, 6)"],
    23: ["→ (None, 14)"],
    24: ["→ (None, 1)"],
    30: ["= 0.1"],
}
HALF_TYPED = {
    "spec": ["sp", "spec:", "sp: 1"],
    "imports": [
        "imp",
        "imports:",
        "imports: [",
        "imports: [std",
        "imports: [std/pooling.yaml, s",
        "imports: [gone.yaml]",
        "imports: {",
    ],
    "params": [
        "par",
        "params:",
        "params: {",
        "params: {width: 3, r",
        "params: {width: 3, rate: }",
        "params: {width: , rate: 0.1}",
        "params: {width: 3, rate: {def}}",
        "params: {width: {type: }, rate: 0.1}",
        'params: {width: "${", rate: 0.1}',
        'params: {width: "${wi}", rate: 0.1}',
        "params: {wid: 3, rate: 0.1}",
        "params: [",
    ],
    "defaults": [
        "def",
        "defaults: {De",
        "defaults: {Dense: }",
        "defaults: {Dense: {act}}",
        "defaults: {Dense: {activation: re}}",
        "defaults: {Dense: {activation: relu}, Con}",
    ],
    "blocks": ["blo"],
    "  head": ["  hea:", "  head", "  head: {"],
    "    params": ["    par", "    params: {", "    params: {un}", "    params: {uni: 2}", "    params: {units: }"],
    "    inputs": ["    inp", "    inputs: [", "    inputs: []", "    inputs: [q, ", "    inputs: {"],
    "      inner": [
        "      inner",
        "      inner: {",
        "      inner: {type: De}",
        "      inner: {type: Dense, un}",
        '      inner: {type: Dense, units: "${un}", inputs: q}',
        '      inner: {type: Dense, units: "${", inputs: q}',
        "      inn: {type: Dense, units: 2, inputs: q}",
    ],
    "    outputs": ["    out", "    outputs: [", "    outputs: [la", "    outputs: []", "    outputs: {"],
    "layers": ["lay"],
    "  shared": [
        "  shared",
        "  shared: {",
        "  shared: {type: De}",
        "  shared: {type: Dense, un}",
        "  sha: {type: Dense, units: 7}",
    ],
    "nodes": ["nod", "nodes: {"],
    "  a:": [
        "  a",
        "  a:",
        "  a: {",
        "  a: {}",
        "  a: {type: }",
        "  a: {type: De}",
        "  a: {type: Dense, u}",
        "  a: {type: Dense, units: }",
        '  a: {type: Dense, units: "${"}',
        '  a: {type: Dense, units: "${wi}"}',
        "  a: {type: Dense, units: 3, inputs: [}",
        "  a: {type: Dense, units: 3, inp: x}",
        "  aa: {type: Dense, units: 3}",
        "  a: {use: }",
        "  a: {use: sh}",
        "  a: {type: Dense, units: 3, for: {i: }}",
        "  a: [",
        '  a: "',
    ],
    "    units: 5": [
        "    u",
        "    units",
        "    units:",
        "    units: [",
        "    units: x",
        "    un: 5",
        "    units: 5, ",
        "    - 5",
        "   units: 5",
    ],
    "  c:": [
        "  c: {type: hea, inputs: s}",
        "  c: {type: head, un: 6, inputs: s}",
        "  c: {type: head, units: 6, inputs: {q: }}",
    ],
    "edges": ["edg", "edges: [", "edges: x"],
    "- x -> a": [
        "",
        "-",
        "- x",
        "- x -",
        "- x ->",
        "- x -> z",
        "- z -> a",
        "- x -> [",
        "- x -> [a",
        "- [",
        "- [x, ]",
        "- {",
        "- {from: x, to: }",
        "- x -> a.",
        "- x -> a ->",
        "- x => a",
        "- 3",
        '- "x',
        "-> a",
        "- : a",
    ],
    "outputs": [
        "out",
        "outputs:",
        "outputs: {",
        "outputs: {y",
        "outputs: {y: {",
        "outputs: {y: {lo}}",
        "outputs: {y: {loss: }}",
        "outputs: {y: {loss: bin}}",
        "outputs: {y: {loss: binary_crossentropy, metrics: [}}",
        "outputs: {y: {from: }}",
        "outputs: {z: }",
        "outputs: [",
        "outputs: [y, ",
    ],
    "compile": [
        "comp",
        "compile: {opt}",
        "compile: {optimizer: }",
        "compile: {optimizer: {type: Adam, lea}}",
        "compile: [",
    ],
    "fit": [
        "fi",
        "fit: {ep}",
        "fit: {epochs: }",
        "fit: {epochs: 2, callbacks: [",
        "fit: {epochs: 2, callbacks: [{type: EarlyStopping, mon}]}",
    ],
}
CASES = [(start, written) for start, several in HALF_TYPED.items() for written in several]


def with_line(start: str, written: str) -> tuple[int, str]:
    """The number of the line (from 1) that begins so, and the text with another one for it."""
    number = next(number for number, line in enumerate(LINES, start=1) if line.startswith(start))
    return number, "\n".join([*LINES[: number - 1], written, *LINES[number:]])


def test_a_whole_spec_has_these_hints(editor: Editor):
    editor.open("a.yaml", SPEC)
    assert editor.hints("a.yaml") == HINTS


@pytest.mark.parametrize(("start", "written"), CASES, ids=[written.strip() or "nothing" for _, written in CASES])
def test_a_half_typed_line_costs_nothing_that_is_told_of_others(editor: Editor, start: str, written: str):
    editor.open("a.yaml", SPEC)
    number, text = with_line(start, written)
    editor.open("a.yaml", text)
    assert {line: hints for line, hints in editor.hints("a.yaml").items() if line != number} == {
        line: hints for line, hints in HINTS.items() if line != number
    }
    for line, shape in ((16, "(None, 4)"), (23, "(None, 14)")):
        found = editor.service.hover(editor.uri("a.yaml"), types.Position(line - 1, 2))
        assert found is not None
        assert shape in str(found.contents)


def test_a_line_that_is_typed_anew_costs_nothing_of_others_either(editor: Editor):
    editor.open("a.yaml", SPEC)
    number = LINES.index("- b -> s") + 2
    for typed in ("", "-", "- x", "- x ->", "- x -> ", "- x -> ne"):
        editor.open("a.yaml", "\n".join([*LINES[: number - 1], typed, *LINES[number - 1 :]]))
        hints = editor.hints("a.yaml")
        assert {line + (line >= number): each for line, each in HINTS.items()} == hints, typed


def test_what_is_sound_again_is_told_as_it_is(editor: Editor):
    editor.open("a.yaml", SPEC)
    for written, given in (("    units: [", 14), ("    units: 8", 17), ("    units: 8,", 17), ("    units: 9", 18)):
        editor.open("a.yaml", with_line("    units: 5", written)[1])
        assert editor.hints("a.yaml")[23] == [f"→ (None, {given})"]


def test_a_mistake_that_is_left_is_not_talked_away(editor: Editor):
    editor.open("a.yaml", SPEC)
    _, mistaken = with_line("    units: 5", "    units: x")
    editor.open("a.yaml", mistaken)
    assert editor.hints("a.yaml")[23] == ["→ (None, 14)"]
    editor.open("a.yaml", mistaken.replace("epochs: 2", "epochs: 3"))
    assert 23 not in editor.hints("a.yaml")


def test_what_was_known_is_forgotten_where_an_import_changes(editor: Editor):
    block = "spec: 1\nblocks: {b: {inputs: [q], nodes: {y: {type: Dense, units: 2, inputs: q}}, outputs: [y]}}\n"
    editor.open("blocks.yaml", block)
    spec = "spec: 1\nimports: [blocks.yaml]\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: b, inputs: x}\n  z: {type: Flatten, inputs: y}\noutputs: [z]\n"
    editor.open("a.yaml", spec)
    editor.open("a.yaml", spec.replace("{type: Flatten, inputs: y}", "{type: Flatten, inp"))
    assert editor.hints("a.yaml")[5] == ["→ (None, 2)"]
    editor.open("blocks.yaml", block.replace("units: 2", "units: 3"))
    assert editor.hints("a.yaml")[5] == ["→ (None, 3)"]


@pytest.mark.parametrize("typed", ["- |", "- x -> |", "- x -> a, |", "- [|]", "- [x, |]"])
def test_in_an_edge_that_is_half_typed_nodes_are_proposed_with_their_shapes(editor: Editor, typed: str):
    editor.open("a.yaml", SPEC)
    found = {item.label: item.detail for item in editor.proposals("a.yaml", with_line("- b -> s", typed)[1])}
    assert found["d"] == "(None, 14) float32"
