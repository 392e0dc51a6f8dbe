"""Repetitions among the units of a scope: chains of one unit, and patterns of several."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from spec_compiler.analysing.structure import structural_key
from spec_compiler.analysing.units import NONE, OUTSIDE, Unit, UnitGraph

LEAST = 3
"""How often something stands before it is worth saying otherwise."""

LONGEST = 64
"""The most units that are looked at as one pattern."""

MOST_TOWERS = 3
"""The most identical towers that are taken for ones to be shared; more are the features of a table, each its own."""

_PARAMS = 3
"""A block with more params than these says no more than its layers."""


class Chain(NamedTuple):
    """Units that are the same, each taking what the one before gives."""

    units: tuple[int, ...]


class Pattern(NamedTuple):
    """Units in a row, so many of them, that stand at several places.

    `chained` says that each place takes what the one before gives; `differing` are the arguments that are not the
    same at all of them.
    """

    length: int
    starts: tuple[int, ...]
    chained: bool
    differing: tuple[str, ...]


def chains(graph: UnitGraph) -> list[Chain]:
    """The longest chains, of three and more."""
    before = [_before(graph, number) for number in range(len(graph.units))]
    lengths = [1] * len(before)
    for number, previous in enumerate(before):
        if previous is not None:
            lengths[number] = lengths[previous] + 1
    goes_on = {previous for previous in before if previous is not None}
    found = []
    for number, length in enumerate(lengths):
        if length >= LEAST and number not in goes_on:
            units = [number]
            while (previous := before[units[-1]]) is not None:
                units.append(previous)
            found.append(Chain(tuple(reversed(units))))
    return found


def _before(graph: UnitGraph, number: int) -> int | None:
    """The unit that this one repeats: one that is the same, and whose result it takes first, and nothing else does."""
    unit = graph.units[number]
    if unit.likeness is None or not unit.sources:
        return None
    previous = unit.sources[0][0]
    if previous == OUTSIDE or graph.users[previous] != number:
        return None
    other = graph.units[previous]
    if other.likeness != unit.likeness or other.sources[1:] != unit.sources[1:]:
        return None
    gives_one = len(unit.nodes) > 1 or len(graph.graph.results[unit.nodes[0]].outputs) == 1
    return previous if gives_one else None


def patterns(graph: UnitGraph, taken: set[int]) -> Iterator[Pattern]:
    """Patterns out of the units that are not taken: those with the same arguments, then those without."""
    if len(graph.units) - len(taken) < LEAST * 2:
        return
    for differing in (False, True):
        numbers = [
            None
            if unit.likeness is None or unit.bound or number in taken
            else graph.kinds[unit.likeness]
            if differing
            else unit.likeness
            for number, unit in enumerate(graph.units)
        ]
        pairs: dict[Any, list[int]] = {}
        for start in range(len(numbers) - 1):
            link = _link(graph, numbers, start, 1)
            if link is not None and numbers[start] is not None:
                pairs.setdefault((numbers[start], link), []).append(start)
        for starts in pairs.values():
            left = [start for start in starts if start not in taken]
            pattern = _best(graph, numbers, left, differing) if len(left) >= LEAST else None
            if pattern is not None:
                taken.update(start + at for start in pattern.starts for at in range(pattern.length))
                yield pattern


def _link(graph: UnitGraph, numbers: list[int | None], start: int, at: int) -> Any:
    """What a unit of a pattern is, and how it hangs on those before it; None if it does not."""
    if start + at >= len(numbers) or numbers[start + at] is None:
        return None
    wiring = tuple(
        (source - start, tensor) if source >= start else None for source, tensor in graph.units[start + at].sources
    )
    return (numbers[start + at], wiring) if any(wiring) else None


def _best(graph: UnitGraph, numbers: list[int | None], starts: list[int], differing: bool) -> Pattern | None:
    """The pattern from certain pairs on that stands for the most units."""
    best: Pattern | None = None
    for length in range(2, LONGEST + 1):
        apart = _apart(starts, length)
        if len(apart) < LEAST:
            break
        pattern = _pattern(graph, numbers, apart, length, differing)
        if pattern is not None and (
            best is None or pattern.length * len(pattern.starts) > best.length * len(best.starts)
        ):
            best = pattern
        if all(after - start == length for start, after in pairwise(apart)):
            break  # One follows the other; nothing longer stands for more.
        longer: dict[Any, list[int]] = {}
        for start in starts:
            link = _link(graph, numbers, start, length)
            if link is not None:
                longer.setdefault(link, []).append(start)
        starts = max(longer.values(), key=len, default=[])
    return best


def _apart(starts: list[int], length: int) -> list[int]:
    """As many of the starts as do not overlap, in order."""
    apart: list[int] = []
    for start in starts:
        if not apart or start >= apart[-1] + length:
            apart.append(start)
    return apart


def _pattern(
    graph: UnitGraph, numbers: list[int | None], starts: list[int], length: int, differing: bool
) -> Pattern | None:
    """The pattern, if it has one end, and is worth saying."""
    ends = _ends(graph, starts[0], length)
    same = [start for start in starts if _ends(graph, start, length) == ends]
    if len(ends) != 1 or len(same) < LEAST or _is_periodic(numbers[starts[0] : starts[0] + length]):
        return None
    chained = all(_follows(graph, start, after, length, ends[0]) for start, after in pairwise(same))
    count = len(same)
    if differing:
        # Else the block and its nodes are as long as what they stand for.
        names = _differing(graph, same, length) if (length - 1) * (count - 1) >= 8 else ()
        return Pattern(length, tuple(same), chained, names) if 1 <= len(names) <= _PARAMS else None
    is_worth_it = length >= 3 or (chained and count > LEAST)
    return Pattern(length, tuple(same), chained, ()) if is_worth_it and not _are_towers(graph, same, length) else None


def _ends(graph: UnitGraph, start: int, length: int) -> tuple[int, ...]:
    """The units of a place, counted from its start, that something outside of it takes."""
    inside = range(start, start + length)
    return tuple(unit - start for unit in inside if graph.users[unit] not in inside and _is_taken(graph, unit, inside))


def _is_taken(graph: UnitGraph, unit: int, inside: range) -> bool:
    """Whether something outside of a place takes what a unit of it gives."""
    if graph.users[unit] == NONE:
        return False
    nodes = graph.units[unit].nodes
    takers = [taker for name in nodes for taker in graph.graph.consumers.get(name, ())]
    return any(end.node in nodes for end in graph.graph.ends.values()) or any(
        graph.homes.get(taker, OUTSIDE) not in inside for taker in takers
    )


def _is_periodic(numbers: list[int | None]) -> bool:
    length = len(numbers)
    return any(
        length % period == 0 and numbers == numbers[:period] * (length // period)
        for period in range(1, length // 2 + 1)
    )


def _taken(graph: UnitGraph, start: int, length: int) -> list[Any]:
    """What a place takes from elsewhere, each tensor once, in order."""
    found = {
        (source, tensor) if source != OUTSIDE else tensor: None
        for unit in graph.units[start : start + length]
        for source, tensor in unit.sources
        if source < start
    }
    return list(found)


def _follows(graph: UnitGraph, start: int, after: int, length: int, end: int) -> bool:
    """Whether a place takes first what another gives, and else the same as that one."""
    later, earlier = _taken(graph, after, length), _taken(graph, start, length)
    return bool(later) and later[0][0] == start + end and later[1:] == earlier[1:]


def _are_towers(graph: UnitGraph, starts: list[int], length: int) -> bool:
    """Whether a few places have an input of the model each: what SC615 speaks of."""
    origins = [tensor[0] for start in starts for tensor in _taken(graph, start, length)]
    return (
        len(starts) <= MOST_TOWERS
        and len(set(origins)) == len(starts)
        and all(type(origin) is int and graph.units[origin].likeness is None for origin in origins)
    )


def _differing(graph: UnitGraph, starts: list[int], length: int) -> tuple[str, ...]:
    """The arguments that are not the same at all places."""
    names: dict[str, None] = {}
    for at in range(length):
        first, *others = (_arguments(graph, graph.units[start + at]) for start in starts)
        for other in others:
            for one, two in zip(first, other, strict=True):
                names.update(dict.fromkeys(name for name in {**one, **two} if one.get(name) != two.get(name)))
    return tuple(names)


def _arguments(graph: UnitGraph, unit: Unit) -> list[dict[str, Any]]:
    """The arguments of the layers of a unit, the defaults too."""
    nodes, layers = graph.graph.nodes, graph.graph.layers
    configs = [layers[nodes[name].layer].operation for name in unit.nodes]
    return [
        {name: structural_key(value) for name, value in vars(config).items()}
        for config in configs
        if config is not None
    ]
