"""Copies that `for` made side by side, drawn once where they are the same and are taken for the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from spec_compiler.analysing.sharing import uses
from spec_compiler.emitting.pictures.items import Item, joined
from spec_compiler.emitting.pictures.likeness import Likeness, likeness
from spec_compiler.graph.typed import TensorRef, TypedGraph


def with_parallel_joined(graph: TypedGraph, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """What stands side by side, with one item in the place of the copies of a `for` that are the same.

    Each of them takes what the others take, or its own copy of something else that is drawn once, and so it is with
    what takes them. Calls of a shared layer stay apart: each is tied to it.
    """
    groups = _Groups(graph, items)
    groups.settle()
    return tuple(groups.joined())


class _Groups:
    """The copies of each `for` among some items, as far as they are the same."""

    def __init__(self, graph: TypedGraph, items: Sequence[Item]) -> None:
        self._graph = graph
        self._items = items
        self._homes = {name: at for at, item in enumerate(items) for leaf in item.leaves() for name in leaf.names}
        self._ends = {tensor.node for tensor in graph.ends.values()}
        self._used = uses(graph)
        self._likeness: dict[int, Likeness] = {}
        self._copies = {copies[0]: copies for copies in self._candidates() if self._are_alike(copies)}
        self._place = {
            at: (first, number) for first, copies in self._copies.items() for number, at in enumerate(copies)
        }

    def settle(self) -> None:
        """Leave out the copies that do not take the same, or are not taken for the same, until all that are left do."""
        while True:
            wrong = [first for first, copies in self._copies.items() if not self._stand_alike(copies)]
            for first in wrong:
                for at in self._copies.pop(first):
                    del self._place[at]
            if not wrong:
                return

    def joined(self) -> Iterator[Item]:
        """The items, the copies of one `for` as one."""
        for at, item in enumerate(self._items):
            if at in self._copies:
                copies = self._copies[at]
                yield replace(joined([self._items[each] for each in copies]), times=len(copies), side_by_side=True)
            elif at not in self._place:
                yield item

    def _candidates(self) -> Iterator[list[int]]:
        found: dict[Hashable, list[int]] = {}
        for at, item in enumerate(self._items):
            made_by = _for_of(self._graph, item) if item.times == 1 else None
            if made_by is not None:
                found.setdefault(made_by, []).append(at)
        yield from (copies for copies in found.values() if len(copies) > 1)

    def _are_alike(self, copies: Sequence[int]) -> bool:
        """Whether copies are the same, none takes what another gives, and none calls a shared layer."""
        if any(self._calls_shared(leaf.name) for at in copies for leaf in self._items[at].leaves()):
            return False
        for at in copies:
            self._likeness[at] = likeness(self._graph, self._items[at], strict=True)
        if len({self._likeness[at].form for at in copies}) > 1:
            return False
        inside = set(copies)
        return not any(self._homes.get(tensor.node) in inside for at in copies for tensor in self._likeness[at].taken)

    def _calls_shared(self, name: str) -> bool:
        return any(key in self._graph.layers and self._graph.layers[key].shared for key in self._used[name])

    def _stand_alike(self, copies: Sequence[int]) -> bool:
        taken = [[self._seen(number, each) for each in self._likeness[at].taken] for number, at in enumerate(copies)]
        users = [set(self._users(number, at)) for number, at in enumerate(copies)]
        return all(each == taken[0] for each in taken) and all(each == users[0] for each in users)

    def _seen(self, number: int, tensor: TensorRef) -> Hashable:
        """A tensor as a copy sees it: what the copies of its number give is the same for each."""
        return self._beside(number, tensor.node) or tensor.node, tensor.output

    def _users(self, number: int, at: int) -> Iterator[Hashable]:
        """What takes the tensors of a copy, from each of its nodes."""
        for place, leaf in enumerate(self._items[at].leaves()):
            for name in leaf.names:
                if name in self._ends:
                    yield place, "output"
                for user in self._graph.consumers.get(name, ()):
                    if self._homes.get(user) != at:
                        yield place, self._beside(number, user) or user

    def _beside(self, number: int, name: str) -> Hashable:
        """Where a node stands among copies of the same number that another `for` made; None if it does not."""
        at = self._homes.get(name)
        if at is None or self._place.get(at, (0, -1))[1] != number:
            return None
        leaf = next(place for place, leaf in enumerate(self._items[at].leaves()) if name in leaf.names)
        return self._place[at][0], leaf


def _for_of(graph: TypedGraph, item: Item) -> Hashable:
    """The `for` that made an item: where it is written, and the copy around it; None if none did."""
    paths = [graph.nodes[leaf.name].scope.path() for leaf in item.leaves()]
    for each in paths[0]:
        if each.kind == "for" and each.name == item.name and all(each in path for path in paths):
            return each.place.key(), each.parent.name if each.parent is not None else ""
    return None
