"""Metrics of how far predicted numbers are from the targets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec_compiler.catalog.fields import NonNegativeInt, ScopeName
from spec_compiler.catalog.metrics.base import Metric
from spec_compiler.catalog.scores import OverAxis, named


class MeanSquaredError(Metric):
    """The mean of the squared differences."""

    name: ScopeName | None = named("mean_squared_error")


class RootMeanSquaredError(Metric):
    """The square root of the mean of the squared differences."""

    name: ScopeName | None = named("root_mean_squared_error")


class MeanAbsoluteError(Metric):
    """The mean of the absolute differences."""

    name: ScopeName | None = named("mean_absolute_error")


class MeanAbsolutePercentageError(Metric):
    """The mean of the absolute differences, in percent of the targets."""

    name: ScopeName | None = named("mean_absolute_percentage_error")


class MeanSquaredLogarithmicError(Metric):
    """The mean of the squared differences of log(1 + x)."""

    name: ScopeName | None = named("mean_squared_logarithmic_error")


class CosineSimilarity(OverAxis, Metric):
    """The cosine of the angle between predictions and targets."""

    name: ScopeName | None = named("cosine_similarity")


class LogCoshError(Metric):
    """The mean of the logarithm of the hyperbolic cosine of the differences."""

    name: ScopeName | None = named("logcosh")


class R2Score(Metric):
    """The coefficient of determination: how much of the targets' variance is explained."""

    name: ScopeName | None = named("r2_score")
    class_aggregation: Literal["uniform_average", "variance_weighted_average"] | None = Field(
        "uniform_average", description="How the outputs become one number; null for one number each."
    )
    num_regressors: NonNegativeInt = Field(
        0, description="How many independent variables the result is adjusted for; 0 for no adjustment."
    )


class PearsonCorrelation(OverAxis, Metric):
    """Pearson's correlation of predictions and targets."""

    name: ScopeName | None = named("pearson_correlation")


class ConcordanceCorrelation(OverAxis, Metric):
    """The concordance correlation of predictions and targets, after Lin (1989)."""

    name: ScopeName | None = named("concordance_correlation")
