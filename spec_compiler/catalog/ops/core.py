"""Ops of `keras.ops` itself: what tensors are made of, and how gradients flow."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.dtypes import COMPLEX
from spec_compiler.catalog.fields import DtypeName, PositiveInt
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import ANYTHING, require_elements
from spec_compiler.catalog.ops.base import TensorOp, require_computable
from spec_compiler.catalog.ops.filling import Retyped, check_conversion
from spec_compiler.catalog.ops.rules import ORDERED
from spec_compiler.catalog.rules import DtypeError, ShapeError, UnknownDimensionError, axis_of
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Cast(TensorOp):
    """The elements in another dtype."""

    dtype: DtypeName = Field(description="The dtype of the result.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape as it is."""
        require_computable(x, ANYTHING)
        check_conversion(x.dtype, self.dtype)
        return one(TensorType(x.shape, self.dtype))


class SaturateCast(TensorOp):
    """The elements in another dtype; what is out of its range becomes its largest or smallest number."""

    dtype: DtypeName = Field(description="The dtype of the result.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape as it is."""
        require_computable(x, ORDERED)
        if self.dtype == "string" or self.dtype in COMPLEX:
            raise DtypeError(f"has no smallest and largest number of {self.dtype}", "x", argument="dtype")
        pair = {x.dtype, self.dtype}
        if "uint64" in pair and not pair & {"float16", "float32", "float64"}:
            # Its largest number is too large for TensorFlow to compare with.
            raise DtypeError(f"cannot bound {x.dtype} to {self.dtype}", "x", argument="dtype")
        return one(TensorType(x.shape, self.dtype))


class ConvertToTensor(Retyped, TensorOp):
    """The tensor in another dtype, or as it is; also without what is particular about how it is stored."""

    sparse: bool | None = Field(None, description="False to make a sparse tensor dense.")
    ragged: bool | None = Field(None, description="False to make a ragged tensor dense.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape as it is."""
        require_elements(x, ANYTHING, "x")
        check_conversion(x.dtype, self.dtype or x.dtype)
        sparse, ragged = x.sparse and self.sparse is not False, x.ragged and self.ragged is not False
        return one(TensorType(x.shape, self.dtype or x.dtype, sparse, ragged))


class StopGradient(TensorOp):
    """The tensor as it is; no gradient flows back through it."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("variable", "The tensor."),)

    def infer(self, variable: TensorType) -> Inferred:
        """The shape as it is."""
        require_computable(variable, ANYTHING, "variable")
        return one(TensorType(variable.shape, variable.dtype))


class Unstack(TensorOp):
    """The parts of a tensor along an axis, one for each place."""

    num: PositiveInt | None = Field(None, description="The length of the axis, where it is not known.")
    axis: int = Field(0, description="The axis.")

    def infer(self, x: TensorType) -> Inferred:
        """One shape to several without the axis."""
        require_computable(x, ANYTHING)
        axis = axis_of(self.axis, x.rank)
        length = x.shape[axis]
        if length is None and self.num is None:
            raise UnknownDimensionError(
                f"needs `num`, as the length of axis {axis} of {format_shape(x.shape)} is not known", "x"
            )
        if None not in (length, self.num) and length != self.num:
            raise ShapeError(
                f"takes an axis of length {self.num}, and axis {axis} of {format_shape(x.shape)} has another",
                "x",
                argument="num",
            )
        part = TensorType(x.shape[:axis] + x.shape[axis + 1 :], x.dtype)
        return Inferred((part,) * (self.num or length or 0))
