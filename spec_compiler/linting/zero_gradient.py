"""SC638: a loss whose gradient is zero everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.gradients import Gradients
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find outputs with a loss whose gradient comes to weights through steps alone, which have no slope."""
    gradients = graph.table(Gradients)
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        if end is None or output.settings.loss is None or gradients.to_weights(end) is not Flow.ZERO:
            continue
        yield Finding(
            codes.ZERO_GRADIENT,
            f"the gradient of the loss of `{output.name}` is zero at every weight: what is before it goes in steps",
            output.place.key(),
            hint="train on what comes before the steps, and give their result as an output with `loss: null`",
            related=(Remark(graph.nodes[end.node].place.key(), f"`{end.node}` gives the output"),),
        )


RULE = Rule(codes.ZERO_GRADIENT, check, of_outputs=True)
