"""Between which bounds the elements of a tensor lie, and what operations make of that.

What an interval states is true for every input and all weights, for what is computed of finite numbers, in training
and otherwise. A bound that is open is not reached but by rounding: the sigmoid of 100 is 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from spec_compiler.catalog.tensors import TensorType

Bound = float | int
INFINITY = math.inf


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers between two bounds. Those of whole numbers are whole, and exact.

    Attributes:
        low: The lower bound.
        high: The upper bound.
        low_open: Whether the lower bound itself is left out; one that is infinite always is.
        high_open: Whether the upper bound itself is left out.
        reached: Whether some input and some weights give elements at both bounds, or as near to them as one likes.
            Without it, the elements may keep to a part of the interval.
    """

    low: Bound = -INFINITY
    high: Bound = INFINITY
    low_open: bool = False
    high_open: bool = False
    reached: bool = False

    def __str__(self) -> str:
        left = "(" if self.low_open or self.low == -INFINITY else "["
        right = ")" if self.high_open or self.high == INFINITY else "]"
        return f"{left}{_text(self.low)}, {_text(self.high)}{right}"

    @property
    def is_known(self) -> bool:
        """Whether it says more than that there are numbers."""
        return self.reached or self.low != -INFINITY or self.high != INFINITY

    def within(self, other: Interval) -> bool:
        """Whether every number of this interval is one of the other."""
        low = self.low > other.low or (self.low == other.low and (self._low_open or not other._low_open))
        high = self.high < other.high or (self.high == other.high and (self._high_open or not other._high_open))
        return low and high

    def contains(self, number: Bound) -> bool:
        """Whether a number is in the interval."""
        low = self.low < number or (self.low == number and not self._low_open)
        return low and (number < self.high or (number == self.high and not self._high_open))

    @property
    def _low_open(self) -> bool:
        return self.low_open or self.low == -INFINITY

    @property
    def _high_open(self) -> bool:
        return self.high_open or self.high == INFINITY

    def unreached(self) -> Interval:
        """The same bounds, which may never be come near to."""
        return replace(self, reached=False) if self.reached else self

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.high_open, self.low_open, self.reached)

    def __add__(self, other: Interval) -> Interval:
        """The sums. Tensors may depend on each other, so that bounds are reached only if one of them is a number."""
        return Interval(
            self.low + other.low,
            self.high + other.high,
            self.low_open or other.low_open,
            self.high_open or other.high_open,
            _one_is_a_number(self, other),
        )

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        """The products."""
        corners = [
            _Corner(_product(a, b), (a_open and b != 0) or (b_open and a != 0))
            for a, a_open in ((self.low, self.low_open), (self.high, self.high_open))
            for b, b_open in ((other.low, other.low_open), (other.high, other.high_open))
        ]
        low, high = min(corner.value for corner in corners), max(corner.value for corner in corners)
        return Interval(
            low,
            high,
            all(corner.is_open for corner in corners if corner.value == low),
            all(corner.is_open for corner in corners if corner.value == high),
            _one_is_a_number(self, other),
        )


class _Corner(NamedTuple):
    value: Bound
    is_open: bool


def _product(a: Bound, b: Bound) -> Bound:
    return 0 if a == 0 or b == 0 else a * b


def _one_is_a_number(a: Interval, b: Interval) -> bool:
    return a.reached and b.reached and (a.low == a.high or b.low == b.high)


def _text(bound: Bound) -> str:
    if bound in (INFINITY, -INFINITY):
        return "∞" if bound > 0 else "-∞"
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


UNKNOWN = Interval()
"""Any number may be there; nothing says that it is."""
EVERY = Interval(reached=True)
"""Any number, for some input and some weights."""
SHARES = Interval(0.0, 1.0)
"""Shares of a whole."""
GATE = Interval(0.0, 1.0, True, True, True)
"""What a gate lets through: never all, and never nothing."""
NOT_NEGATIVE = Interval(0)
POSITIVE = Interval(0, low_open=True)
TRUTH = Interval(0, 1)
COSINES = Interval(-1.0, 1.0)


class Ranged(NamedTuple):
    """What a rule is told of an operand: its type, and between which bounds its elements lie."""

    type: TensorType
    interval: Interval


def number(value: Bound) -> Interval:
    """The interval of one number."""
    return Interval(value, value, reached=True)


def places(count: int | None) -> Interval:
    """The whole numbers from 0 that are less than a count; without one, all that are not negative."""
    return NOT_NEGATIVE if count is None else Interval(0, count - 1)


