"""Reductions over segments of the first axis."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import PositiveInt
from spec_compiler.catalog.intervals import INFINITY, Interval, Ranged, hull, number, repeated_product, repeated_sum
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import ARITHMETIC, REALS, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import INDICES, PLACES
from spec_compiler.catalog.rules import ShapeError, conflict, describe_shapes, require_rank, require_rank_at_least
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Segment(TensorOp):
    """An op that reduces the rows of each segment to one."""

    example: ClassVar[str] = "num_segments: 3, inputs: {data: x, segment_ids: segments}"
    op_pattern: ClassVar[OpPattern] = "reduction"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("data", "The rows: (rows, …)."),
        tensor("segment_ids", "The index of the segment of each row: (rows,)."),
    )
    elements: ClassVar[Elements] = ARITHMETIC
    """What it can be applied to."""
    numbers: ClassVar[Elements] = INDICES
    """What the numbers of segments can be, if they are not sorted."""

    num_segments: PositiveInt | None = Field(
        None, description="How many segments there are; null for as many as the indices say."
    )
    sorted: bool = Field(False, description="Whether the indices of the segments are in ascending order.")

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.sorted and self.num_segments is not None:
            raise conflict("num_segments", "`sorted` and `num_segments` do not go together")
        return self

    ranged_by: ClassVar[tuple[str, ...]] = ("data",)

    def infer(self, data: TensorType, segment_ids: TensorType) -> Inferred:
        """(rows, …) and (rows,) to (segments, …)."""
        require_rank_at_least(data, 1, "data")
        require_rank(segment_ids, 1, "the numbers of the segments", "segment_ids")
        require_computable(data, self.elements, "data")
        require_computable(segment_ids, INDICES if self.sorted else self.numbers, "segment_ids")
        if not agree(data.shape[0], segment_ids.shape[0]):
            raise ShapeError(
                "takes as many rows as numbers of segments, and gets "
                + describe_shapes((data.shape, segment_ids.shape)),
                "data",
                "segment_ids",
            )
        return one(data.with_shape((self.num_segments, *data.shape[1:])))


class SegmentSum(Segment):
    """The sum of the rows of each segment."""

    numbers: ClassVar[Elements] = PLACES

    def interval(self, output: int, of: TensorType, data: Ranged) -> Interval:
        """Sums of some rows, or of none."""
        return repeated_sum(data.interval, None)


class SegmentProd(Segment):
    """The product of the rows of each segment."""

    def interval(self, output: int, of: TensorType, data: Ranged) -> Interval:
        """Products of some rows; without any, 1, or 0 if the segments are sorted."""
        return repeated_product(hull((data.interval, number(0), number(1))))


class SegmentMax(Segment):
    """The maximum of the rows of each segment, column by column."""

    elements: ClassVar[Elements] = REALS

    def interval(self, output: int, of: TensorType, data: Ranged) -> Interval:
        """No more than any element; of a segment without rows the least number, or 0 if the segments are sorted."""
        return Interval(-INFINITY, max(data.interval.high, 0))


class SegmentMin(Segment):
    """The minimum of the rows of each segment, column by column."""

    elements: ClassVar[Elements] = REALS

    def interval(self, output: int, of: TensorType, data: Ranged) -> Interval:
        """No less than any element; of a segment without rows the largest number, or 0 if the segments are sorted."""
        return Interval(min(data.interval.low, 0), INFINITY)
