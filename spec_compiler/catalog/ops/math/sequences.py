"""Windows of a sequence."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import PositiveInt
from spec_compiler.catalog.operands import ANYTHING
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.rules import EmptyResultError, require_rank_at_least
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class ExtractSequences(TensorOp):
    """Frames of a sequence: what a window finds that slides along the last axis."""

    example: ClassVar[str] = "sequence_length: 8, sequence_stride: 4, inputs: samples"
    op_pattern: ClassVar[OpPattern] = "movement"

    sequence_length: PositiveInt = Field(description="The length of a frame.")
    sequence_stride: PositiveInt = Field(description="How far a frame is from the next one.")

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
