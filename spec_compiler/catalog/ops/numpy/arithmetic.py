"""Arithmetic of each element: sums, products, quotients, powers, signs, and the extremes of two."""

from __future__ import annotations

import operator
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.dtypes import is_integer, promote
from spec_compiler.catalog.fields import Number
from spec_compiler.catalog.intervals import (
    ABSOLUTE,
    SQUARE,
    TRUTH,
    UNKNOWN,
    Combination,
    Image,
    Interval,
    Ranged,
    floored_quotient,
    hull,
    inverse,
    largest,
    number,
    power,
    quotient,
    remainder,
    smallest,
    whole_remainder,
)
from spec_compiler.catalog.operands import ARITHMETIC, REALS, Elements
from spec_compiler.catalog.ops.elementwise import (
    Binary,
    Elementwise,
    FloatBinary,
    SparseElementwise,
    TensorBinary,
    Union,
    refuse_stretched_sparse,
)
from spec_compiler.catalog.ops.rules import (
    ORDERED,
    SIGNED,
    WHOLE,
    counted,
    floating,
    require_dtype,
    require_whole,
    strong,
)
from spec_compiler.catalog.tensors import TensorType


class Add(Union):
    """The sum of two elements; of text, one after the other."""

    combines: ClassVar[Combination | None] = operator.add

    elements: ClassVar[Elements] = Elements("numbers or text, not booleans", ARITHMETIC.dtypes | {"string"})


class Subtract(Union):
    """The first element less the second."""

    combines: ClassVar[Combination | None] = operator.sub

    elements: ClassVar[Elements] = ARITHMETIC


class Maximum(Union):
    """The larger of two elements; NaN if either is NaN."""

    combines: ClassVar[Combination | None] = staticmethod(largest)

    elements: ClassVar[Elements] = REALS


class Minimum(Union):
    """The smaller of two elements; NaN if either is NaN."""

    combines: ClassVar[Combination | None] = staticmethod(smallest)

    elements: ClassVar[Elements] = REALS


class Fmax(Binary):
    """The larger of two elements; NaN only if both are NaN."""

    combines: ClassVar[Combination | None] = staticmethod(largest)

    elements: ClassVar[Elements] = REALS


class Fmin(Binary):
    """The smaller of two elements; NaN only if both are NaN."""

    combines: ClassVar[Combination | None] = staticmethod(smallest)

    elements: ClassVar[Elements] = REALS


class Multiply(Binary):
    """The product of two elements."""

    combines: ClassVar[Combination | None] = operator.mul

    elements: ClassVar[Elements] = ARITHMETIC

    def is_sparse(self, x1: TensorType, x2: TensorType) -> bool:
        """Whether one is."""
        refuse_stretched_sparse(x1, x2)
        return x1.sparse or x2.sparse


class Power(Binary):
    """The first element to the power of the second."""

    combines: ClassVar[Combination | None] = staticmethod(power)

    elements: ClassVar[Elements] = ARITHMETIC


class FloorDivide(Binary):
    """The quotient of two elements, rounded down."""

    combines: ClassVar[Combination | None] = staticmethod(floored_quotient)
    stops_gradient: ClassVar[bool] = True

    elements: ClassVar[Elements] = REALS


class Remainder(Binary):
    """An op that gives what division leaves."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype; booleans become int32."""
        return counted(super().dtype_of(x1, x2))


class Mod(Remainder):
    """The remainder of dividing the first element by the second, with the sign of the second."""

    def interval(self, output: int, of: TensorType, x1: Ranged, x2: Ranged) -> Interval:
        """Between 0 and the divisor; whole numbers do not reach it, and others may by rounding."""
        combine = whole_remainder if is_integer(of.dtype) else remainder
        return combine(x1.interval, x2.interval)


class Fmod(Remainder):
    """The remainder of dividing the first element by the second, with the sign of the first."""

    combines: ClassVar[Combination | None] = staticmethod(
        lambda x1, _: Interval(min(x1.low, 0), max(x1.high, 0), x1.low_open, x1.high_open)
    )


