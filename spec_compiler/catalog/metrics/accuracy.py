"""Metrics of how often predictions are right."""

from __future__ import annotations

from pydantic import Field

from spec_compiler.catalog.fields import Finite, PositiveInt, ScopeName
from spec_compiler.catalog.metrics.base import Metric
from spec_compiler.catalog.scores import named


class Accuracy(Metric):
    """How often predictions are exactly the targets."""

    name: ScopeName | None = named("accuracy")


class BinaryAccuracy(Metric):
    """How often predictions are on the right side of a threshold."""

    name: ScopeName | None = named("binary_accuracy")
    threshold: Finite = Field(0.5, description="What is above it counts as 1; for logits, 0.")


class CategoricalAccuracy(Metric):
    """How often the highest prediction is at the 1 of a one-hot target."""

    name: ScopeName | None = named("categorical_accuracy")


class SparseCategoricalAccuracy(Metric):
    """How often the highest prediction is at the target's class number."""

    name: ScopeName | None = named("sparse_categorical_accuracy")


class TopKCategoricalAccuracy(Metric):
    """How often the 1 of a one-hot target is among the highest predictions."""

    name: ScopeName | None = named("top_k_categorical_accuracy")
    k: PositiveInt = Field(5, description="How many of the highest predictions count.")


class SparseTopKCategoricalAccuracy(Metric):
    """How often the target's class number is among the highest predictions."""

    name: ScopeName | None = named("sparse_top_k_categorical_accuracy")
    k: PositiveInt = Field(5, description="How many of the highest predictions count.")
    from_sorted_ids: bool = Field(False, description="Whether predictions are class numbers, the best first.")
