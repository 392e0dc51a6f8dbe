"""Findings → diagnostics: places become lines and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from spec_compiler.diagnostics.diagnostic import Diagnostic, Finding, Fix, Related
from spec_compiler.spans import Place, Span, json_pointer


class Locator(Protocol):
    """What knows the text of a document."""

    @property
    def name(self) -> str:
        """What diagnostics call the document."""

    def span(self, place: Place) -> Span | None:
        """The span of a place."""

    def replacement(self, place: Place, fix: Fix) -> str | None:
        """What to write in the place of the span; none if that would not mend it."""

    def line(self, number: int) -> str | None:
        """The text of a line (from 1), if there is a text."""


@dataclass(frozen=True)
class Report:
    """What a check found, in the order of the text.

    Attributes:
        file: The spec, as its source is named.
        diagnostics: The mistakes and doubts.
    """

    file: str
    diagnostics: tuple[Diagnostic, ...]
    documents: Mapping[str, Locator] = field(default_factory=dict, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings."""
        return not any(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def __str__(self) -> str:
        from spec_compiler.diagnostics.renderers.text import render

        return render(self)


def make_report(
    file: str, findings: Iterable[Finding], documents: Mapping[str, Locator], ignored: frozenset[str] = frozenset()
) -> Report:
    """The report of some findings. `documents` are the texts by the `file` of their places.

    Lints (6xx) out of `ignored` are left out, and a finding that says exactly what another does.
    """
    diagnostics: dict[tuple[object, ...], Diagnostic] = {}
    for finding in findings:
        if finding.code.code in ignored and finding.code.code.startswith("SC6"):
            continue
        diagnostic = _diagnostic(finding, documents)
        in_copy = any(remark.copy for remark in finding.related)
        said = "" if in_copy else diagnostic.message
        diagnostics.setdefault((diagnostic.code, said, diagnostic.path, diagnostic.span), diagnostic)
    ordered = sorted(
        diagnostics.values(), key=lambda d: (d.span.file != file, d.span[1:]) if d.span else (False, ((0, 0),))
    )
    names = {document.name: document for document in documents.values()}
    return Report(file, tuple(ordered), names)


_LONGEST = 1000
"""The longest message: names out of a stranger's spec may be of any length."""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _diagnostic(finding: Finding, documents: Mapping[str, Locator]) -> Diagnostic:
    code = finding.code
    return Diagnostic(
        code.code,
        code.name,
        code.severity,
        _short(finding.message),
        json_pointer(finding.place.path),
        _span(finding.place, documents),
        None if finding.hint is None else _short(finding.hint),
        _replacement(finding, documents),
        tuple(
            Related(_short(remark.message), json_pointer(remark.place.path), _span(remark.place, documents))
            for remark in finding.related
        ),
    )


def _replacement(finding: Finding, documents: Mapping[str, Locator]) -> str | None:
    document = documents.get(finding.place.file)
    if document is None or finding.fix is None:
        return None
    return document.replacement(finding.place, finding.fix)


def _span(place: Place, documents: Mapping[str, Locator]) -> Span | None:
    document = documents.get(place.file)
    return document.span(place) if document is not None else None
