"""Diagnostics for tools, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from spec_compiler.diagnostics.diagnostic import Diagnostic, Related
from spec_compiler.spans import Position, Span

if TYPE_CHECKING:
    from spec_compiler.diagnostics.renderers.renderable import Renderable


def render(reports: Sequence[Renderable]) -> str:
    """``{"files": [{"file", "ok", "diagnostics": […]}]}``, indented, ending without a newline.

    A file of which diagnostics are left out has ``"counts": {"errors", "warnings"}`` of all there are.
    """
    return json.dumps({"files": list(map(_file, reports))}, indent=2, ensure_ascii=True)


def _file(report: Renderable) -> dict[str, Any]:
    data = {"file": report.file, "ok": report.ok, "diagnostics": [diagnostic_as_data(d) for d in report.diagnostics]}
    if report.errors_left_out or report.warnings_left_out:
        data["counts"] = {"errors": report.errors, "warnings": report.warnings}
    return data


def diagnostic_as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as plain data."""
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "path": diagnostic.path,
        "span": span_as_data(diagnostic.span),
        "hint": diagnostic.hint,
        "fix": diagnostic.fix,
        "related": [_related(related) for related in diagnostic.related],
    }


def _related(related: Related) -> dict[str, Any]:
    return {"message": related.message, "path": related.path, "span": span_as_data(related.span)}


def span_as_data(span: Span | None) -> dict[str, Any] | None:
    """A span as JSON has it."""
    if span is None:
        return None
    return {"file": span.file, "start": _position(span.start), "end": _position(span.end)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
