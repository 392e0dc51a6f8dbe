"""Losses of numbers."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import PositiveFloat, ScopeName
from spec_compiler.catalog.intervals import NOT_NEGATIVE, Interval
from spec_compiler.catalog.losses.base import Loss
from spec_compiler.catalog.losses_and_metrics import (
    Predictions,
    Targets,
    named,
)


class MeanSquaredError(Loss):
    """The mean of the squared differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("mean_squared_error")


class MeanAbsoluteError(Loss):
    """The mean of the absolute differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("mean_absolute_error")


class MeanAbsolutePercentageError(Loss):
    """The mean of the absolute differences, in percent of the targets."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("mean_absolute_percentage_error")


class MeanSquaredLogarithmicError(Loss):
    """The mean of the squared differences of log(1 + x)."""

    targets: ClassVar[Targets] = Targets.NUMBERS
    takes: ClassVar[Predictions] = Predictions(NOT_NEGATIVE, meaning="numbers that are not negative")
    target_interval: ClassVar[Interval] = NOT_NEGATIVE

    name: ScopeName | None = named("mean_squared_logarithmic_error")


class Huber(Loss):
    """Squared for small differences and linear for large ones, after Huber (1964)."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("huber_loss")
    delta: PositiveFloat = Field(1.0, description="The difference at which the loss becomes linear.")


class LogCosh(Loss):
    """The mean of the logarithm of the hyperbolic cosine of the differences."""

    targets: ClassVar[Targets] = Targets.NUMBERS

    name: ScopeName | None = named("log_cosh")
