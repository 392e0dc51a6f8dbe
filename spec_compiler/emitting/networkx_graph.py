"""TypedGraph → a graph of networkx, for its algorithms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spec_compiler.graph.typed import TypedGraph

if TYPE_CHECKING:
    import networkx


def networkx_graph(graph: TypedGraph) -> networkx.MultiDiGraph[str]:
    """A node for each call, an edge for each tensor that flows.

    Nodes have `type`, `layer`, `shapes` and `dtypes`; edges have `output` (its index), `shape` and `dtype`.
    """
    import networkx

    found: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=graph.name)
    for node in graph.nodes.values():
        outputs = graph.results[node.name].outputs
        found.add_node(
            node.name,
            type=graph.layers[node.layer].type,
            layer=node.layer,
            shapes=[tensor.shape for tensor in outputs],
            dtypes=[tensor.dtype for tensor in outputs],
        )
    for tensor, target in graph.edges():
        kind = graph.type_of(tensor)
        found.add_edge(tensor.node, target, output=tensor.output, shape=kind.shape, dtype=kind.dtype)
    return found
