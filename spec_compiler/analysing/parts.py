"""The parts of a graph that a spec or a caller can name: shared layers, nodes, and copies of blocks."""

from __future__ import annotations

from collections.abc import Iterable

from spec_compiler.graph.typed import TypedGraph


def part_names(graph: TypedGraph) -> list[str]:
    """The names of all parts."""
    return _names([*graph.layers, *graph.nodes], graph.nodes)


def parts_with_weights(graph: TypedGraph) -> list[str]:
    """The names of the parts that have weights."""
    layers = [key for key in graph.layers if graph.weights.get(key)]
    nodes = [name for name, node in graph.nodes.items() if graph.weights.get(node.layer)]
    return _names([*layers, *nodes], nodes)


def _names(own: Iterable[str], nodes: Iterable[str]) -> list[str]:
    """Some names, and those of the copies of blocks around some nodes."""
    names = dict.fromkeys(own)
    for node in nodes:
        steps = node.split(".")
        names.update(dict.fromkeys(".".join(steps[:length]) for length in range(1, len(steps))))
    return list(names)


def layers_of_part(graph: TypedGraph, part: str) -> list[str] | None:
    """The keys of the layers of a part; None if there is no part of that name."""
    key = graph.nodes[part].layer if part in graph.nodes else part
    if key in graph.layers:
        return [key]
    inside = (node.layer for name, node in graph.nodes.items() if name.startswith(f"{part}."))
    return list(dict.fromkeys(inside)) or None
