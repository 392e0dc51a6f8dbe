"""All that is known of one document at one moment: its text, what the front end finds out about it, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from lsprotocol import types

from spec_compiler.analysis import Analysis
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.diagnostics.diagnostic import Diagnostic
from spec_compiler.expanding.trace import ExpansionTrace
from spec_compiler.graph.graph import Node
from spec_compiler.graph.scopes import Scope
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.language_server.names import NameIndex
from spec_compiler.language_server.text import DocumentText
from spec_compiler.reading.document import Document
from spec_compiler.reading.imports import import_key
from spec_compiler.spans import Path as SpecPath
from spec_compiler.spans import Place


class NodeCall(NamedTuple):
    """A node, and the typed graph that it is part of: the model's, or that of a shared block."""

    graph: TypedGraph
    node: Node

    @property
    def outputs(self) -> tuple[TensorType, ...]:
        """What it gives; nothing, if that is not known."""
        result = self.graph.known_result(self.node.name)
        return result.outputs if result is not None else ()


@dataclass(frozen=True)
class Snapshot:
    """What is known of a document.

    Attributes:
        uri: What the editor calls it.
        text: Its text.
        analysis: What the front end found out; of a text that cannot be read, about the nearest that can.
        trace: What its expressions give, and what its names stand for.
        syntax: What keeps the text from being read.
        changed: The lines (from 1) that are left out or finished, so that the rest could be read.
        known: What was said of it when it could last be read, which may be said again: code and message.
        typed: The lines (from 1) that were typed in since then; None if it never could be read.
        uris: What the editor calls its imports, by the `file` of their places.
        before: What was known before a line was begun that is half typed; None if none is.
        typing: That line (from 1).
    """

    uri: str
    text: DocumentText
    analysis: Analysis
    trace: ExpansionTrace
    syntax: tuple[Diagnostic, ...] = ()
    changed: frozenset[int] = frozenset()
    known: frozenset[tuple[str, str]] = frozenset()
    typed: frozenset[int] | None = None
    uris: Mapping[str, str] = field(default_factory=dict)
    before: Snapshot | None = None
    typing: frozenset[int] = frozenset()

    def for_line(self, line: int) -> Snapshot:
        """What to tell of a line (from 1): of all but the one that is half typed, what was known before that."""
        return self.before if self.before is not None and line not in self.typing else self

    @property
    def for_proposals(self) -> Snapshot:
        """What to tell of the rest of the document where a line is being typed."""
        return self.before or self

    @property
    def document(self) -> Document:
        """The document itself."""
        return self.analysis.documents[""]

    @property
    def data(self) -> Any:
        """Its data."""
        return self.document.data

    @property
    def holds_blocks_alone(self) -> bool:
        """Whether it is a file of blocks for others to import, with no graph of its own."""
        return isinstance(self.data, dict) and "blocks" in self.data and not self.data.keys() & {"nodes", "outputs"}

    @cached_property
    def names(self) -> NameIndex:
        """Where the names of the document are defined and used."""
        return self.names_of("")

    def names_of(self, file: str) -> NameIndex:
        """Where the names of one of its documents are defined and used."""
        copies = {
            (self.home_of(scope.parent), scope.name[len(scope.parent.prefix) :]): scope.key
            for scope in self.analysis.scopes
            if scope.kind == "for" and scope.parent is not None
        }
        return NameIndex(file, self.analysis.documents[file], self.block_names(file), self.value_at, copies)

    # Positions

    def place_at(self, position: types.Position) -> Place | None:
        """The innermost value or key at a position."""
        return self.document.place_at(self.text.from_protocol(position))

    def range_of(self, place: Place) -> types.Range | None:
        """The range of a place in the document itself; None if it has none."""
        span = self.document.span(place) if self.document.text is not None else None
        return self.text.range_of(span) if span is not None else None

    def offset(self, position: types.Position) -> int:
        """The offset in the text that was analysed."""
        lines = self.document.lines
        return lines.offset(self.text.from_protocol(position)) if lines is not None else 0

    def text_at(self, path: SpecPath) -> tuple[int, str] | None:
        """The text value at a path as it is written, and the offset where it begins, without quotes.

        None if it is none, or holds escapes, so that its characters are not those of the value.
        """
        return text_at(self.document, path)

    # Calls

    @cached_property
    def all_calls(self) -> tuple[NodeCall, ...]:
        """All calls, also those that are no part of the model, and those inside shared blocks."""
        return tuple(_all_calls(self.analysis.sound)) if self.analysis.sound is not None else ()

    @cached_property
    def _calls(self) -> Mapping[Place, tuple[NodeCall, ...]]:
        found: dict[Place, list[NodeCall]] = {}
        for call in self.all_calls:
            found.setdefault(call.node.place, []).append(call)
        return {place: tuple(calls) for place, calls in found.items()}

    def calls_at(self, place: Place) -> tuple[NodeCall, ...]:
        """The calls that are written at a place: that of a node, or of each of its copies."""
        return self._calls.get(Place(place.path, file=place.file), ())

    def graph_of(self, scope: Scope) -> TypedGraph | None:
        """The typed graph that what is in a scope is part of."""
        graph = self.analysis.sound
        for each in scope.path():
            if each.kind == "shared" and graph is not None:
                graph = graph.models.get(each.name)
        return graph

    @cached_property
    def scopes_by_graph(self) -> Mapping[Place, tuple[Scope, ...]]:
        """The graphs that have been written out, by where they are written: the spec itself, or a block."""
        found: dict[Place, list[Scope]] = {}
        for scope in self.trace.names:
            found.setdefault(self.home_of(scope), []).append(scope)
        return {place: tuple(scopes) for place, scopes in found.items()}

    def home_of(self, scope: Scope) -> Place:
        """Where the graph of a scope is written."""
        if scope.block is None:
            return Place(())
        inside = scope.parent.graph if scope.parent is not None else scope
        file = self.home_of(inside).file if inside is not scope else ""
        return self._blocks.get((file, scope.block), Place(("blocks", scope.block), file=file))

    @cached_property
    def _blocks(self) -> Mapping[tuple[str, str], Place]:
        """Where the blocks are written that a file can use, by the file and the name."""
        found: dict[tuple[str, str], Place] = {}
        for file, document in self.analysis.documents.items():
            for name, place in blocks_of(file, document, self.analysis.documents).items():
                found[file, name] = place
        return found

    def block_at(self, file: str, name: str) -> Place | None:
        """Where a block is written that a file can use; None if there is none."""
        return self._blocks.get((file, name))

    def block_names(self, file: str = "") -> dict[str, Place]:
        """The blocks that a file can use."""
        return {name: place for (of, name), place in self._blocks.items() if of == file}

    def value_at(self, place: Place) -> Any:
        """What is written at a place of a document; None if nothing is."""
        document = self.analysis.documents.get(place.file)
        return value_at(document.data, place.path) if document is not None else None


