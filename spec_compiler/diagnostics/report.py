"""Findings → diagnostics: places become lines and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from spec_compiler.diagnostics.diagnostic import Diagnostic, Finding, Findings, Fix, Related, Remark
from spec_compiler.diagnostics.renderers import text
from spec_compiler.diagnostics.renderers.renderable import Quotable
from spec_compiler.limits import DEFAULT_LIMITS
from spec_compiler.spans import Place, Span, json_pointer


class Locator(Quotable, Protocol):
    """What knows the text of a document."""

    def span(self, place: Place) -> Span | None:
        """The span of a place."""

    def replacement(self, place: Place, fix: Fix) -> str | None:
        """What to write in the place of the span; None if that would not mend it."""


class Excerpts(NamedTuple):
    """The lines of a document that diagnostics quote."""

    name: str
    lines: Mapping[int, str]

    def line(self, number: int) -> str | None:
        """The text of a line (from 1), if it is quoted."""
        return self.lines.get(number)


@dataclass(frozen=True)
class Report:
    """What a check found, in the order of the text. It is plain data, and crosses from a process to another.

    Attributes:
        file: The spec, as its source is named.
        diagnostics: The errors and warnings.
        documents: The lines that the diagnostics quote, by the names of their documents.
        errors_left_out: How many errors there are beyond the limit of a report.
        warnings_left_out: How many warnings there are beyond it.
    """

    file: str
    diagnostics: tuple[Diagnostic, ...]
    documents: Mapping[str, Excerpts] = field(default_factory=dict, repr=False, compare=False)
    errors_left_out: int = 0
    warnings_left_out: int = 0

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings."""
        return self.errors == 0

    @property
    def errors(self) -> int:
        """How many errors there are, those that are left out included."""
        return sum(diagnostic.severity == "error" for diagnostic in self.diagnostics) + self.errors_left_out

    @property
    def warnings(self) -> int:
        """How many warnings there are, those that are left out included."""
        return sum(diagnostic.severity == "warning" for diagnostic in self.diagnostics) + self.warnings_left_out

    def __bool__(self) -> bool:
        return self.ok

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def __repr__(self) -> str:
        return f"<Report {text.summary_line(self)}>"

    def __str__(self) -> str:
        return text.render(self) or text.summary_line(self)

    def _repr_html_(self) -> str:
        """The report in a notebook."""
        from spec_compiler.diagnostics.renderers import html

        return html.render(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The report in whatever shows it: as HTML, and as text."""
        return {"text/html": self._repr_html_(), "text/plain": str(self)}


_MOST_COMPARED = 200_000
"""How many names are looked at, in a whole report, to find what misspelt ones may have meant."""


def make_report(
    file: str,
    findings: Findings,
    documents: Mapping[str, Locator],
    *,
    ignored: frozenset[str] = frozenset(),
    most: int = DEFAULT_LIMITS.findings,
) -> Report:
    """The report of some findings.

    Args:
        file: The spec, as its source is named.
        findings: What was found.
        documents: The texts by the `file` of their places.
        ignored: Lints (6xx) that are left out.
        most: How many diagnostics there are at most; the others are counted.
    """
    diagnostics: dict[tuple[object, ...], Diagnostic] = {}
    left_out = {"error": 0, "warning": 0}
    comparisons = _MOST_COMPARED
    said: set[tuple[object, ...]] = set()
    for finding in findings:
        code = finding.code
        key = code, finding.message, finding.place
        if (code.code in ignored and code.code.startswith("SC6")) or key in said:
            continue
        said.add(key)
        if len(diagnostics) >= most:
            left_out[code.severity] += 1
            continue
        copies = findings.copies_of(finding)
        if finding.guess is not None and finding.guess.cost <= comparisons:
            comparisons -= finding.guess.cost
            hint, fix = finding.guess.find()
            finding = replace(finding, hint=finding.hint or hint, fix=fix)
        diagnostic = _diagnostic(finding, documents, copies)
        diagnostics.setdefault((diagnostic.code, diagnostic.message, diagnostic.path, diagnostic.span), diagnostic)
    ordered = sorted(
        diagnostics.values(), key=lambda d: (d.span.file != file, d.span[1:]) if d.span else (False, ((0, 0),))
    )
    quoted = _quoted(ordered, documents)
    return Report(file, tuple(ordered), quoted, left_out["error"], left_out["warning"])


def _quoted(diagnostics: Iterable[Diagnostic], documents: Mapping[str, Locator]) -> dict[str, Excerpts]:
    """The lines at which diagnostics and what belongs to them begin."""
    named = {document.name: document for document in documents.values()}
    lines: dict[str, dict[int, str]] = {}
    for diagnostic in diagnostics:
        for span in (diagnostic.span, *(related.span for related in diagnostic.related)):
            if span is None or span.start.line in lines.setdefault(span.file, {}):
                continue
            line = named[span.file].line(span.start.line)
            if line is not None:
                lines[span.file][span.start.line] = line
    return {file: Excerpts(file, quoted) for file, quoted in lines.items()}


_MOST_RELATED = 16
"""How many other places of a finding are shown."""

_LONGEST = 1000
"""The longest message: names out of a stranger's spec may be of any length."""


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…"


def _diagnostic(finding: Finding, documents: Mapping[str, Locator], copies: int) -> Diagnostic:
    code = finding.code
    more = f" (and in {copies:,} {'copies' if copies > 1 else 'copy'} more)" if copies else ""
    return Diagnostic(
        code.code,
        code.name,
        code.severity,
        _short(finding.message) + more,
        json_pointer(finding.place.path),
        _span(finding.place, documents),
        None if finding.hint is None else _short(finding.hint),
        _replacement(finding, documents),
        tuple(
            Related(_short(remark.message), json_pointer(remark.place.path), _span(remark.place, documents))
            for remark in _related(finding)
        ),
    )


def _related(finding: Finding) -> tuple[Remark, ...]:
    """The other places of a finding, and what made the copies that it stands in."""
    related = (*finding.related, *_makers(finding))
    left_out = len(related) - _MOST_RELATED
    if left_out <= 1:
        return related
    last = related[_MOST_RELATED]
    return (*related[:_MOST_RELATED], last._replace(message=f"{last.message} (and {left_out - 1:,} places more)"))


def _makers(finding: Finding) -> Iterator[Remark]:
    """What asked for the copies that a finding stands in; of a shape, their arguments are most often the cause."""
    of_shapes = finding.code.code.startswith("SC4")
    for name, place, arguments in finding.scope.made_by() if finding.scope is not None else ():
        yield Remark(place, f"`{name}` is made here{f', where {arguments}' if of_shapes and arguments else ''}")


def _replacement(finding: Finding, documents: Mapping[str, Locator]) -> str | None:
    document = documents.get(finding.place.file)
    if document is None or finding.fix is None:
        return None
    return document.replacement(finding.place, finding.fix)


def _span(place: Place, documents: Mapping[str, Locator]) -> Span | None:
    document = documents.get(place.file)
    return document.span(place) if document is not None else None
