from __future__ import annotations

import pytest
from lsprotocol import types

from tests.language_server.editor import Editor

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """\
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: 3, inputs: x}
  z: {type: Dense, units: 2, inputs: y}
outputs: [z]
"""
BLOCKS = """\
spec: 1
blocks:
  head:
    params: {width: 4}
    inputs: [x]
    nodes:
      out: {type: Dense, units: "${width}", inputs: x}
    outputs: [out]
"""
USER = """\
spec: 1
imports: [blocks.yaml]
nodes:
  x: {type: Input, shape: [8]}
  y: {type: head, inputs: x}
outputs: [y]
"""


def test_a_diagnostic_has_its_hint_its_page_and_its_place(editor: Editor):
    editor.open("a.yaml", SPEC.replace("Dense, units: 3", "Dnese, units: 3"))
    (said,) = editor.said["a.yaml"]
    assert (said.code, said.severity, said.source) == ("SC208", types.DiagnosticSeverity.Error, "compile-spec")
    assert said.message == "no type is named `Dnese`\ndid you mean `Dense`?"
    assert editor.covered("a.yaml", said.range) == "Dnese"
    assert said.code_description is not None
    assert said.code_description.href.endswith("/pages/SC208.md")


def test_both_ends_are_shown(editor: Editor):
    editor.open(
        "a.yaml",
        SPEC.replace("{type: Dense, units: 2, inputs: y}", "{type: Conv2D, filters: 2, kernel_size: 1, inputs: y}"),
    )
    (said,) = editor.said["a.yaml"]
    assert said.related_information is not None
    assert [(editor.covered("a.yaml", each.location.range), each.message) for each in said.related_information] == [
        ("y", "`y` gives (None, 3) float32")
    ]


def test_a_warning_about_what_is_not_needed_says_so(editor: Editor):
    editor.open("a.yaml", SPEC.replace("outputs: [z]", "outputs: [y]"))
    (said,) = editor.said["a.yaml"]
    assert (said.severity, said.tags) == (types.DiagnosticSeverity.Warning, [types.DiagnosticTag.Unnecessary])


def test_a_half_typed_line_costs_nothing_but_itself(editor: Editor):
    editor.open("a.yaml", SPEC.replace("units: 2", "unit: 2"))
    assert editor.problems("a.yaml") == [("SC209", 5)]
    editor.open(
        "a.yaml", SPEC.replace("units: 2", "unit: 2").replace("{type: Dense, units: 3, inputs: x}", "{type: Den")
    )
    assert editor.problems("a.yaml") == [("SC101", 4), ("SC209", 5)]
    assert editor.hints("a.yaml")[3] == ["→ (None, 4)"]
    editor.open("a.yaml", SPEC)
    assert editor.problems("a.yaml") == []


def test_what_keeps_a_text_from_being_read_is_shown_where_it_is_typed(editor: Editor):
    for written, shown in (
        ("  y: {type: Dense, units: 3, inputs: x", "{type: Dense, units: 3, inputs: x"),
        ("  y: {type: Dense, units: 3, inputs: [x", "[x"),
        ("  y", "y"),
    ):
        editor.open("a.yaml", SPEC)
        editor.open("a.yaml", SPEC.replace("  y: {type: Dense, units: 3, inputs: x}", written))
        (said,) = editor.said["a.yaml"]
        assert (said.range.start.line, editor.covered("a.yaml", said.range)) == (3, shown)
        assert said.related_information is not None
        noticed = said.related_information[-1]
        assert (noticed.location.range.start.line, noticed.message) == (4, "it is noticed here")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("params: {n: 3, m: 4}", "params: {n"),
        ("params: {n: 3, m: 4}", "params: {n: 3, m: 4, n"),
        ("params: {n: 3, m: 4}", "params: {m: 4, n:"),
        ("    params: [width]", "    params: [wid"),
        ("  head:", "  hea"),
    ],
)
@pytest.mark.parametrize("opened_so", [False, True])
def test_of_other_lines_nothing_is_said_that_a_half_typed_one_may_lead_to(editor: Editor, old, new, opened_so):
    spec = (
        BLOCKS.replace("{width: 4}", "[width]")
        + 'params: {n: 3, m: 4}\nnodes:\n  x: {type: Input, shape: ["${m}"]}\n'
        + '  y: {type: head, width: "${n + 1}", inputs: x}\noutputs: [y]\nsearch: {n: {min: 1, max: 8}}\n'
    )
    if not opened_so:
        editor.open("a.yaml", spec)
        assert editor.problems("a.yaml") == []
    editor.open("a.yaml", spec.replace(old, new, 1))
    assert {code for code, _ in editor.problems("a.yaml")} == {"SC101"}


def test_what_a_half_typed_line_leads_to_is_not_said(editor: Editor):
    editor.open("a.yaml", SPEC)
    editor.open("a.yaml", SPEC.replace("{type: Dense, units: 3, inputs: x}", ""))
    editor.open("a.yaml", SPEC.replace("{type: Dense, units: 3, inputs: x}", "{type: Dense, units: 3, inputs"))
    assert {code for code, _ in editor.problems("a.yaml")} == {"SC101"}


