"""Order, cycles and reachability, found by networkx.

networkx takes longer to import than a small spec takes to check, so it is asked only when there is something to
find: a spec whose nodes are written in order, each of them used, has no cycle and no dead end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx

Edges = Mapping[str, Sequence[str]]
"""The predecessors of each node, in order of writing."""


def _digraph(edges: Edges) -> networkx.DiGraph[str]:
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(edges)
    graph.add_edges_from((source, node) for node, sources in edges.items() for source in sources)
    return graph


def is_in_order(edges: Edges) -> bool:
    """Whether every node is written after all that it uses; then the order of writing is topological."""
    seen: set[str] = set()
    for node, sources in edges.items():
        if not seen.issuperset(sources):
            return False
        seen.add(node)
    return True


def find_cycles(edges: Edges) -> list[list[str]]:
    """A cycle out of each group of nodes that lie on cycles together, as the path of its nodes."""
    if is_in_order(edges):
        return []
    import networkx

    graph = _digraph(edges)
    position = {node: index for index, node in enumerate(edges)}
    cycles = []
    for component in networkx.strongly_connected_components(graph):
        first = min(component, key=position.__getitem__)
        if len(component) == 1 and not graph.has_edge(first, first):
            continue
        # The edges of a path go from a node to those that use it.
        path = networkx.find_cycle(graph.subgraph(component), first)
        cycles.append([source for source, _ in path])
    return sorted(cycles, key=lambda cycle: position[cycle[0]])


def topological_order(edges: Edges) -> list[str]:
    """The nodes of a graph without cycles, each after all that it uses, ties in order of writing."""
    if is_in_order(edges):
        return list(edges)
    import networkx

    position = {node: index for index, node in enumerate(edges)}
    return list(networkx.lexicographical_topological_sort(_digraph(edges), key=position.__getitem__))


def reachable_from(edges: Edges, outputs: Iterable[str]) -> set[str]:
    """The nodes that lead to one of the outputs, the outputs included; of a graph without cycles."""
    ends = set(outputs)
    used = {source for sources in edges.values() for source in sources}
    if all(node in used or node in ends for node in edges):
        # Following any node's users ends at a node without users, and that is an output.
        return set(edges)
    import networkx

    graph = _digraph(edges)
    end = object()
    graph.add_edges_from((output, end) for output in ends)  # type: ignore[misc]
    return set(networkx.ancestors(graph, end))
