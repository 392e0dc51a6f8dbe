"""The graph as a hierarchy of calls: what calls a node is what feeds it, what it calls is what it feeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from lsprotocol import types

from spec_compiler.expanding.edges import groups_of
from spec_compiler.language.names import pattern_to_regex
from spec_compiler.language_server.flow import names_in_graph
from spec_compiler.language_server.hints import shapes_of_node
from spec_compiler.language_server.names import Symbol, path_of_graph
from spec_compiler.language_server.navigation import occurrence_at
from spec_compiler.language_server.outline import range_of
from spec_compiler.language_server.snapshot import Snapshot, section_of
from spec_compiler.reading.positions import find
from spec_compiler.spans import Path, Place

CallEdges = dict[Symbol, dict[Symbol, list[Place]]]
"""For each node the nodes at the other end of its edges, and the places of the references that say so."""


def prepare(snapshot: Snapshot, position: types.Position) -> list[types.CallHierarchyItem]:
    """The node at a position, be it written there or named."""
    found = occurrence_at(snapshot, position)
    if found is None or found.symbol.kind not in ("node", "input") or found.symbol.home.file:
        return []
    item = _item(snapshot, found.symbol)
    return [item] if item is not None else []


def incoming(snapshot: Snapshot, item: types.CallHierarchyItem) -> list[types.CallHierarchyIncomingCall]:
    """What feeds a node."""
    symbol = _symbol(item)
    if symbol is None:
        return []
    found = [
        (_item(snapshot, source), places) for source, places in _edges(snapshot, symbol.home)[0].get(symbol, {}).items()
    ]
    return [
        types.CallHierarchyIncomingCall(source, _ranges(snapshot, places))
        for source, places in found
        if source is not None
    ]


def outgoing(snapshot: Snapshot, item: types.CallHierarchyItem) -> list[types.CallHierarchyOutgoingCall]:
    """What a node feeds."""
    symbol = _symbol(item)
    if symbol is None:
        return []
    found = [
        (_item(snapshot, target), places) for target, places in _edges(snapshot, symbol.home)[1].get(symbol, {}).items()
    ]
    return [
        types.CallHierarchyOutgoingCall(target, _ranges(snapshot, places))
        for target, places in found
        if target is not None
    ]


def _edges(snapshot: Snapshot, home: Place) -> tuple[CallEdges, CallEdges]:
    """The edges of a graph as they are written: by their ends, and by their beginnings."""
    into: CallEdges = defaultdict(lambda: defaultdict(list))
    out: CallEdges = defaultdict(lambda: defaultdict(list))
    for source, target, place in (*_by_inputs(snapshot, home), *_by_arrows(snapshot, home)):
        into[target][source].append(place)
        out[source][target].append(place)
    return into, out


def _by_inputs(snapshot: Snapshot, home: Place) -> Iterator[tuple[Symbol, Symbol, Place]]:
    depth = len(home.path)
    for each in snapshot.names.occurrences:
        path = each.place.path
        is_input = path[depth : depth + 1] == ("nodes",) and path[depth + 2 : depth + 3] == ("inputs",)
        is_here = path_of_graph(path) == home.path and each.symbol.home == home
        if is_input and is_here and each.symbol.kind in ("node", "input"):
            yield each.symbol, Symbol("node", str(path[depth + 1]), home), each.place
    yield from _by_patterns(snapshot, home)


def _by_patterns(snapshot: Snapshot, home: Place) -> Iterator[tuple[Symbol, Symbol, Place]]:
    """The edges of patterns, which stand for all other nodes that match."""
    nodes = section_of(snapshot.value_at(home) or {}, "nodes")
    known = list(names_in_graph(snapshot, home))
    for name, node in nodes.items():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        for index, item in enumerate(inputs if isinstance(inputs, list) else ()):
            if not isinstance(item, str) or "*" not in item or "${" in item:
                continue
            pattern = pattern_to_regex(item.partition(".")[0])
            matched = {snapshot.names.named(each, home) for each in known if pattern.fullmatch(each)}
            for source in sorted(each for each in matched if each is not None and each.name != str(name)):
                yield source, Symbol("node", str(name), home), home / "nodes" / name / "inputs" / index


def _by_arrows(snapshot: Snapshot, home: Place) -> Iterator[tuple[Symbol, Symbol, Place]]:
    graph = snapshot.value_at(home)
    edges = graph.get("edges") if isinstance(graph, dict) else None
    for index, edge in enumerate(edges if isinstance(edges, list) else ()):
        place = home / "edges" / index
        if isinstance(edge, str):
            groups = [[(name, place.within(at, at + len(name))) for name, at in group] for group in groups_of(edge)]
        elif isinstance(edge, list):
            groups = [[(str(name), place / number)] for number, name in enumerate(edge)]
        else:
            continue
        for sources, targets in pairwise(groups):
            for name, at in sources:
                source = snapshot.names.named(name.partition(".")[0], home)
                for target_name, _ in targets:
                    target = snapshot.names.named(target_name, home)
                    if source is not None and target is not None:
                        yield source, target, at


def _ranges(snapshot: Snapshot, places: list[Place]) -> list[types.Range]:
    return [where for place in places if (where := snapshot.range_of(place)) is not None]


def _item(snapshot: Snapshot, symbol: Symbol) -> types.CallHierarchyItem | None:
    path = _path(snapshot, symbol)
    if path is None or snapshot.document.ranges is None:
        return None
    entry, mark, is_there = find(snapshot.document.ranges, path)
    if not is_there:
        return None
    start, end = (entry.start, entry.end) if entry is not None else (mark.start, mark.end)
    where = range_of(snapshot, start, end)
    kind = snapshot.value_at(Place((*path, "type")))
    shapes = shapes_of_node(snapshot, Place(path)) if symbol.kind == "node" else ["input of the block"]
    return types.CallHierarchyItem(
        symbol.name,
        types.SymbolKind.Function,
        snapshot.uri,
        where,
        where,
        detail=" ".join([str(kind)] * (kind is not None) + shapes) or None,
        data={"kind": symbol.kind, "home": list(symbol.home.path)},
    )


def _path(snapshot: Snapshot, symbol: Symbol) -> Path | None:
    graph = snapshot.value_at(symbol.home)
    if symbol.kind == "node":
        key = next((key for key in section_of(graph or {}, "nodes") if str(key) == symbol.name), None)
        return (*symbol.home.path, "nodes", key) if key is not None else None
    inputs = graph.get("inputs") if isinstance(graph, dict) else None
    if isinstance(inputs, list) and symbol.name in inputs:
        return (*symbol.home.path, "inputs", inputs.index(symbol.name))
    return None


def _symbol(item: types.CallHierarchyItem) -> Symbol | None:
    data = item.data
    if not isinstance(data, dict) or data.get("kind") not in ("node", "input"):
        return None
    return Symbol(data["kind"], item.name, Place(tuple(data.get("home", ()))))
