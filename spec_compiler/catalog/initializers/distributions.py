"""Numbers of a given distribution."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import (
    Finite,
    NonNegativeFloat,
)
from spec_compiler.catalog.initializers.base import RandomInitializer
from spec_compiler.catalog.rules import conflict


class RandomNormal(RandomInitializer):
    """Numbers from a normal distribution."""

    mean: Finite = Field(0.0, description="The mean of the distribution.")
    stddev: NonNegativeFloat = Field(0.05, description="The standard deviation of the distribution.")


class RandomUniform(RandomInitializer):
    """Numbers from a uniform distribution."""

    minval: Finite = Field(-0.05, description="The lower end of the range.")
    maxval: Finite = Field(0.05, description="The upper end of the range.")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.minval > self.maxval:
            raise conflict("minval", f"`minval` is at most `maxval`, and {self.minval:.6g} is above {self.maxval:.6g}")
        return self


class TruncatedNormal(RandomInitializer):
    """Numbers from a normal distribution; those beyond two standard deviations are drawn again."""

    mean: Finite = Field(0.0, description="The mean of the distribution.")
    stddev: NonNegativeFloat = Field(0.05, description="The standard deviation before truncation.")
