"""Trigonometric and hyperbolic functions of each element."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import ClassVar

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.intervals import COSINES, EVERY, NOT_NEGATIVE, Combination, Image, Interval, Rising, Valley
from spec_compiler.catalog.operands import ARITHMETIC, Elements
from spec_compiler.catalog.ops.elementwise import Function, SparseFunction, StrongBinary, TensorBinary, Wide
from spec_compiler.catalog.ops.rules import NOT_UINT64, ORDERED, is_number
from spec_compiler.catalog.tensors import TensorType


def _wave(x: Interval) -> Interval:
    return replace(COSINES, reached=x == EVERY)


def _angle(_x1: Interval, _x2: Interval) -> Interval:
    return Interval(-math.pi, math.pi)


class Arctan2(StrongBinary):
    """The angle whose tangent is the first element over the second, in the quadrant of the point (second, first)."""

    combines: ClassVar[Combination | None] = staticmethod(_angle)

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype with a floating-point number; to Keras, a plain number is float32."""
        return promote(*("float32" if is_number(x) else x.dtype for x in (x1, x2)), "float")


class Hypot(TensorBinary):
    """The hypotenuse of a right triangle whose legs are the elements."""

    combines: ClassVar[Combination | None] = staticmethod(lambda _, __: NOT_NEGATIVE)

    elements: ClassVar[Elements] = ARITHMETIC


class Cos(Function):
    """The cosine of each element, an angle in radians."""

    image: ClassVar[Image | None] = staticmethod(_wave)


class Cosh(Function):
    """The hyperbolic cosine of each element."""

    image: ClassVar[Image | None] = Valley(math.cosh, 0.0, math.inf, math.inf, 1.0)


class Arccos(Function):
    """The angle whose cosine is each element."""

    image: ClassVar[Image | None] = staticmethod(lambda _: Interval(0.0, math.pi))


class Arccosh(Function):
    """The number whose hyperbolic cosine is each element."""

    image: ClassVar[Image | None] = staticmethod(lambda _: NOT_NEGATIVE)


class Sin(SparseFunction):
    """The sine of each element, an angle in radians."""

    image: ClassVar[Image | None] = staticmethod(_wave)


class Sinh(SparseFunction):
    """The hyperbolic sine of each element."""

    image: ClassVar[Image | None] = Rising(math.sinh)


class Tan(SparseFunction):
    """The tangent of each element, an angle in radians."""


class Tanh(SparseFunction):
    """The hyperbolic tangent of each element."""

    image: ClassVar[Image | None] = Rising(math.tanh, -1.0, 1.0)


class Arcsin(SparseFunction):
    """The angle whose sine is each element."""

    image: ClassVar[Image | None] = staticmethod(lambda _: Interval(-math.pi / 2, math.pi / 2))


class Arcsinh(SparseFunction):
    """The number whose hyperbolic sine is each element."""

    image: ClassVar[Image | None] = Rising(math.asinh)


class Arctan(SparseFunction):
    """The angle whose tangent is each element."""

    image: ClassVar[Image | None] = Rising(math.atan, -math.pi / 2, math.pi / 2)


class Arctanh(SparseFunction):
    """The number whose hyperbolic tangent is each element."""


class Deg2rad(Wide):
    """Each element converted from degrees to radians."""

    image: ClassVar[Image | None] = Rising(math.radians)

    elements: ClassVar[Elements] = NOT_UINT64


class Rad2deg(Wide):
    """Each element converted from radians to degrees."""

    image: ClassVar[Image | None] = Rising(math.degrees)

    elements: ClassVar[Elements] = NOT_UINT64
