"""The variables of an optimizer that was built for a model and has taken no step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from re import fullmatch, search
from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.keras_config.names import AutomaticNames, snake_case
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.emitting.keras_file.states import Variable

Fill = float | Variable
"""What a variable begins with: one number, or what a weight begins with."""


@dataclass(frozen=True, slots=True)
class OptimizerSlot:
    """A variable of an optimizer."""

    shape: tuple[int, ...]
    dtype: str
    fill: Fill


@dataclass(frozen=True, slots=True)
class OptimizerState:
    """What an optimizer holds: its variables, and the optimizers inside it by where they stand."""

    name: str
    slots: tuple[OptimizerSlot, ...]
    inside: tuple[tuple[str, OptimizerState], ...] = ()


def optimizer_state(optimizer: Any, trained: Sequence[Variable]) -> OptimizerState:
    """What an optimizer holds once it is built for the weights that are trained.

    Raises:
        OnlyKerasCanError: Only Keras can build one of its class.
    """
    name = optimizer.name or snake_case(optimizer.keras_name)
    if optimizer.keras_name == "LossScaleOptimizer":
        inner = optimizer_state(optimizer.inner_optimizer, trained)
        own = (_iterations(), _rate(0.0), _iterations(), _rate(optimizer.initial_scale))
        return OptimizerState(name, (*own, *inner.slots), (("inner_optimizer", inner),))
    if optimizer.keras_name == "MultiOptimizer":
        return _several(name, optimizer.optimizer_map, trained)
    make = _FOLLOWING.get(optimizer.keras_name)
    if make is None:
        raise OnlyKerasCanError(f"the optimizer `{optimizer.keras_name}`")
    slots = [_iterations()]
    if not isinstance(optimizer.learning_rate, Config):
        slots.append(_rate(optimizer.learning_rate))
    if optimizer.use_ema:
        slots += _each(trained, 0.0)
    if optimizer.gradient_accumulation_steps:
        slots += _each(trained, 0.0)
    return OptimizerState(name, (*slots, *make(optimizer, trained)))


def _several(name: str, chosen: Any, trained: Sequence[Variable]) -> OptimizerState:
    """Several optimizers, each of which is built for the weights that it is to change."""
    patterns = dict(chosen.optimizer_map or {})
    theirs: dict[str | None, list[Variable]] = {pattern: [] for pattern in (*patterns, None)}
    for variable in trained:
        theirs[_pattern(tuple(patterns), variable.keras_path)].append(variable)
    names = AutomaticNames()
    inside = []
    for pattern, variables in theirs.items():
        optimizer = chosen.default_optimizer if pattern is None else patterns[pattern]
        state = optimizer_state(optimizer, variables)
        # Keras does not build what has nothing to change.
        slots = state.slots if variables else state.slots[: _before_building(optimizer)]
        inside.append((f"optimizers/{names.next(optimizer.keras_name)}", replace(state, slots=slots)))
    own = (_iterations(), _rate(0.0))
    return OptimizerState(name, (*own, *(slot for _, state in inside for slot in state.slots)), tuple(inside))


def _before_building(optimizer: Any) -> int:
    """How many variables an optimizer has before it knows what it is to change."""
    return 1 if isinstance(optimizer.learning_rate, Config) else 2


def _pattern(patterns: tuple[str, ...], path: str) -> str | None:
    """The pattern that a path matches as a whole; none for the default."""
    if path in patterns:
        return path
    matching = [pattern for pattern in patterns if fullmatch(pattern, path)]
    if len(matching) > 1:
        # Keras refuses it, and says how.
        raise OnlyKerasCanError("several optimizers for one weight")
    return matching[0] if matching else None


def _iterations() -> OptimizerSlot:
    return OptimizerSlot((), "int64", 0.0)


def _rate(value: float) -> OptimizerSlot:
    return OptimizerSlot((), "float32", value)


def _each(trained: Sequence[Variable], *fills: Fill) -> list[OptimizerSlot]:
    """For each weight, slots like it, one for each number that one begins with."""
    return [OptimizerSlot(each.weight.shape, each.weight.dtype, fill) for each in trained for fill in fills]


def _sgd(optimizer: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    return _each(trained, 0.0) if optimizer.momentum else []


def _rmsprop(optimizer: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    more = _each(trained, 0.0) * ((optimizer.momentum > 0) + optimizer.centered)
    return [*_each(trained, 0.0), *more]


def _adam(optimizer: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    return [*_each(trained, 0.0, 0.0), *(_each(trained, 0.0) if optimizer.amsgrad else [])]


def _two_moments(_: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    return _each(trained, 0.0, 0.0)


def _momentum(_: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    return _each(trained, 0.0)


def _muon(optimizer: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    return [slot for each in trained for slot in _each([each], *([0.0] if _is_matrix(optimizer, each) else [0.0, 0.0]))]


def _is_matrix(optimizer: Any, variable: Variable) -> bool:
    """Whether a weight is one of those that are made orthogonal."""
    path = variable.keras_path
    return (
        len(variable.weight.shape) == 2
        and not (optimizer.exclude_embeddings and "embedding" in path.lower())
        and not any(search(pattern, path) for pattern in optimizer.exclude_layers or ())
    )


def _nadam(_: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    dtype = trained[0].weight.dtype if trained else "float32"
    return [*_each(trained, 0.0, 0.0), OptimizerSlot((), dtype, 1.0)]


def _adagrad(optimizer: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    return _each(trained, optimizer.initial_accumulator_value)


def _ftrl(optimizer: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    return _each(trained, optimizer.initial_accumulator_value, 0.0)


def _schedule_free(_: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    """The first of each is where the weight begins."""
    return [slot for each in trained for slot in _each([each], each, 0.0)]


def _adafactor(_: Any, trained: Sequence[Variable]) -> list[OptimizerSlot]:
    """The memory of a matrix as rows and columns; others have two numbers in their places."""
    slots: list[OptimizerSlot] = []
    for each in trained:
        shape, dtype = each.weight.shape, each.weight.dtype
        if len(shape) < 2:
            slots += [OptimizerSlot((), "int32", 0.0)] * 2
        else:
            slots += [OptimizerSlot(shape[:-1], dtype, 0.0), OptimizerSlot((*shape[:-2], shape[-1]), dtype, 0.0)]
        slots.append(OptimizerSlot(shape, dtype, 0.0))
    return slots


_FOLLOWING = {
    "Adadelta": _two_moments,
    "Adafactor": _adafactor,
    "Adagrad": _adagrad,
    "Adam": _adam,
    "AdamW": _adam,
    "Adamax": _two_moments,
    "Ftrl": _ftrl,
    "Lamb": _two_moments,
    "Lion": _momentum,
    "Muon": _muon,
    "Nadam": _nadam,
    "RMSprop": _rmsprop,
    "SGD": _sgd,
    "ScheduleFreeAdamW": _schedule_free,
}
"""What follows the step, the rate, the averages and the gathered gradients, by the class of the optimizer."""
