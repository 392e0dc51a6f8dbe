"""Diagnostics for people at a terminal, after the manner of rustc."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spec_compiler.diagnostics.visible import visible

if TYPE_CHECKING:
    from spec_compiler.diagnostics.diagnostic import Diagnostic, Severity
    from spec_compiler.diagnostics.renderers.renderable import Checked, Renderable
    from spec_compiler.spans import Span

_RED, _YELLOW, _BLUE, _CYAN, _BOLD, _RESET = "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_LONGEST = 160


def render(report: Renderable, *, colour: bool = False) -> str:
    """All diagnostics of a report as text, and a last line that counts them; empty if there are none."""
    if not report.diagnostics:
        return ""
    return f"{render_diagnostics(report, colour=colour)}\n{summary_line(report)}"


def render_diagnostics(report: Renderable, *, colour: bool = False) -> str:
    """All diagnostics of a report as text, an empty line after each."""
    paint = Paint(colour)
    return "".join(f"{_one(diagnostic, report, paint)}\n\n" for diagnostic in report.diagnostics)[:-1]


def summary_line(checked: Checked) -> str:
    """How many errors and warnings a spec has, in words, and how many of them are not shown."""
    left_out = checked.errors_left_out + checked.warnings_left_out
    rest = f" ({left_out:,} of them not shown; `--limit findings=NUMBER` shows more)" if left_out else ""
    return f"{visible(checked.file)}: {_counts(checked.errors, checked.warnings)}{rest}"


def totals_line(specs: int, reports: Sequence[Renderable]) -> str:
    """How many specs were checked, and how many errors and warnings those have that have any, in words."""
    errors, warnings = sum(report.errors for report in reports), sum(report.warnings for report in reports)
    place = f" in {len(reports)} of them" if reports and specs > 1 else ""
    return f"checked {counted(specs, 'spec')}: {_counts(errors, warnings)}{place}"


def _counts(errors: int, warnings: int) -> str:
    counts = [counted(count, noun) for count, noun in ((errors, "error"), (warnings, "warning")) if count]
    return " and ".join(counts) or "no errors"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number of things: ``1 error``, ``2,000 errors``."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


class Paint:
    """Text in colours, if there are colours."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, text: str, *codes: str) -> str:
        """A text in some colours."""
        return f"{''.join(codes)}{text}{_RESET}" if self._colour and text else text

    def severity(self, text: str, severity: Severity) -> str:
        """A text in the colour of errors or of warnings."""
        return self(text, _BOLD, _RED if severity == "error" else _YELLOW)


def _one(diagnostic: Diagnostic, report: Renderable, paint: Paint) -> str:
    shade = _RED if diagnostic.severity == "error" else _YELLOW
    head = paint.severity(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    lines = [f"{head}{paint(': ' + visible(diagnostic.message), _BOLD)}"]
    if diagnostic.span is None:
        lines.append(f"  {paint('-->', _BLUE)} {visible(report.file)}{_at(diagnostic.path)}")
        gutter = 2
    else:
        gutter = len(str(max([diagnostic.span.start.line, *_related_lines(diagnostic)]))) + 1
        lines += _snippet(diagnostic.span, report, paint, gutter, "^", shade, "")
    for related in diagnostic.related:
        if related.span is None:
            lines.append(f"{' ' * gutter}{paint('=', _BLUE)} note: {visible(related.message)}{_at(related.path)}")
        else:
            lines += _snippet(related.span, report, paint, gutter, "-", _BLUE, visible(related.message), ":::")
    if diagnostic.hint:
        bar = paint("|", _BLUE)
        if diagnostic.span is not None:
            lines.append(f"{' ' * gutter}{bar}")
        lines.append(f"{' ' * gutter}{paint('=', _BLUE)} {paint('help', _CYAN)}: {visible(diagnostic.hint)}")
    return "\n".join(lines)


def _related_lines(diagnostic: Diagnostic) -> list[int]:
    return [related.span.start.line for related in diagnostic.related if related.span is not None]


def _at(path: str) -> str:
    return f" at {visible(path)}" if path else ""


def _snippet(
    span: Span,
    report: Renderable,
    paint: Paint,
    gutter: int,
    underline: str,
    shade: str,
    label: str,
    arrow: str = "-->",
) -> list[str]:
    """The place, the line, and what is meant underlined."""
    bar = paint("|", _BLUE)
    place = f"{visible(span.file)}:{span.start.line}:{span.start.column}"
    lines = [f"{' ' * (gutter - 1)}{paint(arrow, _BLUE)} {place}"]
    document = report.documents.get(span.file)
    text = document.line(span.start.line) if document is not None else None
    if text is None:
        return [*lines, f"{' ' * gutter}= {label}"] if label else lines
    start = span.start.column - 1
    end = span.end.column - 1 if span.end.line == span.start.line else len(text)
    before, marked, after = _cut(text, start, end)
    before, marked, after = _shorten(visible(before), visible(marked), visible(after))
    number = paint(str(span.start.line).rjust(gutter - 1), _BLUE)
    under = " " * _width(before) + underline * max(_width(marked), 1)
    lines.append(f"{' ' * gutter}{bar}")
    lines.append(f"{number} {bar} {before}{marked}{after}".rstrip())
    lines.append(f"{' ' * gutter}{bar} {paint(under + (' ' + label if label else ''), shade)}")
    return lines


def _cut(text: str, start: int, end: int) -> tuple[str, str, str]:
    """What of a line may be shown, before, of and after what is meant: a line may have millions of characters."""
    more = _LONGEST + 1  # so that the line is still seen to be cut
    return text[max(start - more, 0) : start], text[start : min(end, start + more)], text[end : end + more]


def _shorten(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """Cut a long line around what is meant."""
    if len(before) + len(marked) + len(after) <= _LONGEST:
        return before, marked, after
    if len(marked) > _LONGEST // 2:
        marked = marked[: _LONGEST // 2] + "…"
    if len(before) > _LONGEST // 4:
        before = "…" + before[-(_LONGEST // 4) :]
    rest = _LONGEST - len(before) - len(marked)
    return before, marked, after if len(after) <= rest else after[:rest] + "…"


def _width(text: str) -> int:
    """How many columns a text takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
