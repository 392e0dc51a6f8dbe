"""Diagnostics as annotations of GitHub Actions (workflow commands)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spec_compiler.diagnostics.diagnostic import Diagnostic
from spec_compiler.diagnostics.visible import visible

if TYPE_CHECKING:
    from spec_compiler.diagnostics.renderers.renderable import Renderable


def render(reports: Sequence[Renderable]) -> str:
    """A line for each diagnostic: ``::error file=…,line=…,col=…,title=…::message``."""
    return "\n".join(_line(report, diagnostic) for report in reports for diagnostic in report.diagnostics)


def _line(report: Renderable, diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    properties = {"file": span.file if span is not None else report.file}
    if span is not None:
        properties |= {"line": str(span.start.line), "col": str(span.start.column)}
        properties["endLine"] = str(span.end.line)
        if span.end.line == span.start.line:
            properties["endColumn"] = str(span.end.column)
    properties["title"] = f"{diagnostic.code} {diagnostic.name}"
    message = diagnostic.message + (f" (help: {diagnostic.hint})" if diagnostic.hint else "")
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{diagnostic.severity} {written}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text, keep="\r\n").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
