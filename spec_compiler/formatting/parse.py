"""YAML text → tree. The text has been read before, so that nothing can be wrong with it any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import yaml

from spec_compiler.formatting.comments import blank_before, column_of, find_comments
from spec_compiler.formatting.scalars import make_scalar
from spec_compiler.formatting.tree import Collection, Comment, Entry, ScalarNode, SyntaxNode, Text
from spec_compiler.reading.yaml_stream import tokens

_BLOCK_STARTS = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.BlockEntryToken)
_FLOW_ENDS = (yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_CONTENT = (yaml.ScalarToken, yaml.AliasToken, yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken)


def parse(text: str) -> Text:
    """The tree of a text.

    Raises:
        RecursionError: Its values are nested deeper than Python can follow.
    """
    return _Parser(text).text_as_tree()


def comments_of(text: str) -> list[str]:
    """All comments of a text, in order."""
    return [comment.text for comment in find_comments(text, tokens(text))]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Any] = list(tokens(text))
        self.comments = list(find_comments(text, self.tokens))
        self.at = 0
        self.taken = 0
        self.end_of_value = 0

    @property
    def token(self) -> Any:
        return self.tokens[self.at]

    @property
    def start(self) -> int:
        """Where the next token begins."""
        return int(self.token.start_mark.index)

    def advance(self) -> Any:
        token = self.tokens[self.at]
        self.at += 1
        self.end_of_value = token.end_mark.index
        return token

    def next_comment(self, until: int) -> Comment | None:
        if self.taken < len(self.comments) and self.comments[self.taken].start < until:
            return self.comments[self.taken]
        return None

    def take(self, until: int, deeper_than: int = -1) -> tuple[Comment, ...]:
        """The comments up to an offset; only as long as they are further in than a column."""
        taken = []
        while (comment := self.next_comment(until)) is not None and comment.column > deeper_than:
            taken.append(comment)
            self.taken += 1
        return tuple(taken)

    def take_on_line(self, end: int, until: int) -> Comment | None:
        """The next comment, if it stands on the line of what ends at `end`."""
        comment = self.next_comment(until)
        if comment is None or comment.own_line or "\n" in self.text[end : comment.start]:
            return None
        self.taken += 1
        return comment

    def text_as_tree(self) -> Text:
        self.advance()
        directives = []
        while isinstance(self.token, yaml.DirectiveToken):
            token = self.advance()
            directives.append(self.text[token.start_mark.index : token.end_mark.index].strip())
        before: tuple[Comment, ...] = ()
        marked = isinstance(self.token, yaml.DocumentStartToken)
        if marked:
            before = self.take(self.start)
            self.advance()
        lead = self.take(self.start) if isinstance(self.token, _CONTENT) else ()
        root = self.node(-1)
        return Text(before, tuple(directives), marked, lead, root, self.take(len(self.text)))

    def node(self, parent: int, in_mapping: bool = False) -> SyntaxNode:
        """A node; `parent` is the column of the block collection that it stands in."""
        anchor = ""
        if isinstance(self.token, yaml.AnchorToken):
            anchor = f"&{self.advance().value}"
        token = self.token
        if isinstance(token, yaml.ScalarToken):
            self.advance()
            raw = self.text[token.start_mark.index : token.end_mark.index]
            return make_scalar(raw, token.value, None if token.plain else token.style, parent, anchor)
        if isinstance(token, yaml.AliasToken):
            self.advance()
            return ScalarNode(f"*{token.value}")
        if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
            return self.flow(anchor)
        if isinstance(token, yaml.BlockMappingStartToken):
            return self.block_mapping(anchor, parent)
        if isinstance(token, yaml.BlockSequenceStartToken) or (in_mapping and isinstance(token, yaml.BlockEntryToken)):
            return self.block_sequence(anchor, parent)
        return ScalarNode("", anchor=anchor)

    def block_mapping(self, anchor: str, parent: int) -> Collection:
        self.advance()
        column = column_of(self.text, self.start)
        entries = []
        while not isinstance(self.token, yaml.BlockEndToken):
            entries.append(self.pair(column))
        tail = self.take(self.start, parent)
        self.advance()
        return _collection("mapping", entries, False, anchor, None, tail)

    def block_sequence(self, anchor: str, parent: int) -> Collection:
        indented = isinstance(self.token, yaml.BlockSequenceStartToken)
        if indented:
            self.advance()
        column = column_of(self.text, self.start)
        entries = []
        while isinstance(self.token, yaml.BlockEntryToken):
            blank = blank_before(self.text, self.start)
            lead = self.take(self.start)
            self.advance()
            inside = self.take(self.start_of_content()) if self.content_begins(_CONTENT) else ()
            value = self.node(column)
            entries.append(Entry(None, value, lead, self.trailing(value), blank).led_by(inside))
        tail = self.take(self.start, parent)
        if indented:
            self.advance()
        return _collection("sequence", entries, False, anchor, None, tail)

    def flow(self, anchor: str) -> Collection:
        kind: Any = "mapping" if isinstance(self.token, yaml.FlowMappingStartToken) else "sequence"
        opening = self.advance()
        header = self.take_on_line(opening.end_mark.index, self.start)
        entries = []
        while not isinstance(self.token, _FLOW_ENDS):
            entries.append(self.flow_entry(kind))
        tail = self.take(self.start)
        self.advance()
        return _collection(kind, entries, True, anchor, header, tail)

    def flow_entry(self, kind: str) -> Entry:
        is_pair = isinstance(self.token, yaml.KeyToken)
        if is_pair or kind == "mapping":
            entry = self.pair(-1)
        else:
            blank = blank_before(self.text, self.start)
            lead = self.take(self.start)
            entry = Entry(None, self.node(-1), lead, blank=blank)
        end = self.end_of_value
        trailing = entry.trailing or self.take_on_line(end, self.start)
        if isinstance(self.token, yaml.FlowEntryToken):
            self.advance()
            trailing = trailing or self.take_on_line(end, self.start)
        entry = replace(entry, value=_null_if_empty(entry.value), trailing=trailing)
        if is_pair and kind == "sequence":
            # `[a: 1]` is short for `[{a: 1}]`.
            pair = _collection("mapping", [Entry(entry.key, entry.value)], True, "", None, ())
            entry = replace(entry, key=None, value=pair)
        return entry

    def pair(self, column: int) -> Entry:
        """A key and its value; the column is that of the mapping, or -1 if it is in brackets."""
        blank = blank_before(self.text, self.start)
        lead = self.take(self.start)
        if isinstance(self.token, yaml.KeyToken):
            self.advance()
        key = self.node(column)
        assert isinstance(key, ScalarNode)
        value: SyntaxNode = ScalarNode("")
        inside: tuple[Comment, ...] = ()
        gap, value_column, header = None, 0, None
        if isinstance(self.token, yaml.ValueToken):
            inside = self.take(self.start)
            colon = self.advance().end_mark.index
            if self.content_begins(_BLOCK_STARTS):
                header = self.take_on_line(colon, self.start_of_content())
            elif self.content_begins(_CONTENT):
                inside += self.take(self.start_of_content())
            if "\n" not in self.text[colon : self.start] and column >= 0:
                gap, value_column = self.start - colon, column_of(self.text, self.start)
            value = self.node(column, in_mapping=column >= 0)
        if isinstance(value, Collection) and not value.flow:
            value = replace(value, header=header, commented=value.commented or header is not None)
        trailing = self.trailing(value) if column >= 0 else None
        return Entry(key, value, lead, trailing, blank, gap, value_column).led_by(inside)

    def trailing(self, value: SyntaxNode) -> Comment | None:
        """The comment at the end of a value, or at the end of the first line of a block scalar."""
        comment = self.next_comment(self.start)
        if isinstance(value, Collection) and not value.flow:
            return None
        if comment is not None and comment.start < self.end_of_value:
            self.taken += 1
            return comment
        return self.take_on_line(self.end_of_value, self.start)

    def content_begins(self, kinds: tuple[type, ...]) -> bool:
        """Whether the value that comes next, after its anchor, is of certain kinds."""
        token = self.tokens[self.at + isinstance(self.token, yaml.AnchorToken)]
        return isinstance(token, kinds)

    def start_of_content(self) -> int:
        return int(self.tokens[self.at + isinstance(self.token, yaml.AnchorToken)].start_mark.index)


def _collection(
    kind: Any, entries: list[Entry], flow: bool, anchor: str, header: Comment | None, tail: tuple[Comment, ...]
) -> Collection:
    commented = (
        header is not None
        or bool(tail)
        or any(entry.lead or entry.trailing or entry.value.commented for entry in entries)
    )
    return Collection(kind, tuple(entries), flow, anchor, header, tail, commented)


def _null_if_empty(value: SyntaxNode) -> SyntaxNode:
    """In brackets an empty value is hard to see, and hard to tell from a key."""
    return ScalarNode("null", anchor=value.anchor) if isinstance(value, ScalarNode) and not value.line else value
