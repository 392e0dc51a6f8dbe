"""Diagnostics for tools, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from spec_compiler.diagnostics.diagnostic import Diagnostic, Related
from spec_compiler.diagnostics.report import Report
from spec_compiler.spans import Position, Span


def render(reports: Sequence[Report]) -> str:
    """``{"files": [{"file", "ok", "diagnostics": […]}]}``, indented, ending without a newline."""
    files = [
        {"file": report.file, "ok": report.ok, "diagnostics": [diagnostic_as_data(d) for d in report.diagnostics]}
        for report in reports
    ]
    return json.dumps({"files": files}, indent=2, ensure_ascii=True)


def diagnostic_as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as plain data."""
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "path": diagnostic.path,
        "span": _span(diagnostic.span),
        "hint": diagnostic.hint,
        "fix": diagnostic.fix,
        "related": [_related(related) for related in diagnostic.related],
    }


def _related(related: Related) -> dict[str, Any]:
    return {"message": related.message, "path": related.path, "span": _span(related.span)}


def _span(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"file": span.file, "start": _position(span.start), "end": _position(span.end)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
