"""What renderers know of a report: its diagnostics, how many there are, and the lines that they quote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from spec_compiler.diagnostics.diagnostic import Diagnostic


class Quotable(Protocol):
    """What knows the lines of a document that diagnostics quote."""

    @property
    def name(self) -> str:
        """What diagnostics call the document."""

    def line(self, number: int) -> str | None:
        """The text of a line (from 1), if there is a text."""


class Checked(Protocol):
    """A spec that has been checked: a report, or the outcome of a check without diagnostics."""

    @property
    def file(self) -> str:
        """The spec, as its source is named."""

    @property
    def errors(self) -> int:
        """How many errors there are."""

    @property
    def warnings(self) -> int:
        """How many warnings there are."""

    @property
    def errors_left_out(self) -> int:
        """How many errors there are beyond the limit of a report."""

    @property
    def warnings_left_out(self) -> int:
        """How many warnings there are beyond it."""


class Renderable(Checked, Protocol):
    """A report as renderers take it."""

    @property
    def ok(self) -> bool:
        """Whether there is no error."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The errors and warnings, in the order of the text."""

    @property
    def documents(self) -> Mapping[str, Quotable]:
        """The lines that the diagnostics quote, by the names of their documents."""
