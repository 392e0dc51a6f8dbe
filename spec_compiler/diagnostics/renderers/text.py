"""Diagnostics for people at a terminal, after the manner of rustc."""

from __future__ import annotations

import unicodedata

from spec_compiler.diagnostics.diagnostic import Diagnostic
from spec_compiler.diagnostics.report import Report
from spec_compiler.spans import Span

_RED, _YELLOW, _BLUE, _CYAN, _BOLD, _RESET = "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_LONGEST = 160


def render(report: Report, *, colour: bool = False) -> str:
    """All diagnostics of a report as text, and a last line that counts them; empty if there are none."""
    paint = _Paint(colour)
    parts = [_one(diagnostic, report, paint) for diagnostic in report.diagnostics]
    if parts:
        parts.append(summary_line(report))
    return "\n\n".join(parts)


def summary_line(report: Report) -> str:
    """How many errors and warnings there are, in words."""
    errors = sum(diagnostic.severity == "error" for diagnostic in report.diagnostics)
    warnings = len(report.diagnostics) - errors
    counts = [
        f"{count} {noun}{'s' * (count > 1)}" for count, noun in ((errors, "error"), (warnings, "warning")) if count
    ]
    return f"{visible(report.file)}: {' and '.join(counts) or 'no errors'}"


class _Paint:
    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, text: str, *codes: str) -> str:
        return f"{''.join(codes)}{text}{_RESET}" if self._colour and text else text


def _one(diagnostic: Diagnostic, report: Report, paint: _Paint) -> str:
    shade = _RED if diagnostic.severity == "error" else _YELLOW
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", _BOLD, shade)
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
    span: Span, report: Report, paint: _Paint, gutter: int, underline: str, shade: str, label: str, arrow: str = "-->"
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
    before, marked, after = visible(text[:start]), visible(text[start:end]), visible(text[end:])
    before, marked, after = _shorten(before, marked, after)
    number = paint(str(span.start.line).rjust(gutter - 1), _BLUE)
    under = " " * _width(before) + underline * max(_width(marked), 1)
    lines.append(f"{' ' * gutter}{bar}")
    lines.append(f"{number} {bar} {before}{marked}{after}".rstrip())
    lines.append(f"{' ' * gutter}{bar} {paint(under + (' ' + label if label else ''), shade)}")
    return lines


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


def visible(text: str) -> str:
    """Text that is safe to print: what could move the cursor or turn the direction of writing is spelt out."""
    if text.isprintable():
        return text
    return "".join(
        "    " if character == "\t" else character if _is_plain(character) else f"\\u{ord(character):04x}"
        for character in text
    )


def _is_plain(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _width(text: str) -> int:
    """How many columns a text takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
