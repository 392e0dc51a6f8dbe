"""SC606: a metric that does not fit the loss or the output that it stands with."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.final_activation import final_activation
from spec_compiler.analysing.ranges import Ranges
from spec_compiler.catalog.metrics_beside_losses import MetricBesideLoss, misfit
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.graph import Output
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule
from spec_compiler.spans import Place


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find metrics whose targets or predictions are of another kind than those of their output."""
    for output in graph.outputs:
        for place, metric in _metrics(graph, output):
            found = misfit(metric)
            if found is not None:
                message, hint = found
                related = (Remark(output.place / "loss", "the loss"),) if metric.loss is not None else ()
                yield Finding(codes.MISFIT_METRIC, message, place, hint=hint, related=related)


def _metrics(graph: TypedGraph, output: Output) -> Iterator[tuple[Place, MetricBesideLoss]]:
    """Yields the metrics of an output, each with its place and what is known of the output."""
    settings, end = output.settings, graph.ends.get(output.name)
    if end is None or not (settings.metrics or settings.weighted_metrics):
        return
    found = final_activation(graph, end)
    activation = found.activation if found is not None else None
    width = next(iter(graph.type_of(end).shape[-1:]), None)
    interval = graph.table(Ranges).of(end)
    for section, metrics in (("metrics", settings.metrics), ("weighted_metrics", settings.weighted_metrics)):
        for index, written in enumerate(metrics):
            metric = MetricBesideLoss(written, settings.loss, output.name, width, activation, interval)
            yield output.place / section / index, metric


RULE = Rule(codes.MISFIT_METRIC, check, of_outputs=True)
