"""Lines before they are text: with their comments, and columns that are still to be aligned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spec_compiler.formatting.tree import Comment

WIDTH = 120
"""No line is longer if it can be broken; a comment at its end does not count."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line.

    Attributes:
        indent: The column at which it begins.
        text: What stands on it.
        comment: The comment at its end, or on it if there is no text.
        blank: Whether a blank line stands before it.
        inside: Whether it goes on with a scalar that began before.
        keeps: Whether blank lines after it would belong to its scalar.
        head: The key with its colon, if a value follows on the same line.
        gap: The white space between the two, as it was.
        column: The column of the value, as it was.
    """

    indent: int
    text: str
    comment: Comment | None = None
    blank: bool = False
    inside: bool = False
    keeps: bool = False
    head: str = ""
    gap: int | None = None
    column: int = 0

    @property
    def width(self) -> int:
        """The column at which it ends."""
        return self.indent + len(self.text)


def comment_line(indent: int, comment: Comment) -> Line:
    """A line with nothing but a comment."""
    return Line(indent, "", comment, comment.blank)


def text_of(lines: Sequence[Line]) -> str:
    """The text of some lines."""
    parts: list[str] = []
    keeps = False
    for line, column in zip(lines, _comment_columns(lines), strict=True):
        if line.blank and parts and not keeps:
            parts.append("\n")
        keeps = line.keeps
        if line.comment is not None:
            text = (" " * line.indent + line.text).ljust(column) + line.comment.text
        else:
            text = " " * line.indent + line.text if line.text else ""
        parts.append(text + "\n")
    return "".join(parts)


def aligned(entries: Sequence[list[Line]]) -> list[list[Line]]:
    """The entries of a mapping, each with its lines, the values in one column where they were so before.

    Those are aligned together that follow each other without a blank line and are written on one line each.
    """
    result: list[list[Line]] = []
    run: list[list[Line]] = []
    for lines in [*entries, []]:
        *comments, last = lines or [Line(0, "")]
        alone = last.head and not any(line.text for line in comments)
        if run and (not alone or any(line.blank for line in lines)):
            result += _align(run)
            run = []
        if alone:
            run.append(lines)
        elif lines:
            result.append(lines)
    return result


def _align(run: list[list[Line]]) -> list[list[Line]]:
    values = [lines[-1] for lines in run]
    if not _in_columns([(line.column, line.gap or 0) for line in values], 1):
        return run
    width = max(len(line.head) for line in values)
    if any(line.width <= WIDTH < line.width + width - len(line.head) for line in values):
        return run
    return [
        [*lines[:-1], replace(line, text=line.head.ljust(width) + line.text[len(line.head) :])]
        for lines, line in zip(run, values, strict=True)
    ]


def _comment_columns(lines: Sequence[Line]) -> list[int]:
    """For each line the column of its comment: two columns after the text, or aligned where they were so before."""
    columns: list[int] = []
    run: list[Line] = []
    for line in [*lines, Line(0, "")]:
        at_end = line.comment is not None and bool(line.text)
        if run and (not at_end or line.blank):
            columns += _align_comments(run)
            run = []
        if at_end:
            run.append(line)
        else:
            columns.append(line.indent)
    return columns[: len(lines)]


def _align_comments(run: list[Line]) -> list[int]:
    comments = [line.comment for line in run if line.comment is not None]
    if not _in_columns([(comment.column, comment.gap) for comment in comments], 2):
        return [line.width + 2 for line in run]
    return [max(line.width for line in run) + 2] * len(run)


def _in_columns(places: Sequence[tuple[int, int]], least: int) -> bool:
    """Whether more than half stand in one column, and that by more white space than the least there is."""
    column, count = Counter(column for column, _ in places).most_common(1)[0]
    return count > 1 and 2 * count > len(places) and any(gap > least for at, gap in places if at == column)
