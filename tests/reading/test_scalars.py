"""Plain scalars by the tables of YAML 1.2.2, section 10.3.2, and how values are written back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import DEFAULT_LIMITS
from spec_compiler.reading.scalars import IntegerTooLargeError, format_scalar, resolve
from spec_compiler.reading.yaml_reader import read_yaml

LARGEST = 2**53


@pytest.mark.parametrize("text", ["null", "Null", "NULL", "~", ""])
def test_a_null_of_the_table_is_none(text):
    assert resolve(text, LARGEST) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False)],
)
def test_a_boolean_of_the_table_is_one(text, value):
    assert resolve(text, LARGEST) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("-19", -19),
        ("010", 10),
        ("-007", -7),
        ("0o7", 7),
        ("0o14", 12),
        ("0x3A", 58),
        ("0xff", 255),
        ("9007199254740992", 2**53),
        ("-9007199254740992", -(2**53)),
    ],
)
def test_an_integer_of_the_table_is_an_int(text, value):
    found = resolve(text, LARGEST)
    assert (type(found), found) == (int, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.", 0.0),
        ("-0.0", 0.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+12e03", 12000.0),
        ("-2E+05", -200000.0),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("685.230_15e+03".replace("_", ""), 685230.15),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("+.INF", math.inf),
    ],
)
def test_a_float_of_the_table_is_a_float(text, value):
    found = resolve(text, LARGEST)
    assert (type(found), found) == (float, value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_a_float(text):
    assert math.isnan(resolve(text, LARGEST))


TEXTS = """
    yes no on off y n Yes NO On OFF nULL tRUE fALSE 12:30 190:20:30 2001-12-14 2001-12-14T21:59:43.10-05:00 1_000
    0b1010 0o8 0xG 0x 0o 0O7 0X1F -0x1F +0o7 1e e3 1e+ . - + .. -.nan +.nan inf nan infinity .Nan .iNF 1.5.2 1,000
    = << <<: !a @b ١٢ １２ ½ 0x١ -- +-1 --1 1- 1e3.5 1e3e3
"""


@pytest.mark.parametrize("text", TEXTS.split())
def test_what_is_in_no_table_is_text(text):
    assert resolve(text, LARGEST) == text


@pytest.mark.parametrize(
    "text",
    [str(2**53 + 1), str(-(2**53) - 1), "9" * 100_000, "0x" + "F" * 100_000, "0o" + "7" * 100_000, "0x20000000000001"],
)
def test_an_integer_beyond_the_limit_is_refused(text):
    with pytest.raises(IntegerTooLargeError):
        resolve(text, LARGEST)


@given(st.integers(-LARGEST, LARGEST))
def test_an_integer_reads_as_it_was_written(value):
    assert resolve(str(value), LARGEST) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_as_it_was_written(value):
    assert resolve(repr(value), LARGEST) == value


VALUES = st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs")), max_size=20)


@given(VALUES | st.booleans() | st.integers(-LARGEST, LARGEST), st.sampled_from(["", "'", '"']))
def test_a_replacement_reads_as_the_value_that_it_is(value, quote):
    if quote and not isinstance(value, str):
        quote = ""
    data, _ = read_yaml(f"[{format_scalar(value, quote)}]", DEFAULT_LIMITS, Findings())
    assert data == [value]
    assert type(data[0]) is type(value)
