"""Where each value stands in the text."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from typing import NamedTuple

from spec_compiler.spans import Key, Path, Position, Span

_NEWLINE = re.compile(r"\r\n?|\n")


class TextRange:
    """The stretch of text of one value, in characters from the start; its entries if it is a collection."""

    __slots__ = ("end", "entries", "start")

    def __init__(self, start: int, end: int, entries: dict[Key, KeyRange] | list[TextRange] | None = None) -> None:
        self.start = start
        self.end = end
        self.entries = entries


class KeyRange(NamedTuple):
    """A key of a mapping, where it stands, and the mark of its value."""

    start: int
    end: int
    value: TextRange


class Lines:
    """The lines of a text: offsets to positions, and the lines themselves."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = array("Q", [0])
        self._starts.extend(newline.end() for newline in _NEWLINE.finditer(text))

    @property
    def count(self) -> int:
        """How many lines there are, an empty one after the last line break too."""
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """The line and column (from 1) of an offset in characters."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The offset in characters of a line and column (from 1); that of the nearest place if there is no such."""
        line = min(max(position.line, 1), len(self._starts))
        return min(self._starts[line - 1] + max(position.column, 1) - 1, len(self._text))

    def span(self, file: str, start: int, end: int) -> Span:
        """The span between two offsets."""
        return Span(file, self.position(start), self.position(max(start, end)))

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return self._text[start:end].rstrip("\r\n")

    def all(self) -> tuple[str, ...]:
        """The text of each line, without its end."""
        return tuple(_NEWLINE.split(self._text))

    def end_of_line(self, offset: int) -> int:
        """The offset at which the line of `offset` ends."""
        position = self.position(offset)
        return self._starts[position.line - 1] + len(self.line(position.line))


def find(root: TextRange, path: Path) -> tuple[KeyRange | None, TextRange, bool]:
    """The entry (if the last step is a key) and the mark of the value at a path, and whether that is all of the path.

    A path that leads further than the text does ends at the last value there is.
    """
    entry: KeyRange | None = None
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


def path_at(root: TextRange, offset: int) -> tuple[Path, bool]:
    """The path of the innermost value around an offset, and whether it is the key of that value that is there."""
    path: list[Key] = []
    current = root
    while True:
        step = _step_at(current, offset)
        if step is None:
            return tuple(path), False
        key, value, on_key = step
        path.append(key)
        if on_key:
            return tuple(path), True
        current = value


def _step_at(collection: TextRange, offset: int) -> tuple[Key, TextRange, bool] | None:
    """The entry of a collection around an offset, and whether its key is meant."""
    if isinstance(collection.entries, dict):
        # A mapping in block form ends where the next key begins.
        for key, entry in collection.entries.items():
            if entry.start <= offset <= entry.end:
                return key, entry.value, True
        for key, entry in collection.entries.items():
            if entry.value.start <= offset <= entry.value.end:
                return key, entry.value, False
    elif isinstance(collection.entries, list):
        for index, item in enumerate(collection.entries):
            if item.start <= offset <= item.end:
                return index, item, False
    return None
