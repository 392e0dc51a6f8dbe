"""Tables of text in as many columns as there is room for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_GAP = 2
_WIDEST = 48
_MOST_LINES = 4
_LONGEST_PIECE = 24
_MOST_LOOKED_AT = 300
_PIECE = re.compile(r"\([^()]{1,24}\) ?|[A-Z]*(?:[^ ._/A-Z(]|(?<=\d)[A-Z])*[ ._/(]?")
"""What is not parted: a word of a name, or of `CamelCase`, and what stands in parentheses, such as a shape."""

_WORD = re.compile(r"\([^()]{1,24}\)|[^ ]+")
"""A name in a list, or what stands in parentheses."""


class TableColumn(NamedTuple):
    """A column of a table.

    Attributes:
        title: What stands above it.
        cells: Its texts, one for each row.
        narrowest: To what width its texts may be folded; None if they are numbers, which are not.
        spare: How easily it is done without: the columns with the highest number are left out first, those with 0
            never.
    """

    title: str
    cells: Sequence[str]
    narrowest: int | None = None
    spare: int = 0

    @property
    def width(self) -> int:
        """How wide it is if nothing is folded."""
        return max(len(self.title), *map(len, self.cells)) if self.cells else len(self.title)

    @property
    def least(self) -> int:
        """How wide it is at least: words are not parted, unless they are very long."""
        if self.narrowest is None or self.width <= self.narrowest:
            return self.width
        longest = max(len(piece.rstrip()) for cell in set(self.cells) for piece in _PIECE.findall(cell))
        return min(self.width, max(self.narrowest, len(self.title), min(longest, _LONGEST_PIECE)))


class Table(NamedTuple):
    """The lines of a table, and the titles of the columns that there is no room for."""

    lines: list[str]
    left_out: tuple[str, ...]


def table(columns: Sequence[TableColumn], width: int | None) -> Table:
    """Columns side by side, numbers to the right, with a line below the titles.

    Args:
        columns: The columns, each with as many cells.
        width: How many characters a line may have. Without it nothing is left out, and long texts are cut.
    """
    if width is None:
        widths = [min(column.width, _WIDEST) if column.narrowest is not None else column.width for column in columns]
        return Table(_lines(columns, widths, folded=False), ())
    kept = list(columns)
    if sum(column.width + _GAP for column in kept) - _GAP <= width:
        return Table(_lines(kept, [column.width for column in kept], folded=True), ())
    least = {column.title: column.least for column in columns}
    while sum(least[column.title] + _GAP for column in kept) - _GAP > width:
        spare = max(kept, key=lambda column: column.spare)
        if spare.spare == 0:
            break
        kept.remove(spare)
    left_out = tuple(column.title for column in columns if column not in kept)
    return Table(_lines(kept, _widths(kept, least, width), folded=True), left_out)


def _widths(columns: Sequence[TableColumn], least: Mapping[str, int], width: int) -> list[int]:
    """The widths of columns that are to fit, none below its least width: those with which the least is folded."""
    room = width - _GAP * (len(columns) - 1)
    best: dict[int, tuple[int, list[int]]] = {0: (0, [])}
    """By how many characters the columns so far have together: what folding them costs at least, and their widths."""
    for column in columns:
        narrowest = least[column.title]
        widths = range(narrowest, max(min(column.width, room), narrowest) + 1)
        costs = {each: _cost(column, each) for each in widths}
        wider: dict[int, tuple[int, list[int]]] = {}
        for taken, (cost, before) in best.items():
            for each, more in costs.items():
                if taken + each not in wider or cost + more < wider[taken + each][0]:
                    wider[taken + each] = (cost + more, [*before, each])
        best = wider
    fitting = {taken: found for taken, found in best.items() if taken <= room} or {min(best): best[min(best)]}
    return min(fitting.items(), key=lambda each: (each[1][0], each[0]))[1][1]


def _cost(column: TableColumn, width: int) -> int:
    """How much of a column is folded to a width: the lines that it takes more, and the words that are parted."""
    if width >= column.width:
        return 0
    cells = list(dict.fromkeys(column.cells))[:_MOST_LOOKED_AT]
    parted = sum(len(word) > width for cell in cells for word in _WORD.findall(cell))
    return parted + sum(len(_fold(cell, width)) - 1 for cell in [column.title, *cells])


def _lines(columns: Sequence[TableColumn], widths: Sequence[int], *, folded: bool) -> list[str]:
    rows = zip(*(column.cells for column in columns), strict=True)
    titles = tuple(column.title for column in columns)
    lines = list(_row(titles, columns, widths, folded=folded))
    lines.append((" " * _GAP).join("-" * width for width in widths))
    for row in rows:
        lines += _row(row, columns, widths, folded=folded)
    return lines


def _row(cells: Sequence[str], columns: Sequence[TableColumn], widths: Sequence[int], *, folded: bool) -> Iterator[str]:
    """The lines of a row: several if a cell is folded."""
    parts = [_fold(cell, width) if folded else [_cut(cell, width)] for cell, width in zip(cells, widths, strict=True)]
    for index in range(max(map(len, parts))):
        line = []
        for part, column, width in zip(parts, columns, widths, strict=True):
            text = part[index] if index < len(part) else ""
            line.append(text.rjust(width) if column.narrowest is None else text.ljust(width))
        yield (" " * _GAP).join(line).rstrip()


def _fold(cell: str, width: int) -> list[str]:
    """A text on lines of a width, parted between words; the end of a very long one is cut off."""
    if len(cell) <= width:
        return [cell]
    lines, line = [], ""
    shown = cell[: width * (_MOST_LINES + 1)]
    ends = [word.end() for word in _WORD.finditer(shown)]
    place = 0
    for piece in _PIECE.findall(shown):
        # A word that has no room beside others begins on a line of its own, and is parted only if it is longer.
        is_begin = place == 0 or shown[place - 1] == " "
        needed = len(piece.rstrip()) if not is_begin else next((end for end in ends if end > place), place) - place
        place += len(piece)
        if line and len(line) + needed > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while len(line.rstrip()) > width:
            lines.append(line[:width])
            line = line[width:]
    lines.append(line.rstrip())
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], _cut(f"{lines[_MOST_LINES - 1]}…".ljust(width + 1), width)]
    return [each for each in lines if each]


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else f"{cell[: width - 1].rstrip()}…"
