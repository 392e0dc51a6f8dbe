"""SC611: a learning rate, or a schedule of one, that training cannot be meant to have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from spec_compiler.catalog.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.registered import RegisteredConfig
from spec_compiler.catalog.training import FitSettings
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule
from spec_compiler.spans import Place

if TYPE_CHECKING:
    from spec_compiler.catalog.schedules import Schedule

_GONE = 12
"""A rate that has fallen by this many powers of ten is none."""


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find rates of 0, rates above 1 where a step is as large as the rate, schedules that are over before training
    is, and rates that a callback cannot lower.
    """
    compiled = graph.graph.compile
    if compiled is None:
        return
    optimizer: Any = compiled.optimizer
    at = Place(("compile", "optimizer"))
    if hasattr(optimizer, "inner_optimizer"):
        optimizer, at = optimizer.inner_optimizer, at / "inner_optimizer"
    rate = getattr(optimizer, "learning_rate", None)
    at = at / "learning_rate"
    if optimizer is not None and rate is not None:
        if getattr(optimizer, "normalizes_steps", False):
            yield from _too_high(rate, at, optimizer.keras_name)
        # Of an optimizer or a schedule of the calling program nothing is known.
        if isinstance(rate, Config) and not isinstance(rate, RegisteredConfig):
            yield from _schedule(rate, at, graph.fit)
        if graph.fit is not None:
            yield from _plateau(rate, at, graph.fit)


def _too_high(rate: Any, at: Place, optimizer: str) -> Iterator[Finding]:
    rates: list[tuple[float, Place]] = []
    if isinstance(rate, Config):
        for field in ("initial_learning_rate", "warmup_target"):
            value = getattr(rate, field, None)
            if value is not None:
                rates.append((value, at / field))
        rates += [(value, at / "values" / index) for index, value in enumerate(getattr(rate, "values", ()))]
    else:
        rates.append((rate, at))
    for value, place in rates:
        if value > 1:
            yield Finding(
                codes.LEARNING_RATE,
                f"the learning rate {value:g} makes `{optimizer}` change each weight by about that much in a step",
                place,
                hint="rates of this optimizer are about 0.001",
            )


def _plateau(rate: Any, at: Place, fit: FitSettings) -> Iterator[Finding]:
    """Find callbacks that are to lower the rate and cannot."""
    for index, callback in enumerate(fit.callbacks):
        if not isinstance(callback, ReduceLROnPlateau):
            continue
        place = Place(("fit", "callbacks", index))
        if isinstance(rate, Config):
            yield Finding(
                codes.LEARNING_RATE,
                f"`ReduceLROnPlateau` cannot lower the rate of `{rate.keras_name}`, and Keras stops training there",
                place,
                hint="take one of the two: a number as `learning_rate`, or no callback",
                related=(Remark(at.key(), "the schedule"),),
            )
        elif callback.min_lr >= rate:
            yield Finding(
                codes.LEARNING_RATE,
                f"`ReduceLROnPlateau` lowers the rate no further than {callback.min_lr:g}, and it is {rate:g}",
                place / "min_lr",
                hint="write a `min_lr` below the rate",
            )


def _schedule(schedule: Any, at: Place, fit: FitSettings | None) -> Iterator[Finding]:
    kind = schedule.keras_name
    if schedule.rates and not any(schedule.rates):
        yield Finding(codes.LEARNING_RATE, f"the rate of `{kind}` is 0 at every step, and nothing is learnt", at.key())
        return
    if hasattr(schedule, "end_learning_rate") and "end_learning_rate" not in schedule.model_fields_set:
        first, last = schedule.initial_learning_rate, schedule.end_learning_rate
        if 0 < first < last:
            yield Finding(
                codes.LEARNING_RATE,
                f"the rate begins at {first:g} and rises to {last:g}, where the schedule ends if it does not say",
                at / "initial_learning_rate",
                hint="write `end_learning_rate`",
            )
            return
    if fit is None:
        return
    steps = fit.epochs * (fit.steps_per_epoch or 1)
    known = f"{steps} steps" if fit.steps_per_epoch else f"at least {steps} steps, one an epoch"
    over = _is_over(schedule, steps, fit)
    if over is not None:
        yield Finding(
            codes.LEARNING_RATE,
            f"the rate has fallen to {over} after {_length(schedule)}, and training has {known}",
            at / "decay_steps",
            hint="`decay_steps` counts batches and not epochs: write about as many as training has",
        )


def _length(schedule: Schedule) -> str:
    """After how many steps a rate is at its end, or gone."""
    steps = schedule.length
    if steps is None:
        steps = int(_GONE / schedule.falls_by(1)) + 1
    return f"{steps} step{'s' * (steps != 1)}"


def _is_over(schedule: Schedule, steps: int, fit: FitSettings) -> str | None:
    """What a rate has fallen to long before training ends, if it has."""
    if schedule.length is not None:
        early = schedule.length * 10 <= steps if fit.steps_per_epoch else schedule.length <= steps
        return "its end" if fit.epochs > 1 and early else None
    powers = schedule.falls_by(steps)
    if powers > 10 * _GONE or (powers > _GONE and not fit.steps_per_epoch):
        return f"less than 1e-{_GONE} of what it was"
    return None


RULE = Rule(codes.LEARNING_RATE, check, of_outputs=True)
