from __future__ import annotations

import pytest

from spec_compiler.language_server.navigation import stretch_of
from spec_compiler.language_server.rename import RefusedError
from tests.language_server.editor import Editor
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")

BLOCKS = """\
spec: 1
blocks:
  head:
    params: {width: 4}
    inputs: [x]
    nodes:
      mid: {type: Dense, units: "${width * 2}", inputs: x}
      out: {type: Dense, units: "${width}", inputs: mid}
    outputs: {out: out, mid: mid}
"""
USER = """\
spec: 1
imports: [blocks.yaml]
params: {size: 8, rate: "${size / 10}"}
layers:
  scorer: {type: Dense, units: "${size}"}
nodes:
  x: {type: Input, shape: ["${size}"]}
  y: {type: head, width: 2, inputs: {x: x}}
  "z_${i}": {for: {i: 2}, use: scorer, inputs: y.mid}
  both: {type: concatenate, inputs: ["z_*", z_0, y.out]}
outputs:
  both: {loss: mse}
  extra: {from: y.out, loss: mse}
fit: {callbacks: [{type: EarlyStopping, monitor: val_extra_loss}]}
"""


@pytest.fixture
def files(editor: Editor) -> Editor:
    editor.write("blocks.yaml", BLOCKS)
    return editor


def spots(editor: Editor, needle: str, name: str = "user.yaml", text: str = USER, *, ask: str = "references"):
    """What is found at the mark: file, line, and what is written there."""
    bare = needle.replace("|", "")
    assert bare in text
    position = editor.open_at(name, text.replace(bare, needle, 1))
    found = getattr(editor.service, ask)(editor.uri(name), position)
    return sorted(
        (editor.name(each.uri), each.range.start.line + 1, editor.covered(editor.name(each.uri), each.range))
        for each in found
    )


@pytest.mark.parametrize(
    ("needle", "defined"),
    [
        ("inputs: {x: |x}", ("user.yaml", 7, "x")),
        ("use: sco|rer", ("user.yaml", 5, "scorer")),
        ('shape: ["${si|ze}"]', ("user.yaml", 3, "size")),
        ("type: he|ad", ("blocks.yaml", 3, "head")),
        ("wid|th: 2", ("blocks.yaml", 4, "width")),
        ("inputs: {|x: x}", ("blocks.yaml", 5, "x")),
        ("y.m|id", ("blocks.yaml", 9, "mid")),
        ("z_|0", ("user.yaml", 9, "z_${i}")),
        ('"z_${|i}"', ("user.yaml", 9, "i")),
        ("  bo|th: {loss", ("user.yaml", 10, "both")),
        ("val_ext|ra_loss", ("user.yaml", 13, "extra")),
    ],
)
def test_a_name_leads_to_its_definition(files: Editor, needle: str, defined: tuple[str, int, str]):
    assert spots(files, needle, ask="definition") == [defined]


def test_an_import_leads_to_its_file(files: Editor):
    assert [(file, line) for file, line, _ in spots(files, "[blo|cks.yaml]", ask="definition")] == [("blocks.yaml", 1)]


def test_what_is_used_is_found_in_all_files(files: Editor):
    files.service.set_folders([files.folder.as_uri()])
    expected = [
        ("blocks.yaml", 4, "width"),
        ("blocks.yaml", 7, "width"),
        ("blocks.yaml", 8, "width"),
        ("user.yaml", 8, "width"),
    ]
    assert spots(files, "wid|th: 2") == expected
    files.write("user.yaml", USER)
    files.close("user.yaml")
    assert spots(files, "wid|th: 4", "blocks.yaml", BLOCKS) == expected


def test_a_node_is_found_in_references_and_outputs(files: Editor):
    assert spots(files, "  |y: {type") == [
        ("user.yaml", 8, "y"),
        ("user.yaml", 9, "y"),
        ("user.yaml", 10, "y"),
        ("user.yaml", 13, "y"),
    ]
    position = files.open_at("user.yaml", USER.replace("  y: {type", "  |y: {type"))
    assert len(files.service.highlights(files.uri("user.yaml"), position)) == 4


def renamed(editor: Editor, needle: str, new: str, name: str = "user.yaml", text: str = USER) -> dict[str, str]:
    bare = needle.replace("|", "")
    position = editor.open_at(name, text.replace(bare, needle, 1))
    assert editor.service.prepare_rename(editor.uri(name), position) is not None
    return editor.applied(editor.service.rename(editor.uri(name), position, new))


