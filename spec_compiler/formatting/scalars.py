"""How scalars are written: as they were, with double quotes for single ones where that changes nothing."""

from __future__ import annotations

import re

from spec_compiler.formatting.comments import BREAKS
from spec_compiler.formatting.tree import ScalarNode

_LINE_BREAK = re.compile("\r\n|\r|\n")
_RARE_BREAKS = frozenset(BREAKS) - {"\r", "\n"}
_BLOCK_HEADER = re.compile(r"([|>])([-+]?)([1-9]?)([-+]?)")
_MISLEADING = re.compile(r"[-?:]|(---|\.\.\.)([ \t].*)?")
"""Plain text that would be no text elsewhere: outside of brackets, or at the beginning of a line."""


def make_scalar(raw: str, value: str, style: str | None, parent: int, anchor: str) -> ScalarNode:
    """A scalar as it is to be written.

    Args:
        raw: How it stands in the text.
        value: What it says.
        style: Its quote, or `|` or `>`; None if it is plain.
        parent: The column of the block collection that it stands in; -1 if there is none.
        anchor: Its anchor with the `&`, if it has one.
    """
    if _RARE_BREAKS & set(raw):
        return ScalarNode(in_quotes(value), anchor=anchor)
    if style in ("|", ">"):
        return _block(raw, value, parent, anchor)
    if not _LINE_BREAK.search(raw):
        return ScalarNode(_on_one_line(raw, value, style), anchor=anchor)
    plain = not style and "\n" not in value and not _MISLEADING.fullmatch(value)
    line = value if plain else in_quotes(value)
    return ScalarNode(line, _several(raw, style), anchor)


def in_quotes(text: str) -> str:
    """A text in double quotes, on one line."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _on_one_line(raw: str, value: str, style: str | None) -> str:
    if style == "'" and not set(value) & {'"', "\\"} and value.isprintable():
        return f'"{value}"'
    return in_quotes(value) if not style and _MISLEADING.fullmatch(raw) else raw


def _several(raw: str, style: str | None) -> tuple[str, ...]:
    """The lines of a plain or quoted scalar; white space at their ends means nothing there, unless it is escaped."""
    first, *rest, last = _LINE_BREAK.split(raw)
    middle = (_ended(line.lstrip(" \t"), style) for line in rest)
    return (_ended(first, style), *middle, last.lstrip(" \t"))


def _ended(line: str, style: str | None) -> str:
    bare = line.rstrip(" \t")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    escaped = style == '"' and backslashes % 2 and len(bare) < len(line)
    return bare + line[len(bare)] if escaped else bare


def _block(raw: str, value: str, parent: int, anchor: str) -> ScalarNode:
    """A literal or folded scalar: its lines without the indentation that they have in common."""
    head, *lines = _LINE_BREAK.split(raw)
    header = _BLOCK_HEADER.match(head)
    assert header is not None
    style, chomping, width = header[1], header[2] or header[4], header[3]
    keeps = chomping == "+"
    depth = max(parent, 0) + int(width) if width else _common_depth(lines)
    content = [line[depth:] for line in lines]
    last = content.pop() if content else ""
    if last.strip(" "):
        content.append(last)  # the text ends without a line break
    while content and not content[-1] and not keeps:
        content.pop()
    if content and not value.endswith("\n"):
        # Where the text ends without a line break the scalar does too, and the text will end with one.
        chomping, keeps = "-", False
    # The lines are written two columns further in than what they stand in.
    indicator = "2" if width else ""
    return ScalarNode(in_quotes(value), (style + indicator + chomping, *content), anchor, block=True, keeps=keeps)


def _common_depth(lines: list[str]) -> int:
    """The indentation of the first line that has more than spaces; of the deepest line if none has."""
    for line in lines:
        if line.strip(" "):
            return len(line) - len(line.lstrip(" "))
    return max(map(len, lines), default=0)


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
