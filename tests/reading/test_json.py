"""JSON text to data, and what is said of text that is not JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.reading.read import read
from tests.stages.through import check


def outcome(text, **limits):
    """The data of a text, and the code, line and column of each finding."""
    findings = Findings()
    document = read(sc.Source.text(text, form="json"), findings, sc.Limits(**limits))
    return document.data, [(found.code.code, *document.span(found.place).start) for found in findings]


def test_json_has_tabs_and_any_white_space_that_json_has():
    assert outcome('{\t"a":\t[1,\t2],\r\n\t"b"\t:\ttrue}\n') == ({"a": [1, 2], "b": True}, [])


def test_values_are_those_of_json():
    text = '{"a": 1e-3, "b": -0, "c": "no", "d": null, "e": "\\u263a\\ud83d\\ude00\\n", "f": 1.0}'
    assert outcome(text) == ({"a": 0.001, "b": 0, "c": "no", "d": None, "e": "☺😀\n", "f": 1.0}, [])


def test_keys_are_text():
    assert outcome('{"1": 2}') == ({"1": 2}, [])


def test_duplicate_keys_are_errors_that_show_both_places():
    findings = Findings()
    document = read(sc.Source.text('{"a": {"b": 1,\n "b": 2, "c": 3,\n "\\u0063": 4}}', form="json"), findings)
    assert [
        (found.code.code, *document.span(found.place).start, *document.span(found.related[0].place).start)
        for found in findings
    ] == [("SC103", 2, 2, 1, 8), ("SC103", 3, 2, 2, 10)]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("", [("SC113", 1, 1)]),
        (" \n", [("SC113", 1, 1)]),
        ('{"a": 1,}', [("SC102", 1, 8)]),
        ("[1, 2,]", [("SC102", 1, 6)]),
        ("{'a': 1}", [("SC102", 1, 2)]),
        ('{"a": 1 // one\n}', [("SC102", 1, 9)]),
        ('{"a" 1}', [("SC102", 1, 6)]),
        ('{"a": 1 "b": 2}', [("SC102", 1, 9)]),
        ('{"a": tru}', [("SC102", 1, 7)]),
        ('{"a": 01}', [("SC102", 1, 8)]),
        ('{"a": +1}', [("SC102", 1, 7)]),
        ('{"a": "b}', [("SC102", 1, 7)]),
        ('{"a": "b\n"}', [("SC102", 1, 9)]),
        ('{"a": "\\q"}', [("SC102", 1, 8)]),
        ('{"a": "\\u12"}', [("SC102", 1, 9)]),
        ('{"a": 1}}', [("SC102", 1, 9)]),
        ('{"a": 1} {"b": 2}', [("SC102", 1, 10)]),
        ('{"a": 1', [("SC102", 1, 7)]),
        ('{"a": NaN,\n "b": [Infinity, -Infinity]}', [("SC102", 1, 7), ("SC102", 2, 8), ("SC102", 2, 18)]),
        ('{"a": 1e999}', [("SC204", 1, 7)]),
        ('{"a": 9007199254740993, "b": -99999999999999999999}', [("SC704", 1, 7), ("SC704", 1, 30)]),
        ('{"a": ' + "9" * 100_000 + "}", [("SC704", 1, 7)]),
        ('{"a": "\\ud800"}', [("SC105", 1, 7)]),
        ('{"\\udc00": 1}', [("SC105", 1, 2)]),
        ("[" * 201 + "]" * 201, [("SC702", 1, 201)]),
    ],
)
def test_what_is_no_json_is_refused_where_it_stands(text, findings):
    assert outcome(text) == (None, findings)


def test_nesting_up_to_the_limit_is_fine_and_brackets_in_text_do_not_count():
    assert outcome("[" * 200 + "]" * 200)[1] == []
    assert outcome(json.dumps({"a": "[" * 1000 + '\\"' + "{" * 1000}))[1] == []


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.slow
@given(JSON.filter(lambda value: value not in ({}, [])), st.booleans())
def test_any_json_reads_as_python_reads_it(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)
    data, findings = outcome(text)
    if findings:
        assert {code for code, *_ in findings} == {"SC105"}
    else:
        assert data == value


@pytest.mark.slow
@given(st.text(st.sampled_from('{}[]",:\\ 01eE.-+\ntruefalsn'), max_size=25))
def test_what_json_loads_takes_is_taken_and_what_it_refuses_is_refused(text):
    pairs: list[list[str]] = []

    def note(items):
        pairs.append([key for key, _ in items])
        return dict(items)

    def refuse(_):
        raise ValueError

    try:
        expected = json.loads(text, object_pairs_hook=note, parse_constant=refuse)
        fine = all(len(set(keys)) == len(keys) for keys in pairs) and "inf" not in repr(expected)
    except ValueError:
        fine = False
    data, findings = outcome(text, integer=10**30)
    if fine:
        assert (data, findings) == (expected, [])
    else:
        assert data is None
        assert findings


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ('{"a": 1, "a": 2}}', "SC102", 17),
        ('{"a": 1, "a": 2} {', "SC102", 18),
        ('{"a": {"b": 1, "b": 2}, "c": 3]', "SC102", 31),
        ('{"a": 1, "a": 2', "SC102", 15),
        ('{"a": 99999999999999999999}}', "SC102", 28),
        ('{"a": 1e999}}', "SC102", 13),
        ('{"a": NaN}}', "SC102", 11),
        ('[{"a": 1, "a": 2}, NaN x]', "SC102", 24),
    ],
)
def test_the_syntax_of_a_text_comes_before_what_its_values_are(text, code, column):
    report = check(sc.Source.text(text, form="json"))
    assert [(found.code, found.span.start.column) for found in report] == [(code, column)]


def test_all_values_that_a_spec_cannot_have_are_found_at_once():
    text = '{"a": 99999999999999999999, "b": NaN, "c": 1e999, "d": 1, "d": 2}'
    assert [found.code for found in check(sc.Source.text(text, form="json"))] == [
        "SC704",
        "SC102",
        "SC204",
        "SC103",
    ]
