"""Metrics of the four ways in which a yes-or-no prediction can be right or wrong."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import Fraction, NonNegativeInt, Numbers, PositiveFloat, PositiveInt, ScopeName
from spec_compiler.catalog.metrics.base import Metric
from spec_compiler.catalog.rules import conflict
from spec_compiler.catalog.scores import FromLogits, named

Thresholds = Annotated[tuple[float, ...] | float | None, Numbers(single=True, minimum=0, maximum=1, optional=True)]
ThresholdList = Annotated[tuple[float, ...] | None, Numbers(minimum=0, maximum=1, optional=True)]


class Thresholded(Metric):
    """A metric of predictions above one threshold, or above each of several."""

    thresholds: Thresholds = Field(
        None, description="What is above counts as 1: a number, or a list for one result each."
    )


class TruePositives(Thresholded):
    """How many predictions are rightly 1."""


class TrueNegatives(Thresholded):
    """How many predictions are rightly 0."""


class FalsePositives(Thresholded):
    """How many predictions are wrongly 1."""


class FalseNegatives(Thresholded):
    """How many predictions are wrongly 0."""


class OfOneClass(Metric):
    """A metric that can be limited to one class."""

    class_id: NonNegativeInt | None = Field(None, description="The class that counts; null for all together.")


class AmongTheHighest(Thresholded, OfOneClass):
    """A metric that can be limited to the highest predictions."""

    top_k: PositiveInt | None = Field(None, description="How many of the highest predictions count; null for all.")


class Precision(AmongTheHighest):
    """The share of the predictions of 1 that are right."""


class Recall(AmongTheHighest):
    """The share of the targets of 1 that are found."""


class AtBestThreshold(OfOneClass):
    """A metric at the best threshold that keeps another metric at least at a given value."""

    num_thresholds: PositiveInt = Field(200, description="How many thresholds are tried.")


class SensitivityAtSpecificity(AtBestThreshold):
    """The best sensitivity where specificity is at least a given value."""

    specificity: Fraction = Field(description="The specificity to keep.")


class SpecificityAtSensitivity(AtBestThreshold):
    """The best specificity where sensitivity is at least a given value."""

    sensitivity: Fraction = Field(description="The sensitivity to keep.")


class PrecisionAtRecall(AtBestThreshold):
    """The best precision where recall is at least a given value."""

    recall: Fraction = Field(description="The recall to keep.")


class RecallAtPrecision(AtBestThreshold):
    """The best recall where precision is at least a given value."""

    precision: Fraction = Field(description="The precision to keep.")


class AUC(FromLogits, Metric):
    """The area under a curve of two such rates over all thresholds (for `PR`, Davis and Goadrich, 2006)."""

    num_thresholds: Annotated[int, Field(ge=2)] = Field(200, description="How many thresholds the curve is made of.")
    curve: Literal["ROC", "PR", "PRGAIN"] = Field("ROC", description="Which curve.")
    summation_method: Literal["interpolation", "minoring", "majoring"] = Field(
        "interpolation", description="How the area between two points is taken: between them, below or above."
    )
    thresholds: ThresholdList = Field(None, description="The thresholds, besides 0 and 1; instead of `num_thresholds`.")
    multi_label: bool = Field(False, description="Whether the area is taken for each label and averaged.")
    num_labels: PositiveInt | None = Field(None, description="How many labels there are; with `multi_label` only.")

    @model_validator(mode="after")
    def _arguments_that_count(self) -> Self:
        if self.num_labels is not None and not self.multi_label:
            raise conflict("num_labels", "`num_labels` is for `multi_label: true` only")
        count = len(self.thresholds) + 2 if self.thresholds is not None else self.num_thresholds
        if "num_thresholds" in self.model_fields_set and self.num_thresholds != count:
            raise conflict(
                "num_thresholds",
                f"`num_thresholds` is {self.num_thresholds}, and `thresholds` with 0 and 1 are {count}",
            )
        return self


class FScore(Metric):
    """A mean of precision and recall."""

    average: Literal["micro", "macro", "weighted"] | None = Field(
        None, description="How the classes become one number; null for one number each."
    )
    threshold: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="What is above counts as 1; null for the highest prediction alone."
    )


class F1Score(FScore):
    """The harmonic mean of precision and recall."""

    name: ScopeName | None = named("f1_score")


class FBetaScore(FScore):
    """A harmonic mean of precision and recall in which recall counts `beta` times as much."""

    name: ScopeName | None = named("fbeta_score")
    beta: PositiveFloat = Field(1.0, description="How many times as much recall counts.")
