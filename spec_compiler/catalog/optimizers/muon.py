"""Muon."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    Field,
)

from spec_compiler.catalog.fields import (
    Finite,
    Fraction,
    NonNegativeFloat,
    PositiveFloat,
    PositiveRounds,
)
from spec_compiler.catalog.optimizers.base import BETA_1, BETA_2, EPSILON, GradientOptimizer, Memory
from spec_compiler.catalog.optimizers.weight_patterns import WeightPattern


class Muon(GradientOptimizer):
    """Makes the steps of matrices orthogonal, and leaves the rest to AdamW (Jordan et al., 2024)."""

    weight_decay: NonNegativeFloat | None = Field(0.004, description="What share of each matrix a step takes away.")
    adam_beta_1: Memory = Field(0.9, description=BETA_1)
    adam_beta_2: Memory = Field(0.999, description=BETA_2)
    adam_weight_decay: NonNegativeFloat | None = Field(
        0.004, description="What share of each other weight a step takes away."
    )
    epsilon: NonNegativeFloat = Field(1e-7, description=EPSILON)
    exclude_layers: Annotated[tuple[WeightPattern, ...], Field(strict=False)] | None = Field(
        None, description="Parts of the paths of weights that are left to AdamW."
    )
    exclude_embeddings: bool = Field(True, description="Whether the tables of embeddings are left to AdamW.")
    muon_a: Finite = Field(3.4445, description="The factor of x in each round of making orthogonal.")
    muon_b: Finite = Field(-4.775, description="The factor of x³.")
    muon_c: Finite = Field(2.0315, description="The factor of x⁵.")
    adam_lr_ratio: PositiveFloat = Field(1.0, description="AdamW's learning rate over this one.")
    momentum: Fraction = Field(0.95, description="How much of the last step goes on in the next.")
    ns_steps: PositiveRounds = Field(5, description="How many rounds of making orthogonal there are.")
    nesterov: bool = Field(True, description="Whether the momentum is Nesterov's.")
    rms_rate: PositiveFloat | None = Field(
        0.2, description="The root mean square that steps are scaled to; null for no scaling."
    )