class Divide(FloatBinary):
    """The quotient of two elements."""

    combines: ClassVar[Combination | None] = staticmethod(quotient)

    def is_sparse(self, x1: TensorType, x2: TensorType) -> bool:
        """Whether the first is, and the second is not."""
        refuse_stretched_sparse(x1, x2)
        return x1.sparse and not x2.sparse


class DivideNoNan(FloatBinary):
    """The quotient of two elements, and 0 where the second is zero."""

    combines: ClassVar[Combination | None] = staticmethod(quotient)


class Heaviside(TensorBinary):
    """0 for a negative element, 1 for a positive one, and the second element for zero."""

    combines: ClassVar[Combination | None] = staticmethod(lambda _, x2: hull((TRUTH, x2)).unreached())
    stops_gradient: ClassVar[bool] = True


class Abs(SparseElementwise):
    """The absolute value of each element. Keras states the dtype of the tensor, of complex numbers too."""

    image: ClassVar[Image | None] = ABSOLUTE


class Fabs(SparseElementwise):
    """The absolute value of each element, as a floating-point number."""

    image: ClassVar[Image | None] = ABSOLUTE

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return floating(dtype)


class Negative(SparseElementwise):
    """The negative of each element."""

    image: ClassVar[Image | None] = operator.neg

    elements: ClassVar[Elements] = SIGNED


class Sign(SparseElementwise):
    """-1, 0 or 1 for each element, as it is negative, zero or positive."""

    has_flat_result: ClassVar[bool] = True

    image: ClassVar[Image | None] = staticmethod(lambda _: Interval(-1, 1))

    elements: ClassVar[Elements] = Elements("numbers other than booleans and uint64", ARITHMETIC.dtypes - {"uint64"})


class Square(SparseElementwise):
    """The square of each element."""

    image: ClassVar[Image | None] = SQUARE

    def dtype_of(self, dtype: str) -> str:
        """Booleans become int32."""
        return counted(dtype)


class Reciprocal(Elementwise):
    """One over each element. Keras states float32 for every dtype."""

    image: ClassVar[Image | None] = staticmethod(inverse)

    elements: ClassVar[Elements] = SIGNED

    def dtype_of(self, dtype: str) -> str:
        """Always float32."""
        return "float32"


class Clip(Elementwise):
    """Each element limited to an interval."""

    example: ClassVar[str] = "x_min: 0, x_max: 1, inputs: x"
    elements: ClassVar[Elements] = ORDERED

    x_min: Number = Field(description="The smallest value of the result.")
    x_max: Number = Field(description="The largest value of the result.")

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """What of the interval is between the two values, and these."""
        return largest(smallest(x.interval, number(self.x_max)), number(self.x_min))

    def dtype_of(self, dtype: str) -> str:
        """Booleans become int32."""
        require_whole(self.x_min, counted(dtype), "x_min")
        require_whole(self.x_max, counted(dtype), "x_max")
        return counted(dtype)


class Divisor(Binary):
    """An op on pairs of whole numbers; a plain number counts as int64."""

    example: ClassVar[str] = "inputs: [whole, other_whole]"
    elements: ClassVar[Elements] = WHOLE

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype."""
        return promote(strong(x1), strong(x2))


class Gcd(Divisor):
    """The greatest common divisor of two elements."""

    combines: ClassVar[Combination | None] = staticmethod(
        lambda x1, x2: Interval(0, max(x1.high, x2.high)) if min(x1.low, x2.low) >= 0 else UNKNOWN
    )


class Lcm(Divisor):
    """The least common multiple of two elements."""

    combines: ClassVar[Combination | None] = staticmethod(
        lambda x1, x2: Interval(0, x1.high * x2.high) if min(x1.low, x2.low) >= 0 else UNKNOWN
    )

    def check(self, x1: TensorType, x2: TensorType) -> None:
        """Refuse booleans too: their absolute values are taken, and they have none."""
        super().check(x1, x2)
        for name, x in (("x1", x1), ("x2", x2)):
            require_dtype(strong(x), self.elements, name)
