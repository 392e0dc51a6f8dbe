"""Constraints: what a weight is forced into after each step of training."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import Axes, Fraction, NonNegativeFloat
from spec_compiler.catalog.rules import conflict
from spec_compiler.catalog.thing import Thing


class MaxNorm(Thing):
    """Scales down what is longer than a maximum."""

    max_value: NonNegativeFloat = Field(2, description="The greatest norm.")
    axis: Axes = Field(0, description="The axes along which norms are taken.")


class MinMaxNorm(Thing):
    """Scales so that norms lie in a range."""

    min_value: NonNegativeFloat = Field(0.0, description="The smallest norm.")
    max_value: NonNegativeFloat = Field(1.0, description="The greatest norm.")
    rate: Fraction = Field(1.0, description="How far each step goes towards the range; 1 is all the way.")
    axis: Axes = Field(0, description="The axes along which norms are taken.")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.min_value > self.max_value:
            raise conflict(
                "min_value",
                f"`min_value` is at most `max_value`, and {self.min_value:.6g} is above {self.max_value:.6g}",
            )
        return self


class NonNeg(Thing):
    """Replaces negative numbers by zero."""


class UnitNorm(Thing):
    """Scales to norm one."""

    axis: Axes = Field(0, description="The axes along which norms are taken.")
