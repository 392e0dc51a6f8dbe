"""What a node is, and what stands before and after it, as numbers that are equal where the structure is.

Names play no part, so that nodes are found again under other names. The numbers are those of Weisfeiler and Leman's
refinement, which a graph without cycles needs only one pass in each direction for.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from spec_compiler.analysing.edges import EdgeTable
from spec_compiler.analysing.structure import call_key, comparable_key
from spec_compiler.graph.typed import TypedGraph


class Signature(NamedTuple):
    """The signatures of a node.

    Attributes:
        own: Its type, its arguments and the numbers it takes.
        before: The same, and all that flows in.
        after: The same, and all that it flows into.
    """

    own: int
    before: int
    after: int


class Numbering:
    """Gives equal things one number. Two graphs are compared with one and the same."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, config: Hashable) -> int:
        """The number of a thing."""
        return self._numbers.setdefault(config, len(self._numbers))


def signatures(graph: TypedGraph, wiring: EdgeTable, numbers: Numbering) -> dict[str, Signature]:
    """The signatures of all nodes."""
    calls: dict[str, int] = {}
    for node in graph.nodes.values():
        calls[node.layer] = calls.get(node.layer, 0) + 1
    layers = {key: numbers.of((_layer(graph, key, numbers), count)) for key, count in calls.items()}
    own: dict[str, int] = {}
    before: dict[str, int] = {}
    for name, node in graph.nodes.items():
        own[name] = numbers.of(("own", layers[node.layer], call_key(node.flags, wiring.constants[name].items())))
        flowing = tuple((edge.argument, edge.place, edge.output, before[edge.source]) for edge in wiring.into[name])
        before[name] = numbers.of(("before", own[name], flowing))
    after: dict[str, int] = {}
    ends: dict[str, list[tuple[int, int]]] = {}
    for place, end in enumerate(graph.ends.values()):
        ends.setdefault(end.node, []).append((place, end.output))
    for name in reversed(list(graph.nodes)):
        users = [
            (edge.output, edge.argument, edge.place or 0, after[edge.target]) for edge in wiring.out_of.get(name, ())
        ]
        after[name] = numbers.of(("after", own[name], tuple(sorted(users)), tuple(ends.get(name, ()))))
    return {name: Signature(own[name], before[name], after[name]) for name in graph.nodes}


def _layer(graph: TypedGraph, key: str, numbers: Numbering) -> int:
    layer = graph.layers[key]
    if layer.model is not None:
        inner = graph.models[key]
        found = signatures(inner, EdgeTable(inner), numbers)
        return numbers.of(("model", tuple(sorted(found.values()))))
    assert layer.operation is not None
    return numbers.of(("layer", comparable_key(layer.operation, graph.graph.dtype_policy)))
