"""What formatting makes of JSON: each text before, and after; formatting that again changes nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.formatting.format import format_spec

LONG = "x" * 60


def formatted(text: str) -> str:
    result = format_spec(sc.Source.text(text, form="json"))
    assert result.report.diagnostics == ()
    return result.after


STYLES = {
    "the outermost is on several lines": ('{"a":1}', '{\n  "a": 1\n}\n'),
    "what begins on a line and fits stays there": (
        '{"a" : { "b":[ 1 ,2 ],"c":{} }}\n',
        '{\n  "a": {"b": [1, 2], "c": {}}\n}\n',
    ),
    "what begins on the next line is on several": (
        '{"a": {\n"b": [1,\n2], "c": [\n3]}}\n',
        '{\n  "a": {\n    "b": [1, 2],\n    "c": [\n      3\n    ]\n  }\n}\n',
    ),
    "what is too long is on several": (
        f'{{"a": {{"b": "{LONG}", "c": ["{LONG}"]}}}}\n',
        f'{{\n  "a": {{\n    "b": "{LONG}",\n    "c": ["{LONG}"]\n  }}\n}}\n',
    ),
    "blank lines": ('{\n\n"a": 1,\n\n\n"b": 2\n\n}\n\n', '{\n  "a": 1,\n\n  "b": 2\n}\n'),
    "numbers stay as they are written": (
        '{"a": [1.0, 1e-3, 1E+2, -0, 0.10]}',
        '{\n  "a": [1.0, 1e-3, 1E+2, -0, 0.10]\n}\n',
    ),
    "texts stay as they are written": ('{"\\u0061": "\\u00e9é\\/\\n"}', '{\n  "\\u0061": "\\u00e9é\\/\\n"\n}\n'),
    "ends of lines, tabs and a byte order mark": (
        '\ufeff{\r\n\t"a": {\r\n"b": null}}\r\n',
        '{\n  "a": {\n    "b": null\n  }\n}\n',
    ),
    "nothing": ("{ }", "{}\n"),
}


@pytest.mark.parametrize(("before", "after"), list(STYLES.values()), ids=list(STYLES))
def test_the_form_of_json(before, after):
    assert formatted(before) == after
    assert formatted(after) == after


@pytest.mark.parametrize(("length", "widths"), [(105, [1, 120, 8, 1]), (106, [1, 8, 113, 5, 4, 8, 1])])
def test_a_line_is_broken_where_it_would_be_longer_than_120_columns(length, widths):
    after = formatted(f'{{"k": ["{"x" * length}", 1], "l": 1}}')
    assert list(map(len, after.splitlines())) == widths


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.booleans(), st.sampled_from([None, 0, 1, 7]))
def test_data_stay_and_a_second_time_changes_nothing(data, escaped, indent):
    after = formatted(json.dumps(data, ensure_ascii=escaped, indent=indent))
    assert repr(json.loads(after)) == repr(data)
    assert formatted(after) == after
