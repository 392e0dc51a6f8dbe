"""What callbacks watch, held against what training logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spec_compiler.catalog import families
from spec_compiler.catalog.callbacks.base import Monitor
from spec_compiler.catalog.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from spec_compiler.catalog.logs import VALIDATION, LoggedValue, direction, is_own
from spec_compiler.catalog.training import OutputSettings
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.graph.graph import Graph
from spec_compiler.linking.logs import logs
from spec_compiler.spans import Place

_SHOWN = 8
"""So many names of the logs are listed."""

_MODES = {"higher": "`mode: max`", "lower": "`mode: min`", None: "`mode: min` or `mode: max`"}

_OTHERWISE = {"lr": "learning_rate"}
"""What values were called by earlier versions of Keras."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A callback of the spec that watches a value.

    Attributes:
        callback: The callback.
        place: Where it says what it watches, or where it stands.
        logs: What is logged by the time that it looks.
        complete: Whether nothing else may be.
        log: What it watches; None if that is not logged.
        outputs: What each output is trained for.
    """

    callback: Monitor
    place: Place
    logs: Sequence[LoggedValue]
    complete: bool
    log: LoggedValue | None
    outputs: Mapping[str, OutputSettings]

    @property
    def is_refused(self) -> bool:
        """Whether Keras ends training there: it cannot tell which values are better."""
        return self.would_be_refused(self.callback.monitor)

    def fix(self, name: str | None) -> str | None:
        """What to write in the place of what it watches; None where the spec does not say that."""
        return name if self.place.path[-1] == "monitor" else None

    def would_be_refused(self, name: str) -> bool:
        """Whether Keras would end training if the callback watched another value."""
        if self.callback.mode != "auto":
            return False
        found = direction(name, self.outputs)
        return found.certain and found.better is None


def watches(graph: Graph) -> Iterator[Watch]:
    """Yields what the callbacks of a spec watch, in order."""
    if graph.fit is None or graph.compile is None:
        return
    logged_by_training = logs(graph)
    settings = {output.name: output.settings for output in graph.outputs}
    may_log_more, has_rates = not logged_by_training.complete, False
    for index, callback in enumerate(graph.fit.callbacks):
        may_log_more = may_log_more or is_own(callback)
        has_rates = has_rates or isinstance(callback, ReduceLROnPlateau)
        if isinstance(callback, Monitor):
            place = Place(("fit", "callbacks", index))
            logged = [log for log in logged_by_training.values() if log.kind != "learning rate" or has_rates]
            yield Watch(
                callback,
                place / "monitor" if "monitor" in callback.model_fields_set else place,
                logged,
                not may_log_more,
                next((log for log in logged if log.name == callback.monitor), None),
                settings,
            )


def check_monitors(graph: Graph, findings: Findings) -> None:
    """Refuse callbacks that watch a value of which Keras cannot tell whether it gets better, logged or not."""
    if not any(output.settings.loss is not None for output in graph.outputs):
        return
    for watch in watches(graph):
        if not watch.is_refused:
            continue
        if watch.log is not None:
            _report_direction(watch, watch.log, findings)
        elif watch.complete:
            hint, fix = meant(watch)
            findings.add(
                codes.UNKNOWN_MONITOR,
                f"training logs no `{watch.callback.monitor}`, which `{watch.callback.keras_name}` watches",
                watch.place,
                hint=hint,
                fix=watch.fix(fix),
            )


def _report_direction(watch: Watch, log: LoggedValue, findings: Findings) -> None:
    findings.add(
        codes.UNKNOWN_DIRECTION,
        f"Keras cannot tell by its name whether `{log.name}` gets better by rising or by falling, and "
        f"`{watch.callback.keras_name}` does not say",
        watch.place,
        hint=f"write {_MODES[log.better]}",
    )


def meant(watch: Watch) -> tuple[str, str | None]:
    """What may have been meant by the name of a value that is not logged: a hint, and what to write."""
    name = watch.callback.monitor
    known = [log.name for log in watch.logs]
    hint, fix = did_you_mean(name, known)
    if hint is not None and fix is None:
        return hint, None
    found = [fix] if fix is not None else [each for each in known if _is_other_name(name, each)]
    found = (
        found or [each for each in known if _ends_so(name, each)] or [each for each in known if _ends_so(each, name)]
    )
    if len(found) == 1:
        if not watch.would_be_refused(found[0]):
            return f"did you mean `{found[0]}`?", found[0]
        better = next(log.better for log in watch.logs if log.name == found[0])
        return f"did you mean `{found[0]}`, with {_MODES[better]}?", None
    if found:
        return f"did you mean one of {_listed(found)}?", None
    metric = name.removeprefix(VALIDATION)
    if metric in families.metrics().names:
        return f"give an output the metric, `metrics: [{metric}]`, or watch one of {_listed(known)}", None
    return f"what is logged: {_listed(known)}", None


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more


def _parted(name: str) -> tuple[bool, str]:
    """Whether a name is that of a value of the validation data, and the rest of it: the full name of a metric."""
    metrics = families.metrics()
    bare = name.removeprefix(VALIDATION)
    full = metrics.full_name(_OTHERWISE.get(bare, bare))
    return name.startswith(VALIDATION), full.replace("_", "")


def _is_other_name(name: str, logged: str) -> bool:
    """Whether two names mean one metric: `val_acc` and `val_accuracy`, `AUC` and `auc`."""
    return _parted(name) == _parted(logged)


def _ends_so(name: str, logged: str) -> bool:
    """Whether a logged name is another with that of an output before it: `val_accuracy` in `val_kind_accuracy`."""
    of_validation, metric = _parted(name)
    bare = logged.removeprefix(VALIDATION)
    ends = (bare[at + 1 :] for at, character in enumerate(bare) if character == "_")
    return of_validation == logged.startswith(VALIDATION) and any(_parted(end)[1] == metric for end in ends)
