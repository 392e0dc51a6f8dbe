from __future__ import annotations

import pytest

from tests.language_server.editor import Editor
from tests.language_server.test_hints import SPEC
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")

NEWS = (ROOT / "specs/news.yaml").read_text(encoding="utf-8")


def hover(editor: Editor, spec: str, needle: str) -> str:
    """What is shown at the mark in a part of a spec."""
    bare = needle.replace("|", "")
    assert spec.count(bare) >= 1, bare
    found = editor.hover("a.yaml", spec.replace(bare, needle, 1))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("needle", "shown"),
    [
        ("L|STM,", "# LSTM (layer)"),
        ("uni|ts: 32", "**`units`** of `LSTM`: a whole number > 0"),
        ("inputs: emb|edding", "gives `(None, 100, 512) float32`"),
        ("${un|its}", "gives `64`"),
        ("binary_cross|entropy, loss_weight: 1.0", "# binary_crossentropy (loss)"),
        ("loss_wei|ght: 1.0", "What the loss is multiplied with"),
        ("rms|prop", "# RMSprop (optimizer)"),
        ("epo|chs", "by default `1`"),
        ("activation: rel|u", "# relu (activation)"),
        ("activat|ion: relu", "**`activation`** of `Dense`"),
        ("  main_out|put: {loss", "gives `(None, 1) float32`"),
        ("  uni|ts: {default", "width of the dense stack"),
        ("repe|at: 3", "A chain of so many fresh copies"),
    ],
)
def test_what_stands_under_the_cursor_is_explained(editor: Editor, needle: str, shown: str):
    assert shown in hover(editor, NEWS, needle)


def test_of_a_node_everything_is_known(editor: Editor):
    found = hover(editor, NEWS, "  embed|ding:")
    for part in (
        "embedding: Embedding",
        "10000",
        "(None, 100) int32",
        "(10000, 512)",
        "multiply-adds",
        "what depends on it",
    ):
        assert part in found
    found = hover(editor, NEWS, "  den|se: ")
    assert "stands for 3 nodes" in found
    assert "`dense.3`: `(None, 64) float32`" in found


def test_of_a_node_much_is_known_while_there_are_mistakes(editor: Editor):
    found = hover(editor, NEWS.replace("inputs: lstm}", "inputs: lstn}"), "  embed|ding:")
    assert "`(None, 100, 512) float32`" in found


def test_of_blocks_copies_and_references_into_them(editor: Editor):
    assert "`a` with filters: 4: 2 nodes" in hover(editor, SPEC, "  |a: {type: stage")
    assert "takes `x`" in hover(editor, SPEC, "type: st|age")
    assert hover(editor, SPEC, "b.r|aw") == "**`b.raw`**\n\ngives `(None, 5, 5, 8) float32`"
    assert hover(editor, SPEC, "inputs: con|v") == (
        "**`conv`**\n\n- in `a`: `(None, 7, 7, 4) float32`\n- in `b`: `(None, 5, 5, 8) float32`"
    )
    assert hover(editor, SPEC, "${filt|ers}") == "`${filters}`\n\n- in `a`: `4`\n- in `b`: `8`"
    assert "is called by `head_0`, `head_1`" in hover(editor, SPEC, "use: sco|rer")


def test_of_an_import_its_blocks_are_shown(editor: Editor):
    spec = "spec: 1\nimports: [std/resnet.yaml]\nnodes: {}\noutputs: []\n"
    assert "- `resnet`:" in hover(editor, spec, "std/res|net.yaml")


def test_of_an_arrow_the_name_under_the_cursor_is_meant(editor: Editor):
    spec = (
        "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: 3}\nedges: [x -> y]\noutputs: [y]\n"
    )
    assert "(None, 4)" in hover(editor, spec, "|x -> y")
    assert "(None, 3)" in hover(editor, spec, "x -> |y")


