"""The outline of a document: its scopes as symbols and as folds, and the files that it imports as links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lsprotocol import types

from spec_compiler.language_server.hints import shapes_of_node
from spec_compiler.language_server.snapshot import Snapshot
from spec_compiler.reading.imports import import_key
from spec_compiler.reading.positions import KeyRange, TextRange
from spec_compiler.spans import Path, Place

_KIND = types.SymbolKind
_OF_ENTRIES: Mapping[str, types.SymbolKind] = {
    "params": _KIND.Constant,
    "blocks": _KIND.Module,
    "layers": _KIND.Class,
    "nodes": _KIND.Function,
    "inputs": _KIND.Interface,
    "outputs": _KIND.Event,
    "models": _KIND.Package,
    "imports": _KIND.File,
    "defaults": _KIND.Property,
}


def document_symbols(snapshot: Snapshot) -> list[types.DocumentSymbol]:
    """The sections of a document and what is named in them, blocks with their own sections."""
    ranges = snapshot.document.ranges
    if ranges is None or not isinstance(ranges.entries, dict):
        return []
    return list(_sections(snapshot, ranges.entries, ()))


def _sections(snapshot: Snapshot, entries: Mapping[Any, KeyRange], home: Path) -> Iterator[types.DocumentSymbol]:
    for key, entry in entries.items():
        inner = list(_entries(snapshot, entry.value, (*home, key)))
        yield _symbol(snapshot, str(key), _KIND.Namespace, "", entry, inner)


def _entries(snapshot: Snapshot, value: TextRange, path: Path) -> Iterator[types.DocumentSymbol]:
    kind = _OF_ENTRIES.get(str(path[-1]))
    if kind is None or not isinstance(value.entries, dict):
        return
    for key, entry in value.entries.items():
        inner: list[types.DocumentSymbol] = []
        if path == ("blocks",) and isinstance(entry.value.entries, dict):
            inner = list(_sections(snapshot, entry.value.entries, ("blocks", key)))
        yield _symbol(snapshot, str(key), kind, _detail(snapshot, (*path, key)), entry, inner)


def _detail(snapshot: Snapshot, path: Path) -> str:
    value = snapshot.value_at(Place(path))
    kind = value.get("type", value.get("use")) if isinstance(value, dict) else None
    parts = [str(kind)] if kind is not None else []
    if path[-2] == "nodes":
        parts += shapes_of_node(snapshot, Place(path))
    elif path[-2] == "params" and not isinstance(value, (dict, list)):
        parts.append(str(value))
    return " ".join(parts)


def _symbol(
    snapshot: Snapshot,
    name: str,
    kind: types.SymbolKind,
    detail: str,
    entry: KeyRange,
    inner: list[types.DocumentSymbol],
) -> types.DocumentSymbol:
    key = range_of(snapshot, entry.start, entry.end)
    whole = range_of(snapshot, entry.start, end_of(snapshot, entry))
    return types.DocumentSymbol(name or "…", kind, whole, key, detail or None, children=inner)


def range_of(snapshot: Snapshot, start: int, end: int) -> types.Range:
    """The range of a stretch of the text that was analysed."""
    lines = snapshot.document.lines
    assert lines is not None
    return types.Range(
        snapshot.text.to_protocol(lines.position(start)), snapshot.text.to_protocol(lines.position(max(start, end)))
    )


def end_of(snapshot: Snapshot, entry: KeyRange) -> int:
    """Where an entry of a mapping ends, without the blank lines and remarks that come after it."""
    text = snapshot.document.text or ""
    end = max(entry.end, entry.value.end)
    if entry.value.entries is None or not entry.value.entries or text[end - 1 : end] in ("}", "]"):
        return len(text[:end].rstrip())
    values = entry.value.entries
    last = list(values.values())[-1] if isinstance(values, dict) else values[-1]
    inside = end_of(snapshot, last if isinstance(last, KeyRange) else KeyRange(last.start, last.start, last))
    return inside if entry.end < inside <= end else len(text[:end].rstrip())


# Folding


def folding_ranges(snapshot: Snapshot) -> list[types.FoldingRange]:
    """What can be folded: sections, blocks, and entries that are longer than a line; and remarks."""
    found: list[types.FoldingRange] = []
    ranges = snapshot.document.ranges
    if ranges is not None:
        found += _folds(snapshot, ranges)
    found += _remarks(snapshot)
    return sorted(found, key=lambda each: (each.start_line, -each.end_line))


def _folds(snapshot: Snapshot, value: TextRange) -> Iterator[types.FoldingRange]:
    entries = value.entries
    if isinstance(entries, dict):
        for entry in entries.values():
            where = range_of(snapshot, entry.start, end_of(snapshot, entry))
            if where.end.line > where.start.line:
                yield types.FoldingRange(where.start.line, where.end.line)
                yield from _folds(snapshot, entry.value)
    elif isinstance(entries, list):
        for item in entries:
            yield from _folds(snapshot, item)


def _remarks(snapshot: Snapshot) -> Iterator[types.FoldingRange]:
    first: int | None = None
    count = snapshot.text.lines.count
    for number in range(1, count + 2):
        is_remark = number <= count and snapshot.text.line(number).lstrip().startswith("#")
        if is_remark and first is None:
            first = number
        elif not is_remark and first is not None:
            if number - first > 1:
                yield types.FoldingRange(first - 1, number - 2, kind=types.FoldingRangeKind.Comment)
            first = None


# Links


def document_links(snapshot: Snapshot) -> list[types.DocumentLink]:
    """The imports of a document, each as a link to the file."""
    imports = snapshot.data.get("imports") if isinstance(snapshot.data, dict) else None
    found = []
    for index, target in enumerate(imports if isinstance(imports, list) else ()):
        key = import_key("", snapshot.document, target, snapshot.analysis.documents)
        where = snapshot.range_of(Place(("imports", index)))
        if key is not None and where is not None:
            found.append(types.DocumentLink(where, snapshot.uris[key], f"Open {target}"))
    return found
