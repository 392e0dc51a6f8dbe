"""SC636: something is computed along the batch, so that samples depend on which others are with them."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.batches import Batches
from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.analysing.ranges import layer_arguments
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import CallOperands, TypedGraph, tensors
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find shares of 1 that are taken over samples, and outputs with a loss that have one row for a whole batch."""
    for name in graph.table(CallsByClass).of(lambda kind: kind.shares_along is not Operation.shares_along):
        node, call = graph.nodes[name], graph.calls[name]
        layer = graph.layers[node.layer]
        if layer.operation is None:
            continue
        x = graph.results[name].outputs[0]
        if 0 in layer.operation.shares_along(x.rank) and x.shape[0] is None and not _has_moved(graph, call):
            yield Finding(
                codes.BATCH_AS_AXIS,
                f"`{name}` makes shares over axis 0, which is the batch: those of one sample depend on the others",
                layer.place / "axis" if "axis" in layer_arguments(layer) else node.place.key(),
                hint="write `axis: -1`, or another axis of a sample",
                scope=node.scope,
            )
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        if end is None or output.settings.loss is None:
            continue
        batch = graph.table(Batches).of(end)
        x = graph.type_of(end)
        if batch is not None and batch.axis is None and x.shape[:1] in ((), (1,)):
            made = graph.nodes[batch.made]
            yield Finding(
                codes.BATCH_AS_AXIS,
                f"`{batch.made}` makes one result of the whole batch, and the loss of `{output.name}` holds it "
                "against the target of each sample",
                made.place.key(),
                hint="axis 0 is the batch: work along another axis",
                related=(Remark(output.place.key(), "the output"),),
                scope=made.scope,
            )


def _has_moved(graph: TypedGraph, call: CallOperands) -> bool:
    """Whether a call takes a tensor whose first axis may be another than the batch."""
    return any(map(graph.table(Batches).is_unusual, tensors(call)))


RULE = Rule(codes.BATCH_AS_AXIS, check)
