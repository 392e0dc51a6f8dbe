"""SC616: the same layers, written out again and again."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.repeats import Chain, Pattern, chains, patterns
from spec_compiler.linting.rule import Doubt, Rule
from spec_compiler.linting.written import Scope, scopes

_SHOWN = 5


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find chains of one node, and groups of nodes that stand several times, where the spec could say so.

    What `repeat`, `for` or a block made is one node, as it is written.
    """
    for scope in scopes(graph):
        found = chains(scope)
        for chain in found:
            yield _of_chain(scope, chain)
        for pattern in patterns(scope, {unit for chain in found for unit in chain.units}):
            yield _of_pattern(scope, pattern)


def _of_chain(scope: Scope, chain: Chain) -> Doubt:
    first, last = chain.units[0], chain.units[-1]
    names = _names(scope, chain.units)
    return Doubt(
        f"{names} are {len(chain.units)} times the same, one after the other",
        scope.place(first),
        hint=f"write one node with `repeat: {len(chain.units)}`",
        related=(Remark(scope.place(last), "the last of them"),),
    )


def _of_pattern(scope: Scope, pattern: Pattern) -> Doubt:
    first, *others = pattern.starts
    names = _names(scope, range(first, first + pattern.length))
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
    return Doubt(
        message,
        scope.place(first),
        hint=f"make them a block{params}, and write {uses}",
        related=tuple(Remark(scope.place(start), "here again") for start in others[:_SHOWN]),
    )


def _names(scope: Scope, units: range | tuple[int, ...]) -> str:
    names = [f"`{scope.units[unit].name}`" for unit in units]
    if len(names) > _SHOWN:
        return f"{names[0]} to {names[-1]}"
    return f"{', '.join(names[:-1])} and {names[-1]}"


RULE = Rule(codes.REPEATED_STRUCTURE, look)
