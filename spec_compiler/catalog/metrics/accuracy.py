"""Metrics of how often predictions are right."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Finite, LogName, PositiveInt
from spec_compiler.catalog.losses_and_metrics import SCORES, Predictions, Targets, named
from spec_compiler.catalog.metrics.base import Metric


class Accuracy(Metric):
    """How often predictions are exactly the targets."""

    targets: ClassVar[Targets] = Targets.OTHER

    name: LogName | None = named("accuracy")


class BinaryAccuracy(Metric):
    """How often predictions are on the right side of a threshold."""

    targets: ClassVar[Targets] = Targets.YES_OR_NO

    name: LogName | None = named("binary_accuracy")
    threshold: Finite = Field(0.5, description="What is above it counts as 1; for logits, 0.")

    @property
    def predictions(self) -> Predictions:
        """Numbers that are parted at the threshold."""
        return Predictions(threshold=self.threshold)


class CategoricalAccuracy(Metric):
    """How often the highest prediction is at the 1 of a one-hot target."""

    targets: ClassVar[Targets] = Targets.ONE_HOT
    takes: ClassVar[Predictions] = SCORES

    name: LogName | None = named("categorical_accuracy")


class SparseCategoricalAccuracy(Metric):
    """How often the highest prediction is at the target's class number."""

    targets: ClassVar[Targets] = Targets.CLASS_NUMBERS
    takes: ClassVar[Predictions] = SCORES

    name: LogName | None = named("sparse_categorical_accuracy")


class TopKCategoricalAccuracy(Metric):
    """How often the 1 of a one-hot target is among the highest predictions."""

    targets: ClassVar[Targets] = Targets.ONE_HOT
    takes: ClassVar[Predictions] = SCORES

    name: LogName | None = named("top_k_categorical_accuracy")
    k: PositiveInt = Field(5, description="How many of the highest predictions count.")


class SparseTopKCategoricalAccuracy(Metric):
    """How often the target's class number is among the highest predictions."""

    targets: ClassVar[Targets] = Targets.CLASS_NUMBERS

    name: LogName | None = named("sparse_top_k_categorical_accuracy")
    k: PositiveInt = Field(5, description="How many of the highest predictions count.")
    from_sorted_ids: bool = Field(False, description="Whether predictions are class numbers, the best first.")

    @property
    def predictions(self) -> Predictions:
        """A score for each class, or the numbers of the best classes."""
        return Predictions() if self.from_sorted_ids else SCORES
