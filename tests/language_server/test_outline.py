from __future__ import annotations

import pytest
from lsprotocol import types

from tests.language_server.editor import Editor
from tests.language_server.test_hints import SPEC
from tests.language_server.test_navigation import BLOCKS, USER

pytestmark = pytest.mark.usefixtures("stand_ins")


def tree(editor: Editor, name: str, symbols) -> list:
    return [
        (each.name, each.detail, tree(editor, name, each.children)) if each.children else (each.name, each.detail)
        for each in symbols
    ]


def test_symbols_are_the_scopes(editor: Editor):
    editor.open("a.yaml", SPEC)
    symbols = editor.service.document_symbols(editor.uri("a.yaml"))
    found = {each.name: each for each in symbols}
    assert list(found) == ["spec", "blocks", "layers", "nodes", "outputs"]
    assert tree(editor, "a.yaml", [found["layers"], found["nodes"]]) == [
        ("layers", None, [("scorer", "Dense")]),
        (
            "nodes",
            None,
            [
                ("image", "Input → (None, 9, 9, 3)"),
                ("a", "stage → out (None, 7, 7, 4) raw (None, 7, 7, 4)"),
                ("b", "stage → raw (None, 5, 5, 8)"),
                ("head_${i}", "scorer → (None, 5, 5, 500)"),
                ("unused", "Flatten → (None, 243)"),
            ],
        ),
    ]
    (stage,) = found["blocks"].children
    assert [each.name for each in stage.children] == ["params", "inputs", "nodes", "outputs"]
    assert editor.covered("a.yaml", stage.selection_range) == "stage"
    assert editor.covered("a.yaml", stage.range).endswith("outputs: {out: out, raw: conv}")
    assert editor.covered("a.yaml", found["nodes"].range).endswith("inputs: image}")


def test_sections_blocks_and_remarks_are_folded(editor: Editor):
    text = "# one\n# two\nspec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y:\n    type: Dense\n    units: 3\n    inputs: x\n\noutputs: [y]\n"
    editor.open("a.yaml", text)
    found = editor.service.folding_ranges(editor.uri("a.yaml"))
    assert [(each.start_line + 1, each.end_line + 1, each.kind) for each in found] == [
        (1, 2, types.FoldingRangeKind.Comment),
        (4, 9, None),
        (6, 9, None),
    ]


def test_imports_are_links(editor: Editor):
    editor.write("blocks.yaml", BLOCKS)
    editor.open("user.yaml", USER.replace("[blocks.yaml]", "[blocks.yaml, std/resnet.yaml, missing.yaml]"))
    found = editor.service.document_links(editor.uri("user.yaml"))
    assert [editor.covered("user.yaml", each.range) for each in found] == ["blocks.yaml", "std/resnet.yaml"]
    assert found[0].target == editor.uri("blocks.yaml")
    assert found[1].target is not None
    assert found[1].target.endswith("/spec_compiler/std/resnet.yaml")


def names(calls) -> list[str]:
    return sorted(getattr(each, "from_", None).name if hasattr(each, "from_") else each.to.name for each in calls)


def test_the_graph_is_the_hierarchy_of_calls(editor: Editor):
    editor.write("blocks.yaml", BLOCKS)
    position = editor.open_at("user.yaml", USER.replace("  y: {type: head", "  |y: {type: head"))
    (item,) = editor.service.prepare_call_hierarchy(editor.uri("user.yaml"), position)
    assert (item.name, item.detail) == ("y", "head → out (None, 2) mid (None, 4)")
    (feeds,) = editor.service.incoming_calls(item)
    assert feeds.from_.name == "x"
    assert [editor.covered("user.yaml", each) for each in feeds.from_ranges] == ["x"]
    assert names(editor.service.outgoing_calls(item)) == ["both", "z_${i}"]
    (loop,) = [each.to for each in editor.service.outgoing_calls(item) if each.to.name == "z_${i}"]
    assert names(editor.service.outgoing_calls(loop)) == ["both"]


def test_edges_and_inputs_of_blocks_are_calls_too(editor: Editor):
    spec = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: 3}\n  z: {type: Dense, units: 3}\nedges: ['x -> y, z']\noutputs: [y, z]\n"
    position = editor.open_at("a.yaml", spec.replace("  x: ", "  |x: "))
    (item,) = editor.service.prepare_call_hierarchy(editor.uri("a.yaml"), position)
    assert names(editor.service.outgoing_calls(item)) == ["y", "z"]
    position = editor.open_at("b.yaml", BLOCKS.replace("      mid: {", "      |mid: {"))
    (item,) = editor.service.prepare_call_hierarchy(editor.uri("b.yaml"), position)
    assert names(editor.service.incoming_calls(item)) == ["x"]
    assert names(editor.service.outgoing_calls(item)) == ["out"]


def test_expressions_in_strings_are_coloured(editor: Editor):
    text = 'spec: 1\nparams: {n: 3}\nnodes:\n  x: {type: Input, shape: ["${max(n, 2) if true else n}"]}\n  y: {type: Flatten, inputs: x}\noutputs: [y]\n'
    editor.open("a.yaml", text)
    data = editor.service.semantic_tokens(editor.uri("a.yaml")).data
    line = column = 0
    found = []
    for at in range(0, len(data), 5):
        line, column = line + data[at], data[at + 1] + (column if data[at] == 0 else 0)
        where = types.Range(types.Position(line, column), types.Position(line, column + data[at + 2]))
        found.append(
            (
                editor.covered("a.yaml", where),
                ["variable", "function", "number", "string", "keyword", "operator"][data[at + 3]],
            )
        )
    assert found == [
        ("${", "operator"), ("max", "function"), ("(", "operator"), ("n", "variable"), (",", "operator"), ("2", "number"),
        (")", "operator"), ("if", "keyword"), ("true", "keyword"), ("else", "keyword"), ("n", "variable"), ("}", "operator"),
    ]  # fmt: skip


def test_formatting_is_that_of_fmt(editor: Editor):
    text = "spec:   1\r\nnodes: {x: {type: Input,shape: [4]}, y: {type: Flatten, inputs: x}}   # a remark\r\noutputs: [ y ]\r\n"
    editor.open("a.yaml", text)
    edits = editor.service.formatting(editor.uri("a.yaml"))
    from spec_compiler.formatting.format import format_spec
    from spec_compiler.reading.source import Source
    from tests.language_server.editor import apply

    after = apply(editor.text("a.yaml"), edits)
    assert after == (format_spec(Source.text(text)).after or "").replace("\n", "\r\n")
    editor.open("a.yaml", after)
    assert editor.service.formatting(editor.uri("a.yaml")) == []
    editor.open("a.yaml", text + "}")
    assert editor.service.formatting(editor.uri("a.yaml")) == []
