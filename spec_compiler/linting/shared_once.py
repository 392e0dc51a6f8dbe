"""SC614: a layer that is declared to be shared, and that one node alone calls."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.graph import Node
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find shared layers with one call. A block that is one is a model of its own, which may be what is wanted."""
    calls: dict[str, list[Node]] = {
        key: []
        for key, layer in graph.layers.items()
        if layer.shared and layer.model is None and key not in graph.graph.held_layers
    }
    if not calls:
        return
    for node in graph.nodes.values():
        if node.layer in calls:
            calls[node.layer].append(node)
    for key, nodes in calls.items():
        if len(nodes) != 1:
            continue
        layer, (node,) = graph.layers[key], nodes
        if not node.scope.is_one_of_a_number(node.place):
            yield Finding(
                codes.SHARED_ONCE,
                f"the shared layer `{key}` is called by `{node.name}` alone",
                layer.place.key(),
                hint=f"call it from the other nodes that are to share it, or write its arguments on `{node.name}`",
                related=(Remark(node.place.key(), "the one call"),),
                scope=layer.scope,
            )


RULE = Rule(codes.SHARED_ONCE, check)
