"""SC614: a layer that is declared to be shared, and that one node alone calls."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.ir import Node
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Doubt, Rule


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find shared layers with one call. A block that is one is a model of its own, which may be what is wanted."""
    calls: dict[str, list[Node]] = {}
    for node in graph.nodes.values():
        calls.setdefault(node.layer, []).append(node)
    for key, layer in graph.layers.items():
        nodes = calls.get(key, [])
        if not layer.shared or layer.kind == "NestedModel" or key in graph.graph.held_layers or len(nodes) != 1:
            continue
        (node,) = nodes
        if not _is_one_of_a_number(node):
            yield Doubt(
                f"the shared layer `{key}` is called by `{node.name}` alone",
                layer.place.key(),
                hint=f"call it from the other nodes that are to share it, or write its arguments on `{node.name}`",
                related=(Remark(node.place.key(), "the one call"), *layer.asked),
            )


def _is_one_of_a_number(node: Node) -> bool:
    """Whether `repeat` or `for` made the call: then there is one because a count happens to be 1."""
    name = node.place.path[-1]
    return "${" in str(name) or any(remark.place == node.place.key() for remark in node.asked)


RULE = Rule(codes.SHARED_ONCE, look)