@pytest.mark.parametrize(
    ("needle", "new", "replaced"),
    [
        ("  |x: {type: Input", "input", [("  x: {type", "  input: {type"), ("{x: x}", "{x: input}")]),
        ("si|ze: 8", "features", [("size: 8", "features: 8"), ("${size", "${features")]),
        ("use: sco|rer", "judge", [("scorer", "judge")]),
        ("{|i: 2}", "n", [("${i}", "${n}"), ("{i: 2}", "{n: 2}")]),
        ("ext|ra: {from", "side", [("extra", "side")]),
        ("  bo|th: {type", "all", [("both", "all")]),
        ('"z|_${i}"', "w_${i}", [("z_", "w_")]),
    ],
)
def test_a_name_is_changed_wherever_it_is_written(
    files: Editor, needle: str, new: str, replaced: list[tuple[str, str]]
):
    expected = USER
    for before, after in replaced:
        expected = expected.replace(before, after)
    assert renamed(files, needle, new) == {"user.yaml": expected}


@pytest.mark.parametrize(
    ("needle", "new", "in_blocks", "in_user"),
    [
        ("type: he|ad", "top", [("head", "top")], [("head", "top")]),
        ("wid|th: 2", "units_out", [("width", "units_out")], [("width", "units_out")]),
        ("y.m|id", "inner", [("mid: mid", "inner: mid")], [("y.mid", "y.inner")]),
        ("inputs: {|x: x}", "given", [("[x]", "[given]"), ("inputs: x", "inputs: given")], [("{x: x}", "{given: x}")]),
    ],
)
def test_what_belongs_to_a_block_is_renamed_in_both_files(files: Editor, needle, new, in_blocks, in_user):
    blocks, user = BLOCKS, USER
    for before, after in in_blocks:
        blocks = blocks.replace(before, after)
    for before, after in in_user:
        user = user.replace(before, after)
    assert renamed(files, needle, new) == {"blocks.yaml": blocks, "user.yaml": user}


@pytest.mark.parametrize(
    ("needle", "new", "reason"),
    [
        ("  |x: {type: Input", "y", "there is a node named `y` already"),
        ("  |x: {type: Input", "scorer", "there is a shared layer named `scorer` already"),
        ("  |x: {type: Input", "a b", "is not formed as a name"),
        ("si|ze: 8", "rate", "there is a param named `rate` already"),
        ("si|ze: 8", "a-b", "is not formed as a name"),
        ("  bo|th: {type", "extra", "two|twice|named"),
        ('"z|_${i}"', "w", "names its copies by what is in"),
        ("  |x: {type: Input", "z_x", "it would not mean the same|another model"),
        ("type: LS|TM", "Dense", "no name of the spec's own is here"),
        ("type: in|stance_norm", "mine", "ships with the compiler"),
    ],
)
def test_a_rename_that_would_clash_is_refused_with_the_reason(files: Editor, needle: str, new: str, reason: str):
    text = USER.replace("nodes:\n", "nodes:\n  other: {type: LSTM, units: 2, inputs: x}\n", 1)
    text = text.replace("[blocks.yaml]", "[blocks.yaml, std/normalization.yaml]").replace(
        "nodes:\n", "nodes:\n  normed: {type: instance_norm, inputs: x}\n", 1
    )
    with pytest.raises(RefusedError, match=reason):
        bare = needle.replace("|", "")
        position = files.open_at("user.yaml", text.replace(bare, needle, 1))
        files.service.rename(files.uri("user.yaml"), position, new)


LISTED = """\
spec: 1
blocks:
  head:
    inputs: [x]
    nodes:
      mid: {type: Dense, units: 4, inputs: x}
      out: {type: Dense, units: 4, inputs: mid}
    outputs: [out, mid]
"""
TRAINED = """\
spec: 1
imports: [blocks.yaml]
params: {width: 3}
layers: {shared: {type: head}}
nodes:
  x: {type: Input, shape: [4]}
  a: {use: shared, inputs: {x: x}}
  b: {type: head, inputs: a.out}
  "c_${i}": {for: {i: [1, 2]}, type: Dense, units: "${width}", inputs: b.mid}
  "d_${i}": {for: {i: [2]}, type: Flatten, inputs: "c_${i - 1}"}
  read: {type: LSTM, units: 2, return_state: true, inputs: {sequences: wide}}
  wide: {type: Reshape, target_shape: [3, 1], inputs: d_2}
  y: {type: concatenate, inputs: ["c_*", read.state_h]}
outputs: {y: {loss: mse}}
phases: [{train: [shared, b.mid, y]}]
search: {width: [1, 2]}
"""


