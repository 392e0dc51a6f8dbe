"""SC651: a callback that takes a value to get better while it gets worse."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule

_BEST = {"max": "higher", "min": "lower"}


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find modes that are the wrong way round for what is watched: `max` for a loss, `min` for an accuracy."""
    if graph.fit is None or not graph.fit.callbacks:
        return
    from spec_compiler.linking.monitors import watches  # few specs have callbacks

    for watch in watches(graph.graph):
        mode, log = watch.callback.mode, watch.log
        if log is None or log.better is None or _BEST.get(mode, log.better) == log.better:
            continue
        yield Finding(
            codes.MONITOR_DIRECTION,
            f"`{watch.callback.keras_name}` takes `{log.name}` to be better the {_BEST[mode]} it is, and it is the "
            f"{log.better}",
            watch.place._replace(path=(*watch.place.path[:3], "mode")),
            fix=next(other for other, best in _BEST.items() if best == log.better),
        )


RULE = Rule(codes.MONITOR_DIRECTION, check)
