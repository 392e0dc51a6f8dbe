"""Adam and its kin, which keep running means of gradients and of their squares."""

from __future__ import annotations

from typing import ClassVar

from pydantic import (
    Field,
)

from spec_compiler.catalog.fields import (
    NonNegativeFloat,
    NonNegativeInt,
)
from spec_compiler.catalog.optimizers.base import (
    BETA_1,
    BETA_2,
    EPSILON,
    GradientOptimizer,
    LearningRate,
    Memory,
    PositiveShare,
)


class TwoMoments(GradientOptimizer):
    """An optimizer that keeps running means of gradients and of their squares."""

    normalizes_steps: ClassVar[bool] = True

    beta_1: Memory = Field(0.9, description=BETA_1)
    beta_2: Memory = Field(0.999, description=BETA_2)
    epsilon: NonNegativeFloat = Field(1e-7, description=EPSILON)


class Adam(TwoMoments):
    """Steps along the mean gradient, divided by its root mean square (Kingma and Ba, 2015)."""

    amsgrad: bool = Field(False, description="Whether it is AMSGrad (Reddi et al., 2018).")


class AdamW(Adam):
    """Adam with weight decay (Loshchilov and Hutter, 2019)."""

    weight_decay: NonNegativeFloat = Field(0.004, description="What share of each weight a step takes away.")


class Adamax(TwoMoments):
    """Adam with the greatest gradient in place of the mean square (Kingma and Ba, 2015)."""


class Nadam(TwoMoments):
    """Adam with Nesterov's momentum (Dozat, 2016)."""


class Lamb(TwoMoments):
    """Adam with steps in proportion to each weight's norm, for large batches (You et al., 2020)."""


class ScheduleFreeAdamW(TwoMoments):
    """Adam that averages the weights and needs no schedule (Defazio et al., 2024)."""

    learning_rate: LearningRate = Field(0.0025, description="How far each step goes: a number or a schedule.")
    beta_1: PositiveShare = Field(0.9, description="How far gradients are taken at the average of the weights.")
    epsilon: NonNegativeFloat = Field(1e-8, description=EPSILON)
    warmup_steps: NonNegativeInt = Field(0, description="Over how many steps the rate grows from zero.")
