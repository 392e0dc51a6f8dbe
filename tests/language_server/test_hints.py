from __future__ import annotations

import pytest

from tests.language_server.editor import Editor
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_shapes_parameters_and_values_are_shown(editor: Editor):
    editor.open("news.yaml", (ROOT / "specs/news.yaml").read_text(encoding="utf-8"))
    assert editor.hints("news.yaml") == {
        11: ["→ (None, 100)"],
        12: ["= 10000", "→ (None, 100, 512) float32, 5,120,000 parameters"],
        13: ["→ (None, 32)"],
        14: ["→ (None, 1)"],
        15: ["→ (None, 5)"],
        16: ["→ (None, 37)"],
        17: ["= 64", "→ (None, 64)"],
        18: ["→ (None, 1)"],
    }


SPEC = """\
spec: 1
blocks:
  stage:
    params: [filters]
    inputs: [x]
    nodes:
      conv: {type: Conv2D, filters: "${filters}", kernel_size: 3, inputs: x}
      out: {type: Activation, activation: relu, inputs: conv}
    outputs: {out: out, raw: conv}
layers:
  scorer: {type: Dense, units: 500}
nodes:
  image: {type: Input, shape: [9, 9, 3]}
  a: {type: stage, filters: 4, inputs: image}
  b: {type: stage, filters: 8, inputs: a.out}
  "head_${i}": {for: {i: 2}, use: scorer, inputs: b.raw}
  unused: {type: Flatten, inputs: image}
outputs: [head_0, head_1]
"""


def test_a_node_of_a_block_shows_what_its_copies_give(editor: Editor):
    editor.open("a.yaml", SPEC)
    found = editor.hints("a.yaml")
    assert found[7] == ["= 4, 8", "→ (None, 7, 7, 4) | (None, 5, 5, 8)"]
    assert found[14] == ["→ out (None, 7, 7, 4) raw (None, 7, 7, 4)"]
    assert found[16] == ["→ (None, 5, 5, 500)"]
    assert found[17] == ["→ (None, 243)"]


def test_what_counts_as_large_can_be_set(editor: Editor):
    editor.service.configure({"inlayHints": {"largeLayer": 100, "shapes": False, "values": False}})
    editor.open("a.yaml", SPEC)
    assert editor.hints("a.yaml") == {
        7: ["408 parameters"],
        11: ["4,500 parameters"],
        14: ["112 parameters"],
        15: ["296 parameters"],
    }


def test_settings_that_are_none_are_left_out(editor: Editor):
    before = editor.service.settings
    for given in (None, 3, {"inlayHints": {"shapes": "no", "largeLayer": True, "other": 1}}, {"compile-spec": None}):
        editor.service.configure(given)
    assert editor.service.settings == before
    editor.service.configure({"inlayHints": False})
    editor.open("a.yaml", SPEC)
    assert editor.hints("a.yaml") == {}
