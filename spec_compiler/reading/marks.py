"""Where each value stands in the text."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from spec_compiler.spans import Key, Path, Position, Span


class Mark:
    """The stretch of text of one value, in characters from the start; its entries if it is a collection."""

    __slots__ = ("end", "entries", "start")

    def __init__(self, start: int, end: int, entries: dict[Key, Entry] | list[Mark] | None = None) -> None:
        self.start = start
        self.end = end
        self.entries = entries


class Entry(NamedTuple):
    """A key of a mapping, where it stands, and the mark of its value."""

    start: int
    end: int
    value: Mark


class Lines:
    """The lines of a text: offsets to positions, and the lines themselves."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        start = 0
        while True:
            newline = _next_newline(text, start)
            if newline < 0:
                break
            start = newline + (2 if text.startswith("\r\n", newline) else 1)
            self._starts.append(start)

    def position(self, offset: int) -> Position:
        """The line and column (from 1) of an offset in characters."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def span(self, file: str, start: int, end: int) -> Span:
        """The span between two offsets."""
        return Span(file, self.position(start), self.position(max(start, end)))

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return self._text[start:end].rstrip("\r\n")

    def end_of_line(self, offset: int) -> int:
        """The offset at which the line of `offset` ends."""
        position = self.position(offset)
        return self._starts[position.line - 1] + len(self.line(position.line))


def _next_newline(text: str, start: int) -> int:
    newline = text.find("\n", start)
    carriage = text.find("\r", start, newline if newline >= 0 else len(text))
    return carriage if carriage >= 0 else newline


def find(root: Mark, path: Path) -> tuple[Entry | None, Mark, bool]:
    """The entry (if the last step is a key) and the mark of the value at a path, and whether that is all of the path.

    A path that leads further than the text does ends at the last value there is.
    """
    entry: Entry | None = None
    mark = root
    for step in path:
        if isinstance(mark.entries, dict):
            found = mark.entries.get(step)
            if found is None:
                # Stages speak of keys as text; in a YAML file a key may be a number.
                found = next((entry for key, entry in mark.entries.items() if str(key) == str(step)), None)
            if found is None:
                return entry, mark, False
            entry, mark = found, found.value
        elif isinstance(mark.entries, list) and isinstance(step, int) and step < len(mark.entries):
            entry, mark = None, mark.entries[step]
        else:
            return entry, mark, False
    return entry, mark, True
