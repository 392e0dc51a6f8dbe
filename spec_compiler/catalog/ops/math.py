"""Ops of `keras.ops.math`: functions of analysis, segments, the greatest elements, sequences within sequences."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import PositiveInt
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import (
    ANYTHING,
    ARITHMETIC,
    FLOATING,
    FLOATING_OR_COMPLEX,
    REALS,
    Elements,
)
from spec_compiler.catalog.ops.activations import Activation
from spec_compiler.catalog.ops.base import TensorOp, require_computable
from spec_compiler.catalog.ops.reductions import KeepsAxes, Reduction
from spec_compiler.catalog.ops.rules import INDICES, PLACES, reduced
from spec_compiler.catalog.rules import (
    DtypeError,
    EmptyResultError,
    ShapeError,
    conflict,
    describe_shapes,
    require_rank,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import agree, broadcast
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one

DIFFERENCES = Elements(
    "floating-point or complex numbers, int32 and int64", FLOATING_OR_COMPLEX.dtypes | {"int32", "int64"}
)


class Erf(Activation):
    """The error function: the share of a normal distribution of variance 1/2 within x of its mean."""


class Erfc(Activation):
    """1 - erf(x)."""


class Erfinv(Activation):
    """The number whose `erf` is x."""


class Rsqrt(Activation):
    """1 / sqrt(x)."""

    takes: ClassVar[Elements | None] = FLOATING_OR_COMPLEX


class Logsumexp(KeepsAxes, Reduction):
    """The logarithm of the sum of exponentials. Keras states that it is of float32, whatever the tensor is."""

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes, or with length 1 for them."""
        require_computable(x, FLOATING)
        return one(TensorType(reduced(x.shape, self.axis, keepdims=self.keepdims)))


class Segment(TensorOp):
    """An op that makes one of all rows of a segment."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("data", "The rows: (rows, …)."),
        tensor("segment_ids", "For each row the number of its segment, counted from 0: (rows,)."),
    )
    elements: ClassVar[Elements] = ARITHMETIC
    """What it can be applied to."""
    numbers: ClassVar[Elements] = INDICES
    """What the numbers of segments can be, if they are not sorted."""

    num_segments: PositiveInt | None = Field(
        None, description="How many segments there are; null for as many as the numbers say."
    )
    sorted: bool = Field(False, description="Whether the numbers of the segments never become less from row to row.")

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.sorted and self.num_segments is not None:
            raise conflict("num_segments", "`sorted` and `num_segments` do not go together")
        return self

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


class SegmentProd(Segment):
    """The product of the rows of each segment."""


class SegmentMax(Segment):
    """The largest of each column in the rows of each segment."""

    elements: ClassVar[Elements] = REALS


class SegmentMin(Segment):
    """The least of each column in the rows of each segment."""

    elements: ClassVar[Elements] = REALS


class TopK(TensorOp):
    """The greatest elements along the last axis, and where they are."""

    k: PositiveInt = Field(description="How many.")
    sorted: bool = Field(True, description="Whether the greatest one comes first.")

    def infer(self, x: TensorType) -> Inferred:
        """(…, n) to (…, k) values and (…, k) indices."""
        require_rank_at_least(x, 1, "x")
        require_computable(x, REALS)
        length = x.shape[-1]
        if length is not None and length < self.k:
            raise ShapeError(
                f"takes {self.k} elements of the last axis, and {format_shape(x.shape)} has {length}", "x", argument="k"
            )
        values = x.with_shape((*x.shape[:-1], self.k))
        return Inferred((values, values.with_dtype("int32")), names=("values", "indices"))


class InTopK(TensorOp):
    """Whether the prediction for the right class is among the greatest."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("targets", "The numbers of the right classes: (batch,)."),
        tensor("predictions", "How likely each class is: (batch, classes)."),
    )

    k: PositiveInt = Field(description="Among how many of the greatest it may be.")

    def infer(self, targets: TensorType, predictions: TensorType) -> Inferred:
        """(batch,) and (batch, classes) to (batch,)."""
        require_rank(targets, 1, "(batch,)", "targets")
        require_rank(predictions, 2, "(batch, classes)", "predictions")
        require_computable(targets, INDICES, "targets")
        require_computable(predictions, Elements("float32 numbers", frozenset(("float32",))), "predictions")
        if not agree(targets.shape[0], predictions.shape[0]):
            raise ShapeError(
                f"takes as many targets as predictions, and gets {describe_shapes((targets.shape, predictions.shape))}",
                "targets",
                "predictions",
            )
        return one(targets.with_dtype("bool"))


class Cdist(TensorOp):
    """How far each vector is from each other one."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("x", "The vectors: (…, n, width)."),
        tensor("y", "The other ones: (…, m, width)."),
    )

    def infer(self, x: TensorType, y: TensorType) -> Inferred:
        """(…, n, width) and (…, m, width) to (…, n, m)."""
        for operand, vectors in (("x", x), ("y", y)):
            require_rank_at_least(vectors, 2, operand)
            require_computable(vectors, DIFFERENCES, operand)
        if x.dtype != y.dtype:
            raise DtypeError(f"takes tensors of one dtype, and gets {x.dtype} and {y.dtype}", "x", "y")
        if not agree(x.shape[-1], y.shape[-1]):
            raise ShapeError(f"takes vectors of one width, and gets {describe_shapes((x.shape, y.shape))}", "x", "y")
        batch = broadcast(x.shape[:-2], y.shape[:-2], "x", "y")
        return one(TensorType((*batch, x.shape[-2], y.shape[-2]), promote(x.dtype, "float")))


class ExtractSequences(TensorOp):
    """Parts of a sequence, as a window finds them that slides along the last axis."""

    sequence_length: PositiveInt = Field(description="The length of a part.")
    sequence_stride: PositiveInt = Field(description="How far a part is from the next one.")

    def infer(self, x: TensorType) -> Inferred:
        """(…, n) to (…, parts, sequence_length)."""
        require_rank_at_least(x, 1, "x")
        require_computable(x, ANYTHING)
        length = x.shape[-1]
        if length is not None and length < self.sequence_length:
            raise EmptyResultError(
                f"takes parts of length {self.sequence_length}, and {format_shape(x.shape)} is shorter",
                "x",
                argument="sequence_length",
            )
        parts = None if length is None else 1 + (length - self.sequence_length) // self.sequence_stride
        return one(x.with_shape((*x.shape[:-1], parts, self.sequence_length)))
