"""Variance after the units that a weight joins."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec_compiler.catalog.fields import (
    PositiveFloat,
)
from spec_compiler.catalog.initializers.fans import FanInitializer


class VarianceScaling(FanInitializer):
    """Numbers whose variance depends on how many units the weight joins."""

    scale: PositiveFloat = Field(1.0, description="What the variance is multiplied with.")
    mode: Literal["fan_in", "fan_out", "fan_avg"] = Field("fan_in", description="Which units count.")
    distribution: Literal["normal", "truncated_normal", "untruncated_normal", "uniform"] = Field(
        "truncated_normal", description="The distribution that numbers are drawn from."
    )
