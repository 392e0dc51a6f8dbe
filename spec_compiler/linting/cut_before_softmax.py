"""SC640: a softmax of numbers that are cut off at zero."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.analysing.final_activation import FinalActivation, final_activation
from spec_compiler.catalog.activations import CUTTING, LINEAR
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find softmaxes right after sums that a rectifier has cut: classes below zero are all alike, and learn nothing."""
    for name in graph.table(CallsByClass).of(lambda kind: not kind.affine and bool(kind.calls)):
        node = graph.nodes[name]
        config = graph.layers[node.layer].operation
        source = next(iter(graph.calls[name].values()), None)
        if config is None or config.affine or not isinstance(source, TensorRef):
            continue
        x = graph.results[name].outputs[0]
        if x.rank - 1 not in config.shares_along(x.rank):
            continue
        found = final_activation(graph, source)
        if found is None or found.activation not in CUTTING or not _cuts_sums(graph, found):
            continue
        yield Finding(
            codes.CUT_BEFORE_SOFTMAX,
            f"`{name}` makes shares of what `{found.node.name}` gives, which `{found.activation}` cuts off below 0",
            node.place.key(),
            hint=f"leave out the activation of `{found.node.name}`",
            related=(Remark(found.place, f"`{found.activation}` is here"),),
            scope=node.scope,
        )


def _cuts_sums(graph: TypedGraph, found: FinalActivation) -> bool:
    """Whether an activation is that of a layer of weighted sums, or a layer of its own right behind one."""
    layer = graph.layers[found.node.layer].operation
    if layer is None or layer.affine:
        return layer is not None
    source = next(iter(graph.calls[found.node.name].values()), None)
    before = final_activation(graph, source) if isinstance(source, TensorRef) else None
    if before is None or before.activation != LINEAR:
        return False
    sums = graph.layers[before.node.layer].operation
    return sums is not None and sums.affine


RULE = Rule(codes.CUT_BEFORE_SOFTMAX, check)