WIDE = """\
spec: 1
params: {width: 3, rate: 0.1}
blocks:
  half:
    params: [size]
    inputs: [q]
    layers: {own: {type: Dense, units: "${size}"}}
    nodes:
      a: {use: own, inputs: q}
      b: {use: own, inputs: q}
      c: {type: add, inputs: [a, b]}
    outputs: [c]
layers: {shared: {type: half, size: 2}}
nodes:
  x: {type: Input, shape: [4]}
  "e_${i}": {for: {i: [1, 2]}, type: Dense, units: "${width + i}", inputs: x}
  all: {type: concatenate, inputs: ["e_*"]}
  one: {use: shared, inputs: {q: all}}
  two: {use: shared, inputs: all}
  made: {type: half, size: 3, inputs: one}
  y: {type: concatenate, inputs: [two, made]}
outputs: {y: {loss: mse}}
models: {part: {inputs: [x], outputs: {code: all}}}
fit: {callbacks: [{type: EarlyStopping, monitor: val_loss}]}
phases: [{train: [shared, all], learning_rate: "${rate}"}]
search: {width: {min: 1, max: 8}}
lint: {ignore: [SC601]}
"""


@pytest.mark.parametrize(
    ("needle", "shown"),
    [
        ("rate: |0.1", "**`rate`** of the params: a number, by default `0.1`"),
        ("params: [si|ze]", "Given by the nodes of the block: `2`, `3`"),
        ("    inputs: [|q]", "**`q`**, an input of the block\n\n- in `shared`: `(None, 9) float32`"),
        ("a: {use: o|wn", "`own` (Dense) is called by `a`, `b`\n- weights: `kernel` (9, 2), `bias` (2,)"),
        ("for: {|i: [1", "- in `e_1`: `1`\n- in `e_2`: `2`"),
        ('"e|_*"', "gives `(None, 4) float32`, `(None, 5) float32`"),
        ("inputs: {|q: all}", "**`q`** of `inputs`: a tensor"),
        ("  ma|de: {", "- `made` with size: 3: 3 nodes, 9 parameters"),
        ("{pa|rt: {", "takes `x`\n\ngives `code`"),
        ("{co|de: all}", "**`code`**, an output\n\ngives `(None, 9) float32`"),
        ("val|_loss", "**`val_loss`**: the loss, of the validation data"),
        ("tr|ain: [", "**`train`** of a phase"),
        ("train: [sha|red", "is called by `one`, `two`"),
        ("shared, al|l]", "all: concatenate"),
        ("search: {wid|th", "**`width`** of the params: a whole number, by default `3`"),
        ("{m|in: 1", "The smallest number that is tried."),
        ("li|nt: {", "What the lints are to leave alone."),
        ("ou|tputs: {y", "**`outputs`** of a spec: a mapping of outputs or a list of their names\n\n"),
        ("inp|uts: [x], outputs", "**`inputs`** of a model: a list of references\n\n"),
        ("par|ams: [size]", "**`params`** of a block: a mapping of params or a list of their names\n\n"),
        ("  one: {use: shared, inp|uts", "**`inputs`** of `half`\n\nWhat flows in."),
    ],
)
def test_what_sections_models_loops_and_shared_blocks_say_is_explained(editor: Editor, needle: str, shown: str):
    assert shown in hover(editor, WIDE, needle)


def test_a_node_of_which_nothing_is_known_is_called_what_its_type_is(editor: Editor):
    spec = WIDE.replace('units: "${width + i}"', "units: wide")
    assert "`all`" in hover(editor, spec, "  al|l: {")
    assert "block" not in hover(editor, spec, "      |c: {type: add")


def test_there_is_nothing_to_say_between_things(editor: Editor):
    assert editor.hover("a.yaml", NEWS.replace("\nparams:", "\n|\nparams:")) is None


def test_what_several_things_are_taken_as_is_said_so(editor: Editor):
    assert hover(editor, SPEC, "|outputs: [head").startswith(
        "**`outputs`** of a spec: a mapping of outputs or a list of their names\n"
    )
