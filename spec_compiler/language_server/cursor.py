"""Where the cursor is: what is being typed, in the data of the spec.

A word that nobody writes is put where the cursor is, the text is read with it, and where it turns up in the data says
what is being typed: a key, a value, a reference in a list, a name in an expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.language_server.recovery import open_at_end, recover
from spec_compiler.language_server.snapshot import Snapshot
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source
from spec_compiler.spans import Path

MARK = "zzCursorzz"
"""The word that is put where the cursor is."""
_WORD = re.compile(r"[A-Za-z0-9_./>*-]*$")
_WORD_AFTER = re.compile(r"[A-Za-z0-9_./>-]*")
_COLON_AFTER = re.compile(r"[\"']?[ \t]*:(?![A-Za-z0-9_])")


@dataclass(frozen=True)
class Cursor:
    """What is being typed.

    Attributes:
        path: Where it is in the data.
        on_key: Whether it is a key.
        text: The text that it is in, up to the cursor.
        rest: The text that it is in, after what is typed.
        data: The data of the spec, with the mark in the place of what is typed.
        range: What a proposal replaces: the word that the cursor is in or behind.
        quote: The quotes that it stands in, if any.
        is_json: Whether keys and texts need quotes.
        on_own_line: Whether nothing else is on the line.
        has_colon: Whether there is a colon behind it already.
    """

    path: Path
    on_key: bool
    text: str
    rest: str
    data: Any
    range: types.Range
    quote: str
    is_json: bool
    on_own_line: bool
    has_colon: bool


def cursor_at(workspace: Workspace, snapshot: Snapshot, position: types.Position) -> Cursor | None:
    """What is being typed at a position; None if that cannot be told, or it is a comment."""
    text = snapshot.text
    offset = text.offset(position)
    start_of_line = text.lines.offset(text.from_protocol(types.Position(position.line, 0)))
    before = text.text[start_of_line:offset]
    quote, _ = open_at_end(before)
    if not quote and re.search(r"(^|\s)#", before):
        return None
    word = _WORD.search(before)
    start = offset - len(word[0]) if word is not None else offset
    after = _WORD_AFTER.match(text.text, offset)
    end = after.end() if after is not None else offset
    marked = text.text[:start] + MARK + text.text[end:]
    is_json = snapshot.document.is_json or (snapshot.uri.endswith(".json"))
    data = _data(marked, position.line + 1, workspace)
    found = _find(data, ())
    if found is None:
        return None
    path, on_key, written = found
    line_end = text.lines.end_of_line(offset)
    alone = not text.text[start_of_line:start].strip(" -") and not text.text[end:line_end].strip()
    where = text.range(start, end if start < offset else offset)
    has_colon = _COLON_AFTER.match(text.text, end) is not None
    typed, _, rest = written.partition(MARK)
    return Cursor(path, on_key, typed, rest, data, where, quote, is_json, alone, has_colon)


def _data(text: str, line: int, workspace: Workspace) -> Any:
    found = read(Source.text(text), Findings(), workspace.limits)
    if found.data is not None:
        return found.data
    recovered = recover(text, (line,), workspace.limits)
    return recovered.reading.document.data if recovered is not None else None


def _find(value: Any, path: Path) -> tuple[Path, bool, str] | None:
    """Where the mark is: the path, whether it is in the key at its end, and the text that it is in."""
    if isinstance(value, str):
        return (path, False, value) if MARK in value else None
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        if isinstance(key, str) and MARK in key:
            return (*path, key), True, key
        found = _find(item, (*path, key))
        if found is not None:
            return found
    return None


# In an expression

_LOOP = re.compile(r"\bfor\s+([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s+in\b")
_BEHIND_LOOP = re.compile(r"\bif\b")


def comprehension_variables(before: str, after: str) -> list[str]:
    """The variables of the comprehensions of an expression that can be used between two parts of it."""
    found: list[str] = []
    for match in _LOOP.finditer(before):
        since = before[match.end() :]
        if _depth_left(since) >= 0 and _BEHIND_LOOP.search(since):
            found += re.split(r"\s*,\s*", match[1])
    for match in _LOOP.finditer(after):
        if _depth_left(after[: match.start()][::-1].translate(_MIRRORED)) >= 0:
            found += re.split(r"\s*,\s*", match[1])
    return found


_MIRRORED = str.maketrans("[](){}", "][)(}{")


def _depth_left(text: str) -> int:
    """0 if no bracket is closed in a text that was open before it, else how many are, as a negative number."""
    depth = lowest = 0
    for character in text:
        depth += (character in "[({") - (character in "])}")
        lowest = min(lowest, depth)
    return lowest
