"""Masks of steps that are all one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import (
    Finite,
)
from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import (
    LayerConfig,
    of_operands_or_zero,
)
from spec_compiler.catalog.mask_rules import MAKES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, require_dense, require_elements
from spec_compiler.catalog.rules import require_rank_at_least
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Masking(LayerConfig):
    """Masks the steps at which every feature has a certain value."""

    mask_rule: ClassVar[MaskRule] = MAKES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero
    example: ClassVar[str] = "mask_value: 0.0, inputs: sequence"
    built_from_the_start: ClassVar[bool] = True

    mask_value: Finite = Field(0.0, description="The value that stands for padding.")

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        require_rank_at_least(inputs, 1)
        require_elements(inputs, NUMBERS, "inputs")
        require_dense(inputs, "inputs")
        dtype = self.cast(inputs).dtype
        # A product with truth values.
        return one(TensorType(inputs.shape, "int32" if dtype == "bool" else dtype))
