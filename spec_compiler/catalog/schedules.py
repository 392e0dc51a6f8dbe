"""Schedules: learning rates that change from step to step."""

from __future__ import annotations

from math import log10
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import (
    Fraction,
    Integers,
    NonNegativeFloat,
    NonNegativeInt,
    Numbers,
    PositiveFloat,
    PositiveInt,
    ScopeName,
)
from spec_compiler.catalog.rules import conflict

_NAME = "What the schedule is called in the graph of operations."
_STEPS = "Over how many steps the rate falls."


class Schedule(Config):
    """A learning rate that changes from step to step."""

    keras_module: ClassVar[str] = "keras.optimizers.schedules"

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates between which it stays; None if they follow from others."""
        return ()

    @property
    def length(self) -> int | None:
        """The step from which on the rate stays as it is, or None if it changes for ever."""
        return None

    def falls_by(self, steps: int) -> float:
        """Returns by how many powers of ten a rate that falls for ever has fallen after so many steps."""
        return 0.0


class Staircase(Schedule):
    """A rate that falls by a factor over each span of steps."""

    initial_learning_rate: PositiveFloat = Field(description="The rate at the first step.")
    decay_steps: PositiveInt = Field(description=_STEPS)
    staircase: bool = Field(False, description="Whether the rate falls at the end of each span, not all along.")


class ExponentialDecay(Staircase):
    """initial_learning_rate · decay_rate^(step / decay_steps)."""

    decay_rate: PositiveFloat = Field(description="What the rate is multiplied with over each span.")
    name: ScopeName = Field("ExponentialDecay", description=_NAME)

    def falls_by(self, steps: int) -> float:
        """Returns what follows from the factor; a rate that rises falls by nothing."""
        return max(0.0, -log10(self.decay_rate) * (steps / self.decay_steps))


class InverseTimeDecay(Staircase):
    """initial_learning_rate / (1 + decay_rate · step / decay_steps)."""

    decay_rate: NonNegativeFloat = Field(description="How fast the rate falls.")
    name: ScopeName = Field("InverseTimeDecay", description=_NAME)


class PiecewiseConstantDecay(Schedule):
    """One rate after another, each for a span of steps."""

    boundaries: Annotated[tuple[int, ...], Integers(minimum=0, least=1)] = Field(
        description="The last step of each rate but the last."
    )
    values: Annotated[tuple[float, ...], Numbers(minimum=0)] = Field(description="The rates, one more than boundaries.")
    name: ScopeName = Field("PiecewiseConstant", description=_NAME)

    @property
    def rates(self) -> tuple[float, ...]:
        """All rates."""
        return self.values

    @model_validator(mode="after")
    def _one_rate_for_each_span(self) -> Self:
        if len(self.values) != len(self.boundaries) + 1:
            raise conflict(
                "values",
                f"`values` has one rate more than `boundaries` has steps, {len(self.boundaries) + 1}, "
                f"and it has {len(self.values)}",
            )
        for step, following in zip(self.boundaries, self.boundaries[1:], strict=False):
            if following <= step:
                raise conflict("boundaries", f"`boundaries` increase, and {following} follows {step}")
        return self


class PolynomialDecay(Schedule):
    """From one rate to another along a polynomial."""

    initial_learning_rate: NonNegativeFloat = Field(description="The rate at the first step.")
    decay_steps: PositiveInt = Field(description=_STEPS)
    end_learning_rate: NonNegativeFloat = Field(0.0001, description="The rate at the end.")
    power: PositiveFloat = Field(1.0, description="The power of the polynomial; 1 is a straight line.")
    cycle: bool = Field(False, description="Whether the fall begins anew, over ever longer spans.")
    name: ScopeName = Field("PolynomialDecay", description=_NAME)

    @property
    def rates(self) -> tuple[float, ...]:
        """The first and the last rate."""
        return (self.initial_learning_rate, self.end_learning_rate)

    @property
    def length(self) -> int | None:
        """The length of the polynomial, unless it begins anew."""
        return None if self.cycle else self.decay_steps


class CosineDecay(Schedule):
    """Down half a cosine, after Loshchilov and Hutter (2017); before that, if wanted, up a straight line."""

    initial_learning_rate: NonNegativeFloat = Field(description="The rate at the first step.")
    decay_steps: PositiveInt = Field(description=_STEPS)
    alpha: Fraction = Field(0.0, description="The lowest rate, as a share of the highest.")
    name: ScopeName = Field("CosineDecay", description=_NAME)
    warmup_target: PositiveFloat | None = Field(None, description="The rate that the line leads to; null for no line.")
    warmup_steps: NonNegativeInt = Field(0, description="Over how many steps the line leads.")

    @property
    def length(self) -> int | None:
        """The length of the line and of the curve."""
        return self.decay_steps + self.warmup_steps

    @model_validator(mode="after")
    def _warmup_is_whole(self) -> Self:
        if self.warmup_target is not None and self.warmup_steps == 0:
            raise conflict("warmup_target", "`warmup_target` needs `warmup_steps` of at least 1")
        if self.warmup_target is None and self.warmup_steps > 0:
            raise conflict("warmup_steps", "`warmup_steps` needs a `warmup_target`")
        if self.warmup_target is None and self.initial_learning_rate == 0:
            raise conflict("initial_learning_rate", "`initial_learning_rate` 0 stays 0 without a `warmup_target`")
        return self


class CosineDecayRestarts(Schedule):
    """Down half a cosine again and again, after Loshchilov and Hutter (2017)."""

    initial_learning_rate: PositiveFloat = Field(description="The rate at the first step.")
    first_decay_steps: PositiveInt = Field(description="Over how many steps the rate falls for the first time.")
    t_mul: Annotated[float, Field(ge=1, allow_inf_nan=False)] = Field(
        2.0, description="How many times as long each fall is as the one before."
    )
    m_mul: PositiveFloat = Field(1.0, description="What the highest rate is multiplied with at each restart.")
    alpha: Fraction = Field(0.0, description="The lowest rate, as a share of the highest.")
    name: ScopeName = Field("SGDRDecay", description=_NAME)
