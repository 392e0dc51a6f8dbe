from __future__ import annotations

from lsprotocol import types

from tests.language_server.editor import Editor

SPEC = """\
spec: 1
nodes:
  image: {type: Input, shape: [4]}
  y: {type: Denes, units: 3, inputs: imge}
  z: {type: Dense, unit: 2, inputs: y}
outputs: [z]
"""


def actions(editor: Editor, name: str, only: list[str] | None = None, where: types.Range | None = None):
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(editor.uri(name)),
        where or editor.text(name).whole,
        types.CodeActionContext(editor.said[name], only=only),
    )
    return editor.service.code_actions(params)


def test_every_fix_is_a_quick_fix(editor: Editor):
    editor.open("a.yaml", SPEC)
    found = actions(editor, "a.yaml", ["quickfix"])
    assert [(each.title, each.is_preferred, editor.applied(each.edit)["a.yaml"] != SPEC) for each in found] == [
        ("Write `Dense`", True, True),
        ("Write `image`", False, True),
        ("Write `units`", True, True),
    ]
    assert [[said.code for said in each.diagnostics] for each in found] == [["SC208"], ["SC301"], ["SC209"]]


def test_only_what_is_in_the_range_is_offered(editor: Editor):
    editor.open("a.yaml", SPEC)
    line = types.Range(types.Position(4, 0), types.Position(4, 99))
    assert [each.title for each in actions(editor, "a.yaml", ["quickfix"], line)] == ["Write `units`"]


def test_fix_all_applies_those_that_are_safe(editor: Editor):
    editor.open("a.yaml", SPEC)
    (found,) = actions(editor, "a.yaml", ["source.fixAll"])
    assert editor.applied(found.edit)["a.yaml"] == SPEC.replace("Denes,", "Dense,").replace("unit:", "units:")


def test_there_is_nothing_to_fix_in_a_sound_spec(editor: Editor):
    editor.open("a.yaml", SPEC.replace("Denes,", "Dense,").replace("unit:", "units:").replace("imge", "image"))
    assert actions(editor, "a.yaml") == []


def test_line_ends_stay_as_they_are(editor: Editor):
    editor.open("a.yaml", SPEC.replace("\n", "\r\n"))
    (found,) = actions(editor, "a.yaml", ["source.fixAll"])
    expected = SPEC.replace("Denes,", "Dense,").replace("unit:", "units:").replace("\n", "\r\n")
    assert editor.applied(found.edit)["a.yaml"] == expected
