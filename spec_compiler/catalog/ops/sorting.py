"""Ops that sort, count and search."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import NonNegativeInt, Number, Numbers
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import (
    NUMBERS,
    REALS,
    refuse_ragged,
    require_dense,
    require_elements,
)
from spec_compiler.catalog.ops.base import TensorOp, X, require_computable
from spec_compiler.catalog.ops.rules import ORDERED, ORDERED_NOT_UINT64, flat, require_tensor, require_vector
from spec_compiler.catalog.rules import DtypeError, RankError, ShapeError, axis_of, invalid, require_rank_at_least
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Sort(TensorOp):
    """The elements in rising order along an axis."""

    axis: int | None = Field(-1, description="The axis to sort along; null for all elements in a row.")

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
    """The places of the elements in rising order along an axis."""

    def dtype_of(self, dtype: str) -> str:
        """Always int32."""
        return "int32"


class Argpartition(TensorOp):
    """The places of the elements so that one is where it would be if sorted, after all that are smaller."""

    kth: int = Field(description="The place of the element that is where it would be if sorted.")
    axis: int | None = Field(-1, description="The axis to go along; null for all elements in a row.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the tensor, or all its elements in a row."""
        require_computable(x, NUMBERS)
        shape = flat(x.shape) if self.axis is None else x.shape
        if self.axis is not None:
            axis_of(self.axis, x.rank)
        return one(TensorType(shape, "int32"))


class Searchsorted(TensorOp):
    """Where values would have to stand in a row of rising numbers."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("sorted_sequence", "The rising numbers, in a row."),
        tensor("values", "The values."),
    )

    side: Literal["left", "right"] = Field(
        "left", description="Whether a value stands before or after the numbers that it equals."
    )

    def infer(self, sorted_sequence: TensorType, values: TensorType) -> Inferred:
        """The shape of the values."""
        require_tensor(("sorted_sequence", sorted_sequence), ("values", values))
        for name, x in (("sorted_sequence", sorted_sequence), ("values", values)):
            require_computable(x, NUMBERS, name)
        length = require_vector(sorted_sequence, "sorted_sequence")
        require_rank_at_least(values, 1, "values")
        if sorted_sequence.dtype != values.dtype:
            raise DtypeError(
                f"takes values of the dtype of the numbers, and gets {values.dtype} and {sorted_sequence.dtype}",
                "sorted_sequence",
                "values",
            )
        return one(TensorType(values.shape, "int64" if length is None else "int32"))


class Digitize(TensorOp):
    """Which of some rising bounds each element lies after."""

    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("bins", "The bounds, in a row."))

    def infer(self, x: TensorType, bins: TensorType) -> Inferred:
        """The shape of the tensor."""
        require_tensor(("x", x), ("bins", bins))
        require_elements(x, ORDERED_NOT_UINT64, "x")
        require_elements(bins, ORDERED, "bins")
        refuse_ragged(x, "x")
        require_dense(bins, "bins")
        require_vector(bins, "bins")
        return one(TensorType(x.shape, "int32", x.sparse))


class Bincount(TensorOp):
    """How often each whole number from zero on is among the elements of the last axis."""

    weights: Annotated[tuple[float, ...] | None, Numbers(optional=True)] = Field(
        None, description="How much each element counts, for a tensor of one axis; by default, all count 1."
    )
    minlength: NonNegativeInt = Field(0, description="How many numbers are counted at least.")
    sparse: bool = Field(False, description="Whether the counts are a sparse tensor.")

    @field_validator("sparse")
    @classmethod
    def _dense(cls, value: bool) -> bool:
        if value:
            raise invalid("cannot be true: TensorFlow has no sparse counts to give")
        return value

    def infer(self, x: TensorType) -> Inferred:
        """(…, n) to (…, number of counts), which is not known."""
        require_computable(x, NUMBERS)
        if x.rank > 2:
            raise RankError(f"takes a tensor of two axes at most, and gets {format_shape(x.shape)}", "x")
        if self.weights is None:
            return one(TensorType((*x.shape[:-1], None), "int32"))
        if x.rank != 1 or not agree(x.shape[0], len(self.weights)):
            raise ShapeError(
                f"takes a row of {len(self.weights)} elements, one for each of `weights`, and gets "
                f"{format_shape(x.shape)}",
                "x",
                argument="weights",
            )
        return one(TensorType((None,), promote(x.dtype, "float32")))


class Nonzero(TensorOp):
    """The places of all elements that are not zero: a tensor for each axis."""

    def infer(self, x: TensorType) -> Inferred:
        """A shape to as many rows as it has axes."""
        require_computable(x, NUMBERS)
        require_rank_at_least(x, 1, "x")
        return Inferred((TensorType((None,), "int32"),) * x.rank)


class Unique(TensorOp):
    """The elements that differ from each other, once each."""

    sorted: bool = Field(True, description="Whether they are in rising order.")
    return_index: bool = Field(False, description="Whether to give the place of each one's first occurrence too.")
    return_inverse: bool = Field(False, description="Whether to give, for each element, which of them it is, too.")
    return_counts: bool = Field(False, description="Whether to give how often each one is there, too.")
    axis: int | None = Field(None, description="The axis along which to compare parts; null to compare elements.")
    size: NonNegativeInt | None = Field(None, description="How many are given; null for as many as there are.")
    fill_value: Number | None = Field(None, description="What is given if there are fewer than `size`.")

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
