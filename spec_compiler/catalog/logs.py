"""What training logs after each epoch, under Keras's names: those of `keras.callbacks.History`, and in its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

from spec_compiler.catalog import families
from spec_compiler.catalog.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.keras_config.names import snake_case
from spec_compiler.catalog.metrics.base import Better, Metric
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.optimizers.composite import MultiOptimizer, OptimizerMap
from spec_compiler.catalog.registered import RegisteredConfig, find
from spec_compiler.catalog.training import CompileSettings, FitSettings, OutputSettings

VALIDATION = "val_"
"""What Keras puts before the name of a value that is one of the validation data."""

_LOSS, _RATE = "loss", "learning_rate"


@dataclass(frozen=True, slots=True)
class LoggedValue:
    """A value that training logs after each epoch.

    Attributes:
        name: What it is logged under.
        kind: What it is.
        output: The output that it is of; None for what is of the whole model.
        metric: The metric, as the spec names it; None for what is none.
        weighted: Whether it counts sample weights.
        validation: Whether it is one of the validation data, without which it is not logged.
        better: Which values are better; None if Keras does not know.
    """

    name: str
    kind: Literal["loss", "metric", "learning rate"]
    output: str | None = None
    metric: str | None = None
    weighted: bool = False
    validation: bool = False
    better: Better | None = None

    def __str__(self) -> str:
        what = f"`{self.metric}`" if self.metric is not None else f"the {self.kind}"
        of = f" of `{self.output}`" if self.output is not None else ""
        weighted = ", with sample weights" if self.weighted else ""
        return f"{what}{of}{weighted}{', of the validation data' if self.validation else ''}"


@dataclass(frozen=True)
class TrainingLogs(Mapping[str, LoggedValue]):
    """What training logs, by name, in Keras's order.

    Attributes:
        logs: The values.
        complete: Whether nothing else is logged; what the calling program registered may log more.
    """

    logs: tuple[LoggedValue, ...] = ()
    complete: bool = True

    @cached_property
    def _by_name(self) -> dict[str, LoggedValue]:
        return {log.name: log for log in reversed(self.logs)}

    def __getitem__(self, name: str) -> LoggedValue:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return (log.name for log in self.logs)

    def __len__(self) -> int:
        return len(self.logs)

    def __repr__(self) -> str:
        return f"<TrainingLogs {', '.join(self)}{'' if self.complete else ', …'}>"


class Measured(NamedTuple):
    """A metric of an output: what Keras calls it, and what it is logged under. Neither is known of some."""

    output: str
    metric: Config | Named
    weighted: bool
    name: str | None
    logged_as: str | None


def training_logs(
    outputs: Mapping[str, OutputSettings],
    compiled: CompileSettings | None,
    fit: FitSettings | None,
    *,
    may_log_more: bool = False,
) -> TrainingLogs:
    """What `keras.Model.fit` logs.

    Values of the validation data are among it, unless `fit` never gets to an epoch after which there is a validation.

    Args:
        outputs: What each output of the model is trained for, in order.
        compiled: How the model is compiled; None if it is not, and nothing is logged.
        fit: What is said of training.
        may_log_more: Whether layers may log values of their own.
    """
    if compiled is None:
        return TrainingLogs()
    logs = logs_of_epoch(outputs)
    callbacks = fit.callbacks if fit is not None else ()
    lowers_rates = any(isinstance(callback, ReduceLROnPlateau) for callback in callbacks)
    rates = {rate.name: rate for rate in learning_rates(compiled)} if lowers_rates else {}
    validated = {
        VALIDATION + log.name: replace(log, name=VALIDATION + log.name, validation=True) for log in logs.values()
    }
    # An epoch's values are sorted, before callbacks add to them; what is first logged later comes last.
    with_validation = logs | validated if validates(fit, first_epoch=True) else logs
    ordered = {name: with_validation[name] for name in sorted(with_validation)} | rates
    if validates(fit):
        ordered |= {name: validated[name] for name in sorted(validated)}
    complete = not may_log_more and all(each.logged_as is not None for each in measured(outputs))
    return TrainingLogs(tuple(ordered.values()), complete and not any(map(is_own, callbacks)))


def logs_of_epoch(outputs: Mapping[str, OutputSettings]) -> dict[str, LoggedValue]:
    """What is logged of the training data; of metrics whose names are not known, nothing."""
    logs = {_LOSS: LoggedValue(_LOSS, "loss", better="lower")}
    for each in measured(outputs):
        if each.logged_as is not None:
            logs[each.logged_as] = LoggedValue(
                each.logged_as, "metric", each.output, each.metric.keras_name, each.weighted, better=better(each.metric)
            )
    trained = [name for name, settings in outputs.items() if settings.loss is not None]
    for name in trained if len(trained) > 1 else ():
        logs[f"{name}_{_LOSS}"] = LoggedValue(f"{name}_{_LOSS}", "loss", name, better="lower")
    return logs


def measured(outputs: Mapping[str, OutputSettings]) -> list[Measured]:
    """The metrics in Keras's order, those with sample weights last.

    With several outputs their names begin with that of the output. A name that is taken is counted on; that of a metric
    with sample weights gets `weighted_` first. So does `CompileMetrics.result` of Keras, to the letter.
    """
    found: list[Measured] = []
    counts: dict[str, int] = {}
    for weighted in (False, True):
        for output, settings in outputs.items():
            prefix = f"{output}_" if len(outputs) > 1 else ""
            for metric in settings.weighted_metrics if weighted else settings.metrics:
                name = metric_name(metric)
                logged_as = None if name is None else _not_taken(prefix, name, weighted, counts)
                found.append(Measured(output, metric, weighted, name, logged_as))
    return found


def _not_taken(prefix: str, name: str, weighted: bool, counts: dict[str, int]) -> str:
    for tried in (prefix + name, f"{prefix}weighted_{name}") if weighted else (prefix + name,):
        if tried not in counts:
            counts[tried] = 1
            return tried
    counts[tried] += 1
    return f"{tried}_{counts[tried] - 1}"


def metric_name(metric: Config | Named) -> str | None:
    """What Keras calls a metric; None for one of the calling program that does not say."""
    if isinstance(metric, Config):
        return _name_of(metric)
    own = find(metric.name, "metric")
    name = metric.name if own is None else getattr(own.keras_object, "__name__", None)
    return name if isinstance(name, str) else None


def _name_of(config: Config) -> str | None:
    """The name of an object that has one: the given one, or else the one that is made of the class's."""
    name = getattr(config, "name", None)
    if name is None and "name" in type(config).model_fields:
        return snake_case(config.keras_class.__name__ if isinstance(config, RegisteredConfig) else config.keras_name)
    return name if isinstance(name, str) else None


