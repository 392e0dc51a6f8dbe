"""Where names are defined and used, in a document and in all that import it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lsprotocol import types

from spec_compiler.language_server.indirect import indirect_references, nodes_meant
from spec_compiler.language_server.names import Occurrence, Symbol
from spec_compiler.language_server.snapshot import Snapshot, text_at
from spec_compiler.language_server.target import target_at
from spec_compiler.language_server.text import DocumentText
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.reading.document import Document
from spec_compiler.reading.imports import import_key
from spec_compiler.spans import Place

_ACROSS_FILES = frozenset(("block", "param", "input", "output", "node"))
"""What can be named in other files: blocks, what their nodes say of them, and the nodes that are their outputs."""


class NamedSymbol(NamedTuple):
    """A name, and the document that it is defined in."""

    uri: str
    symbol: Symbol


class SymbolSite(NamedTuple):
    """A place where a name is written: the document, the stretch of its text, and what it is."""

    uri: str
    document: Document
    start: int
    end: int
    occurrence: Occurrence


def occurrence_at(snapshot: Snapshot, position: types.Position) -> Occurrence | None:
    """The name at a position; None if none is there."""
    target = target_at(snapshot, position)
    return snapshot.names.at(target.place) if target is not None else None


def named_at(snapshot: Snapshot, position: types.Position) -> NamedSymbol | None:
    """What the name at a position is of; None if none is there."""
    found = occurrence_at(snapshot, position)
    return named(snapshot, found.symbol) if found is not None else None


def named(snapshot: Snapshot, symbol: Symbol) -> NamedSymbol:
    """A name of a document, wherever it is defined."""
    uri = snapshot.uris.get(symbol.home.file, snapshot.uri)
    return NamedSymbol(uri, symbol._replace(home=symbol.home._replace(file="")))


def definition(workspace: Workspace, snapshot: Snapshot, position: types.Position) -> list[types.Location]:
    """Where the name at a position is defined; of an import, the file."""
    target = target_at(snapshot, position)
    if target is not None and target.slot.role == "import" and isinstance(target.value, str):
        key = import_key("", snapshot.document, target.value, snapshot.analysis.documents)
        beginning = types.Range(types.Position(0, 0), types.Position(0, 0))
        return [types.Location(snapshot.uris[key], beginning)] if key is not None else []
    found = occurrence_at(snapshot, position)
    meant = [found.symbol] if found is not None else nodes_meant(snapshot, target) if target is not None else []
    return [
        _location(workspace, snapshot, site)
        for symbol in meant
        for site in sites(snapshot, symbol.home.file, symbol)
        if site.occurrence.definition
    ]


def references(
    workspace: Workspace, snapshot: Snapshot, position: types.Position, *, with_definition: bool = True
) -> list[types.Location]:
    """Where the name at a position is used, in all files."""
    found = named_at(snapshot, position)
    if found is None:
        return []
    places = indirect_references(snapshot, found.symbol) if found.uri == snapshot.uri else ()
    ranges = [where for place in places if (where := snapshot.range_of(place)) is not None]
    return [
        *(
            _location(workspace, other, site)
            for other, site in all_sites(workspace, snapshot, found)
            if with_definition or not site.occurrence.definition
        ),
        *(types.Location(snapshot.uri, where) for where in ranges),
    ]


def highlights(snapshot: Snapshot, position: types.Position) -> list[types.DocumentHighlight]:
    """Where the name at a position stands in the document itself."""
    found = occurrence_at(snapshot, position)
    if found is None:
        return []
    return [
        types.DocumentHighlight(
            snapshot.text.range(site.start, site.end),
            types.DocumentHighlightKind.Write if site.occurrence.definition else types.DocumentHighlightKind.Read,
        )
        for site in sites(snapshot, "", found.symbol)
    ]


def all_sites(workspace: Workspace, snapshot: Snapshot, name: NamedSymbol) -> Iterator[tuple[Snapshot, SymbolSite]]:
    """Where a name is written, in its own document and in those that import it, each with what is known of it."""
    uris = [snapshot.uri]
    if name.symbol.kind in _ACROSS_FILES and (name.symbol.kind == "block" or name.symbol.home.path):
        block = name.symbol.name if name.symbol.kind == "block" else str(name.symbol.home.path[-1])
        uris += [name.uri, *(uri for uri in workspace.specs() if _may_use(workspace, uri, block))]
    for uri in dict.fromkeys(uris):
        try:
            other = workspace.snapshot(uri)
        except KeyError:
            continue
        for symbol in {each.symbol for each in other.names.occurrences}:
            if named(other, symbol) == name:
                for site in sites(other, "", symbol):
                    yield other, site


def _may_use(workspace: Workspace, uri: str, block: str) -> bool:
    """Whether a file has the name of a block in it, and imports something, so that it is worth to be looked at."""
    text = workspace.text_of(uri)
    return text is not None and block in text.text and "imports" in text.text


def sites(snapshot: Snapshot, file: str, symbol: Symbol) -> Iterator[SymbolSite]:
    """Where a name is written in one of the documents of a snapshot."""
    if file not in snapshot.analysis.documents:
        return
    document = snapshot.analysis.documents[file]
    for occurrence in snapshot.names_of(file).of(symbol) if file else snapshot.names.of(symbol):
        stretch = stretch_of(document, occurrence.place)
        if stretch is not None:
            yield SymbolSite(snapshot.uris.get(file, snapshot.uri), document, *stretch, occurrence)


def stretch_of(document: Document, place: Place) -> tuple[int, int] | None:
    """The stretch of a document's text that a place means, without quotes; None if it is written with escapes."""
    written = text_at(document, place.path, key=place.on_key)
    if written is None:
        return None
    start, text = written
    first, last = place.part if place.part is not None else (0, len(text))
    return start + first, start + last


def _location(workspace: Workspace, snapshot: Snapshot, site: SymbolSite) -> types.Location:
    text = snapshot.text if site.uri == snapshot.uri else workspace.text_of(site.uri)
    if text is None:
        return types.Location(site.uri, types.Range(types.Position(0, 0), types.Position(0, 0)))
    return types.Location(site.uri, range_in(text, site))


def range_in(text: DocumentText, site: SymbolSite) -> types.Range:
    """The range of a site in the text that the editor has, of which another was analysed where a line is half typed."""
    lines = site.document.lines
    assert lines is not None
    return types.Range(text.to_protocol(lines.position(site.start)), text.to_protocol(lines.position(site.end)))
