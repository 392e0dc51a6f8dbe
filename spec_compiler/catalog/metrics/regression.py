"""Metrics of how far predicted numbers are from the targets."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import LogName, NonNegativeInt
from spec_compiler.catalog.intervals import NOT_NEGATIVE, Interval
from spec_compiler.catalog.losses_and_metrics import VECTORS, OverAxis, Predictions, Targets, named
from spec_compiler.catalog.metrics.base import Better, Metric


class MeanSquaredError(Metric):
    """The mean of the squared differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("mean_squared_error")


class RootMeanSquaredError(Metric):
    """The square root of the mean of the squared differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("root_mean_squared_error")


class MeanAbsoluteError(Metric):
    """The mean of the absolute differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("mean_absolute_error")


class MeanAbsolutePercentageError(Metric):
    """The mean of the absolute differences, in percent of the targets."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("mean_absolute_percentage_error")


class MeanSquaredLogarithmicError(Metric):
    """The mean of the squared differences of log(1 + x)."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    takes: ClassVar[Predictions] = Predictions(NOT_NEGATIVE, meaning="numbers that are not negative")
    target_interval: ClassVar[Interval] = NOT_NEGATIVE
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("mean_squared_logarithmic_error")


class CosineSimilarity(OverAxis, Metric):
    """The cosine of the angle between predictions and targets."""

    targets: ClassVar[Targets] = Targets.OTHER
    takes: ClassVar[Predictions] = VECTORS

    name: LogName | None = named("cosine_similarity")


class LogCoshError(Metric):
    """The mean of the logarithm of the hyperbolic cosine of the differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    better: ClassVar[Better | None] = "lower"

    name: LogName | None = named("logcosh")


class R2Score(Metric):
    """The coefficient of determination: how much of the targets' variance is explained."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    takes: ClassVar[Predictions] = Predictions(rank=2)

    one_result: ClassVar[str | None] = "give it a `class_aggregation`"

    name: LogName | None = named("r2_score")
    class_aggregation: Literal["uniform_average", "variance_weighted_average"] | None = Field(
        "uniform_average", description="How the outputs become one number; null for one number each."
    )
    num_regressors: NonNegativeInt = Field(
        0, description="How many independent variables the result is adjusted for; 0 for no adjustment."
    )

    def results(self, units: int | None) -> int | None:
        """One for each output, unless they are put together."""
        return 1 if self.class_aggregation is not None else units


class PearsonCorrelation(OverAxis, Metric):
    """Pearson's correlation of predictions and targets."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: LogName | None = named("pearson_correlation")


class ConcordanceCorrelation(OverAxis, Metric):
    """The concordance correlation of predictions and targets, after Lin (1989)."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: LogName | None = named("concordance_correlation")
