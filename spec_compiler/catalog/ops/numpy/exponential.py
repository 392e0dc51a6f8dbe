"""Exponents, logarithms and roots of each element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

from spec_compiler.catalog.intervals import Combination, Image, Interval, Rising
from spec_compiler.catalog.operands import Elements
from spec_compiler.catalog.ops.elementwise import Elementwise, FloatBinary, Function, SparseFunction
from spec_compiler.catalog.ops.rules import ORDERED, Sparse, single_or


def _positive(logarithm: Callable[[float], float], pole: float = 0.0) -> Callable[[float], float]:
    """A logarithm that is infinite at its pole; below, there are no numbers."""
    return lambda x: logarithm(x) if x > pole else -math.inf


def _root(x: float) -> float:
    """The square root; below zero, there are no numbers."""
    return math.sqrt(max(x, 0.0))


class Logaddexp(FloatBinary):
    """The logarithm of the sum of two numbers, whose natural logarithms are given."""

    combines: ClassVar[Combination | None] = staticmethod(
        lambda x1, x2: Interval(max(x1.low, x2.low), max(x1.high, x2.high) + math.log(2))
    )
    elements: ClassVar[Elements] = ORDERED


class Logaddexp2(FloatBinary):
    """The logarithm to base 2 of the sum of two numbers, whose logarithms to base 2 are given."""

    combines: ClassVar[Combination | None] = staticmethod(
        lambda x1, x2: Interval(max(x1.low, x2.low), max(x1.high, x2.high) + 1.0)
    )
    elements: ClassVar[Elements] = ORDERED


class Log(Function):
    """The natural logarithm of each element."""

    image: ClassVar[Image | None] = Rising(_positive(math.log))


class Log2(Function):
    """The logarithm of each element to base 2."""

    image: ClassVar[Image | None] = Rising(_positive(math.log2))


class Log10(Function):
    """The logarithm of each element to base 10."""

    image: ClassVar[Image | None] = Rising(_positive(math.log10))


class Log1p(SparseFunction):
    """The natural logarithm of one plus each element, precise near zero."""

    image: ClassVar[Image | None] = Rising(_positive(math.log1p, -1.0))


class Sqrt(SparseFunction):
    """The square root of each element."""

    image: ClassVar[Image | None] = Rising(_root, 0.0, low_reached=True)


class Exponential(Elementwise):
    """A power with the element as the exponent: integers become float32, complex numbers keep their width."""

    sparse: ClassVar[Sparse] = "densified"

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return single_or(dtype)


class Exp(Exponential):
    """e to the power of each element."""

    image: ClassVar[Image | None] = Rising(math.exp, low=0.0)


class Exp2(Exponential):
    """2 to the power of each element."""

    image: ClassVar[Image | None] = Rising(lambda x: 2.0**x, low=0.0)


class Expm1(Exponential):
    """e to the power of each element, minus one, precise near zero."""

    image: ClassVar[Image | None] = Rising(math.expm1, low=-1.0)

    sparse: ClassVar[Sparse] = "kept"


class Cbrt(Elementwise):
    """The cube root of each element."""

    image: ClassVar[Image | None] = Rising(lambda x: math.copysign(abs(x) ** (1 / 3), x))

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32, int64 becomes float64; Keras states what else there is as it is."""
        if dtype == "int64":
            return "float64"
        return "float32" if dtype == "bool" or (dtype != "uint64" and "int" in dtype) else dtype
