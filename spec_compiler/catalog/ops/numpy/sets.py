"""Set functions: unique elements and membership."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import NonNegativeInt, Number
from spec_compiler.catalog.intervals import NOT_NEGATIVE, UNKNOWN, Interval, Ranged, hull, number, places
from spec_compiler.catalog.operands import ANYTHING, REALS, Elements, require_dense
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.numpy.comparison import ComparisonOp
from spec_compiler.catalog.ops.rules import NOT_COMPLEX, ORDERED, common_dtype, require_dtype, require_tensor
from spec_compiler.catalog.rules import axis_of
from spec_compiler.catalog.shapes import volume
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Isin(ComparisonOp):
    """Whether each element of the first tensor is among those of the second."""

    op_pattern: ClassVar[OpPattern] = "opaque"
    elements: ClassVar[Elements] = ANYTHING

    assume_unique: bool = Field(False, description="Whether no element is in the second tensor twice.")
    invert: bool = Field(False, description="Whether to say of each element that it is not among them.")

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """The shape of the first tensor."""
        require_tensor(("x1", x1))
        self.check(x1, x2)
        if not self.assume_unique:
            require_dtype(common_dtype(("x1", x1), ("x2", x2)), NOT_COMPLEX, "x1", "x2")
        require_dense(x1, "x1")
        require_dense(x2, "x2")
        return one(TensorType(x1.shape, "bool"))


class Unique(TensorOp):
    """The unique elements."""

    example: ClassVar[str] = "size: 4, inputs: table"
    op_pattern: ClassVar[OpPattern] = "opaque"

    sorted: bool = Field(True, description="Whether they are in ascending order.")
    return_index: bool = Field(False, description="Whether to return the index of each one's first occurrence too.")
    return_inverse: bool = Field(
        False, description="Whether to return, for each element, the index of its unique value too."
    )
    return_counts: bool = Field(False, description="Whether to return how often each one occurs too.")
    axis: int | None = Field(None, description="The axis along which slices are compared; null to compare elements.")
    size: NonNegativeInt | None = Field(None, description="How many are given; null for as many as there are.")
    fill_value: Number | None = Field(None, description="What is given if there are fewer than `size`.")

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Elements, and what stands in the place of those that there are not; places along the axis, and counts."""
        optional = (("index", self.return_index), ("inverse", self.return_inverse), ("counts", self.return_counts))
        name = ("values", *(name for name, is_given in optional if is_given))[output]
        if name == "values":
            filled = UNKNOWN if self.fill_value is None else number(self.fill_value)
            return x.interval if self.size is None else hull((x.interval, filled))
        count = volume(x.type.shape) if self.axis is None else x.type.shape[self.axis]
        if name == "inverse":
            return places(count)
        return NOT_NEGATIVE if count is None else Interval(0, count)

    def infer(self, x: TensorType) -> Inferred:
        """A shape to a row of values, or parts, and the rows of places and counts that are asked for."""
        require_computable(x, REALS if self.sorted else ORDERED)
        axis = None if self.axis is None else axis_of(self.axis, x.rank)
        row = TensorType((self.size,), "int32")
        values = (self.size,) if axis is None else (*x.shape[:axis], self.size, *x.shape[axis + 1 :])
        named = [("values", TensorType(values, x.dtype))]
        if self.return_index:
            named.append(("index", row))
        if self.return_inverse:
            named.append(("inverse", TensorType(x.shape if axis is None else (x.shape[axis],), "int32")))
        if self.return_counts:
            named.append(("counts", row))
        return Inferred(tuple(x for _, x in named), names=tuple(name for name, _ in named) if len(named) > 1 else ())
