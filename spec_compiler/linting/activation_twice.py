"""SC610: one activation right after itself."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.catalog.activations import LINEAR
from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.graph import Node
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find layers that are an activation and nothing else, on what comes out of the same activation."""
    for name, call in graph.calls.items():
        node = graph.nodes[name]
        config = graph.layers[node.layer].operation
        source = next(iter(call.values()), None)
        if config is None or config.affine or not isinstance(source, TensorRef):
            continue
        rank = graph.type_of(source).rank
        activation = _activation(config, rank)
        if activation is None:
            continue
        origin = graph.nodes[source.node]
        before = graph.layers[origin.layer].operation
        if _activation(before, rank) == activation and not _is_for_others_too(node, origin):
            yield Finding(
                codes.ACTIVATION_TWICE,
                f"`{name}` applies `{activation}` to what `{source.node}` gives, which comes out of `{activation}`",
                node.place.key(),
                hint=f"leave `{name}` out, or the activation of `{source.node}`",
                related=(Remark(origin.place.key(), f"`{source.node}` applies `{activation}`"),),
                scope=node.scope,
            )


def _is_for_others_too(node: Node, origin: Node) -> bool:
    """Whether a node of a block takes from outside its copy: what comes in there may be something else elsewhere."""
    return node.scope.graph.is_copy and node.scope.graph is not origin.scope.graph


def _activation(config: Operation | None, rank: int) -> str | None:
    """The activation that a layer ends with, if it is one that counts when it comes twice."""
    if config is None or (isinstance(config, Trainable) and config.nested):
        return None
    found = config.applied_activation(rank)
    return None if found == LINEAR else found


RULE = Rule(codes.ACTIVATION_TWICE, check)
