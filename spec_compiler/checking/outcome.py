"""The outcome of a check as plain data: what crosses from a process to another, and what the cache keeps.

It has all that the renderers ask of a report, the lines that they quote among it, so that what is printed of an outcome
is what would be printed of the report itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from spec_compiler.spans import Position, Span

if TYPE_CHECKING:
    from spec_compiler.diagnostics.diagnostic import Diagnostic
    from spec_compiler.diagnostics.report import Report

# Most specs have no mistakes, and of those that are known nothing more is imported than is needed to say so.


class Outcome(NamedTuple):
    """A report as plain data.

    Attributes:
        file: The spec, as its source is named.
        diagnostics: The diagnostics, as `--format json` writes them.
        lines: The lines that they quote of each document, by their numbers.
        errors_left_out: How many errors there are beyond the limit of a report.
        warnings_left_out: How many warnings there are beyond it.
        imports: The files that the spec imports, also those that were not read since it is wrong.
    """

    file: str
    diagnostics: list[dict[str, Any]]
    lines: dict[str, dict[str, str]]
    errors_left_out: int = 0
    warnings_left_out: int = 0
    imports: Sequence[str] = ()

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return self._count("error") + self.errors_left_out

    @property
    def warnings(self) -> int:
        """How many warnings there are."""
        return self._count("warning") + self.warnings_left_out

    def _count(self, severity: str) -> int:
        return len([each for each in self.diagnostics if each["severity"] == severity])

    def report(self) -> Report:
        """The report.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: It is none.
        """
        from spec_compiler.diagnostics.report import Excerpts, Report

        documents = {
            name: Excerpts(name, {int(number): text for number, text in lines.items()})
            for name, lines in self.lines.items()
        }
        diagnostics = tuple(map(_diagnostic, self.diagnostics))
        return Report(self.file, diagnostics, documents, self.errors_left_out, self.warnings_left_out)


def outcome_of(report: Report, imports: Sequence[str] = ()) -> Outcome:
    """The outcome that is a report, of a spec that imports some files."""
    from spec_compiler.diagnostics.renderers.json import diagnostic_as_data

    lines = {
        name: {str(number): text for number, text in document.lines.items()}
        for name, document in report.documents.items()
    }
    diagnostics = [diagnostic_as_data(each) for each in report]
    return Outcome(report.file, diagnostics, lines, report.errors_left_out, report.warnings_left_out, imports)


def _diagnostic(data: Mapping[str, Any]) -> Diagnostic:
    from spec_compiler.diagnostics.diagnostic import Diagnostic, Related

    related = tuple(Related(each["message"], each["path"], _span(each["span"])) for each in data["related"])
    return Diagnostic(**{**data, "span": _span(data["span"]), "related": related})


def _span(data: Mapping[str, Any] | None) -> Span | None:
    if data is None:
        return None
    return Span(data["file"], _position(data["start"]), _position(data["end"]))


def _position(data: Mapping[str, int]) -> Position:
    return Position(data["line"], data["column"])
