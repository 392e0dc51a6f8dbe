"""Specs whose guilty lines say in a comment what is wrong with them: ``units: "3"  # SC203``."""

from __future__ import annotations

import re
from textwrap import dedent

import spec_compiler as sc

_MARK = re.compile(r"#\s*(SC\d{3}(?:\s+SC\d{3})*)\s*$")


def expect(text: str, *, lints: bool = False) -> sc.Report:
    """Check a spec, and hold the codes and lines of what is found against its comments. Returns the report.

    Lints count only with `lints`: what is merely doubtful of a spec does not matter where something else is tested.
    """
    text = dedent(text).removeprefix("\n")
    report = sc.check_spec(sc.Source.text(text, form="yaml"))
    marked = [
        (code, number)
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := _MARK.search(line))
        for code in mark[1].split()
    ]
    found = [(code, line) for code, line in codes_and_lines(report) if lints or not code.startswith("SC6")]
    assert sorted(found) == sorted(marked), f"\n{report}"
    return report


def codes_and_lines(report: sc.Report) -> list[tuple[str, int]]:
    """The code and the line of each diagnostic; line 0 where there is no text."""
    return [(found.code, found.span.start.line if found.span else 0) for found in report]


def underlined(report: sc.Report) -> list[tuple[str, str]]:
    """The code of each diagnostic, and the text that is underlined for it."""
    return [(found.code, text_at(report, found.span)) for found in report if found.span is not None]


def text_at(report: sc.Report, span: sc.Span) -> str:
    """The text of a span of one line."""
    assert span.start.line == span.end.line
    line = report.documents[span.file].line(span.start.line)
    assert line is not None
    return line[span.start.column - 1 : span.end.column - 1]
