"""Adafactor."""

from __future__ import annotations

from pydantic import (
    Field,
)

from spec_compiler.catalog.fields import (
    NonNegativeFloat,
    PositiveFloat,
)
from spec_compiler.catalog.optimizers.base import AtMostZero, GradientOptimizer


class Adafactor(GradientOptimizer):
    """Adam with the memory of a matrix kept as rows and columns only (Shazeer and Stern, 2018)."""

    beta_2_decay: AtMostZero = Field(-0.8, description="The power of the step by which the memory grows.")
    epsilon_1: NonNegativeFloat = Field(1e-30, description="A small number that keeps squared gradients above zero.")
    epsilon_2: NonNegativeFloat = Field(1e-3, description="The least size of a weight that steps are in proportion to.")
    clip_threshold: PositiveFloat = Field(1.0, description="The greatest root mean square of a step.")
    relative_step: bool = Field(True, description="Whether the rate is at most 1/√step.")
