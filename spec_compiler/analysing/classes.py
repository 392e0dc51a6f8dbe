"""Which classes of the catalogue a graph has calls of, so that a question about a few of them passes all others by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.graph.typed import TypedGraph

ClassPredicate = Callable[[type[Operation]], bool]


class CallsByClass:
    """The calls of a graph, by the class of what is called; those of nested models are left out."""

    def __init__(self, graph: TypedGraph) -> None:
        self._names: dict[type[Operation], list[tuple[int, str]]] = {}
        for index, name in enumerate(graph.calls):
            operation = graph.layers[graph.nodes[name].layer].operation
            if operation is not None:
                self._names.setdefault(type(operation), []).append((index, name))

    def any(self, predicate: ClassPredicate) -> bool:
        """Whether there is a call of a class that something holds for."""
        return any(map(predicate, self._names))

    def of(self, predicate: ClassPredicate) -> Iterator[str]:
        """Yields the nodes whose class something holds for, in topological order."""
        found = [names for kind, names in self._names.items() if predicate(kind)]
        merged = found[0] if len(found) == 1 else sorted(pair for names in found for pair in names)
        return (name for _, name in merged)