def index_of_output(names: tuple[str, ...], count: int, output: str) -> int | None:
    """Which output a reference picks by its name or number."""
    if output in names:
        return names.index(output)
    return int(output) if output.isdecimal() and int(output) < count else None


def value_at(data: Any, path: SpecPath) -> Any:
    """The value at a path of some data; None if there is none."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step, data.get(str(step)) if not isinstance(step, str) else None)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def text_at(document: Document, path: SpecPath, *, key: bool = False) -> tuple[int, str] | None:
    """A text as it is written at a path, or its key, and the offset where it begins, without quotes.

    None if there is none, or it holds escapes, so that its characters are not those of the value.
    """
    span = document.span(Place(path, on_key=key))
    if span is None or document.text is None or document.lines is None:
        return None
    start, end = document.lines.offset(span.start), document.lines.offset(span.end)
    raw = document.text[start:end]
    if "\n" in raw or "\r" in raw:
        return None
    if raw[:1] in ("'", '"'):
        if "\\" in raw or "''" in raw or len(raw) < 2:
            return None
        return start + 1, raw[1:-1]
    return start, raw


def blocks_of(file: str, document: Document, documents: Mapping[str, Document]) -> dict[str, Place]:
    """The blocks that a file can use: its own, and those that its imports have written in them."""
    data = document.data
    if not isinstance(data, dict):
        return {}
    found: dict[str, Place] = {}
    imports = data.get("imports")
    for target in imports if isinstance(imports, list) else ():
        key = import_key(file, document, target, documents)
        other = documents.get(key) if key is not None else None
        blocks = other.data.get("blocks") if other is not None and isinstance(other.data, dict) else None
        for name in blocks if isinstance(blocks, dict) else ():
            found[str(name)] = Place(("blocks", name), file=key or "")
    blocks = data.get("blocks")
    for name in blocks if isinstance(blocks, dict) else ():
        found[str(name)] = Place(("blocks", name), file=file)
    return found


def _all_calls(graph: TypedGraph) -> Iterator[NodeCall]:
    """The calls of a graph, those that are no part of the model, and those inside its shared blocks."""
    for node in (*graph.graph.nodes.values(), *graph.graph.dead.values()):
        yield NodeCall(graph, node)
    for model in graph.models.values():
        yield from _all_calls(model)


def graphs_written_in(data: Any) -> Iterator[tuple[SpecPath, Mapping[str, Any]]]:
    """The graphs that are written in the data of a document, with their paths: the spec's own, and its blocks."""
    if not isinstance(data, dict):
        return
    yield (), data
    blocks = data.get("blocks")
    for name, block in blocks.items() if isinstance(blocks, dict) else ():
        if isinstance(block, dict):
            yield ("blocks", name), block


def section_of(graph: Mapping[str, Any], name: str) -> Mapping[Any, Any]:
    """A section of a graph that is a mapping; an empty one, if it is missing or has a mistake."""
    found = graph.get(name)
    return found if isinstance(found, dict) else {}


WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""A name, wherever it stands."""
