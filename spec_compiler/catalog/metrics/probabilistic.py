"""Metrics of predicted probabilities, and of margins between classes."""

from __future__ import annotations

from spec_compiler.catalog.fields import ScopeName
from spec_compiler.catalog.metrics.base import Metric
from spec_compiler.catalog.scores import FromLogits, IgnoringClass, OverAxis, Smoothed, named


class BinaryCrossentropy(FromLogits, Smoothed, Metric):
    """The cross-entropy of yes-or-no targets."""

    name: ScopeName | None = named("binary_crossentropy")


class CategoricalCrossentropy(FromLogits, Smoothed, OverAxis, Metric):
    """The cross-entropy of one-hot targets."""

    name: ScopeName | None = named("categorical_crossentropy")


class SparseCategoricalCrossentropy(FromLogits, IgnoringClass, OverAxis, Metric):
    """The cross-entropy of targets that are class numbers."""

    name: ScopeName | None = named("sparse_categorical_crossentropy")


class KLDivergence(Metric):
    """The Kullback–Leibler divergence of the predicted distribution from the target."""

    name: ScopeName | None = named("kl_divergence")


class Poisson(Metric):
    """The mean of prediction − target · log(prediction)."""

    name: ScopeName | None = named("poisson")


class Hinge(Metric):
    """The mean of max(1 − target · prediction, 0), for targets of −1 and 1."""

    name: ScopeName | None = named("hinge")


class SquaredHinge(Metric):
    """The mean of max(1 − target · prediction, 0)², for targets of −1 and 1."""

    name: ScopeName | None = named("squared_hinge")


class CategoricalHinge(Metric):
    """How far the best wrong class comes within 1 of the right one."""

    name: ScopeName | None = named("categorical_hinge")
