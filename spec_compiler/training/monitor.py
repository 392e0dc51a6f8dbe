"""The logged value by which models are held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spec_compiler.training.fit import Prepared
    from spec_compiler.views import GraphView


class NotMonitoredError(ValueError):
    """A value cannot say which model is better; the message says what is wrong with it."""


def monitored_value(metric: str | None, graph: GraphView, prepared: Prepared) -> tuple[str, str]:
    """The value by which models are held against each other, and whether lower or higher is better.

    Raises:
        NotMonitoredError: Training logs no such value, or nobody knows when it is better.
    """
    is_validated = prepared.validation is not None or bool(prepared.settings.validation_split)
    name = metric or ("val_loss" if is_validated else "loss")
    log = graph.logs.get(name)
    if log is None or (log.validation and not is_validated):
        known = [each for each in graph.logs if is_validated or not graph.logs[each].validation]
        raise NotMonitoredError(f"takes a value that is logged: {', '.join(known)}; not `{name}`")
    if log.better is None:
        raise NotMonitoredError(f"{name}: it is not known whether lower or higher values are better")
    return name, "min" if log.better == "lower" else "max"
