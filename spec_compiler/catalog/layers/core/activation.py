"""Activations as layers."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from spec_compiler.catalog.activations import LINEAR, activated, activated_dtype, check_activation
from spec_compiler.catalog.fields import (
    ActivationName,
)
from spec_compiler.catalog.intervals import Interval, Ranged
from spec_compiler.catalog.layers.base import (
    LayerConfig,
)
from spec_compiler.catalog.mask_rules import PROPAGATES, MaskRule
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Activation(LayerConfig):
    """Applies an activation to each element."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    example: ClassVar[str] = "activation: relu, inputs: x"
    built_from_the_start: ClassVar[bool] = True

    activation: ActivationName = Field(description="The name of the activation.")

    @property
    def passes_through(self) -> bool:
        """Whether the activation is none."""
        return self.activation in (None, LINEAR)

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation, whatever the axes are."""
        return self.activation or LINEAR

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What the activation makes of the input."""
        return activated(self.activation, inputs.interval)

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        x = self.cast(inputs)
        check_activation(self.activation, x)
        return one(x.with_dtype(activated_dtype(self.activation, x.dtype)))
