"""A text as an editor counts it: lines from 0, columns in code units of the encoding that both have agreed on."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from lsprotocol import types

from spec_compiler.reading.positions import Lines
from spec_compiler.spans import Position, Span

PositionEncoding = Literal["utf-8", "utf-16", "utf-32"]
_WIDTHS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


class DocumentText:
    """A text, and where its characters are.

    Args:
        text: The text.
        encoding: What columns of the protocol count: units of UTF-16, unless another is agreed on.
    """

    def __init__(self, text: str, encoding: PositionEncoding = "utf-16") -> None:
        self.text = text
        self.encoding = encoding
        self._codec, self._width = _WIDTHS[encoding]

    @cached_property
    def lines(self) -> Lines:
        """The lines."""
        return Lines(self.text)

    @cached_property
    def all_lines(self) -> tuple[str, ...]:
        """The text of each line, without its end."""
        return self.lines.all()

    def _units(self, text: str) -> int:
        return len(text) if text.isascii() else len(text.encode(self._codec, "surrogatepass")) // self._width

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end."""
        return self.lines.line(min(max(number, 1), self.lines.count))

    def to_protocol(self, position: Position) -> types.Position:
        """A line and column as the protocol counts them; of a column beyond the line, its end."""
        number = min(max(position.line, 1), self.lines.count)
        return types.Position(number - 1, self._units(self.line(number)[: position.column - 1]))

    def from_protocol(self, position: types.Position) -> Position:
        """A position of the protocol as a line and column."""
        line = self.line(position.line + 1)
        if line.isascii():
            return Position(position.line + 1, min(position.character, len(line)) + 1)
        units = 0
        for column, character in enumerate(line, start=1):
            if units >= position.character:
                return Position(position.line + 1, column)
            units += self._units(character)
        return Position(position.line + 1, len(line) + 1)

    def offset(self, position: types.Position) -> int:
        """The offset in characters of a position of the protocol."""
        return self.lines.offset(self.from_protocol(position))

    def position(self, offset: int) -> types.Position:
        """The position of the protocol of an offset in characters."""
        return self.to_protocol(self.lines.position(offset))

    def range(self, start: int, end: int) -> types.Range:
        """The range between two offsets in characters."""
        return types.Range(self.position(start), self.position(end))

    def range_of(self, span: Span | None) -> types.Range:
        """The range of a span; the beginning of the text for none."""
        if span is None:
            return types.Range(types.Position(0, 0), types.Position(0, 0))
        return types.Range(self.to_protocol(span.start), self.to_protocol(span.end))

    @property
    def whole(self) -> types.Range:
        """All of it."""
        return self.range(0, len(self.text))
