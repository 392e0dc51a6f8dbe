"""Metrics of predicted probabilities, and of margins between classes."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.fields import LogName
from spec_compiler.catalog.intervals import POSITIVE
from spec_compiler.catalog.losses_and_metrics import (
    CLASS_MARGINS,
    MARGINS,
    PROBABILITIES,
    FromLogits,
    IgnoringClass,
    OverAxis,
    Predictions,
    Smoothed,
    Targets,
    named,
)
from spec_compiler.catalog.metrics.base import Better, Metric


class BinaryCrossentropy(FromLogits, Smoothed, Metric):
    """The cross-entropy of yes-or-no targets."""

    targets: ClassVar[Targets] = Targets.YES_OR_NO
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("binary_crossentropy")


class CategoricalCrossentropy(FromLogits, Smoothed, OverAxis, Metric):
    """The cross-entropy of one-hot targets."""

    targets: ClassVar[Targets] = Targets.ONE_HOT
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("categorical_crossentropy")


class SparseCategoricalCrossentropy(FromLogits, IgnoringClass, OverAxis, Metric):
    """The cross-entropy of targets that are class numbers."""

    targets: ClassVar[Targets] = Targets.CLASS_NUMBERS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("sparse_categorical_crossentropy")


class KLDivergence(Metric):
    """The Kullback–Leibler divergence of the predicted distribution from the target."""

    targets: ClassVar[Targets] = Targets.OTHER
    takes: ClassVar[Predictions] = PROBABILITIES
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("kl_divergence")


class Poisson(Metric):
    """The mean of prediction − target · log(prediction)."""

    targets: ClassVar[Targets] = Targets.OTHER
    takes: ClassVar[Predictions] = Predictions(POSITIVE, meaning="positive numbers")
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("poisson")


class Hinge(Metric):
    """The mean of max(1 − target · prediction, 0), for targets of −1 and 1."""

    targets: ClassVar[Targets] = Targets.OTHER
    takes: ClassVar[Predictions] = MARGINS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("hinge")


class SquaredHinge(Metric):
    """The mean of max(1 − target · prediction, 0)², for targets of −1 and 1."""

    targets: ClassVar[Targets] = Targets.OTHER
    takes: ClassVar[Predictions] = MARGINS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("squared_hinge")


class CategoricalHinge(Metric):
    """How far the best wrong class comes within 1 of the right one."""

    targets: ClassVar[Targets] = Targets.ONE_HOT
    takes: ClassVar[Predictions] = CLASS_MARGINS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("categorical_hinge")
