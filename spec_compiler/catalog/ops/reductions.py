"""What reductions share: those that keep or drop axes, positions of extremes, and cumulative ones."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Axes, DtypeName
from spec_compiler.catalog.intervals import Interval, Ranged, in_dtype, places
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.operands import NUMBERS, Elements, require_elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import ORDERED, Sparse, flat, is_sparse, reduced
from spec_compiler.catalog.rules import axis_of
from spec_compiler.catalog.shapes import volume
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, one


class Reduction(TensorOp):
    """An op that reduces all elements along some axes to one."""

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    example: ClassVar[str] = "axis: -1, inputs: sequence"
    op_pattern: ClassVar[OpPattern] = "reduction"
    elements: ClassVar[Elements] = NUMBERS
    """What it can be applied to."""
    sparse: ClassVar[Sparse] = "refused"

    axis: Axes = Field(None, description="The axes to reduce; null for all.")

    def dtype_of(self, dtype: str) -> str:
        """The dtype of the result for the one of the tensor."""
        return dtype

    def count(self, x: TensorType) -> Dimension:
        """How many elements become one; None if that is not known."""
        axes = range(x.rank) if self.axis is None else (self.axis,) if isinstance(self.axis, int) else self.axis
        return volume(tuple(x.shape[axis] for axis in axes))

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes."""
        require_elements(x, self.elements, "x")
        sparse = is_sparse(x, self.sparse, "x")
        return one(TensorType(reduced(x.shape, self.axis), self.dtype_of(x.dtype), sparse))


class KeepsAxes(Arguments):
    """The argument about what becomes of the axes."""

    keepdims: bool = Field(False, description="Whether the reduced axes are kept with length 1.")


class KeepingReduction(KeepsAxes, Reduction):
    """A reduction that can keep the axes."""

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes, or with length 1 for them."""
        require_elements(x, self.elements, "x")
        sparse = is_sparse(x, self.sparse, "x")
        return one(TensorType(reduced(x.shape, self.axis, keepdims=self.keepdims), self.dtype_of(x.dtype), sparse))


class PositionOp(KeepsAxes, TensorOp):
    """Where the largest or the smallest element is."""

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """The places along the axis."""
        return places(volume(x.type.shape) if self.axis is None else x.type.shape[self.axis])

    example: ClassVar[str] = "axis: -1, inputs: sequence"
    op_pattern: ClassVar[OpPattern] = "reduction"
    elements: ClassVar[Elements] = ORDERED

    axis: int | None = Field(None, description="The axis to look along; null to flatten the tensor first.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axis, or with length 1 for it."""
        require_computable(x, self.elements)
        if self.axis is None:
            return one(TensorType((1,) * x.rank if self.keepdims else (), "int32"))
        axis = axis_of(self.axis, x.rank)
        kept = (1,) if self.keepdims else ()
        return one(TensorType(x.shape[:axis] + kept + x.shape[axis + 1 :], "int32"))


class Cumulative(TensorOp):
    """An op that accumulates the elements along an axis."""

    example: ClassVar[str] = "axis: -1, inputs: sequence"
    op_pattern: ClassVar[OpPattern] = "axiswise"
    elements: ClassVar[Elements] = NUMBERS

    axis: int | None = Field(None, description="The axis to go along; null to flatten the tensor first.")
    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for that of the tensor.")

    @property
    def may_move_batch(self) -> bool:
        """Whether the tensor is flattened first."""
        return self.axis is None

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def cast(self, x: Ranged) -> Interval:
        """The bounds of the elements, in the dtype in which they are accumulated."""
        return in_dtype(x.interval, self.dtype or x.type.dtype)

    def length(self, x: TensorType) -> Dimension:
        """How many elements are accumulated at most; None if that is not known."""
        return volume(x.shape) if self.axis is None else x.shape[self.axis]

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the tensor, or all its elements in a row."""
        require_computable(x, self.elements)
        if self.axis is not None:
            axis_of(self.axis, x.rank)
        dtype = self.dtype or x.dtype
        return one(TensorType(flat(x.shape) if self.axis is None else x.shape, "int32" if dtype == "bool" else dtype))
