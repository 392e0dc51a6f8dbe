"""YAML text to data: what the core schema, anchors, aliases and merge keys make of it, and what is refused."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
import yaml

import spec_compiler as sc
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.reading.read import read
from tests.marked import expect_linking, text_at
from tests.stages.through import check


def data_of(text, **limits):
    findings = Findings()
    document = read(sc.Source.text(dedent(text), form="yaml"), findings, sc.Limits(**limits))
    assert list(findings) == []
    return document.data


def refused(text, **limits):
    """The code, the line and the column of each finding in a text that cannot be used."""
    findings = Findings()
    document = read(sc.Source.text(dedent(text), form="yaml"), findings, sc.Limits(**limits))
    assert document.data is None
    return [(found.code.code, *document.span(found.place).start) for found in findings]


def test_plain_values_are_what_the_core_schema_says():
    assert data_of("a: 1e-3\nb: no\nc: 010\nd: 12:30\ne: 2001-12-14\nf: on\ng: ~\nh:\ni: 0x1F") == {
        "a": 0.001,
        "b": "no",
        "c": 10,
        "d": "12:30",
        "e": "2001-12-14",
        "f": "on",
        "g": None,
        "h": None,
        "i": 31,
    }


def test_quoted_and_block_values_are_text():
    text = """\
        a: "3"
        b: 'true'
        c: |
          12
          null
        d: >-
          folded
          text
        e: "tab\\tnewline\\n\\x41\\u263A\\U0001F600"
    """
    assert data_of(text) == {
        "a": "3",
        "b": "true",
        "c": "12\nnull\n",
        "d": "folded text",
        "e": "tab\tnewline\nA☺😀",
    }


def test_keys_are_text_or_whole_numbers():
    assert data_of("{a: 1, 2: b, '3': c, -4: d}") == {"a": 1, 2: "b", "3": "c", -4: "d"}


def test_an_alias_stands_for_what_its_anchor_is():
    assert data_of("a: &x {b: [1, 2]}\nc: *x\nd: [*x, *x]\ne: &y text\n*y : key") == {
        "a": {"b": [1, 2]},
        "c": {"b": [1, 2]},
        "d": [{"b": [1, 2]}, {"b": [1, 2]}],
        "e": "text",
        "text": "key",
    }


def test_an_anchor_that_is_set_again_counts_from_there():
    assert data_of("[&a 1, *a, &a 2, *a]") == [1, 1, 2, 2]


def test_own_keys_win_over_merged_ones_wherever_they_stand():
    assert data_of("base: &b {x: 1, y: 2}\nafter: {<<: *b, y: 3}\nbefore: {y: 3, <<: *b}") == {
        "base": {"x": 1, "y": 2},
        "after": {"y": 3, "x": 1},
        "before": {"y": 3, "x": 1},
    }


def test_the_earlier_of_several_merged_mappings_wins():
    assert data_of("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b]}\nd: {<<: [*b, *a], z: 3}") == {
        "a": {"x": 1, "y": 1},
        "b": {"y": 2, "z": 2},
        "c": {"x": 1, "y": 1, "z": 2},
        "d": {"z": 3, "y": 2, "x": 1},
    }


def test_a_merged_mapping_brings_what_was_merged_into_it():
    assert data_of("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, z: 3}")["c"] == {"x": 1, "y": 2, "z": 3}


def test_a_merge_does_not_change_what_is_merged():
    data = data_of("a: &a {x: {deep: 1}}\nb: {<<: *a, y: 2}")
    assert data == {"a": {"x": {"deep": 1}}, "b": {"y": 2, "x": {"deep": 1}}}


def test_a_quoted_merge_sign_is_a_key_like_others():
    assert data_of("{'<<': {a: 1}}") == {"<<": {"a": 1}}


def test_a_merge_written_out_needs_no_anchor():
    assert data_of("{<<: {a: 1, b: 2}, b: 3}") == {"b": 3, "a": 1}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n...\n", "%YAML 1.2\n---\n"])
def test_a_text_without_data_is_an_empty_spec(text):
    report = check(sc.Source.text(text))
    assert [found.code for found in report] == ["SC113"]


def test_duplicate_keys_are_errors_that_show_both_places():
    report = expect_linking("""\
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Dense, units: 2, units: 3, inputs: x}  # SC103
          x: {type: Input, shape: [5]}  # SC103
        outputs: [y]
    """)
    assert [
        (text_at(report, found.span), *found.span.start, *found.related[0].span.start, found.related[0].message)
        for found in report
    ] == [
        ("units", 4, 30, 4, 20, "first written here"),
        ("x", 5, 3, 3, 3, "first written here"),
    ]


def test_a_key_that_is_the_same_after_reading_is_a_duplicate():
    expect_linking("""\
        spec: 1
        x-a: {a: 1, "a": 2, 'a': 3}  # SC103 SC103
        x-b: {1: a, 0x1: b}  # SC103
        nodes: {x: {type: Input, shape: [4]}}
        outputs: [x]
    """)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a: !!str b", [("SC106", 1, 4)]),
        ("a: ! b", [("SC106", 1, 4)]),
        ("a: !mine {b: 1}", [("SC106", 1, 4)]),
        ("a:\n  - !!python/object/apply:os.system ['true']", [("SC106", 2, 5)]),
        ("!!map {a: 1}", [("SC106", 1, 1)]),
        ("{!!str a: 1}", [("SC106", 1, 2)]),
        ("a: !<tag:yaml.org,2002:str> b", [("SC106", 1, 4)]),
        ("a: &x !!int 3", [("SC106", 1, 7)]),
        ("a: 1\n---\nb: 2", [("SC107", 2, 1)]),
        ("a: 1\n...\n---\nb: 2", [("SC107", 3, 1)]),
        ("%YAML 1.1\n---\na: 1", [("SC108", 1, 1)]),
        ("%YAML 1.3\n---\na: 1", [("SC108", 1, 1)]),
        ("a: *nothing", [("SC110", 1, 4)]),
        ("a: &a [1, *a]", [("SC111", 1, 11)]),
        ("a: &a {b: {c: *a}}", [("SC111", 1, 15)]),
        ("{a: &a {<<: *a}}", [("SC111", 1, 13)]),
        ("{~: 1}", [("SC112", 1, 2)]),
        ("{true: 1}", [("SC112", 1, 2)]),
        ("{1.5: 1}", [("SC112", 1, 2)]),
        ("{[1]: 1}", [("SC112", 1, 2)]),
        ("{{a: b}: 1}", [("SC112", 1, 2)]),
        ("a: &a {b: 1}\nc: {*a : 1}", [("SC112", 2, 5)]),
        ("a: {<<: 3}", [("SC114", 1, 9)]),
        ("a: {<<: [3]}", [("SC114", 1, 9)]),
        ("a: &a [1]\nb: {<<: *a}", [("SC114", 2, 9)]),
        ('a: "\\ud800"', [("SC101", 1, 7)]),
        ("a: 9007199254740993\nb: -0x20000000000001\nc: 99999999999999999999", [("SC704", 1, 4), ("SC704", 3, 4)]),
    ],
)
def test_what_specs_do_not_have_is_refused_where_it_stands(text, codes):
    findings = Findings()
    document = read(sc.Source.text(text, form="yaml"), findings)
    assert [(found.code.code, *document.span(found.place).start) for found in findings] == codes


def test_a_version_line_for_yaml_1_2_is_fine():
    assert data_of("%YAML 1.2\n---\na: no") == {"a": "no"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: {b: 1", (1, 8)),
        ("a: [1, 2", (1, 8)),
        ('a: "b', (1, 5)),
        ("a: b: c", (1, 5)),
        ("a:\n\tb: 1", (2, 1)),
        ("a: @b", (1, 4)),
        ("a: }", (1, 4)),
        ('a: "\\q"', (1, 5)),
        ("a: 1\n b: 2", (2, 3)),
        ("a: {units: ${n}}", (1, 12)),
        ("a: 1\nb", (2, 1)),
        ("a: * b", (1, 5)),
        ("%YAML 1.2\n%YAML 1.2\n---\na: 1", (2, 1)),
        ("a: |9x\n  b", (1, 6)),
        ("[1] 2", (1, 5)),
    ],
)
def test_a_mistake_in_the_syntax_is_told_where_it_is_and_in_our_words(text, place):
    (found,) = check(sc.Source.text(text, form="yaml"))
    assert (found.code, tuple(found.span.start)) == ("SC101", place)
    assert not re.search("token|scanning|parsing|did not find|expected <|mapping values", found.message)


def test_what_is_not_closed_shows_where_it_was_opened():
    (found,) = check(sc.Source.text("spec: 1\nnodes: {\n  x: {type: Input}\n", form="yaml"))
    assert [(related.message, *related.span.start) for related in found.related] == [("the mapping begins here", 2, 8)]


def test_nesting_is_bounded_also_through_aliases():
    deep = "a: &a {b: {c: {d: 1}}}\ne: {f: *a}"
    assert data_of(deep, nesting=5)["e"] == {"f": {"b": {"c": {"d": 1}}}}
    assert refused(deep, nesting=4) == [("SC702", 2, 8)]


def test_what_libyaml_does_not_follow_is_nested_too_deep_and_no_mistake_in_the_text(monkeypatch):
    def events(text):
        mark = yaml.Mark("text", 3, 0, 3, text, 3)
        raise yaml.scanner.ScannerError(None, None, "exceeded maximum nesting depth", mark)
        yield

    monkeypatch.setattr("spec_compiler.reading.yaml_reader.events", events)
    assert refused("a: [[[[1]]]]\n") == [("SC702", 1, 4)]


def test_nesting_up_to_the_limit_is_fine():
    assert data_of("[" * 200 + "]" * 200) is not None
    assert refused("[" * 201 + "]" * 201) == [("SC702", 1, 201)]


def test_aliases_are_bounded_in_what_they_expand_to():
    text = "a: &a [1, 2, 3]\nb: [*a, *a, *a]"
    assert data_of(text, aliased_values=12)["b"] == [[1, 2, 3]] * 3
    assert refused(text, aliased_values=11) == [("SC705", 2, 13)]


def test_a_key_in_brackets_may_end_before_a_comma_or_a_bracket():
    # As YAML 1.2 has it (example 7.15, "omitted value:,"), and libyaml has not.
    assert data_of("""{x:, "y":, z:[1], 'w':{a:}, v: "a:, b", u:}  # {t:, }""") == {
        "x": None,
        "y": None,
        "z": [1],
        "w": {"a": None},
        "v": "a:, b",
        "u": None,
    }
    assert data_of("a: 1\nb: [c:, d]\ne: {f:}\n") == {"a": 1, "b": [{"c": None}, "d"], "e": {"f": None}}


def test_such_a_key_is_refused_in_a_long_text_and_in_one_with_another_mistake():
    long = "# " + "long " * 50_000 + "\na: {b:, }\n"
    (found,) = check(sc.Source.text(long, form="yaml"))
    assert (found.code, found.message, found.hint) == (
        "SC101",
        "a `:` ends a key only before a space",
        "write a space after it, or put the text in quotes",
    )
    assert refused("a: {b:, c: [}") == [("SC101", 1, 13)]


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_two_nodes_with_for_under_one_key_are_told_how_the_keys_could_differ(form):
    text = '{"spec": 1, "nodes": {"y_${i}": {"for": {"i": 2}}, "y_${i}": {"for": {"i": 3}}}, "outputs": []}'
    report = sc.check_spec(sc.Source.text(text, form=form))
    hints = [found.hint for found in report if found.code == "SC103"]
    assert hints == ["where `for` makes the nodes of both, another name of the variable makes the keys differ"]
