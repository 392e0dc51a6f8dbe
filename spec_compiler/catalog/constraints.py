"""Constraints: what a weight is forced into after each step of training."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import Axes, Fraction, NonNegativeFloat
from spec_compiler.catalog.rules import conflict


class Constraint(Config):
    """What a weight is forced into after each step."""

    keras_module: ClassVar[str] = "keras.constraints"

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """Why it cannot be applied to a weight of some shape; None if it can."""
        return None


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


class NonNeg(Constraint):
    """Replaces negative numbers by zero."""


class UnitNorm(NormConstraint):
    """Scales to norm one."""
