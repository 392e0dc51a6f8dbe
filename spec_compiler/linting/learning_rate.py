"""SC611: a learning rate, or a schedule of one, that training cannot be meant to have."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from typing import Any

from spec_compiler.catalog.callbacks import ReduceLROnPlateau
from spec_compiler.catalog.thing import Thing
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.language.settings import FitSettings
from spec_compiler.linting.rule import Doubt, Rule
from spec_compiler.spans import Place

_NORMALIZED = frozenset(("Adam", "AdamW", "Adamax", "Lamb", "Lion", "Nadam", "RMSprop"))
"""Optimizers whose steps are about as large as the rate, whatever the gradients."""

_GONE = 12
"""A rate that has fallen by this many powers of ten is none."""


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find rates of 0, rates above 1 where a step is as large as the rate, schedules that are over before training
    is, and rates that a callback cannot lower.
    """
    compiled = graph.graph.compile
    if compiled is None:
        return
    optimizer: Any = compiled.optimizer
    at = Place(("compile", "optimizer"))
    if isinstance(optimizer, Thing) and optimizer.keras_name == "LossScaleOptimizer":
        optimizer, at = getattr(optimizer, "inner_optimizer", None), at / "inner_optimizer"
    rate = getattr(optimizer, "learning_rate", None)
    at = at / "learning_rate"
    if optimizer is not None and rate is not None:
        if optimizer.keras_name in _NORMALIZED:
            yield from _too_high(rate, at, optimizer.keras_name)
        if isinstance(rate, Thing):
            yield from _schedule(rate, at, graph.fit)
        if graph.fit is not None:
            yield from _plateau(rate, at, graph.fit)


def _too_high(rate: Any, at: Place, optimizer: str) -> Iterator[Doubt]:
    rates: list[tuple[float, Place]] = []
    if isinstance(rate, Thing):
        for field in ("initial_learning_rate", "warmup_target"):
            value = getattr(rate, field, None)
            if value is not None:
                rates.append((value, at / field))
        rates += [(value, at / "values" / index) for index, value in enumerate(getattr(rate, "values", ()))]
    else:
        rates.append((rate, at))
    for value, place in rates:
        if value > 1:
            yield Doubt(
                f"the learning rate {value:g} makes `{optimizer}` change each weight by about that much in a step",
                place,
                hint="rates of this optimizer are about 0.001",
            )


def _plateau(rate: Any, at: Place, fit: FitSettings) -> Iterator[Doubt]:
    """Find callbacks that are to lower the rate and cannot."""
    for index, callback in enumerate(fit.callbacks):
        if not isinstance(callback, ReduceLROnPlateau):
            continue
        place = Place(("fit", "callbacks", index))
        if isinstance(rate, Thing):
            yield Doubt(
                f"`ReduceLROnPlateau` cannot lower the rate of `{rate.keras_name}`, and Keras stops training there",
                place,
                hint="take one of the two: a number as `learning_rate`, or no callback",
                related=(Remark(at.key(), "the schedule"),),
            )
        elif callback.min_lr >= rate:
            yield Doubt(
                f"`ReduceLROnPlateau` lowers the rate no further than {callback.min_lr:g}, and it is {rate:g}",
                place / "min_lr",
                hint="write a `min_lr` below the rate",
            )


def _schedule(schedule: Any, at: Place, fit: FitSettings | None) -> Iterator[Doubt]:
    kind = schedule.keras_name
    fields = schedule.model_fields_set
    ends = (schedule.initial_learning_rate, schedule.end_learning_rate) if kind == "PolynomialDecay" else ()
    rates = schedule.values if kind == "PiecewiseConstantDecay" else ends
    if rates and not any(rates):
        yield Doubt(f"the rate of `{kind}` is 0 at every step, and nothing is learnt", at.key())
        return
    if kind == "PolynomialDecay" and "end_learning_rate" not in fields:
        first, last = schedule.initial_learning_rate, schedule.end_learning_rate
        if 0 < first < last:
            yield Doubt(
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
        yield Doubt(
            f"the rate has fallen to {over} after {_length(schedule)}, and training has {known}",
            at / "decay_steps",
            hint="`decay_steps` counts batches and not epochs: write about as many as training has",
        )


def _length(schedule: Any) -> str:
    steps = schedule.decay_steps + (getattr(schedule, "warmup_steps", 0) or 0)
    if schedule.keras_name == "ExponentialDecay":
        steps = int(_GONE / -log10(schedule.decay_rate) * schedule.decay_steps) + 1
    return f"{steps} step{'s' * (steps != 1)}"


def _is_over(schedule: Any, steps: int, fit: FitSettings) -> str | None:
    """What a rate has fallen to long before training ends, if it has."""
    kind = schedule.keras_name
    if kind == "CosineDecay" or (kind == "PolynomialDecay" and not schedule.cycle):
        length = schedule.decay_steps + (getattr(schedule, "warmup_steps", 0) or 0)
        early = length * 10 <= steps if fit.steps_per_epoch else length <= steps
        if fit.epochs > 1 and early:
            return "its end"
    if kind == "ExponentialDecay" and schedule.decay_rate < 1:
        powers = -log10(schedule.decay_rate) * (steps / schedule.decay_steps)
        if powers > 10 * _GONE or (powers > _GONE and not fit.steps_per_epoch):
            return f"less than 1e-{_GONE} of what it was"
    return None


RULE = Rule(codes.LEARNING_RATE, look)
