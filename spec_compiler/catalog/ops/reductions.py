"""Ops that make one number of the elements along some axes: sums, means, extremes, truth values."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import Axes, DtypeName, Number
from spec_compiler.catalog.layers.base import Arguments, CallArgument, tensor
from spec_compiler.catalog.operands import ANYTHING, NUMBERS, REALS, Elements, require_dense, require_elements
from spec_compiler.catalog.ops.base import TensorOp, X, require_computable
from spec_compiler.catalog.ops.rules import (
    ORDERED,
    Sparse,
    common_dtype,
    flat,
    floating,
    is_sparse,
    reduced,
    require_dtype,
    require_tensor,
    require_whole,
    single_or,
    widened,
)
from spec_compiler.catalog.rules import DtypeError, ShapeError, axis_of, describe_shapes
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Reduction(TensorOp):
    """An op that makes one element of all elements along some axes."""

    elements: ClassVar[Elements] = NUMBERS
    """What it can be applied to."""
    sparse: ClassVar[Sparse] = "refused"

    axis: Axes = Field(None, description="The axes that the elements are taken together along; null for all axes.")

    def dtype_of(self, dtype: str) -> str:
        """The dtype of the result for the one of the tensor."""
        return dtype

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes."""
        require_elements(x, self.elements, "x")
        sparse = is_sparse(x, self.sparse, "x")
        return one(TensorType(reduced(x.shape, self.axis), self.dtype_of(x.dtype), sparse))


class KeepsAxes(Arguments):
    """The argument about what becomes of the axes."""

    keepdims: bool = Field(False, description="Whether the axes stay, with length 1.")


class KeepingReduction(KeepsAxes, Reduction):
    """A reduction that can keep the axes."""

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes, or with length 1 for them."""
        require_elements(x, self.elements, "x")
        sparse = is_sparse(x, self.sparse, "x")
        return one(TensorType(reduced(x.shape, self.axis, keepdims=self.keepdims), self.dtype_of(x.dtype), sparse))


class Sum(KeepingReduction):
    """The sum of the elements."""

    sparse: ClassVar[Sparse] = "kept"

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        return widened(promote(dtype))


class Prod(KeepingReduction):
    """The product of the elements."""

    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for that of the tensor.")

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        if self.dtype is not None and dtype == "bool":
            raise DtypeError("multiplies numbers if `dtype` is given, and gets a tensor of bool", "x", argument="dtype")
        return self.dtype or widened(dtype)


class Mean(KeepingReduction):
    """The mean of the elements."""

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return single_or(dtype)


class Std(Mean):
    """The standard deviation of the elements."""


class Var(KeepingReduction):
    """The variance of the elements."""

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return floating(dtype)


class Median(KeepingReduction):
    """The median of the elements."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return floating(dtype)


class Extreme(KeepingReduction):
    """The largest or the smallest element."""

    elements: ClassVar[Elements] = ORDERED


class Amax(Extreme):
    """The largest element."""


class Amin(Extreme):
    """The smallest element."""


class Bounded(Extreme):
    """The largest or the smallest element, not beyond a bound."""

    initial: Number | None = Field(None, description="What the result is not beyond; null for no bound.")

    def dtype_of(self, dtype: str) -> str:
        """That of the tensor."""
        require_whole(self.initial, dtype, "initial")
        return dtype


class Max(Bounded):
    """The largest element, or a given number if that is larger."""


class Min(Bounded):
    """The smallest element, or a given number if that is smaller."""


class Ptp(KeepingReduction):
    """The largest element less the smallest one."""

    elements: ClassVar[Elements] = REALS


class Truth(KeepingReduction):
    """A truth value of several; a number counts as true unless it is zero."""

    def dtype_of(self, dtype: str) -> str:
        """Always bool."""
        return "bool"


class All(Truth):
    """Whether all elements are true."""


class Any(Truth):
    """Whether an element is true."""


class CountNonzero(Reduction):
    """How many elements are not zero, or not empty."""

    elements: ClassVar[Elements] = Elements("numbers or text", NUMBERS.dtypes | {"string"})

    def dtype_of(self, dtype: str) -> str:
        """Always int32."""
        return "int32"


class Size(TensorOp):
    """How many elements a tensor has."""

    def infer(self, x: TensorType) -> Inferred:
        """A shape to a scalar."""
        require_computable(x, ANYTHING)
        return one(TensorType((), "int32"))


class Average(TensorOp):
    """The mean of the elements along an axis, each of which may have a weight."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        X,
        tensor("weights", "How much each element counts; by default, all count the same.", required=False),
    )

    axis: int | None = Field(None, description="The axis that the mean is taken along; null for all axes.")

    def infer(self, x: TensorType, weights: TensorType | None = None) -> Inferred:
        """The shape without the axis. Weights have the shape of the tensor, or that of the axis alone."""
        operands = [("x", x)] if weights is None else [("x", x), ("weights", weights)]
        require_tensor(*operands)
        for name, operand in operands:
            require_dense(operand, name)
        dtype = common_dtype(*operands)
        require_dtype(dtype, NUMBERS, *(name for name, _ in operands))
        axis = None if self.axis is None else axis_of(self.axis, x.rank)
        if weights is not None:
            self._check_weights(x, weights, axis)
        shape = () if axis is None else x.shape[:axis] + x.shape[axis + 1 :]
        return one(TensorType(shape, floating(dtype)))

    def _check_weights(self, x: TensorType, weights: TensorType, axis: int | None) -> None:
        whole = len(weights.shape) == x.rank and all(map(agree, weights.shape, x.shape))
        along = axis is not None and weights.rank == 1 and agree(weights.shape[0], x.shape[axis])
        if not whole and not along:
            raise ShapeError(
                f"takes weights of the shape of the tensor, or of its axis `axis`, and gets "
                f"{describe_shapes((x.shape, weights.shape))}",
                "x",
                "weights",
            )


class Position(KeepsAxes, TensorOp):
    """Where the largest or the smallest element is."""

    elements: ClassVar[Elements] = ORDERED

    axis: int | None = Field(None, description="The axis to look along; null for all elements in a row.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axis, or with length 1 for it."""
        require_computable(x, self.elements)
        if self.axis is None:
            return one(TensorType((1,) * x.rank if self.keepdims else (), "int32"))
        axis = axis_of(self.axis, x.rank)
        kept = (1,) if self.keepdims else ()
        return one(TensorType(x.shape[:axis] + kept + x.shape[axis + 1 :], "int32"))


class Argmax(Position):
    """Where the largest element is."""


class Argmin(Position):
    """Where the smallest element is."""


class Cumulative(TensorOp):
    """An op that takes each element together with all those before it."""

    elements: ClassVar[Elements] = NUMBERS

    axis: int | None = Field(None, description="The axis to go along; null for all elements in a row.")
    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for that of the tensor.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the tensor, or all its elements in a row."""
        require_computable(x, self.elements)
        if self.axis is not None:
            axis_of(self.axis, x.rank)
        dtype = self.dtype or x.dtype
        return one(TensorType(flat(x.shape) if self.axis is None else x.shape, "int32" if dtype == "bool" else dtype))


class Cumsum(Cumulative):
    """The sum of each element and all those before it."""


class Cumprod(Cumulative):
    """The product of each element and all those before it."""
