"""Sums, products and differences: along axes, cumulative, and by the trapezoidal rule."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import DtypeName, Finite, Numbers, Rounds
from spec_compiler.catalog.intervals import (
    UNKNOWN,
    Interval,
    Ranged,
    hull,
    number,
    partial_sums,
    repeated_product,
    repeated_sum,
)
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import NUMBERS, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.reductions import Cumulative, KeepingReduction
from spec_compiler.catalog.ops.rules import ORDERED, Sparse, floating, widened, without
from spec_compiler.catalog.rules import DtypeError, ShapeError, axis_of, invalid
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one

_MOST_DIFFERENCES = 64
"""How often differences are taken whose bounds are followed."""


class Trapezoid(TensorOp):
    """The integral of a function whose values are given, by the trapezoidal rule."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "reduction"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("y", "The values of the function."),)

    x: Annotated[tuple[float, ...] | None, Numbers(optional=True)] = Field(
        None, description="Where the values are taken; null for places that are `dx` apart."
    )
    dx: Finite = Field(1.0, description="How far apart the places are.")
    axis: int = Field(-1, description="The axis to integrate along: counted from the front, or -1 for the last one.")

    @field_validator("axis")
    @classmethod
    def _from_the_front(cls, value: int) -> int:
        if value < -1:
            raise invalid("counts axes from the front, or is -1: Keras cannot compute with another negative one")
        return value

    ranged_by: ClassVar[tuple[str, ...]] = ("y",)

    def interval(self, output: int, of: TensorType, y: Ranged) -> Interval:
        """The bounds, as wide as the places lie apart."""
        if self.x is not None:
            rises = all(a <= b for a, b in pairwise(self.x))
            return y.interval * number(self.x[-1] - self.x[0]) if rises and self.x else UNKNOWN
        length = y.type.shape[self.axis]
        return repeated_sum(y.interval, None if length is None else max(length - 1, 0)) * number(self.dx)

    def infer(self, y: TensorType) -> Inferred:
        """The shape without the axis."""
        require_computable(y, NUMBERS, "y")
        axis = axis_of(self.axis, y.rank)
        if self.x is not None and axis != y.rank - 1:
            # Keras takes the places along the last axis then, whatever `axis` is.
            raise ShapeError("takes `x` for the last axis only", "y", argument="x")
        if self.x is not None and not agree(y.shape[axis], len(self.x)):
            raise ShapeError(
                f"has {len(self.x)} places in `x`, and axis {axis} of {format_shape(y.shape)} has another length",
                "y",
                argument="x",
            )
        return one(TensorType(without(y.shape, (axis,)), floating(y.dtype)))


class Diff(TensorOp):
    """The differences between neighbours along an axis."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("a", "The tensor."),)

    n: Rounds = Field(1, description="How many times differences are taken.")
    axis: int = Field(-1, description="The axis.")

    ranged_by: ClassVar[tuple[str, ...]] = ("a",)

    def interval(self, output: int, of: TensorType, a: Ranged) -> Interval:
        """Differences of two elements, and of those."""
        found = a.interval.unreached()
        for _ in range(min(self.n, _MOST_DIFFERENCES)):
            found = found - found
        return found if self.n <= _MOST_DIFFERENCES else UNKNOWN

    def infer(self, a: TensorType) -> Inferred:
        """The shape, shorter by `n` along the axis."""
        require_computable(a, NUMBERS, "a")
        axis = axis_of(self.axis, a.rank)
        length = a.shape[axis]
        left = None if length is None else max(length - self.n, 0)
        return one(TensorType((*a.shape[:axis], left, *a.shape[axis + 1 :]), a.dtype))


class Sum(KeepingReduction):
    """The sum of the elements."""

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """As many times the bounds as elements are added."""
        return repeated_sum(x.interval, self.count(x.type))

    sparse: ClassVar[Sparse] = "kept"

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        return widened(promote(dtype))


class Prod(KeepingReduction):
    """The product of the elements."""

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Products of all elements; without any, 1."""
        return repeated_product(x.interval)

    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for that of the tensor.")

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        if self.dtype is not None and dtype == "bool":
            raise DtypeError("multiplies numbers if `dtype` is given, and gets a tensor of bool", "x", argument="dtype")
        return self.dtype or widened(dtype)


class Cumsum(Cumulative):
    """The cumulative sum of the elements."""

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Sums of the first elements."""
        return partial_sums(self.cast(x), self.length(x.type))


class Cumprod(Cumulative):
    """The cumulative product of the elements."""

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Products of the first elements."""
        return repeated_product(self.cast(x))


class Nansum(KeepingReduction):
    """The sum of the elements other than NaN."""

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Between none of the elements and all of them."""
        return hull((number(0), repeated_sum(x.interval, self.count(x.type))))

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        return widened(promote(dtype))


class Nanprod(KeepingReduction):
    """The product of the elements other than NaN."""

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        return widened(dtype)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Products of some elements, or of none, which is 1."""
        return repeated_product(hull((x.interval, number(1))))


class Nancumsum(Cumulative):
    """The cumulative sum of the elements, NaN counted as 0."""

    elements: ClassVar[Elements] = ORDERED

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Sums of some of the first elements."""
        return partial_sums(hull((self.cast(x), number(0))), self.length(x.type))


class Nancumprod(Cumulative):
    """The cumulative product of the elements, NaN counted as 1."""

    elements: ClassVar[Elements] = ORDERED

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Products of some of the first elements."""
        return repeated_product(hull((self.cast(x), number(1))))
