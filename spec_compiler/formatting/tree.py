"""A YAML text as a tree that keeps what data do not: comments, blank lines, anchors, quotes and styles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple


class Comment(NamedTuple):
    """A comment, from `#` to the end of its line.

    Attributes:
        text: Without white space at its end.
        start: Where it stands, in characters from the start of the text.
        column: Its column, from 0.
        gap: The number of characters of white space before it.
        own_line: Whether nothing else stands on its line.
        blank: Whether a blank line stands before it.
    """

    text: str
    start: int
    column: int
    gap: int
    own_line: bool
    blank: bool


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar or an alias, as it is to be written.

    Attributes:
        line: How it is written on one line.
        lines: How it is written on several: the first line, and the others without their indentation; empty
            where it is written on one.
        anchor: Its anchor with the `&`, if it has one.
        block: Whether it is a literal or folded one, whose lines are kept to the last blank.
        keeps: Whether the blank lines after it belong to it.
    """

    line: str
    lines: tuple[str, ...] = ()
    anchor: str = ""
    block: bool = False
    keeps: bool = False

    @property
    def commented(self) -> bool:
        """A scalar has no comments inside."""
        return False


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a mapping, or an item of a sequence, which has no key.

    Attributes:
        key: The key.
        value: The value.
        lead: The comments before it, and those between its key and its value.
        trailing: The comment at its end, or that of a block scalar's first line.
        blank: Whether a blank line stands before it.
        gap: How many characters of white space stand between the colon and the value; None if the value is not on
            the line of its key, or the mapping is in brackets.
        column: The column of the value.
    """

    key: ScalarNode | None
    value: SyntaxNode
    lead: tuple[Comment, ...] = ()
    trailing: Comment | None = None
    blank: bool = False
    gap: int | None = None
    column: int = 0

    def led_by(self, comments: tuple[Comment, ...]) -> Entry:
        """The entry with comments that stand in it, but are to be written before it."""
        if not comments or self.lead:
            return replace(self, lead=self.lead + comments)
        first = comments[0]._replace(blank=self.blank)
        return replace(self, lead=(first, *comments[1:]), blank=False)


@dataclass(frozen=True, slots=True)
class Collection:
    """A mapping or a sequence.

    Attributes:
        kind: Which of the two.
        entries: What is in it.
        flow: Whether it is written in brackets.
        anchor: Its anchor with the `&`, if it has one.
        header: The comment on the line on which it begins.
        tail: The comments after its last entry.
    """

    kind: Literal["mapping", "sequence"]
    entries: tuple[Entry, ...]
    flow: bool
    anchor: str = ""
    header: Comment | None = None
    tail: tuple[Comment, ...] = ()
    commented: bool = False
    """Whether there is a comment anywhere in it."""


SyntaxNode = ScalarNode | Collection


class Text(NamedTuple):
    """A whole text.

    Attributes:
        before: The comments before the line `---`.
        directives: The lines that begin with `%`.
        marked: Whether there is a line `---`.
        lead: The comments before the root, where it is in brackets.
        root: The document.
        after: The comments after it.
    """

    before: tuple[Comment, ...]
    directives: tuple[str, ...]
    marked: bool
    lead: tuple[Comment, ...]
    root: SyntaxNode
    after: tuple[Comment, ...]
