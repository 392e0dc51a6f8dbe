"""The layer that changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import (
    Unregularized,
    of_operands,
)
from spec_compiler.catalog.mask_rules import PROPAGATES, MaskRule
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Identity(Unregularized):
    """Returns its input unchanged."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "inputs: x"
    built_from_the_start: ClassVar[bool] = True

    @property
    def passes_through(self) -> bool:
        """It does."""
        return True

    def infer(self, inputs: TensorType) -> Inferred:
        """The input, unchanged."""
        return one(self.cast(inputs))
