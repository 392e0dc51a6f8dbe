"""What is the same, drawn once: what follows one another, by `repeat` or written out, and the copies of `for`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from spec_compiler.analysing.repetition import LEAST, chains, patterns
from spec_compiler.analysing.units import UnitGraph, unit_graphs
from spec_compiler.emitting.pictures.items import Item, joined, rebuilt
from spec_compiler.emitting.pictures.likeness import likeness
from spec_compiler.emitting.pictures.parallel import with_parallel_joined
from spec_compiler.graph.typed import TensorRef, TypedGraph


def with_copies_joined(graph: TypedGraph, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items, with one in the place of those that are the same and follow one another, or stand side by side.

    Copies that `repeat` made may have other arguments; what is written out or made by `for` is to have the same ones.
    """
    joining = _Joining(graph)

    def of_level(level: tuple[Item, ...]) -> tuple[Item, ...]:
        return with_parallel_joined(graph, joining.of_level(level))

    return rebuilt(_with_patterns(graph, items), of_level)


def _with_patterns(graph: TypedGraph, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Nodes of the spec's own graph that are written out again and again, in blocks that nobody has named."""
    units = next(unit_graphs(graph))
    at_top = {item.name: item for item in items}
    wrapped: dict[str, Item | None] = {}
    for names in _places(units):
        members = [at_top[name] for name in names if name in at_top]
        if len(members) == len(names):
            wrapped.update(dict.fromkeys(names))
            wrapped[names[0]] = Item((names[0],), "", items=tuple(members))
    found = (wrapped.get(item.name, item) for item in items)
    return tuple(item for item in found if item is not None)


def _places(units: UnitGraph) -> Iterator[list[str]]:
    """The nodes at each place of the patterns of which one place takes what the other gives."""
    taken = {unit for chain in chains(units) for unit in chain.units}
    for pattern in patterns(units, taken):
        if not pattern.chained or pattern.differing:
            continue
        for start in pattern.starts:
            yield [name for unit in units.units[start : start + pattern.length] for name in unit.nodes]


class _Link(NamedTuple):
    """How an item follows another: which of the tensors that it takes the other gives, as the place of their nodes."""

    taken: tuple[Hashable, ...]


class _Joining:
    """Joins what is the same side by side."""

    def __init__(self, graph: TypedGraph) -> None:
        self._graph = graph
        self._ends = {tensor.node for tensor in graph.ends.values()}

    def of_level(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """What stands side by side, with one item in the place of those that follow one another and are the same."""
        homes = {name: number for number, item in enumerate(items) for leaf in item.leaves() for name in leaf.names}
        after: dict[int, tuple[int, _Link]] = {}
        for number, item in enumerate(items):
            found = self._before(items, homes, number, item)
            if found is not None:
                before, link = found
                after[before] = (number, link)
        return tuple(self._joined(items, after))

    def _before(
        self, items: Sequence[Item], homes: Mapping[str, int], number: int, item: Item
    ) -> tuple[int, _Link] | None:
        """The item that another one follows and repeats, and how it does."""
        first = next((homes[tensor.node] for tensor in self._taken(item) if tensor.node in homes), number)
        if first == number or not self._may_repeat(items[first], item):
            return None
        before = items[first]
        strict = not _are_of_one_repeat(self._graph, before, item)
        one, other = (likeness(self._graph, each, strict=strict) for each in (before, item))
        if one.form != other.form or not self._feeds_only(before, homes, first, number):
            return None
        places = {name: at for at, leaf in enumerate(before.leaves()) for name in leaf.names}
        link: list[Hashable] = []
        for earlier, later in zip(one.taken, other.taken, strict=True):
            if homes.get(later.node) == first:
                link.append((places[later.node], later.output))
            elif earlier == later:
                link.append(None)
            else:
                return None
        return first, _Link(tuple(link))

    def _may_repeat(self, before: Item, item: Item) -> bool:
        return before.block == item.block and before.times == item.times and len(before.items) == len(item.items)

    def _feeds_only(self, item: Item, homes: Mapping[str, int], number: int, other: int) -> bool:
        """Whether all that an item gives is taken by another item alone."""
        for leaf in item.leaves():
            for name in leaf.names:
                if name in self._ends:
                    return False
                if any(homes.get(user) not in (number, other) for user in self._graph.consumers.get(name, ())):
                    return False
        return True

    def _joined(self, items: Sequence[Item], after: Mapping[int, tuple[int, _Link]]) -> Iterator[Item]:
        gone: set[int] = set()
        for number, item in enumerate(items):
            if number in gone:
                continue
            run, link = [number], None
            while run[-1] in after and (link is None or after[run[-1]][1] == link):
                following, link = after[run[-1]]
                run.append(following)
            copies = [items[each] for each in run]
            if len(run) >= (2 if _are_of_one_repeat(self._graph, *copies) else LEAST):
                gone.update(run[1:])
                yield replace(joined(copies), times=len(run))
            else:
                yield item

    def _taken(self, item: Item) -> Iterator[TensorRef]:
        """The tensors that an item takes from elsewhere."""
        inside = {name for leaf in item.leaves() for name in leaf.names}
        for leaf in item.leaves():
            for value in self._graph.calls[leaf.name].values():
                for operand in value if isinstance(value, tuple) else (value,):
                    if isinstance(operand, TensorRef) and operand.node not in inside:
                        yield operand


def _are_of_one_repeat(graph: TypedGraph, *items: Item) -> bool:
    """Whether `repeat` made all of them of one node of the spec."""
    places = {_repeat_of(graph, item) for item in items}
    return len(places) == 1 and None not in places


def _repeat_of(graph: TypedGraph, item: Item) -> Hashable:
    """Where the node is written that `repeat` made this one of; None if it did not."""
    path = graph.nodes[next(item.leaves()).name].scope.path()
    return next(
        (
            (scope.place.key(), scope.parent.name if scope.parent else "")
            for scope in path
            if scope.kind == "repeat" and scope.name == item.name
        ),
        None,
    )
