"""Follow the regularized leader."""

from __future__ import annotations

from pydantic import (
    Field,
)

from spec_compiler.catalog.fields import (
    NonNegativeFloat,
)
from spec_compiler.catalog.optimizers.base import AtMostZero, GradientOptimizer


class Ftrl(GradientOptimizer):
    """Follow the regularized leader, for sparse features (McMahan et al., 2013)."""

    learning_rate_power: AtMostZero = Field(-0.5, description="The power by which the rate falls.")
    initial_accumulator_value: NonNegativeFloat = Field(
        0.1, description="What the sum of squared gradients begins with."
    )
    l1_regularization_strength: NonNegativeFloat = Field(
        0.0, description="How strongly weights are drawn to exact zero."
    )
    l2_regularization_strength: NonNegativeFloat = Field(
        0.0, description="How strongly weights are drawn to small values."
    )
    l2_shrinkage_regularization_strength: NonNegativeFloat = Field(
        0.0, description="How strongly weights with a gradient are drawn to small values."
    )
    beta: NonNegativeFloat = Field(0.0, description="A part of the rate that does not fall.")
