"""The findings of a report, each at the nodes that it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from spec_compiler.diagnostics.diagnostic import Diagnostic
from spec_compiler.diagnostics.renderers.json import diagnostic_as_data, span_as_data
from spec_compiler.diagnostics.report import Report
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.origin import Origin
from spec_compiler.emitting.page.texts import Texts
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.reading.imports import MOST_AT_IMPORT, import_of
from spec_compiler.spans import Place, Span, json_pointer


def finding_list(
    report: Report | None, graph: TypedGraph | None, origin: Origin | None, texts: Texts
) -> list[JsonObject]:
    """The findings, the text and the nodes that each is about, and its other places."""
    if report is None:
        return []
    nodes = _NodesByPointer(graph, origin)
    imports = _Imports(origin)
    return [_finding(diagnostic, nodes, texts, imports) for diagnostic in report]


class _Imports:
    """Where a spec says that it imports its files."""

    def __init__(self, origin: Origin | None) -> None:
        self._documents = origin.documents if origin is not None else {}
        self._files = {document.name: file for file, document in self._documents.items()}
        self._told: Counter[str] = Counter()

    def tell(self, name: str) -> Span | None:
        """The import that brings in what diagnostics call so; None of the spec itself, and after the first of many."""
        file = self._files.get(name, "")
        self._told[file] += 1
        place = import_of(file, self._documents) if file and self._told[file] <= MOST_AT_IMPORT else None
        return self._documents[""].span(place) if place is not None else None


def _finding(diagnostic: Diagnostic, nodes: _NodesByPointer, texts: Texts, imports: _Imports) -> JsonObject:
    data = diagnostic_as_data(diagnostic)
    file = diagnostic.span.file if diagnostic.span is not None else ""
    related = [
        {"message": each.message, "text": texts.number_of(each.span.file), "line": each.span.start.line}
        for each in diagnostic.related
        if each.span is not None
    ]
    return {
        **{key: data[key] for key in ("code", "name", "severity", "message", "span", "hint")},
        "text": texts.number_of(file),
        "imported": span_as_data(imports.tell(file)),
        "related": related,
        "nodes": nodes.at(file, diagnostic.path),
    }


class _NodesByPointer:
    """The nodes of a graph by where they are written, and where what made them is."""

    def __init__(self, graph: TypedGraph | None, origin: Origin | None) -> None:
        names = {file: document.name for file, document in origin.documents.items()} if origin is not None else {}
        self._found: dict[tuple[str, str], dict[str, None]] = {}
        for place, node in _places(graph, "") if graph is not None else ():
            self._found.setdefault((names.get(place.file, ""), json_pointer(place.path)), {})[node] = None

    def at(self, file: str, pointer: str) -> list[str]:
        """The nodes that came of what is written there, or around it."""
        while pointer:
            found = self._found.get((file, pointer))
            if found is not None:
                return list(found)
            pointer = pointer.rpartition("/")[0]
        return []


def _places(graph: TypedGraph, prefix: str) -> Iterator[tuple[Place, str]]:
    for name, node in graph.nodes.items():
        yield node.place, prefix + name
        if node.layer in graph.layers:
            yield graph.layers[node.layer].place, prefix + name
        yield from ((scope.place, prefix + name) for scope in node.scope.path()[1:])
    for key, model in graph.models.items():
        yield from _places(model, f"{prefix}{key}.")


def counts(report: Report | None) -> Mapping[str, int]:
    """How many errors and warnings there are, those included that are left out."""
    if report is None:
        return {"errors": 0, "warnings": 0}
    return {"errors": report.errors, "warnings": report.warnings}
