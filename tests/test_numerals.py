"""Counting what no address could number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.numerals import count

SMALL = st.integers(-50, 50)


@given(SMALL, SMALL, SMALL.filter(bool))
def test_as_many_as_len_says(start, stop, step):
    numbers = range(start, stop, step)
    assert count(numbers) == len(numbers)


def test_more_than_len_can_say():
    assert count(range(10**30)) == 10**30
    assert count(range(10**30, -(10**30), -2)) == 10**30


def test_a_range_of_an_expression_is_too_long_also_where_len_cannot_say_it():
    nodes = {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", "units": "${range(10**12)}", "inputs": "x"}}
    (said,) = sc.check_spec({"spec": 1, "nodes": nodes, "outputs": ["y"]}).diagnostics
    assert said.message == "`range` gives at most 10000 numbers"
