"""Specs whose guilty lines say in a comment what is wrong with them: ``units: "3"  # SC203``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from textwrap import dedent

import spec_compiler as sc
from tests.stages.through import Stage, check

_MARKED = re.compile(r"SC\d{3}")
_MARK = re.compile(r"#\s*(SC\d{3}(?:\s+SC\d{3})*)\s*$")


def expect(text: str, stage: Stage | None = None) -> sc.Report:
    """Check a spec, and hold the codes and lines of what is found against its comments. Returns the report.

    With a stage, only the stages up to it look. Lints do not count: what is merely doubtful of a spec does not matter
    where something else is tested.
    """
    report = _check(text) if stage is None else check(_source(text), stage)
    _compare(text, report, [found for found in report if not found.code.startswith("SC6")], _MARKED)
    return report


def expect_linking(text: str) -> sc.Report:
    """As `expect`, of the stages up to linking: of all that is wrong with a spec but shapes and dtypes."""
    return expect(text, "linking")


def expect_lint(code: str, text: str) -> sc.Report:
    """Check a spec, and hold the lines at which one lint speaks against the comments. Returns what it says.

    No other lint counts, nor do its marks; but a spec with errors is no test of a lint, since then all are silent.
    """
    report = _check(text)
    own = tuple(found for found in report if found.code == code)
    errors = [found for found in report if found.severity == "error"]
    _compare(text, report, [*own, *errors], re.compile(code))
    return replace(report, diagnostics=own)


def _check(text: str) -> sc.Report:
    return sc.check_spec(_source(text))


def _source(text: str) -> sc.Source:
    return sc.Source.text(_plain(text), form="yaml")


def _plain(text: str) -> str:
    return dedent(text).removeprefix("\n")


def _compare(text: str, report: sc.Report, found: list[sc.Diagnostic], codes: re.Pattern[str]) -> None:
    """Hold what is found against those marks in a text whose codes are meant."""
    marked = [
        (code, number)
        for number, line in enumerate(_plain(text).splitlines(), 1)
        if (mark := _MARK.search(line))
        for code in codes.findall(mark[1])
    ]
    assert sorted(codes_and_lines(found)) == sorted(marked), f"\n{report}"


def codes_and_lines(report: Iterable[sc.Diagnostic]) -> list[tuple[str, int]]:
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
