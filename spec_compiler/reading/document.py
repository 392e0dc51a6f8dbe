"""A spec that has been read: plain data, and where each value of it stands in the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from spec_compiler.diagnostics.diagnostic import Fix, Verbatim
from spec_compiler.reading.marks import Lines, Mark, find
from spec_compiler.reading.scalars import written
from spec_compiler.spans import Place, Span


@dataclass(frozen=True)
class Document:
    """Data with positions.

    Attributes:
        name: What diagnostics call the document.
        data: Mappings, lists, text, numbers, booleans and null; none if it could not be read.
        text: The text; none if the document came as data.
        make_marks: Finds where the values stand. Called at most once, and only if there is something to say.
        is_json: Whether the text is JSON and not YAML.
    """

    name: str
    data: Any
    text: str | None = None
    make_marks: Callable[[], Mark] | None = field(default=None, repr=False)
    is_json: bool = False

    @cached_property
    def lines(self) -> Lines | None:
        """The lines of the text."""
        return None if self.text is None else Lines(self.text)

    @cached_property
    def _marks(self) -> Mark | None:
        return self.make_marks() if self.make_marks is not None else None

    def span(self, place: Place) -> Span | None:
        """The span of a place: the value, or its key where that says more; none if there is no text."""
        if self.text is None or self.lines is None:
            return None
        start, end, _ = self._stretch(self.text, self.lines, place)
        return self.lines.span(self.name, start, end)

    def replacement(self, place: Place, fix: Fix) -> str | None:
        """What to write in the place of the span of a place; none if the span is not all of what is meant."""
        if isinstance(fix, Verbatim):
            return fix
        if self.text is None or self.lines is None:
            return written(fix)
        start, end, whole = self._stretch(self.text, self.lines, place)
        if not whole:
            return None
        if place.part is not None:
            return str(fix)
        return written(fix, self.text[start:end][:1], self.is_json)

    def line(self, number: int) -> str | None:
        """The text of a line (from 1), if there is a text."""
        return self.lines.line(number) if self.lines is not None else None

    def _stretch(self, text: str, lines: Lines, place: Place) -> tuple[int, int, bool]:
        """From where to where the span of a place reaches, and whether that is all of what is meant."""
        if place.at is not None or self._marks is None:
            return *(place.at or (0, 0)), True
        entry, mark, found = find(self._marks, place.path)
        start, end = mark.start, mark.end
        if entry is not None and (place.on_key or end <= start or "\n" in text[start:end]):
            return entry.start, entry.end, found and place.on_key
        if "\n" in text[start:end]:
            return start, lines.end_of_line(start), False
        if place.part is None:
            return start, end, found
        raw = text[start:end]
        if raw[:1] in ("'", '"'):
            if "\\" in raw or "''" in raw:
                return start, end, False
            start, end = start + 1, end - 1
        return min(start + place.part[0], end), min(start + place.part[1], end), found
