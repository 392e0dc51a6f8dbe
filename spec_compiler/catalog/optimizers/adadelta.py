"""Adadelta."""

from __future__ import annotations

from pydantic import (
    Field,
)

from spec_compiler.catalog.fields import (
    NonNegativeFloat,
)
from spec_compiler.catalog.optimizers.base import BETA_2, EPSILON, GradientOptimizer, Memory


class Adadelta(GradientOptimizer):
    """Scales gradients by the running sizes of steps and gradients (Zeiler, 2012)."""

    rho: Memory = Field(0.95, description=BETA_2)
    epsilon: NonNegativeFloat = Field(1e-7, description=EPSILON)
