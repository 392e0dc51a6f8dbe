"""Ops that turn each element into another one, without a function of analysis: signs, rounding, parts of numbers."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Finite, Number
from spec_compiler.catalog.operands import ANYTHING, ARITHMETIC, NUMBERS, REALS, Elements, require_elements
from spec_compiler.catalog.ops.base import TensorOp
from spec_compiler.catalog.ops.rules import (
    NOT_COMPLEX,
    ORDERED,
    SIGNED,
    WHOLE,
    Sparse,
    counted,
    floating,
    is_sparse,
    require_whole,
)
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Elementwise(TensorOp):
    """An op on each element of a tensor."""

    elements: ClassVar[Elements] = NUMBERS
    """What it can be applied to."""
    sparse: ClassVar[Sparse] = "refused"

    def dtype_of(self, dtype: str) -> str:
        """The dtype of the result for the one of the tensor."""
        return dtype

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the tensor."""
        require_elements(x, self.elements, "x")
        return one(TensorType(x.shape, self.dtype_of(x.dtype), is_sparse(x, self.sparse, "x")))


class SparseElementwise(Elementwise):
    """An op that leaves a sparse tensor sparse, as it makes zero of zero."""

    sparse: ClassVar[Sparse] = "kept"


class Abs(SparseElementwise):
    """The absolute value of each element. Keras states the dtype of the tensor, of complex numbers too."""


class Fabs(SparseElementwise):
    """The absolute value of each element, as a floating-point number."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return floating(dtype)


class Negative(SparseElementwise):
    """The negative of each element."""

    elements: ClassVar[Elements] = SIGNED


class Conjugate(SparseElementwise):
    """The complex conjugate of each element."""

    elements: ClassVar[Elements] = ARITHMETIC


class Real(SparseElementwise):
    """The real part of each element. Keras states the dtype of the tensor, of complex numbers too."""

    elements: ClassVar[Elements] = ARITHMETIC


class Imag(SparseElementwise):
    """The imaginary part of each element. Keras states the dtype of the tensor, of complex numbers too."""

    elements: ClassVar[Elements] = ANYTHING


class Angle(Elementwise):
    """The angle of each number in the complex plane, in radians."""

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return floating(dtype)


class Sign(SparseElementwise):
    """-1, 0 or 1 for each element, as it is negative, zero or positive."""

    elements: ClassVar[Elements] = Elements("numbers other than booleans and uint64", ARITHMETIC.dtypes - {"uint64"})


class Signbit(SparseElementwise):
    """Whether each element has a negative sign."""

    def dtype_of(self, dtype: str) -> str:
        """Always bool."""
        return "bool"


class Square(SparseElementwise):
    """The square of each element."""

    def dtype_of(self, dtype: str) -> str:
        """Booleans become int32."""
        return counted(dtype)


class Reciprocal(Elementwise):
    """One over each element. Keras states float32 for every dtype."""

    elements: ClassVar[Elements] = SIGNED

    def dtype_of(self, dtype: str) -> str:
        """Always float32."""
        return "float32"


class RoundingToFloat(SparseElementwise):
    """An op that rounds, and gives floating-point numbers."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return floating(dtype)


class Ceil(RoundingToFloat):
    """The smallest whole number that is not below each element."""


class Floor(RoundingToFloat):
    """The largest whole number that is not above each element."""


class Trunc(Elementwise):
    """Each element without its fraction."""

    elements: ClassVar[Elements] = ORDERED


class Round(SparseElementwise):
    """Each element rounded, halves to the even neighbour."""

    elements: ClassVar[Elements] = REALS

    decimals: int = Field(0, description="How many decimals are kept; negative for tens, hundreds and so on.")


class Clip(Elementwise):
    """Each element brought into an interval."""

    elements: ClassVar[Elements] = ORDERED

    x_min: Number = Field(description="The smallest value of the result.")
    x_max: Number = Field(description="The largest value of the result.")

    def dtype_of(self, dtype: str) -> str:
        """Booleans become int32."""
        require_whole(self.x_min, counted(dtype), "x_min")
        require_whole(self.x_max, counted(dtype), "x_max")
        return counted(dtype)


class NanToNum(Elementwise):
    """Replaces what is no number, and the infinities."""

    elements: ClassVar[Elements] = NOT_COMPLEX

    nan: Finite = Field(0.0, description="What stands for what is no number.")
    posinf: Finite | None = Field(None, description="What stands for infinity; null for the largest number there is.")
    neginf: Finite | None = Field(
        None, description="What stands for negative infinity; null for the smallest number there is."
    )


class Copy(SparseElementwise):
    """The tensor as it is, as a new one."""

    elements: ClassVar[Elements] = ANYTHING


class BitwiseInvert(Elementwise):
    """Each bit of each element turned over."""

    elements: ClassVar[Elements] = WHOLE


class Predicate(Elementwise):
    """An op that says whether something holds for each element."""

    elements: ClassVar[Elements] = ANYTHING

    def dtype_of(self, dtype: str) -> str:
        """Always bool."""
        return "bool"


class Isfinite(Predicate):
    """Whether each element is a number and finite."""

    elements: ClassVar[Elements] = NOT_COMPLEX
    sparse: ClassVar[Sparse] = "densified"


class Isinf(Predicate):
    """Whether each element is an infinity."""

    elements: ClassVar[Elements] = NOT_COMPLEX


class Isnan(Predicate):
    """Whether each element is no number."""

    elements: ClassVar[Elements] = NOT_COMPLEX


class Isneginf(Predicate):
    """Whether each element is negative infinity."""


class Isposinf(Predicate):
    """Whether each element is positive infinity."""


class Isreal(Predicate):
    """Whether each element has no imaginary part."""

    sparse: ClassVar[Sparse] = "densified"


class LogicalNot(Predicate):
    """Whether each element is false, or zero."""

    elements: ClassVar[Elements] = NUMBERS
