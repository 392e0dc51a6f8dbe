"""The text of a spec in which what repeats is written once, held against the model that it gave before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.memory import relaxed_gc
from spec_compiler.pipeline import SpecSource, analyse
from spec_compiler.reading.file_id import FileId
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source
from spec_compiler.views import GraphView, main_view


@dataclass(frozen=True)
class FoldedSpec:
    """A spec, and what it is once what repeats is written once.

    Attributes:
        report: What is wrong with the spec.
        before: Its bytes as they are.
        after: The text as it should be; None if there is none.
        file_ids: The files that it is written in, with those that it imports.
    """

    report: Report
    before: bytes
    after: str | None
    file_ids: frozenset[FileId]

    @property
    def changed(self) -> bool:
        """Whether folding changes the text."""
        return self.after is not None and self.after.encode() != self.before


def fold_spec(
    source: SpecSource,
    *,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> FoldedSpec:
    """The text of a spec with blocks, `repeat`, `for` and `defaults` for what repeats in it.

    What is written is read again, and only a text that gives the same model is returned: the text itself, if there is
    no other.
    """
    from spec_compiler.comparing.same_model import same_model
    from spec_compiler.emitting.spec.folded_document import folded_texts

    found = Source.of(source)
    analysis = analyse(found, params=params, root=root, limits=limits)
    document = analysis.documents[""]
    before = (document.text or "").encode()
    graph = main_view(analysis)
    if graph is None:
        return FoldedSpec(analysis.report, before, None, analysis.file_ids)
    with relaxed_gc():
        for text in folded_texts(document, graph, limits):
            data = read(Source.text(text, form="json" if document.is_json else "yaml"), Findings(), limits).data
            written = {"name": graph.name, **data}
            again = main_view(analyse(written, params=params, root=root, limits=limits, directory=found.directory))
            if again is not None and same_model(graph, again):
                return FoldedSpec(analysis.report, before, text, analysis.file_ids)
    return FoldedSpec(analysis.report, before, before.decode(), analysis.file_ids)


def readable_spec(graph: GraphView) -> str:
    """The spec of a graph as a person would read it: with blocks for what repeats, and `defaults`.

    It is read again, and only if it gives the same model it is what is returned; else nothing is folded.
    """
    from spec_compiler.comparing.same_model import same_model
    from spec_compiler.emitting.spec.text import folded_spec_text

    with relaxed_gc():
        text = folded_spec_text(graph)
        again = main_view(analyse(Source.text(text, form="yaml")))
        return text if again is not None and same_model(graph, again) else graph.to_spec()


def renamed_spec(graph: GraphView, *, plain: bool = False) -> str:
    """The spec of a graph whose layers are called as a person would call them: after their nodes and blocks.

    It is read again, and only if it differs from the graph in names alone it is what is returned; else the names are
    those of the graph.

    Args:
        graph: The graph.
        plain: Whether everything is written out, and nothing folded.
    """
    from spec_compiler.comparing.compare import compare
    from spec_compiler.emitting.spec.text import renamed_spec_text

    with relaxed_gc():
        text = renamed_spec_text(graph, plain=plain)
        again = main_view(analyse(Source.text(text, form="yaml")))
        if again is not None and compare(graph, again).same_but_names:
            return text
    return graph.to_yaml() if plain else readable_spec(graph)
