"""The largest elements along the last axis."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import PositiveInt
from spec_compiler.catalog.intervals import Interval, Ranged, places
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import REALS, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import INDICES
from spec_compiler.catalog.rules import ShapeError, describe_shapes, require_rank, require_rank_at_least
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class TopK(TensorOp):
    """The greatest elements along the last axis, and their indices."""

    example: ClassVar[str] = "k: 2, inputs: x"
    op_pattern: ClassVar[OpPattern] = "opaque"
    several_outputs: ClassVar[bool] = True

    k: PositiveInt = Field(description="How many.")
    sorted: bool = Field(True, description="Whether the greatest one comes first.")

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Elements, and their places."""
        return places(x.type.shape[-1]) if output else x.interval

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
    """Whether the prediction for the target class is among the `k` greatest."""

    example: ClassVar[str] = "k: 2, inputs: {targets: classes, predictions: x}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("targets", "The indices of the target classes: (batch,)."),
        tensor("predictions", "The prediction for each class: (batch, classes)."),
    )

    k: PositiveInt = Field(description="How many of the greatest count.")

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