def test_a_mistake_in_an_import_is_shown_there_and_at_the_import(editor: Editor):
    editor.write("blocks.yaml", BLOCKS.replace("Dense", "Dnese"))
    editor.open("user.yaml", USER)
    assert editor.problems("user.yaml") == [("SC208", 2)]
    assert editor.problems("blocks.yaml") == [("SC208", 7)]
    (said,) = editor.said["user.yaml"]
    assert said.related_information is not None
    assert said.related_information[0].location.uri == editor.uri("blocks.yaml")
    editor.write("blocks.yaml", BLOCKS)
    editor.listen()
    assert (editor.problems("user.yaml"), editor.problems("blocks.yaml")) == ([], [])


def test_an_import_is_taken_as_the_editor_has_it(editor: Editor):
    editor.write("blocks.yaml", BLOCKS)
    editor.open("user.yaml", USER)
    editor.open("blocks.yaml", BLOCKS.replace("  head:", "  tail:"))
    assert editor.problems("user.yaml") == [("SC208", 5)]
    editor.close("blocks.yaml")
    assert editor.problems("user.yaml") == []


def test_an_import_that_was_never_saved_is_taken_too(editor: Editor):
    editor.open("blocks.yaml", BLOCKS)
    editor.open("user.yaml", USER)
    assert editor.problems("user.yaml") == []


def test_what_keeps_an_import_from_being_read_is_shown_at_the_import(editor: Editor):
    editor.open("blocks.yaml", BLOCKS)
    editor.open("user.yaml", USER)
    editor.open("blocks.yaml", BLOCKS.replace("inputs: x}", "inputs: x"))
    assert [code for code, _ in editor.problems("blocks.yaml")] == ["SC101"]
    assert editor.problems("user.yaml") == [("SC101", 2)]
    assert editor.hints("user.yaml")[5] == ["→ (None, 4)"]


def test_a_file_of_blocks_needs_no_graph(editor: Editor):
    editor.open("blocks.yaml", BLOCKS)
    assert editor.problems("blocks.yaml") == []
    editor.open("blocks.yaml", BLOCKS.replace("inputs: [x]", "inputs: x"))
    assert editor.problems("blocks.yaml") == [("SC203", 5)]


def test_two_documents_that_import_each_other(editor: Editor):
    one = USER.replace("imports: [blocks.yaml]", "imports: [two.yaml]").replace(
        "nodes:", BLOCKS[8:].rstrip() + "\nnodes:"
    )
    two = BLOCKS.replace("spec: 1", "spec: 1\nimports: [one.yaml]").replace("head", "other")
    editor.open("one.yaml", one)
    editor.open("two.yaml", two)
    editor.open("one.yaml", one.replace("width: 4", "width: 5"))
    assert editor.hints("one.yaml")[12] == ["→ (None, 5)"]
    for name in ("one.yaml", "two.yaml"):
        assert "files import each other in a cycle" in " ".join(said.message for said in editor.said[name])


def test_what_is_no_spec_is_left_alone(editor: Editor):
    editor.open("compose.yaml", "services:\n  web: {image: nginx}\n")
    assert editor.said["compose.yaml"] == []
    assert editor.hover("compose.yaml", "serv|ices:\n  web: {image: nginx}\n") is None
    editor.open("x.keras-spec.yaml", "nodes: {}\n")
    assert {code for code, _ in editor.problems("x.keras-spec.yaml")} >= {"SC202"}


def test_a_document_that_was_a_spec_stays_one_while_it_is_typed(editor: Editor):
    editor.open("a.yaml", SPEC)
    editor.open("a.yaml", SPEC.replace("spec: 1", "spec:"))
    assert ("SC207", 1) in editor.problems("a.yaml")


def test_windows_line_ends_and_a_document_without_a_file(editor: Editor):
    text = SPEC.replace("\n", "\r\n").replace("units: 3", "unit: 3")
    editor.open("a.yaml", text)
    (said,) = editor.said["a.yaml"]
    assert editor.covered("a.yaml", said.range) == "unit"
    editor.service.open("untitled:one", SPEC.replace("units: 3", "unit: 3"))
    (found,) = [each for each in editor.service.publications() if each.uri == "untitled:one"]
    assert [each.code for each in found.diagnostics] == ["SC209"]


def test_a_json_spec_that_is_half_typed(editor: Editor):
    text = '{"spec": 1,\n "nodes": {\n  "x": {"type": "Input", "shape": [4]},\n  "y": {"type": "Dense", "units": 3, "inputs": "x"}\n },\n "outputs": ["y"]}\n'
    editor.open("a.json", text)
    assert editor.problems("a.json") == []
    editor.open("a.json", text.replace('"units": 3, ', '"units": , '))
    assert editor.problems("a.json") == [("SC102", 4)]
    assert editor.hints("a.json")[3] == ["→ (None, 4)"]
