"""A spec that has been read: plain data, and where each value of it stands in the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from spec_compiler.diagnostics.diagnostic import Fix, Verbatim
from spec_compiler.reading.file_id import FileId
from spec_compiler.reading.positions import Lines, TextRange, find, path_at
from spec_compiler.reading.scalars import format_scalar
from spec_compiler.spans import Place, Position, Span


@dataclass(frozen=True)
class Document:
    """Data with positions.

    Attributes:
        name: What diagnostics call the document.
        data: Mappings, lists, text, numbers, booleans and null; None if it could not be read.
        text: The text; None if the document came as data.
        make_ranges: Finds where the values stand. Called at most once, and only if there is something to say.
        is_json: Whether the text is JSON and not YAML.
        file_id: The file that the text was read from; None if it was none.
    """

    name: str
    data: Any
    text: str | None = None
    make_ranges: Callable[[], TextRange] | None = field(default=None, repr=False)
    is_json: bool = False
    file_id: FileId | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What crosses from a process to another: not what is found on demand."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def lines(self) -> Lines | None:
        """The lines of the text."""
        return None if self.text is None else Lines(self.text)

    @cached_property
    def ranges(self) -> TextRange | None:
        """Where the values stand in the text; None without a text, or if it cannot be read."""
        return self.make_ranges() if self.make_ranges is not None else None

    def span(self, place: Place) -> Span | None:
        """The span of a place: the value, or its key where that says more; None if there is no text."""
        if self.text is None or self.lines is None:
            return None
        start, end, _ = self._stretch(self.text, self.lines, place)
        return self.lines.span(self.name, start, end)

    def extent(self, place: Place) -> tuple[int, int] | None:
        """From which line to which all that is written at a place reaches, its key included; None if there is no text.

        Comments and empty lines behind it are not part of it.
        """
        if self.text is None or self.lines is None or self.ranges is None:
            return None
        entry, mark, _ = find(self.ranges, place.path)
        start = entry.start if entry is not None else mark.start
        # A mapping in blocks ends where the next one begins.
        written = self.text[start : mark.end].rstrip()
        first, last = (self.lines.position(at).line for at in (start, start + len(written)))
        while last > first and self.lines.line(last).strip()[:1] in ("", "#"):
            last -= 1
        return first, last

    def place_at(self, position: Position, file: str = "") -> Place | None:
        """The innermost value or key at a line and column; None without a text, or where nothing of the data is."""
        if self.ranges is None or self.lines is None:
            return None
        path, on_key = path_at(self.ranges, self.lines.offset(position))
        return Place(path, on_key=on_key, file=file) if path else None

    def replacement(self, place: Place, fix: Fix) -> str | None:
        """What to write in the place of the span of a place; None if the span is not all of what is meant."""
        if isinstance(fix, Verbatim):
            return fix
        if self.text is None or self.lines is None:
            return format_scalar(fix)
        start, end, whole = self._stretch(self.text, self.lines, place)
        if not whole:
            return None
        if place.part is not None:
            return str(fix)
        return format_scalar(fix, self.text[start:end][:1], self.is_json)

    def line(self, number: int) -> str | None:
        """The text of a line (from 1), if there is a text."""
        return self.lines.line(number) if self.lines is not None else None

    def _stretch(self, text: str, lines: Lines, place: Place) -> tuple[int, int, bool]:
        """From where to where the span of a place reaches, and whether that is all of what is meant."""
        if place.at is not None or self.ranges is None:
            return *(place.at or (0, 0)), True
        entry, mark, found = find(self.ranges, place.path)
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