def hull(intervals: Iterable[Interval]) -> Interval:
    """The smallest interval that holds all numbers of some others."""
    found: Interval | None = None
    for each in intervals:
        found = each if found is None else _hull(found, each)
    return found if found is not None else UNKNOWN


def _hull(a: Interval, b: Interval) -> Interval:
    low, high = min(a.low, b.low), max(a.high, b.high)
    return Interval(
        low,
        high,
        all(each.low_open for each in (a, b) if each.low == low),
        all(each.high_open for each in (a, b) if each.high == high),
        # Each bound comes of a tensor that reaches its own.
        a.reached and b.reached,
    )


def largest(a: Interval, b: Interval) -> Interval:
    """What the larger of two elements can be."""
    low, high = max(a.low, b.low), max(a.high, b.high)
    return Interval(
        low,
        high,
        any(each.low_open for each in (a, b) if each.low == low),
        all(each.high_open for each in (a, b) if each.high == high),
        _one_is_a_number(a, b),
    )


def smallest(a: Interval, b: Interval) -> Interval:
    """What the smaller of two elements can be."""
    return -largest(-a, -b)


def repeated_sum(x: Interval, count: int | None) -> Interval:
    """What a sum of so many elements can be; None if their number is not known, which may be 0."""
    if count is not None:
        low, high = _product(x.low, count), _product(x.high, count)
        return Interval(low, high, x.low_open and count > 0, x.high_open and count > 0)
    return Interval(0 if x.low >= 0 else -INFINITY, 0 if x.high <= 0 else INFINITY)


def partial_sums(x: Interval, count: int | None) -> Interval:
    """What sums of the first elements can be, of one to so many; None if their number is not known."""
    if count is not None:
        return hull((x, repeated_sum(x, count))).unreached()
    return Interval(x.low if x.low >= 0 else -INFINITY, x.high if x.high <= 0 else INFINITY)


def repeated_product(x: Interval) -> Interval:
    """What products of any number of elements can be, of none too, which is 1."""
    return next((each for each in (SHARES, NOT_NEGATIVE, COSINES) if x.within(each)), UNKNOWN)


def spread(count: int | None) -> Interval:
    """Where elements can lie that are divided by the root of the mean of the squares of so many."""
    return UNKNOWN if not count else Interval(-math.sqrt(count), math.sqrt(count))


class Image(Protocol):
    """What a function makes of the numbers of an interval."""

    def __call__(self, x: Interval, /) -> Interval:
        """The interval of all results."""


class Combination(Protocol):
    """What a function of two numbers makes of those of two intervals."""

    def __call__(self, x1: Interval, x2: Interval, /) -> Interval:
        """The interval of all results."""


RealFunction = Callable[[float], float]


class Rising:
    """A function that never falls.

    Args:
        of: The function, of any finite number.
        low: What it tends to far below zero.
        high: What it tends to far above zero.
        low_reached: Whether it is constant, and equal to `low`, from some number downwards.
        high_reached: The same from some number upwards.
        strictly: Whether it rises everywhere. If not, it may give what an open bound gives for other numbers, too.
    """

    __slots__ = ("high", "high_reached", "low", "low_reached", "of", "strictly")

    def __init__(
        self,
        of: RealFunction,
        low: float = -INFINITY,
        high: float = INFINITY,
        low_reached: bool = False,
        high_reached: bool = False,
        strictly: bool = True,
    ) -> None:
        self.of, self.low, self.high = of, low, high
        self.low_reached, self.high_reached, self.strictly = low_reached, high_reached, strictly

    def __call__(self, x: Interval) -> Interval:
        """What the function makes of the numbers of an interval."""
        low, high = self._at(x.low), self._at(x.high)
        low_open = x.low == -INFINITY or (x.low_open and self.strictly)
        high_open = x.high == INFINITY or (x.high_open and self.strictly)
        low_open = low_open and not (low == self.low and self.low_reached)
        high_open = high_open and not (high == self.high and self.high_reached)
        return Interval(low, high, low_open, high_open, x.reached)

    def _at(self, x: Bound) -> float:
        if x in (INFINITY, -INFINITY):
            return self.high if x > 0 else self.low
        try:
            return self.of(x)
        except OverflowError:
            return self.high if x > 0 else self.low


