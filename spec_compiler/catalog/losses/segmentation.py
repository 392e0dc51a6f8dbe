"""Losses of masks."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Axes, NonNegativeFloat, ScopeName
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    PROBABILITIES,
    Predictions,
    Targets,
    named,
)


class Dice(Loss):
    """One minus the Sørensen–Dice coefficient of two masks, after Milletari et al. (2016)."""

    targets: ClassVar[Targets] = Targets.REGIONS
    takes: ClassVar[Predictions] = PROBABILITIES

    name: ScopeName | None = named("dice")
    axis: Axes = Field(None, description="The axes that the loss is computed over; null for all.")


class Tversky(Loss):
    """One minus the Tversky index of two masks, after Salehi et al. (2017)."""

    targets: ClassVar[Targets] = Targets.REGIONS
    takes: ClassVar[Predictions] = PROBABILITIES

    name: ScopeName | None = named("tversky")
    alpha: NonNegativeFloat = Field(0.5, description="The weight of what was wrongly predicted.")
    beta: NonNegativeFloat = Field(0.5, description="The weight of what was wrongly left out.")
    axis: Axes = Field(None, description="The axes that the loss is computed over; null for all.")
