"""`edges` → what flows into each node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.language.names import NAME, parse_reference
from spec_compiler.spans import Place


class Stop(NamedTuple):
    """A name in an arrow, and where it is."""

    text: str
    place: Place


class Edge(NamedTuple):
    """An arrow from what a reference says to a node."""

    source: Stop
    target: Stop


def read_edges(edges: Sequence[Any], place: Place, findings: Findings) -> Iterator[Edge]:
    """The arrows of an `edges` section, in the order in which they are written."""
    for index, edge in enumerate(edges):
        for sources, targets in _steps(edge, place / index, findings):
            for source in sources:
                for target in targets:
                    yield Edge(source, target)


def _steps(edge: Any, place: Place, findings: Findings) -> Iterator[tuple[list[Stop], list[Stop]]]:
    """The pairs of neighbours of one entry, if it is well formed."""
    groups = _groups(edge, place, findings)
    if groups is None:
        return
    last = len(groups) - 1
    for position, group in enumerate(groups):
        for stop in group:
            if not _may_stand(stop, position == 0, findings):
                return
    for position in range(last):
        yield groups[position], groups[position + 1]


def _groups(edge: Any, place: Place, findings: Findings) -> list[list[Stop]] | None:
    if isinstance(edge, str):
        groups = _split(edge, place)
    elif isinstance(edge, list) and all(isinstance(stop, str) for stop in edge):
        groups = [[Stop(stop, place / position)] for position, stop in enumerate(edge)]
    elif isinstance(edge, list):
        position, stop = next(each for each in enumerate(edge) if not isinstance(each[1], str))
        findings.add(codes.BAD_EDGE, f"an edge is a list of names, and {show(stop)} is none", place / position)
        return None
    else:
        findings.add(codes.BAD_EDGE, f"an edge is text like `a -> b` or a list of names, not {show(edge)}", place)
        return None
    if len(groups) < 2:
        findings.add(codes.BAD_EDGE, "an edge leads from one node to another", place, hint="write `a -> b`")
        return None
    return groups


def _split(text: str, place: Place) -> list[list[Stop]]:
    """`a, b -> c` with the place of each name."""
    groups: list[list[Stop]] = []
    offset = 0
    for part in text.split("->"):
        group = []
        inner = offset
        for name in part.split(","):
            stripped = name.strip()
            start = inner + len(name) - len(name.lstrip())
            end = start + len(stripped)
            if not stripped:
                # What is underlined is the arrow or the comma beside which the name is missing.
                start, end = (inner - 1 - (text[inner - 1] == ">"), inner) if inner else (len(name), len(name) + 2)
            group.append(Stop(stripped, place.within(start, end)))
            inner += len(name) + 1
        groups.append(group)
        offset += len(part) + 2
    return groups


def _may_stand(stop: Stop, first: bool, findings: Findings) -> bool:
    if not stop.text:
        findings.add(codes.BAD_EDGE, "a name is missing in this edge", stop.place)
        return False
    reference = parse_reference(stop.text)
    if reference is None:
        findings.add(codes.BAD_EDGE, f"{show(stop.text)} is not formed as a reference", stop.place)
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
