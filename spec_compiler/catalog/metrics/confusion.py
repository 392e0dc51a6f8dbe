"""Metrics of the four ways in which a yes-or-no prediction can be right or wrong."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import Fraction, LogName, NonNegativeInt, Numbers, PositiveFloat, PositiveInt
from spec_compiler.catalog.losses_and_metrics import PROBABILITIES, SCORES, FromLogits, Predictions, Targets, named
from spec_compiler.catalog.metrics.base import Better, Metric
from spec_compiler.catalog.rules import conflict

Thresholds = Annotated[tuple[float, ...] | float | None, Numbers(single=True, minimum=0, maximum=1, optional=True)]
ThresholdList = Annotated[tuple[float, ...] | None, Numbers(minimum=0, maximum=1, optional=True)]


class Thresholded(Metric):
    """A metric of predictions above one threshold, or above each of several."""

    targets: ClassVar[Targets] = Targets.ZEROS_AND_ONES
    one_result: ClassVar[str | None] = "give it one number as `thresholds`"

    thresholds: Thresholds = Field(
        None, description="What is above counts as 1: a number, or a list for one result each."
    )

    @property
    def predictions(self) -> Predictions:
        """Numbers that are parted at a threshold: at 0.5, unless it says otherwise; probabilities, for several."""
        if isinstance(self.thresholds, tuple):
            return PROBABILITIES
        return Predictions(threshold=0.5 if self.thresholds is None else self.thresholds)

    def results(self, units: int | None) -> int | None:
        """One for each threshold."""
        return len(self.thresholds) if isinstance(self.thresholds, tuple) else 1


class Counted(Thresholded):
    """A number of predictions: how many of them are good is for nobody to say."""

    better: ClassVar[Better | None] = None


class TruePositives(Counted):
    """How many predictions are rightly 1."""


class TrueNegatives(Counted):
    """How many predictions are rightly 0."""


class FalsePositives(Counted):
    """How many predictions are wrongly 1."""


class FalseNegatives(Counted):
    """How many predictions are wrongly 0."""


class OfOneClass(Metric):
    """A metric that can be limited to one class."""

    class_id: NonNegativeInt | None = Field(None, description="The class that counts; null for all together.")


class AmongTheHighest(Thresholded, OfOneClass):
    """A metric that can be limited to the highest predictions."""

    top_k: PositiveInt | None = Field(None, description="How many of the highest predictions count; null for all.")

    @property
    def predictions(self) -> Predictions:
        """Numbers that are parted at a threshold, or scores of which the highest count."""
        return super().predictions if self.top_k is None else SCORES


class Precision(AmongTheHighest):
    """The share of the predictions of 1 that are right."""


class Recall(AmongTheHighest):
    """The share of the targets of 1 that are found."""


class AtBestThreshold(OfOneClass):
    """A metric at the best threshold that keeps another metric at least at a given value."""

    targets: ClassVar[Targets] = Targets.ZEROS_AND_ONES

    takes: ClassVar[Predictions] = PROBABILITIES

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

    targets: ClassVar[Targets] = Targets.ZEROS_AND_ONES

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

    targets: ClassVar[Targets] = Targets.ZEROS_AND_ONES
    one_result: ClassVar[str | None] = "give it an `average`: `macro`, `micro` or `weighted`"

    average: Literal["micro", "macro", "weighted"] | None = Field(
        None, description="How the classes become one number; null for one number each."
    )
    threshold: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="What is above counts as 1; null for the highest prediction alone."
    )

    @property
    def predictions(self) -> Predictions:
        """Rows of numbers that are parted at a threshold, or of which the highest counts."""
        return Predictions(rank=2, threshold=self.threshold)

    def results(self, units: int | None) -> int | None:
        """One for each class, unless they are put together."""
        return 1 if self.average is not None else units


class F1Score(FScore):
    """The harmonic mean of precision and recall."""

    name: LogName | None = named("f1_score")


class FBetaScore(FScore):
    """A harmonic mean of precision and recall in which recall counts `beta` times as much."""

    name: LogName | None = named("fbeta_score")
    beta: PositiveFloat = Field(1.0, description="How many times as much recall counts.")
