"""SC616: the same layers, written out again and again."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.repetition import Chain, Pattern, chains, patterns
from spec_compiler.analysing.units import UnitGraph, unit_graphs
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule

_SHOWN = 5


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find chains of one node, and groups of nodes that stand several times, where the spec could say so.

    What `repeat`, `for` or a block made is one node, as it is written.
    """
    for units in unit_graphs(graph):
        found = chains(units)
        for chain in found:
            yield _of_chain(units, chain)
        for pattern in patterns(units, {unit for chain in found for unit in chain.units}):
            yield _of_pattern(units, pattern)


def _of_chain(units: UnitGraph, chain: Chain) -> Finding:
    first, last = chain.units[0], chain.units[-1]
    names = _names(units, chain.units)
    return Finding(
        codes.REPEATED_STRUCTURE,
        f"{names} are {len(chain.units)} times the same, one after the other",
        units.place(first),
        hint=f"write one node with `repeat: {len(chain.units)}`",
        related=(Remark(units.place(last), "the last of them"),),
    )


def _of_pattern(units: UnitGraph, pattern: Pattern) -> Finding:
    first, *others = pattern.starts
    names = _names(units, range(first, first + pattern.length))
    count = len(pattern.starts)
    if pattern.differing:
        but = " and ".join(f"`{name}`" for name in pattern.differing)
        message = f"{names} stand {count} times, the same but for {but}"
        params = f" with the params {but}" if len(pattern.differing) > 1 else f" with the param {but}"
    else:
        message = f"{names} stand {count} times, with the same arguments"
        params = ""
    uses = f"one node of it with `repeat: {count}`" if pattern.chained else f"{count} nodes of it"
    if pattern.chained and params:
        uses += ", which picks a value for each copy by `index`"
    return Finding(
        codes.REPEATED_STRUCTURE,
        message,
        units.place(first),
        hint=f"make them a block{params}, and write {uses}",
        related=tuple(Remark(units.place(start), "here again") for start in others[:_SHOWN]),
    )


def _names(units: UnitGraph, numbers: range | tuple[int, ...]) -> str:
    names = [f"`{units.units[unit].name}`" for unit in numbers]
    if len(names) > _SHOWN:
        return f"{names[0]} to {names[-1]}"
    return f"{', '.join(names[:-1])} and {names[-1]}"


RULE = Rule(codes.REPEATED_STRUCTURE, check)
