"""References that do not spell the name of a node: patterns, expressions, and outputs of layers."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.language.names import pattern_to_regex
from spec_compiler.language_server.flow import home_of, names_in_graph
from spec_compiler.language_server.hints import texts_of_copies
from spec_compiler.language_server.names import Symbol, texts_in
from spec_compiler.language_server.snapshot import Snapshot
from spec_compiler.language_server.target import SymbolTarget
from spec_compiler.spans import Place


def nodes_meant(snapshot: Snapshot, target: SymbolTarget) -> list[Symbol]:
    """The nodes that a reference stands for, where what is under the cursor is no name of one."""
    if target.slot.role != "reference" or not isinstance(target.value, str) or target.place.on_key:
        return []
    return list(_meant(snapshot, target.place._replace(part=None), target.value))


def indirect_references(snapshot: Snapshot, symbol: Symbol) -> Iterator[Place]:
    """Where patterns and expressions stand that mean a node of a document."""
    graph = snapshot.value_at(symbol.home)
    if symbol.kind != "node" or not isinstance(graph, dict):
        return
    for path, text in texts_in(graph, symbol.home.path):
        if not {"inputs", "outputs", "from"}.intersection(path) or not ("*" in text or "${" in text):
            continue
        if home_of(path) == symbol.home and symbol in _meant(snapshot, Place(path), text):
            yield Place(path)


def _meant(snapshot: Snapshot, place: Place, text: str) -> Iterator[Symbol]:
    home = home_of(place.path)
    names = texts_of_copies(text, snapshot.trace.values.get(place, ())) if "${" in text else [text]
    found: dict[Symbol, None] = {}
    for name in (each.partition(".")[0] for each in names):
        if "*" in name:
            pattern = pattern_to_regex(name)
            owner = place.path[len(home.path) + 1] if len(place.path) > len(home.path) + 1 else None
            matched = (each for each in names_in_graph(snapshot, home) if pattern.fullmatch(each))
            symbols = [snapshot.names.named(each, home) for each in matched]
            found |= dict.fromkeys(each for each in symbols if each is not None and each.name != owner)
        elif (symbol := snapshot.names.named(name, home)) is not None:
            found[symbol] = None
    yield from found