def better(metric: Config | Named) -> Better | None:
    """Which values of a metric Keras takes to be better; None if it does not know, or if that is not known."""
    found = families.metrics().class_of(metric)
    if found is None:
        return "higher"  # Keras chooses one of the accuracies.
    return found.better if issubclass(found, Metric) else None


@dataclass(frozen=True, slots=True)
class MonitorDirection:
    """Which values of what a callback watches Keras takes to be better, where the callback leaves that to it.

    Attributes:
        better: Which; None if Keras cannot tell, and stops training.
        certain: Whether that is known here; of metrics of the calling program it is not.
    """

    better: Better | None
    certain: bool = True


def direction(monitor: str, outputs: Mapping[str, OutputSettings]) -> MonitorDirection:
    """Which values of what is watched Keras takes to be better, by the name alone.

    It looks for a metric of that very name, without that of an output before it, and without what tells metrics of one
    name apart; besides it knows `loss`. So does `MonitorCallback` of Keras.
    """
    watched = monitor.removeprefix(VALIDATION)
    found: Better | None = "lower" if watched == _LOSS else None
    certain = True
    for each in measured(outputs):
        if each.name == watched or each.name is None:
            certain = certain and not is_own(each.metric)
            found = better(each.metric) or found
    return MonitorDirection(found, certain)


def learning_rates(compiled: CompileSettings) -> list[LoggedValue]:
    """What a callback logs that lowers the learning rate: one rate, or that of each optimizer."""
    optimizer = compiled.optimizer
    if not isinstance(optimizer, MultiOptimizer):
        return [LoggedValue(_RATE, "learning rate")]
    several = optimizer.optimizer_map
    assert isinstance(several, OptimizerMap)
    inside = (*(several.optimizer_map or {}).values(), several.default_optimizer)
    names = dict.fromkeys(f"{_RATE}_{_name_of(each)}" for each in inside)
    return [LoggedValue(name, "learning rate") for name in names]


def validates(fit: FitSettings | None, *, first_epoch: bool = False) -> bool:
    """Whether training gets to an epoch after which there is a validation, given data for one."""
    if fit is None:
        return True
    first = fit.initial_epoch + 1
    epochs = range(first, first + 1 if first_epoch else fit.epochs + 1)
    if isinstance(fit.validation_freq, tuple):
        return any(epoch in epochs for epoch in fit.validation_freq)
    return any(epoch % fit.validation_freq == 0 for epoch in epochs[-fit.validation_freq :])


def is_own(value: Config | Named) -> bool:
    """Whether a callback or a metric is one of the calling program."""
    return isinstance(value, RegisteredConfig) or (isinstance(value, Named) and ">" in value.name)