@pytest.mark.parametrize(
    ("needle", "new", "in_blocks", "in_user"),
    [
        ("{sh|ared: {type", "judge", [], [("shared", "judge")]),
        ("train: [sha|red", "judge", [], [("shared", "judge")]),
        ("  |b: {type", "bee", [], [("  b: {", "  bee: {"), ("b.mid", "bee.mid")]),
        ("  |y: {type", "why", [], [("  y: {", "  why: {"), ("{y: {loss", "{why: {loss"), ("mid, y]", "mid, why]")]),
        ("{wid|th: [1", "size", [], [("width: 3", "size: 3"), ("${width}", "${size}"), ("{width: [", "{size: [")]),
        ("a.o|ut", "last", [("out: {", "last: {"), ("[out, mid]", "[last, mid]")], [("a.out", "a.last")]),
        ("inputs: {|x: x}", "given", [("[x]", "[given]"), ("inputs: x", "inputs: given")], [("{x: x}", "{given: x}")]),
    ],
)
def test_shared_blocks_listed_outputs_phases_and_searches_are_followed(editor: Editor, needle, new, in_blocks, in_user):
    editor.write("blocks.yaml", LISTED)
    blocks, user = LISTED, TRAINED
    for before, after in in_blocks:
        blocks = blocks.replace(before, after)
    for before, after in in_user:
        user = user.replace(before, after)
    expected = {"user.yaml": user, "blocks.yaml": blocks}
    found = renamed(editor, needle, new, text=TRAINED)
    assert found == {name: text for name, text in expected.items() if text not in (LISTED, TRAINED)}
    assert editor.service.workspace.snapshot(editor.uri("user.yaml")).analysis.report.ok


@pytest.mark.parametrize(
    ("needle", "defined"),
    [
        ("b.m|id}", [("blocks.yaml", 6, "mid")]),
        ('"c|_*"', [("user.yaml", 9, "c_${i}")]),
        ('"c|_${i - 1}"', [("user.yaml", 9, "c_${i}")]),
        ("read.stat|e_h", [("user.yaml", 11, "read")]),
        ("[{train: [shared, b.m|id", []),
    ],
)
def test_references_that_do_not_spell_a_name_lead_to_what_they_mean(editor: Editor, needle: str, defined):
    editor.write("blocks.yaml", LISTED)
    assert spots(editor, needle, text=TRAINED, ask="definition") == defined


def test_patterns_and_expressions_are_found_with_the_references_of_a_node(editor: Editor):
    editor.write("blocks.yaml", LISTED)
    found = spots(editor, '"c|_${i}"', text=TRAINED)
    assert [(line, text) for _, line, text in found] == [(9, "c_${i}"), (10, '"c_${i - 1}"'), (13, '"c_*"')]


def test_names_in_edges_and_in_json(editor: Editor):
    spec = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: 3}\n  z: {type: Dense, units: 3}\nedges: ['x -> y -> z', [x, z]]\noutputs: [z]\n"
    spec = spec.replace(", [x, z]", "")
    found = renamed(editor, "  |y: ", "why", "a.yaml", spec)
    assert found == {"a.yaml": spec.replace("y: {", "why: {").replace("-> y ->", "-> why ->")}
    json = '{"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", "units": 3, "inputs": "x"}}, "outputs": ["y"]}'
    assert renamed(editor, '"|x": {', "first", "a.json", json) == {"a.json": json.replace('"x"', '"first"')}


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "specs").glob("*.yaml"))[::6], ids=lambda path: path.stem)
def test_in_an_example_spec_every_node_can_be_renamed(editor: Editor, path):
    text = path.read_text(encoding="utf-8")
    editor.open(path.name, text)
    snapshot = editor.service.workspace.snapshot(editor.uri(path.name))
    for occurrence in snapshot.names.occurrences:
        if not occurrence.definition or occurrence.symbol.kind == "output":
            continue
        start, _ = stretch_of(snapshot.document, occurrence.place)
        new = f"re_{occurrence.symbol.name}"
        try:
            edit = editor.service.rename(editor.uri(path.name), snapshot.text.position(start), new)
        except RefusedError as refused:
            # What is referred to by an expression, as in `lateral_${i + 1}`, only a person can rename.
            assert "${" in text
            assert "it would not mean the same" in str(refused)
            continue
        after = editor.applied(edit)[path.name]
        assert editor.service.workspace.analyse_text(editor.uri(path.name), after).analysis.report.ok
