"""Sorting functions."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.intervals import Interval, Ranged, places
from spec_compiler.catalog.operands import NUMBERS
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import ORDERED, flat
from spec_compiler.catalog.rules import axis_of
from spec_compiler.catalog.shapes import volume
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Sort(TensorOp):
    """The elements in ascending order along an axis."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "movement"

    axis: int | None = Field(-1, description="The axis to sort along; null to flatten the tensor first.")

    def dtype_of(self, dtype: str) -> str:
        """The dtype of the result."""
        return dtype

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the tensor, or all its elements in a row."""
        require_computable(x, ORDERED)
        if self.axis is not None:
            axis_of(self.axis, x.rank)
        return one(TensorType(flat(x.shape) if self.axis is None else x.shape, self.dtype_of(x.dtype)))


class Argsort(Sort):
    """The indices that would sort the elements along an axis."""

    op_pattern: ClassVar[OpPattern] = "opaque"

    def dtype_of(self, dtype: str) -> str:
        """Always int32."""
        return "int32"

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """The places along the axis."""
        return places(volume(x.type.shape) if self.axis is None else x.type.shape[self.axis])


class Argpartition(TensorOp):
    """The indices that would partition the elements along an axis at one that is where it would be if sorted."""

    example: ClassVar[str] = "kth: 3, inputs: x"
    op_pattern: ClassVar[OpPattern] = "opaque"

    kth: int = Field(description="The index of the element that is where it would be if sorted.")
    axis: int | None = Field(-1, description="The axis to go along; null to flatten the tensor first.")

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """The places along the axis."""
        return places(volume(x.type.shape) if self.axis is None else x.type.shape[self.axis])

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the tensor, or all its elements in a row."""
        require_computable(x, NUMBERS)
        shape = flat(x.shape) if self.axis is None else x.shape
        if self.axis is not None:
            axis_of(self.axis, x.rank)
        return one(TensorType(shape, "int32"))
