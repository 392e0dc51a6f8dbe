"""The fixes that the diagnostics of a report carry."""

from __future__ import annotations

from typing import NamedTuple

from spec_compiler.diagnostics.applicability import is_safe
from spec_compiler.diagnostics.report import Report
from spec_compiler.spans import Span


class AvailableFix(NamedTuple):
    """A stretch of the spec's own text, what stands there, what to write instead, and whether that is safe."""

    code: str
    span: Span
    replaced: str
    replacement: str
    safe: bool


def fixes_of(report: Report) -> list[AvailableFix]:
    """The fixes for the file of a report. What is wrong in an import is fixed where that is checked itself."""
    fixes = []
    for diagnostic in report:
        span = diagnostic.span
        if diagnostic.fix is None or span is None or span.file != report.file or span.start.line != span.end.line:
            continue
        document = report.documents.get(span.file)
        line = document.line(span.start.line) if document is not None else None
        if line is not None:
            replaced = line[span.start.column - 1 : span.end.column - 1]
            fixes.append(AvailableFix(diagnostic.code, span, replaced, diagnostic.fix, is_safe(diagnostic, replaced)))
    return list(dict.fromkeys(fixes))
