"""What flows into the nodes of a graph and out of them, edge by edge."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from spec_compiler.graph.flat import ConstantOperand
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph


class Edge(NamedTuple):
    """An edge: a tensor, and the node, the call argument and the place in a list that it flows into.

    `place` is None where the argument is one tensor and not a list.
    """

    source: str
    output: int
    target: str
    argument: str
    place: int | None


class EdgeTable:
    """The edges of a graph, by the node that they lead to and by the one that they come from."""

    def __init__(self, graph: TypedGraph) -> None:
        self.into: dict[str, tuple[Edge, ...]] = {}
        self.constants: dict[str, dict[str, ConstantOperand | float | int]] = {}
        for name, call in graph.calls.items():
            edges, constants = _of_call(name, call)
            self.into[name], self.constants[name] = edges, constants

    @cached_property
    def out_of(self) -> Mapping[str, list[Edge]]:
        """The edges that come from each node; a node without users is not there."""
        found: dict[str, list[Edge]] = {}
        for edges in self.into.values():
            for edge in edges:
                found.setdefault(edge.source, []).append(edge)
        return found


def _of_call(
    name: str, call: Mapping[str, Operand | tuple[Operand, ...]]
) -> tuple[tuple[Edge, ...], dict[str, ConstantOperand | float | int]]:
    edges: list[Edge] = []
    constants: dict[str, ConstantOperand | float | int] = {}
    for argument, value in call.items():
        several = isinstance(value, tuple)
        for index, operand in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(operand, TensorRef):
                edges.append(Edge(operand.node, operand.output, name, argument, index if several else None))
            else:
                constants[f"{argument}.{index}" if several else argument] = operand
    return tuple(edges), constants
