"""The comments of a YAML text: what stands between two tokens and is no white space."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from spec_compiler.formatting.tree import Comment

# libyaml ends lines by the rules of YAML 1.1, also comments.
BREAKS = "\r\n\x85\u2028\u2029"
_COMMENT = re.compile(f"#[^{BREAKS}]*")
_BLOCK_HEADER = re.compile(f"[|>][-+0-9]*[ \t]*(#[^{BREAKS}]*)?")


def find_comments(text: str, tokens: Iterable[Any]) -> Iterator[Comment]:
    """The comments of a text in their order; the tokens are libyaml's."""
    position = 0
    for token in tokens:
        start, end = token.start_mark.index, token.end_mark.index
        yield from _between(text, position, start)
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            header = _BLOCK_HEADER.match(text, start)
            if header is not None and header[1]:
                yield _comment(text, header.start(1), header[1])
        position = max(position, end)
    yield from _between(text, position, len(text))


def blank_before(text: str, start: int) -> bool:
    """Whether a blank line stands before what begins at `start` and is the first on its line."""
    before = _without_break(text, _without_spaces(text, start))
    return before is not None and _without_break(text, _without_spaces(text, before)) is not None


def column_of(text: str, start: int) -> int:
    """The column of an offset, from 0."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return len(line) - 1 - max(map(line.rfind, BREAKS))


def _between(text: str, start: int, end: int) -> Iterator[Comment]:
    if end > start and "#" in text[start:end]:
        for found in _COMMENT.finditer(text, start, end):
            yield _comment(text, found.start(), found[0])


def _comment(text: str, start: int, comment: str) -> Comment:
    before = _without_spaces(text, start)
    own_line = before == 0 or text[before - 1] in BREAKS
    column = column_of(text, start)
    return Comment(comment.rstrip(), start, column, start - before, own_line, own_line and blank_before(text, start))


def _without_spaces(text: str, end: int) -> int:
    while end > 0 and text[end - 1] in " \t":
        end -= 1
    return end


def _without_break(text: str, end: int) -> int | None:
    """The offset before the line break that ends at `end`; None if there is no break."""
    if end > 0 and text[end - 1] in BREAKS:
        return end - (2 if text.endswith("\r\n", 0, end) else 1)
    return None
