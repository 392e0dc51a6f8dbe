"""Intervals: what arithmetic and functions make of them."""

from __future__ import annotations

import math

import pytest

from spec_compiler.catalog.activations import IMAGES, activated
from spec_compiler.catalog.families import ACTIVATIONS
from spec_compiler.catalog.intervals import (
    EVERY,
    UNKNOWN,
    Interval,
    floored_quotient,
    hull,
    in_dtype,
    inverse,
    largest,
    number,
    partial_sums,
    places,
    power,
    repeated_product,
    repeated_sum,
    smallest,
    spread,
)

UNIT = Interval(0.0, 1.0)


@pytest.mark.parametrize(
    ("found", "stated"),
    [
        (UNIT + Interval(2, 3), Interval(2, 4)),
        (UNIT - UNIT, Interval(-1, 1)),
        (-Interval(1, 2, low_open=True), Interval(-2, -1, high_open=True)),
        (Interval(-2, 3) * Interval(-1, 4), Interval(-8, 12)),
        (UNKNOWN * number(0), number(0).unreached()),
        (EVERY + number(1), EVERY),
        (EVERY + EVERY, UNKNOWN),
        (Interval(1, 2, reached=True) * number(3), Interval(3, 6, reached=True)),
        (hull((Interval(0, 1), Interval(3, 4))), Interval(0, 4)),
        (hull((Interval(0, 1, low_open=True), number(0))), Interval(0, 1)),
        (largest(Interval(0, 5), Interval(2, 3)), Interval(2, 5)),
        (smallest(Interval(0, 5), Interval(2, 3)), Interval(0, 3)),
        (inverse(Interval(2, 4)), Interval(0.25, 0.5)),
        (inverse(Interval(-1, 1)), UNKNOWN),
        (power(UNKNOWN, number(2)), Interval(0)),
        (repeated_sum(UNIT, 4), Interval(0, 4)),
        (repeated_sum(UNIT, None), Interval(0)),
        (places(4), Interval(0, 3)),
        (places(None), Interval(0)),
        (partial_sums(Interval(1, 2), 3), Interval(1, 6)),
        (partial_sums(Interval(-1, 2), 3), Interval(-3, 6)),
        (partial_sums(Interval(1, 2), None), Interval(1)),
        (repeated_product(UNIT), UNIT),
        (repeated_product(Interval(0, 3)), Interval(0)),
        (repeated_product(Interval(-1, 0.5)), Interval(-1.0, 1.0)),
        (repeated_product(Interval(-2, 0)), UNKNOWN),
        (spread(4), Interval(-2.0, 2.0)),
        (spread(None), UNKNOWN),
        (floored_quotient(Interval(1, 7), Interval(2, 2)), Interval(0, 3)),
        (floored_quotient(Interval(1, 7), Interval(-1, 1)), UNKNOWN),
    ],
)
def test_what_becomes_of_intervals(found, stated):
    assert found == stated


@pytest.mark.parametrize(
    ("dtype", "found", "kept"),
    [
        ("int32", Interval(0, 10), Interval(0, 10)),
        ("uint8", Interval(-1, 10), Interval(0, 255)),
        ("int8", Interval(0, 200), Interval(-128, 127)),
        ("int32", Interval(0.5, 2.5), Interval(0, 3)),
        ("bool", Interval(5, 9), Interval(0, 1)),
        ("float16", Interval(0, 1e6), Interval(0, math.inf)),
        ("float32", Interval(0, 1e6), Interval(0, 1e6)),
        ("string", UNKNOWN, UNKNOWN),
    ],
)
def test_numbers_that_a_dtype_cannot_hold_wrap_around_or_are_infinite(dtype, found, kept):
    assert in_dtype(found, dtype) == kept


def test_an_interval_is_within_another_with_its_bounds():
    opened = Interval(0.0, 1.0, True, True)
    assert opened.within(UNIT)
    assert not UNIT.within(opened)
    assert UNIT.within(EVERY)
    assert not EVERY.within(UNIT)
    assert [UNIT.contains(0), opened.contains(0), opened.contains(0.5)] == [True, False, True]
    assert [str(each) for each in (UNIT, opened, EVERY, places(4))] == ["[0, 1]", "(0, 1)", "(-∞, ∞)", "[0, 3]"]


def test_every_activation_says_what_it_makes_of_numbers():
    assert set(ACTIVATIONS) - set(IMAGES) == {"threshold"}
    assert activated("tanh", EVERY) == Interval(-1.0, 1.0, True, True, True)
    assert activated("relu", Interval(-2.0, 3.0)) == Interval(0.0, 3.0)
    assert activated("of the caller", EVERY) == UNKNOWN
