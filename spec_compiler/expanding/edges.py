"""`edges` → what flows into each node."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.budget import Budget
from spec_compiler.language.names import NAME, not_evaluated, parse_reference
from spec_compiler.spans import Place


class Stop(NamedTuple):
    """A name in an arrow, and where it is."""

    text: str
    place: Place


class Arrow(NamedTuple):
    """An arrow from what a reference says to a node."""

    source: Stop
    target: Stop


def read_edges(
    edges: Sequence[Any], place: Place, findings: Findings, budget: Budget, refused: Collection[str] = ()
) -> Iterator[Arrow]:
    """The arrows of an `edges` section, in the order in which they are written.

    What is not formed as a name may stand in an arrow if a node is `refused` for being named so, which has been said.

    Raises:
        LimitExceededError: There are more than the limit.
    """
    for index, edge in enumerate(edges):
        for sources, targets in _steps(edge, place / index, findings, refused):
            budget.arrows(place / index, len(sources) * len(targets))
            for source in sources:
                for target in targets:
                    yield Arrow(source, target)


def _steps(
    edge: Any, place: Place, findings: Findings, refused: Collection[str]
) -> Iterator[tuple[list[Stop], list[Stop]]]:
    """The pairs of neighbours of one entry, if it is well formed."""
    groups = _groups(edge, place, findings)
    if groups is None:
        return
    last = len(groups) - 1
    for position, group in enumerate(groups):
        for stop in group:
            if stop.text not in refused and not _may_stand(stop, position == 0, findings):
                return
    for position in range(last):
        yield groups[position], groups[position + 1]


def _groups(edge: Any, place: Place, findings: Findings) -> list[list[Stop]] | None:
    if isinstance(edge, str):
        groups = _split(edge, place)
    elif isinstance(edge, list) and len(edge) > 2 and all(isinstance(stop, str) for stop in edge):
        arrow = " -> ".join(edge)
        message = f"an edge as a list is a pair, from one node to another, and this one has {len(edge)} names"
        findings.add(codes.BAD_EDGE, message, place, hint=f"write `{arrow}`", fix=arrow)
        return None
    elif isinstance(edge, list) and all(isinstance(stop, str) for stop in edge):
        groups = [[Stop(stop, place / position)] for position, stop in enumerate(edge)]
    elif isinstance(edge, list):
        position, stop = next(each for each in enumerate(edge) if not isinstance(each[1], str))
        findings.add(codes.BAD_EDGE, f"an edge is a pair of names, and {show(stop)} is none", place / position)
        return None
    else:
        findings.add(codes.BAD_EDGE, f"an edge is text like `a -> b` or a pair of names, not {show(edge)}", place)
        return None
    if len(groups) < 2:
        findings.add(codes.BAD_EDGE, "an edge leads from one node to another", place, hint="write `a -> b`")
        return None
    return groups


def read_stops(text: str) -> list[tuple[str, int]]:
    """The names in `a, b -> c`, and where each begins; one that is missing is empty."""
    return [stop for group in groups_of(text) for stop in group]


def groups_of(text: str) -> list[list[tuple[str, int]]]:
    """The names between the arrows of `a, b -> c`, and where each begins."""
    groups: list[list[tuple[str, int]]] = []
    offset = 0
    for part in text.split("->"):
        group = []
        inner = offset
        for name in part.split(","):
            group.append((name.strip(), inner + len(name) - len(name.lstrip())))
            inner += len(name) + 1
        groups.append(group)
        offset += len(part) + 2
    return groups


def _split(text: str, place: Place) -> list[list[Stop]]:
    """`a, b -> c` with the place of each name."""
    return [
        [Stop(name, place.within(*_stretch(text, name, start))) for name, start in group] for group in groups_of(text)
    ]


def _stretch(text: str, name: str, start: int) -> tuple[int, int]:
    """What is underlined of a name; if it is missing, the arrow or the comma beside it."""
    if name:
        return start, start + len(name)
    before = len(text[:start].rstrip()) if text[:start].strip() else 0
    if before:
        return before - 1 - (text[before - 1] == ">"), before
    return start, start + 2


def _may_stand(stop: Stop, first: bool, findings: Findings) -> bool:
    if not stop.text:
        findings.add(codes.BAD_EDGE, "a name is missing in this edge", stop.place)
        return False
    reference = parse_reference(stop.text)
    if reference is None:
        message = f"{show(stop.text)} is not formed as a reference"
        findings.add(codes.BAD_EDGE, message, stop.place, hint=not_evaluated(stop.text))
        return False
    if not first and not NAME.fullmatch(stop.text):
        what = "a pattern" if reference.is_pattern else "an output"
        findings.add(
            codes.BAD_EDGE,
            f"{show(stop.text)} is {what}, and an arrow leads to nodes",
            stop.place,
            hint="outputs and patterns stand at the start of an arrow",
        )
        return False
    return True
