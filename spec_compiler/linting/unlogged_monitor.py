"""SC650: a callback that watches a value which training never logs, and so never acts."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find callbacks of which Keras warns at the end of each epoch; those at which it ends training are errors."""
    if graph.fit is None or not graph.fit.callbacks or not any(output.settings.loss for output in graph.outputs):
        return
    from spec_compiler.catalog.logs import VALIDATION, validates  # few specs have callbacks
    from spec_compiler.linking.monitors import meant, watches

    for watch in watches(graph.graph):
        if watch.log is not None or watch.is_refused or not watch.complete:
            continue
        name, callback = watch.callback.monitor, watch.callback.keras_name
        if name.startswith(VALIDATION) and not validates(graph.fit):
            message = f"`{callback}` watches `{name}`, and training ends before there is a validation"
            yield Finding(
                codes.UNLOGGED_MONITOR, message, watch.place, hint="write a smaller `validation_freq`, or more `epochs`"
            )
            continue
        hint, fix = meant(watch)
        message = f"`{callback}` watches `{name}`, which training does not log, and so it never acts"
        yield Finding(
            codes.UNLOGGED_MONITOR,
            message,
            watch.place,
            hint=hint,
            fix=watch.fix(fix),
        )


RULE = Rule(codes.UNLOGGED_MONITOR, check)
