"""Losses of distributions and counts."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.fields import ScopeName
from spec_compiler.catalog.intervals import POSITIVE
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    PROBABILITIES,
    Predictions,
    Targets,
    named,
)


class KLDivergence(Loss):
    """The Kullback–Leibler divergence of the predicted distribution from the target."""

    targets: ClassVar[Targets] = Targets.DISTRIBUTIONS
    takes: ClassVar[Predictions] = PROBABILITIES

    name: ScopeName | None = named("kl_divergence")


class Poisson(Loss):
    """The mean of prediction − target · log(prediction)."""

    targets: ClassVar[Targets] = Targets.COUNTS
    takes: ClassVar[Predictions] = Predictions(POSITIVE, meaning="positive numbers")

    name: ScopeName | None = named("poisson")
