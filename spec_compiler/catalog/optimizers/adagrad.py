"""Adagrad."""

from __future__ import annotations

from pydantic import (
    Field,
)

from spec_compiler.catalog.fields import (
    NonNegativeFloat,
)
from spec_compiler.catalog.optimizers.base import EPSILON, GradientOptimizer


class Adagrad(GradientOptimizer):
    """Divides gradients by the root of the sum of all their squares so far (Duchi et al., 2011)."""

    initial_accumulator_value: NonNegativeFloat = Field(0.1, description="What that sum begins with.")
    epsilon: NonNegativeFloat = Field(1e-7, description=EPSILON)
