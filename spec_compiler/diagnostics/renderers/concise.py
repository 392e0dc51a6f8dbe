"""Diagnostics for people, each on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spec_compiler.diagnostics.renderers.text import Paint
from spec_compiler.diagnostics.visible import visible

if TYPE_CHECKING:
    from spec_compiler.diagnostics.diagnostic import Diagnostic
    from spec_compiler.diagnostics.renderers.renderable import Renderable


def render(report: Renderable, *, colour: bool = False) -> str:
    """A line for each diagnostic, as compilers print them: ``file:line:column: error[SC301] message (help: …)``."""
    paint = Paint(colour)
    return "\n".join(_line(diagnostic, report, paint) for diagnostic in report.diagnostics)


def _line(diagnostic: Diagnostic, report: Renderable, paint: Paint) -> str:
    span = diagnostic.span
    place = f"{span.file}:{span.start.line}:{span.start.column}" if span is not None else report.file
    head = paint.severity(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    help_ = f" (help: {visible(diagnostic.hint)})" if diagnostic.hint else ""
    return f"{visible(place)}: {head} {visible(diagnostic.message)}{help_}"
