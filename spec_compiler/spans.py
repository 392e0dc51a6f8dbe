"""Where things are: places in the data of a spec, and spans of its text.

The stages of the compiler speak in *places* (keys and indices). Only the report, at the very end, turns
a place into a *span* (lines and columns).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Key = str | int
Path = tuple[Key, ...]
"""Keys and indices from the root of a document: ``("nodes", "lstm", "units")``."""


class Position(NamedTuple):
    """A point in a text; line and column count from 1, in characters."""

    line: int
    column: int


class Span(NamedTuple):
    """A stretch of a text, from `start` up to but not including `end`."""

    file: str
    start: Position
    end: Position


class Place(NamedTuple):
    """A place in the data of a document, before anyone has looked where that is in its text.

    `on_key` means the key itself and not its value. `part` is a stretch of characters of a text value.
    `file` names the document; the empty text is the spec itself. `at` is for those who know the text only:
    a stretch of characters of the whole of it.
    """

    path: Path
    on_key: bool = False
    part: tuple[int, int] | None = None
    file: str = ""
    at: tuple[int, int] | None = None

    def __truediv__(self, step: Key) -> Place:
        """The place one step further in."""
        return Place((*self.path, step), False, None, self.file)

    def key(self) -> Place:
        """The same place, meaning its key."""
        return self._replace(on_key=True)

    def within(self, start: int, end: int) -> Place:
        """Characters `start` to `end` of the text at this place."""
        return self._replace(part=(start, end))

    def below(self, steps: Iterable[Key]) -> Place:
        """The place several steps further in."""
        return Place((*self.path, *steps), file=self.file)


def json_pointer(path: Path) -> str:
    """The path as a JSON pointer (RFC 6901): ``/nodes/lstm/units``."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
