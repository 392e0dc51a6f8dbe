"""Order, cycles and reachability, found by networkx.

networkx takes longer to import than a small spec takes to check, so it is asked only when there is something to
find: a spec whose nodes are written in order, each of them used, has no cycle and no dead end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from spec_compiler.graph.graph import Node

if TYPE_CHECKING:
    import networkx

Edges = Mapping[str, Sequence[str]]
"""The predecessors of each node, in order of writing."""


def edges_of(nodes: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
    """The edges of linked nodes."""
    return {name: tuple(node.predecessors()) for name, node in nodes.items()}


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


class Cycle(NamedTuple):
    """Nodes that lead to each other: all of them, and the path of a shortest cycle among them."""

    nodes: frozenset[str]
    path: list[str]


_MOST_STEPS = 2_000_000
"""How long a shorter cycle is looked for, in edges that are followed."""


def find_cycles(edges: Edges) -> list[Cycle]:
    """The groups of nodes that lie on cycles together, in order of writing."""
    if is_in_order(edges):
        return []
    import networkx

    position = {node: index for index, node in enumerate(edges)}
    cycles = []
    for component in networkx.strongly_connected_components(_digraph(edges)):
        nodes = sorted(component, key=position.__getitem__)
        if len(nodes) > 1 or nodes[0] in edges[nodes[0]]:
            cycles.append(Cycle(frozenset(component), _shortest_cycle(nodes, edges)))
    return sorted(cycles, key=lambda cycle: position[cycle.path[0]])


def _shortest_cycle(nodes: list[str], edges: Edges) -> list[str]:
    """A shortest cycle among nodes that all lead to each other, as its path: each node flows into the next."""
    inside = set(nodes)
    takers: dict[str, list[str]] = {node: [] for node in nodes}
    for node in nodes:
        for source in edges[node]:
            if source in inside:
                takers[source].append(node)
    count = sum(map(len, takers.values()))
    best: list[str] = []
    # To begin at each node finds the shortest of all; in a large group the first that are written must do.
    for start in nodes[: max(_MOST_STEPS // count, 1)]:
        found = _cycle_from(start, takers, len(best) or None)
        if found is not None:
            best = found
        if len(best) == 1:
            break
    return best


def _cycle_from(start: str, takers: Mapping[str, list[str]], shorter_than: int | None) -> list[str] | None:
    """The shortest cycle through a node, if it is shorter than another; found breadth first."""
    before: dict[str, str] = {}
    level, length = [start], 0
    while level:
        length += 1
        if shorter_than is not None and length >= shorter_than:
            return None
        following = []
        for node in level:
            for taker in takers[node]:
                if taker == start:
                    path = [node]
                    while path[-1] != start:
                        path.append(before[path[-1]])
                    return path[::-1]
                if taker not in before:
                    before[taker] = node
                    following.append(taker)
        level = following
    return None


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
