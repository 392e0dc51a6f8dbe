"""RMSprop."""

from __future__ import annotations

from typing import ClassVar

from pydantic import (
    Field,
)

from spec_compiler.catalog.fields import (
    Fraction,
    NonNegativeFloat,
)
from spec_compiler.catalog.optimizers.base import BETA_2, EPSILON, GradientOptimizer, Memory


class RMSprop(GradientOptimizer):
    """Divides gradients by their running root mean square (Hinton, 2012)."""

    normalizes_steps: ClassVar[bool] = True

    rho: Memory = Field(0.9, description=BETA_2)
    momentum: Fraction = Field(0.0, description="How much of the last step goes on in the next.")
    epsilon: NonNegativeFloat = Field(1e-7, description=EPSILON)
    centered: bool = Field(False, description="Whether gradients are divided by their standard deviation instead.")
