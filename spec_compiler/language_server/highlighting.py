"""Semantic tokens: the words of the expressions that stand in strings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from lsprotocol import types

from spec_compiler.expanding.expression_tree import WORDS, SyntaxMistake, tokens
from spec_compiler.expanding.substitute import pieces
from spec_compiler.language_server.snapshot import Snapshot, text_at
from spec_compiler.reading.positions import TextRange
from spec_compiler.spans import Path

_KINDS = ["variable", "function", "number", "string", "keyword", "operator"]
LEGEND = types.SemanticTokensLegend(_KINDS, [])


class _Word(NamedTuple):
    start: int
    end: int
    kind: str


def semantic_tokens(snapshot: Snapshot) -> types.SemanticTokens:
    """The words of all expressions of a document, as the protocol packs them."""
    document = snapshot.document
    if document.ranges is None or document.lines is None:
        return types.SemanticTokens(data=[])
    words = sorted({word for path, key in _texts(document.ranges, ()) for word in _words(snapshot, path, key)})
    data: list[int] = []
    line = column = 0
    for word in words:
        start = snapshot.text.to_protocol(document.lines.position(word.start))
        end = snapshot.text.to_protocol(document.lines.position(word.end))
        if start.line + 1 in snapshot.changed or end.character <= start.character:
            continue
        after = start.character - (column if start.line == line else 0)
        data += [start.line - line, after, end.character - start.character, _KINDS.index(word.kind), 0]
        line, column = start.line, start.character
    return types.SemanticTokens(data=data)


def _texts(value: TextRange, path: Path) -> Iterator[tuple[Path, bool]]:
    """The paths of all values that are no collections, and of all keys."""
    if isinstance(value.entries, dict):
        for key, entry in value.entries.items():
            yield (*path, key), True
            yield from _texts(entry.value, (*path, key))
    elif isinstance(value.entries, list):
        for index, item in enumerate(value.entries):
            yield from _texts(item, (*path, index))
    else:
        yield path, False


def _words(snapshot: Snapshot, path: Path, key: bool) -> Iterator[_Word]:
    if key and "${" not in str(path[-1]):
        return
    written = text_at(snapshot.document, path, key=key)
    if written is None or "${" not in written[1]:
        return
    begin, text = written
    try:
        parts = pieces(text)
    except SyntaxMistake:
        return
    for part in parts:
        if not part.expression:
            continue
        start = begin + part.start
        yield _Word(start - 2, start, "operator")
        try:
            yield from _of_expression(part.text, start)
        except SyntaxMistake:
            continue
        yield _Word(start + len(part.text), start + len(part.text) + 1, "operator")


def _of_expression(text: str, begin: int) -> Iterator[_Word]:
    words = tokens(text)
    for word, after in pairwise(words):
        kind = {"name": "variable", "sign": "operator"}.get(word.kind, word.kind)
        if word.text in WORDS:
            kind = "keyword"
        elif word.kind == "name" and after.text == "(":
            kind = "function"
        yield _Word(begin + word.start, begin + word.end, kind)
