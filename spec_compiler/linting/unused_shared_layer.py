"""SC603: a shared layer that nothing calls is not in the model."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find shared layers that no node calls and no other layer holds."""
    called = {node.layer for node in graph.nodes.values()} | graph.graph.held_layers
    for key, layer in graph.layers.items():
        if layer.shared and key not in called:
            yield Finding(
                codes.UNUSED_SHARED_LAYER,
                f"no node calls the shared layer `{key}`",
                layer.place.key(),
                hint=f"call it from a node with `use: {key}`, or leave it out",
                scope=layer.scope,
            )


RULE = Rule(codes.UNUSED_SHARED_LAYER, check)
