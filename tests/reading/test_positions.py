"""Where values and keys stand in the text."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.reading.read import read
from spec_compiler.spans import Place
from tests.stages.through import check


def document_of(text, form="yaml"):
    findings = Findings()
    document = read(sc.Source.text(text, form=form), findings)
    assert list(findings) == []
    return document


def stretch(document, span):
    """The text of a span, which may have several lines."""
    lines = [document.line(number) for number in range(span.start.line, span.end.line + 1)]
    lines[-1] = lines[-1][: span.end.column - 1]
    lines[0] = lines[0][span.start.column - 1 :]
    return "\n".join(lines)


def value_at(document, *path):
    span = document.span(Place(path))
    return (stretch(document, span), *span.start)


def key_at(document, *path):
    span = document.span(Place(path, on_key=True))
    return (stretch(document, span), *span.start)


FLOW = '{"nodes": {"lstm": {"units": 32, "names": ["a", "b"]}}}'


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_in_flow_form_values_and_keys_have_their_places(form):
    document = document_of(FLOW, form)
    assert value_at(document, "nodes", "lstm", "units") == ("32", 1, 30)
    assert value_at(document, "nodes", "lstm", "names", 1) == ('"b"', 1, 49)
    assert value_at(document, "nodes", "lstm") == ('{"units": 32, "names": ["a", "b"]}', 1, 20)
    assert key_at(document, "nodes", "lstm") == ('"lstm"', 1, 12)
    assert key_at(document, "nodes", "lstm", "names") == ('"names"', 1, 34)


def test_in_block_form_a_value_of_several_lines_is_underlined_at_its_key():
    document = document_of("nodes:\n  lstm:\n    units: 32\n    names:\n      - a\n      - b\n")
    assert value_at(document, "nodes", "lstm", "units") == ("32", 3, 12)
    assert value_at(document, "nodes", "lstm", "names", 1) == ("b", 6, 9)
    assert value_at(document, "nodes", "lstm") == ("lstm", 2, 3)
    assert key_at(document, "nodes", "lstm", "names") == ("names", 4, 5)


def test_an_item_of_several_lines_is_underlined_in_its_first():
    document = document_of("a:\n  - b: 1\n    c: 2\n")
    assert value_at(document, "a", 0) == ("b: 1", 2, 5)


def test_a_value_that_is_left_out_is_underlined_at_its_key():
    assert value_at(document_of("a: 1\nb:\nc: 3\n"), "b") == ("b", 2, 1)


def test_quoted_values_are_underlined_with_their_quotes():
    document = document_of("a: 'it''s'\n\"b c\": \"d\\ne\"\n")
    assert value_at(document, "a") == ("'it''s'", 1, 4)
    assert value_at(document, "b c") == ('"d\\ne"', 2, 8)
    assert key_at(document, "b c") == ('"b c"', 2, 1)


def test_a_part_of_a_text_is_found_inside_its_quotes():
    document = document_of("- a -> b\n- 'a -> b'\n- \"a -> b\"\n")
    for index, column in enumerate((8, 9, 9)):
        assert document.span(Place((index,)).within(5, 6)).start == (index + 1, column)


def test_a_part_of_a_text_with_escapes_is_the_whole_of_it():
    document = document_of('- "\\x61 -> b"\n')
    assert stretch(document, document.span(Place((0,)).within(5, 6))) == '"\\x61 -> b"'


def test_a_text_over_several_lines_is_underlined_at_its_key():
    document = document_of('a: "one\n  two"\nb: |\n  three\n  four\nc: 1\n')
    assert value_at(document, "a") == ("a", 1, 1)
    assert value_at(document, "b") == ("b", 3, 1)
    assert value_at(document, "c") == ("1", 6, 4)


def test_an_aliased_value_stands_at_the_alias_and_its_parts_at_the_anchor():
    document = document_of("a: &x {units: 3}\nb: *x\nc: {d: *x}\n")
    assert value_at(document, "b") == ("*x", 2, 4)
    assert value_at(document, "c", "d") == ("*x", 3, 8)
    assert value_at(document, "b", "units") == ("3", 1, 15)
    assert key_at(document, "c", "d", "units") == ("units", 1, 8)


def test_a_merged_value_stands_where_it_was_written_and_an_own_one_where_it_is():
    document = document_of("a: &x {units: 3, bias: true}\nb: {<<: *x, units: 4}\n")
    assert value_at(document, "b", "units") == ("4", 2, 20)
    assert value_at(document, "b", "bias") == ("true", 1, 24)


def test_columns_count_characters_also_wide_ones_and_combined_ones():
    text = '"模型": {"名": 1, "e\u0301": 2, "😀": 3}'
    document = document_of(text)
    for key, value in (("名", "1"), ("e\u0301", "2"), ("😀", "3")):
        assert value_at(document, "模型", key) == (value, 1, text.index(f": {value}") + 3)
    document = document_of("{" + text + "}", "json")
    assert value_at(document, "模型", "😀") == ("3", 1, text.index(": 3") + 4)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("form", ["yaml", "json"])
def test_lines_end_as_in_any_editor(newline, form):
    text = newline.join(['{"a": 1,', '  "b": [1,', "    2],", '  "c": 3}', ""])
    document = document_of(text, form)
    assert value_at(document, "b", 1) == ("2", 3, 5)
    assert value_at(document, "c") == ("3", 4, 8)
    assert [document.line(number) for number in (1, 2, 4)] == ['{"a": 1,', '  "b": [1,', '  "c": 3}']


def test_a_byte_order_mark_takes_no_column():
    document = document_of(b"\xef\xbb\xbfa: 1\n")
    assert (document.data, value_at(document, "a")) == ({"a": 1}, ("1", 1, 4))


def test_a_place_that_is_not_in_the_text_is_the_nearest_around_it():
    document = document_of("a: {b: 1}\n")
    assert value_at(document, "a", "missing") == ("{b: 1}", 1, 4)
    assert value_at(document, "a", "b", "deeper", 3) == ("1", 1, 8)
    assert value_at(document, "nothing") == ("a: {b: 1}", 1, 1)


def test_data_without_text_has_no_places():
    document = read(sc.Source.of({"a": 1}), Findings())
    assert (document.data, document.span(Place(("a",))), document.line(1)) == ({"a": 1}, None, None)


KEYS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=4)
TREES = st.recursive(
    st.integers(-(2**53), 2**53) | st.booleans() | st.none() | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


@pytest.mark.slow
@pytest.mark.parametrize("form", ["yaml", "json"])
@given(tree=st.dictionaries(KEYS, TREES, max_size=4), indent=st.sampled_from([None, 1, 3]))
def test_the_text_at_the_place_of_any_value_is_that_value(form, tree, indent):
    document = document_of(json.dumps(tree, ensure_ascii=False, indent=indent), form)
    assert document.data == tree
    for path, value in leaves(tree):
        assert json.loads(value_at(document, *path)[0]) == value
        if isinstance(path[-1], str):
            assert json.loads(key_at(document, *path)[0]) == path[-1]


def test_a_report_is_in_the_order_of_the_text():
    text = dedent("""\
        spec: 1
        name: 3
        nodes:
          x: {type: Input, shape: "4"}
          y: {type: Dense, units: 0, activation: rleu, inputs: x}
        outputs: {y: {loss: msee}}
        seed: x
    """)
    report = check(sc.Source.text(text))
    assert [(found.code, *found.span.start) for found in report] == [
        ("SC203", 2, 7),
        ("SC203", 4, 27),
        ("SC204", 5, 27),
        ("SC211", 5, 42),
        ("SC211", 6, 21),
        ("SC203", 7, 7),
    ]