class Valley:
    """A function that falls to its least value and rises from there.

    Args:
        of: The function, of any finite number.
        bottom: Where it is least.
        low: What it tends to far below zero.
        high: What it tends to far above zero.
        least: Its least value, or a number just below that.
    """

    __slots__ = ("bottom", "high", "least", "low", "of")

    def __init__(self, of: RealFunction, bottom: float, low: float, high: float, least: float) -> None:
        self.of, self.bottom, self.low, self.high, self.least = of, bottom, low, high, least

    def __call__(self, x: Interval) -> Interval:
        """What the function makes of the numbers of an interval."""
        rising = Rising(self.of, self.least, self.high)
        falling = Rising(lambda value: self.of(-value), self.least, self.low)
        if x.low >= self.bottom:
            return rising(x)
        if x.high <= self.bottom:
            return falling(-x)
        ends = (falling(Interval(-self.bottom, -x.low, False, x.low_open)), rising(replace(x, low=self.bottom)))
        top = hull(replace(each, low=self.least, low_open=False) for each in ends)
        return replace(top, reached=x.reached)


def inverse(x: Interval) -> Interval:
    """What one over each of some numbers can be; division by zero makes anything infinite."""
    if x.low > 0 or (x.low == 0 and x.low_open):
        high = INFINITY if x.low == 0 else 1 / x.low
        return Interval(0 if x.high == INFINITY else 1 / x.high, high, x.high == INFINITY or x.high_open, x.low_open)
    if x.high < 0 or (x.high == 0 and x.high_open):
        return -inverse(-x)
    return UNKNOWN


ABSOLUTE = Valley(abs, 0, INFINITY, INFINITY, 0)
SQUARE = Valley(lambda x: x * x, 0, INFINITY, INFINITY, 0)


def quotient(a: Interval, b: Interval) -> Interval:
    """What quotients can be."""
    return a * inverse(b)


def floored_quotient(a: Interval, b: Interval) -> Interval:
    """What quotients can be, rounded down."""
    found = quotient(a, b)
    low, high = (each if math.isinf(each) else math.floor(each) for each in (found.low, found.high))
    return Interval(low, high)


def remainder(_a: Interval, b: Interval) -> Interval:
    """What remainders with the sign of the divisor can be: between 0 and that."""
    if b.low > 0:
        return Interval(0, b.high)
    return Interval(b.low, 0) if b.high < 0 else Interval(min(b.low, 0), max(b.high, 0))


def whole_remainder(a: Interval, b: Interval) -> Interval:
    """What remainders of whole numbers can be: between 0 and the number next to the divisor."""
    if b.low >= 1:
        return Interval(0, b.high - 1)
    return Interval(b.low + 1, 0) if b.high <= -1 else remainder(a, b)


def power(base: Interval, exponent: Interval) -> Interval:
    """What powers can be: those of positive numbers are positive, and even ones not negative."""
    is_even = exponent.low == exponent.high and exponent.low % 2 == 0
    return NOT_NEGATIVE if base.low >= 0 or is_even else UNKNOWN


_WHOLE_BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64}
_LARGEST = {"float16": 65504.0, "bfloat16": 3.3895e38, "float32": 3.4028e38, "float64": 1.7976e308}


def interval_of_dtype(dtype: str) -> Interval:
    """All numbers of a dtype; of text, and of complex numbers, nothing is known."""
    if dtype == "bool":
        return TRUTH
    bits = _WHOLE_BITS.get(dtype)
    if bits is None:
        return UNKNOWN
    return Interval(0, 2**bits - 1) if dtype.startswith("u") else Interval(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def in_dtype(x: Interval, dtype: str) -> Interval:
    """What is left of an interval if its numbers are kept in a dtype: whole ones wrap around, others are infinite."""
    largest_float = _LARGEST.get(dtype)
    if largest_float is not None:
        if -largest_float <= x.low and x.high <= largest_float:
            return x
        low = x.low if -largest_float <= x.low else -INFINITY
        return replace(x, low=low, high=x.high if x.high <= largest_float else INFINITY)
    allowed = interval_of_dtype(dtype)
    if dtype == "bool":
        return allowed
    if not allowed.is_known or not x.within(allowed):
        return allowed
    return x if isinstance(x.low, int) and isinstance(x.high, int) and not (x.low_open or x.high_open) else _whole(x)


def _whole(x: Interval) -> Interval:
    """The whole numbers that numbers of an interval are cut down to, or rounded to."""
    return Interval(math.floor(x.low), math.ceil(x.high), reached=x.reached and not (x.low_open or x.high_open))
