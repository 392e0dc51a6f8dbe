"""Lion."""

from __future__ import annotations

from typing import ClassVar

from pydantic import (
    Field,
)

from spec_compiler.catalog.optimizers.base import BETA_1, GradientOptimizer, Memory, PositiveShare


class Lion(GradientOptimizer):
    """Steps by the sign of the mean gradient (Chen et al., 2023)."""

    normalizes_steps: ClassVar[bool] = True

    beta_1: PositiveShare = Field(0.9, description="How much the mean counts against the newest gradient.")
    beta_2: Memory = Field(0.99, description=BETA_1)
