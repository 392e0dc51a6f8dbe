"""Gradient descent."""

from __future__ import annotations

from pydantic import (
    Field,
)

from spec_compiler.catalog.fields import (
    Fraction,
)
from spec_compiler.catalog.optimizers.base import GradientOptimizer, LearningRate


class SGD(GradientOptimizer):
    """Gradient descent, with momentum if wanted (Sutskever et al., 2013)."""

    learning_rate: LearningRate = Field(0.01, description="How far each step goes: a number or a schedule.")
    momentum: Fraction = Field(0.0, description="How much of the last step goes on in the next.")
    nesterov: bool = Field(False, description="Whether the momentum is Nesterov's.")
