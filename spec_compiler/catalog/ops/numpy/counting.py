"""Counts: of elements, of those that are not zero, and of each whole number."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import Numbers
from spec_compiler.catalog.intervals import INFINITY, NOT_NEGATIVE, Interval, Ranged, number
from spec_compiler.catalog.operands import ANYTHING, NUMBERS, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.reductions import Reduction
from spec_compiler.catalog.rules import RankError, ShapeError, invalid
from spec_compiler.catalog.shapes import agree, volume
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class CountNonzero(Reduction):
    """How many elements are not zero, or not empty."""

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """None of the elements, or all, or some."""
        return Interval(0, INFINITY if (count := self.count(x.type)) is None else count)

    elements: ClassVar[Elements] = Elements("numbers or text", NUMBERS.dtypes | {"string"})

    def dtype_of(self, dtype: str) -> str:
        """Always int32."""
        return "int32"


class Size(TensorOp):
    """How many elements a tensor has."""

    example: ClassVar[str] = "inputs: table"
    op_pattern: ClassVar[OpPattern] = "reduction"

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """How many elements there are."""
        count = volume(x.type.shape)
        return NOT_NEGATIVE if count is None else number(count)

    def infer(self, x: TensorType) -> Inferred:
        """A shape to a scalar."""
        require_computable(x, ANYTHING)
        return one(TensorType((), "int32"))


class Bincount(TensorOp):
    """How often each integer, from 0 on, occurs along the last axis."""

    example: ClassVar[str] = "minlength: 4, inputs: counts"
    op_pattern: ClassVar[OpPattern] = "opaque"

    weights: Annotated[tuple[float, ...] | None, Numbers(optional=True)] = Field(
        None, description="How much each element counts, for a tensor of one axis; by default, all count 1."
    )
    minlength: Annotated[int, Field(ge=0, lt=2**31)] = Field(0, description="How many numbers are counted at least.")
    sparse: bool = Field(False, description="Whether the counts are a sparse tensor.")

    @field_validator("sparse")
    @classmethod
    def _dense(cls, value: bool) -> bool:
        if value:
            raise invalid("cannot be true: TensorFlow has no sparse counts to give")
        return value

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """None of the elements, or all, or some."""
        if self.weights is not None:
            return Interval(sum(min(each, 0) for each in self.weights), sum(max(each, 0) for each in self.weights))
        count = x.type.shape[-1] if x.type.rank else 1
        return NOT_NEGATIVE if count is None else Interval(0, count)

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
