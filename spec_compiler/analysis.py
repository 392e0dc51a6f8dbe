"""All that the front end finds out about a spec, kept for whoever asks later: reports, editors, the forms of output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report, make_report
from spec_compiler.emitting.origin import Origin
from spec_compiler.graph.graph import Graph, Node
from spec_compiler.graph.scopes import Scope
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.reading.document import Document
from spec_compiler.reading.file_id import FileId
from spec_compiler.reading.imports import imports_not_read
from spec_compiler.spans import Place, Position, Span


def _all_nodes(graph: Graph) -> Iterator[Node]:
    """The nodes of a graph, those that are no part of the model, and those inside its shared blocks."""
    yield from graph.nodes.values()
    yield from graph.dead.values()
    for layer in graph.layers.values():
        if layer.model is not None:
            yield from _all_nodes(layer.model.graph)


@dataclass(frozen=True)
class Analysis:
    """What is known of a spec, with or without mistakes.

    Attributes:
        source: What diagnostics call the spec.
        documents: The texts that were read, by the `file` of their places; the spec itself under the empty text.
        findings: The errors and warnings of all stages.
        sound: The part of the graph that is sound: nodes of which something is not known are there and have no
            result. None if the spec cannot be read, or expands to too much.
        limits: How much was allowed.
        params: The values that were given for params from outside.
    """

    source: str
    documents: Mapping[str, Document]
    findings: Findings
    sound: TypedGraph | None
    limits: Limits = DEFAULT_LIMITS
    params: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def report(self) -> Report:
        """What is to be said of the spec."""
        return self.report_of(None)

    def with_name(self, name: str) -> Analysis:
        """The same of a spec that diagnostics call otherwise."""
        document = replace(self.documents[""], name=name)
        return replace(self, source=name, documents={**self.documents, "": document})

    @property
    def whole(self) -> TypedGraph | None:
        """The graph of a spec without errors; None if there are some."""
        return self.sound if self.report.ok else None

    def report_of(self, more: Findings | None) -> Report:
        """What is to be said of the spec, and what a later stage has found, each at its line."""
        ignored = self.sound.graph.ignored_lints if self.sound is not None else frozenset()
        findings = self.findings if more is None else self.findings.and_more(more)
        return make_report(self.source, findings, self.documents, ignored=ignored, most=self.limits.findings)

    def code_origin(self, model: str | None = None) -> Origin | None:
        """What code is written from: what the spec says; None for a part, which the spec does not write out.

        Args:
            model: The name of a model of the spec; the main one if left out.
        """
        is_part = self.whole is not None and model in self.whole.parts
        return None if is_part else self.origin

    @property
    def origin(self) -> Origin:
        """What the graph was made of."""
        return Origin(self.documents, self.params)

    @cached_property
    def files(self) -> tuple[Document, ...]:
        """The documents that are files: those that were read, and those that would be if nothing were wrong."""
        found = (*self.documents.values(), *imports_not_read(self.documents, self.limits))
        return tuple(each for each in found if each.file_id is not None)

    @property
    def file_ids(self) -> frozenset[FileId]:
        """Which files the spec is written in."""
        return frozenset(each.file_id for each in self.files if each.file_id is not None)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What the spec wrote of what became of it, each scope after the one that it stands in."""
        return self.sound.graph.scopes if self.sound is not None else ()

    # From places to nodes and back

    @cached_property
    def _nodes_by_place(self) -> Mapping[Place, tuple[Node, ...]]:
        found: dict[Place, list[Node]] = {}
        if self.sound is not None:
            for node in _all_nodes(self.sound.graph):
                asked_for = (scope.place for scope in node.scope.path()[1:])
                for place in {node.place: None, **dict.fromkeys(asked_for)}:
                    found.setdefault(place, []).append(node)
        return {place: tuple(nodes) for place, nodes in found.items()}

    def nodes_at(self, place: Place) -> tuple[Node, ...]:
        """The nodes that came of what is written at a place, or around it.

        That is one node, each copy of it, or of a node that asks for a block all nodes of its copies.
        """
        for length in range(len(place.path), 0, -1):
            found = self._nodes_by_place.get(Place(place.path[:length], file=place.file))
            if found is not None:
                return found
        return ()

    def place_of(self, node: str) -> Place:
        """Where a node is written.

        Raises:
            KeyError: There is no such node.
        """
        if self.sound is None:
            raise KeyError(node)
        return self.sound.graph.node(node).place

    # From the text to places and back

    def place_at(self, position: Position, file: str = "") -> Place | None:
        """The innermost value or key at a line and column of a text; None outside of all, or without a text."""
        document = self.documents.get(file)
        return document.place_at(position, file) if document is not None else None

    def span_of(self, place: Place) -> Span | None:
        """The lines and columns of a place; None if there is no text."""
        document = self.documents.get(place.file)
        return document.span(place) if document is not None else None
