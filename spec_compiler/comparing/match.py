"""Which node of one graph is which of the other.

Nodes are matched by what they are called, and by their structure: all that stands before and after is the same,
whatever the names. What is left is matched where it stands between matched nodes. Both orders are tried, names first
and structure first, and the one that leaves less to say is taken: so a change is seen as that and not as the removal
and addition of all that depends on it, and other names as other names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property

from spec_compiler.analysing.edges import EdgeTable
from spec_compiler.analysing.signatures import Numbering, Signature, signatures
from spec_compiler.graph.typed import TypedGraph


def match(a: TypedGraph, b: TypedGraph, edges_a: EdgeTable, edges_b: EdgeTable) -> dict[str, str]:
    """For each node of `a` that is one of `b`, the name that it has there."""
    numbers = Numbering()
    signs = signatures(a, edges_a, numbers), signatures(b, edges_b, numbers)
    by_name = _Matching(a, b, edges_a, edges_b, *signs)
    by_name.match_names_first()
    if by_name.cost() == 0:
        return by_name.in_order()
    by_structure = _Matching(a, b, edges_a, edges_b, *signs)
    by_structure.match_structure_first()
    return min(by_name, by_structure, key=_Matching.cost).in_order()


_End = tuple[bool, str, int, str, int | None]
"""An edge as one of its nodes sees it: whether it comes in, the other node, and the rest of the edge."""


def _ends(name: str, wiring: EdgeTable, names: Mapping[str, str] | None) -> Iterator[_End]:
    """The edges of a node. With `names`, those to the nodes that have one there, under it."""
    for edge in wiring.into[name]:
        if names is None or edge.source in names:
            source = edge.source if names is None else names[edge.source]
            yield True, source, edge.output, edge.argument, edge.place
    for edge in wiring.out_of.get(name, ()):
        if names is None or edge.target in names:
            target = edge.target if names is None else names[edge.target]
            yield False, target, edge.output, edge.argument, edge.place


class _Matching:
    def __init__(
        self,
        a: TypedGraph,
        b: TypedGraph,
        edges_a: EdgeTable,
        edges_b: EdgeTable,
        signs_a: Mapping[str, Signature],
        signs_b: Mapping[str, Signature],
    ) -> None:
        self.a, self.b = a, b
        self.edges_a, self.edges_b = edges_a, edges_b
        self.signs_a, self.signs_b = signs_a, signs_b
        self.found: dict[str, str] = {}
        self.back: dict[str, str] = {}

    def match_names_first(self) -> None:
        self.by_name(same_type=True)
        self.by_structure()
        self.by_rest()

    def match_structure_first(self) -> None:
        self.by_structure()
        self.by_name(same_type=True)
        self.by_rest()

    def by_rest(self) -> None:
        self.by_one_side()
        while self.by_neighbours(self.a.nodes) or self.by_neighbours(reversed(list(self.a.nodes))):
            pass
        self.by_name(same_type=False)

    def in_order(self) -> dict[str, str]:
        return {name: self.found[name] for name in self.a.nodes if name in self.found}

    def cost(self) -> int:
        """How much there would be to say: nodes and edges that came and went, changes, and other names.

        That two nodes have taken each other's names is harder to believe than that one has a new name.
        """
        names = sum(1 + (new in self.a.nodes) for old, new in self.found.items() if old != new)
        lonely = len(self.a.nodes) + len(self.b.nodes) - 2 * len(self.found)
        changed = sum(not self.is_like(old, new) for old, new in self.found.items())
        edges = {edge for into in self.edges_b.into.values() for edge in into}
        mapped = {
            edge._replace(source=self.found.get(edge.source, ""), target=self.found.get(edge.target, ""))
            for into in self.edges_a.into.values()
            for edge in into
        }
        order = [self.found[name] for name in self.a.inputs if name in self.found]
        inputs = order != [name for name in self.b.inputs if name in self.back]
        return names + lonely + changed + len(edges ^ mapped) + inputs

    def put(self, before: str, after: str) -> None:
        self.found[before] = after
        self.back[after] = before

    def by_structure(self) -> None:
        """Match what is the same up to names. Nodes that are alike are told apart by what flows in, then by name."""
        alike: dict[Hashable, dict[str, None]] = {}
        for name in self.b.nodes:
            if name not in self.back:
                alike.setdefault(self.place(name, self.signs_b, self.edges_b, None), {})[name] = None
        new = {key: deque(name for name in names if name not in self.a.nodes) for key, names in alike.items()}
        for name in self.a.nodes:
            place = self.place(name, self.signs_a, self.edges_a, self.found)
            names = alike.get(place)
            if name in self.found or not names:
                continue
            if name in names:
                other = name
            elif new[place]:
                other = new[place].popleft()
            else:
                other = next(iter(names))
            del names[other]
            self.put(name, other)

    def place(
        self, name: str, signs: Mapping[str, Signature], wiring: EdgeTable, names: Mapping[str, str] | None
    ) -> Hashable:
        """All that a node's structure is known by, what flows in under its names in `b`."""
        flowing = tuple(
            edge.source if names is None else names.get(edge.source, ("unknown", edge.source))
            for edge in wiring.into[name]
        )
        return signs[name], flowing

    def by_name(self, *, same_type: bool) -> None:
        for name in self.a.nodes:
            if name in self.b.nodes and name not in self.found and name not in self.back:
                if same_type and self.kind(self.a, name) != self.kind(self.b, name):
                    continue
                self.put(name, name)

    def by_one_side(self) -> None:
        """Match nodes before which all is the same, then those after which it is, where no two are alike."""
        for side in (1, 2):
            left = [
                self.alone(self.a, self.signs_a, self.found, side),
                self.alone(self.b, self.signs_b, self.back, side),
            ]
            for sign, name in left[0].items():
                if name is not None and (other := left[1].get(sign)) is not None:
                    self.put(name, other)

    def alone(
        self, graph: TypedGraph, signs: Mapping[str, Signature], matched: Mapping[str, str], side: int
    ) -> dict[int, str | None]:
        """The one unmatched node of each signature, None if there are several."""
        found: dict[int, str | None] = {}
        for name in graph.nodes:
            if name not in matched:
                sign = signs[name][side]
                found[sign] = None if sign in found else name
        return found

    def by_neighbours(self, names: Iterable[str]) -> bool:
        """Match nodes of one type that stand at matched nodes: like ones anywhere, others only at all of the same."""
        matched = len(self.found)
        for name in names:
            if name in self.found:
                continue
            ends = set(_ends(name, self.edges_a, self.found))
            candidates = dict.fromkeys(other for end in ends for other in self.candidates(name, end))
            shared = {other: len(ends.intersection(_ends(other, self.edges_b, None))) for other in candidates}
            best = max(shared, key=lambda other: (self.is_like(name, other), shared[other]), default=None)
            if best is not None and (
                self.is_like(name, best)
                or shared[best] == self.degree(name, self.edges_a) == self.degree(best, self.edges_b)
            ):
                self.put(name, best)
        return len(self.found) > matched

    def candidates(self, name: str, end: _End) -> Iterator[str]:
        """The first unmatched node of `b` at one end of an edge that is like a node, and the first of its type."""
        for what in (self.signs_a[name].own, self.kind(self.a, name)):
            waiting = self.at_ends.get((end, what))
            while waiting and waiting[0] in self.back:
                waiting.popleft()
            if waiting:
                yield waiting[0]

    @cached_property
    def at_ends(self) -> Mapping[tuple[_End, int | str], deque[str]]:
        """The nodes of `b` at each end of an edge, by what they are and by their type."""
        found: dict[tuple[_End, int | str], deque[str]] = {}
        for name in self.b.nodes:
            for end in _ends(name, self.edges_b, None):
                for what in (self.signs_b[name].own, self.kind(self.b, name)):
                    found.setdefault((end, what), deque()).append(name)
        return found

    def is_like(self, name: str, other: str) -> bool:
        return self.signs_a[name].own == self.signs_b[other].own

    def degree(self, name: str, wiring: EdgeTable) -> int:
        return len(wiring.into[name]) + len(wiring.out_of.get(name, ()))

    def kind(self, graph: TypedGraph, name: str) -> str:
        return graph.layers[graph.nodes[name].layer].kind
