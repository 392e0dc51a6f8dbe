"""Constraints of the norms of weights."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from spec_compiler.catalog.constraints.base import Constraint
from spec_compiler.catalog.fields import Axes, Fraction, NonNegativeFloat
from spec_compiler.catalog.rules import conflict


class NormConstraint(Constraint):
    """A constraint of norms along some axes."""

    axis: Axes = Field(0, description="The axes along which norms are taken.")

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """A weight must have the axes."""
        axes = self.axis if isinstance(self.axis, tuple) else () if self.axis is None else (self.axis,)
        for axis in axes:
            if not -len(shape) <= axis < len(shape):
                return f"takes norms along axis {axis}"
        return "names an axis twice" if len({axis % len(shape) for axis in axes}) < len(axes) else None


class MaxNorm(NormConstraint):
    """Scales down what is longer than a maximum."""

    max_value: NonNegativeFloat = Field(2.0, description="The greatest norm.")


class MinMaxNorm(NormConstraint):
    """Scales so that norms lie in a range."""

    min_value: NonNegativeFloat = Field(0.0, description="The smallest norm.")
    max_value: NonNegativeFloat = Field(1.0, description="The greatest norm.")
    rate: Fraction = Field(1.0, description="How far each step goes towards the range; 1 is all the way.")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.min_value > self.max_value:
            raise conflict(
                "min_value",
                f"`min_value` is at most `max_value`, and {self.min_value:.6g} is above {self.max_value:.6g}",
            )
        return self


class UnitNorm(NormConstraint):
    """Scales to norm one."""
