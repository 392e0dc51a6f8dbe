"""Joining along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.layers.merging.base import Merge
from spec_compiler.catalog.mask_rules import JOINS_ANY, MaskRule
from spec_compiler.catalog.shapes import concatenated
from spec_compiler.catalog.tensors import Inferred, TensorType


class Concatenate(Merge):
    """Tensors joined along an axis, in which alone they may differ."""

    mask_rule: ClassVar[MaskRule] = JOINS_ANY
    example: ClassVar[str] = "inputs: [x, z]"

    axis: int = Field(-1, description="The axis along which the tensors are joined.")

    @property
    def may_move_batch(self) -> bool:
        """Whether tensors may be joined along the batch."""
        return self.axis != -1

    def infer(self, inputs: Sequence[TensorType]) -> Inferred:
        """The shape of the first tensor, with the lengths along the axis added up."""
        xs = self.take(inputs)
        return self.merged(concatenated([x.shape for x in xs], self.axis), xs)
