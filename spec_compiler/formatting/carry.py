"""A YAML text that was written anew → the same with the comments of the text that it replaces, and what is unchanged as
it was written there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from spec_compiler.formatting.layout import layout
from spec_compiler.formatting.lines import text_of
from spec_compiler.formatting.parse import parse
from spec_compiler.formatting.tree import Collection, Comment, Entry, ScalarNode, SyntaxNode
from spec_compiler.reading.yaml_stream import tokens

KeyPath = tuple[str, ...]


def carried(before: str, after: str, data: Any, new_data: Any, moved: Mapping[KeyPath, KeyPath]) -> str:
    """The new text, with all comments of the old one.

    Args:
        before: The old text, a mapping.
        after: The new one, a mapping.
        data: What the old text says.
        new_data: What the new text says.
        moved: Where the entries of the old text stand in the new one, if not at the same path.
    """
    old, new = parse(before), parse(after)
    assert isinstance(old.root, Collection)
    assert isinstance(new.root, Collection)
    carrier = _Carrier(_has_aliases(before))
    root = carrier.merged(old.root, new.root, data, new_data, ())
    for path, comments in carrier.left:
        root = _led(root, _new_place(path, moved, root), comments)
    return text_of(layout(new._replace(before=old.before, lead=old.lead, root=root, after=old.after)))


@dataclass
class _Carrier:
    """What takes entries and comments over.

    Attributes:
        is_linked: Whether parts of the old text stand for others, so that none can be taken over by itself.
        left: The comments for which there is no entry at their path, by path.
    """

    is_linked: bool

    def __post_init__(self) -> None:
        self.left: list[tuple[KeyPath, list[Comment]]] = []

    def merged(self, old: Collection, new: Collection, data: Any, new_data: Any, path: KeyPath) -> Collection:
        """The new collection with what the old one has of it."""
        known = {_text(entry.key): entry for entry in old.entries if entry.key is not None}
        written: set[str] = set()
        entries: list[Entry] = []
        for entry in new.entries:
            key = _text(entry.key)
            found = known.get(key)
            if found is None or key not in data:
                entries.append(entry)
                continue
            written.add(key)
            entries.append(self.entry(found, entry, data[key], new_data[key], (*path, key)))
        for key, entry in known.items():
            if key not in written:
                self.left.append(((*path, key), list(_comments(entry))))
        commented = new.commented or old.commented
        return replace(
            new, entries=tuple(entries), header=old.header, tail=old.tail, commented=commented, flow=old.flow
        )

    def entry(self, old: Entry, new: Entry, data: Any, new_data: Any, path: KeyPath) -> Entry:
        if repr(data) == repr(new_data) and not self.is_linked:
            return old
        value: SyntaxNode = new.value
        kept = replace(new, lead=old.lead, trailing=old.trailing, blank=old.blank)
        if _is_mapping(old.value) and _is_mapping(value) and isinstance(data, dict) and isinstance(new_data, dict):
            assert isinstance(old.value, Collection)
            assert isinstance(value, Collection)
            return replace(kept, value=self.merged(old.value, value, data, new_data, path))
        return kept.led_by(tuple(_inside(old.value)))


def _is_mapping(value: SyntaxNode) -> bool:
    return isinstance(value, Collection) and value.kind == "mapping"


def _text(key: ScalarNode | None) -> str:
    """What a key says."""
    line = key.line if key is not None else ""
    return str(yaml.safe_load(line)) if line[:1] in ("'", '"') else line


def _has_aliases(text: str) -> bool:
    return any(isinstance(token, (yaml.AnchorToken, yaml.AliasToken)) for token in tokens(text))


def _comments(entry: Entry) -> Iterator[Comment]:
    """All comments of an entry, in order."""
    yield from entry.lead
    if entry.trailing is not None:
        yield entry.trailing
    yield from _inside(entry.value)


def _inside(value: SyntaxNode) -> Iterator[Comment]:
    if isinstance(value, Collection):
        if value.header is not None:
            yield value.header
        for entry in value.entries:
            yield from _comments(entry)
        yield from value.tail


def _new_place(path: KeyPath, moved: Mapping[KeyPath, KeyPath], root: Collection) -> KeyPath:
    """Where comments go: to what became of their entry, or else to the section that it stood in, or the first."""
    found = moved.get(path, path)
    while found and not _exists(found, root):
        found = found[:-1]
    first = root.entries[0].key
    return found or (_text(first),)


def _exists(path: KeyPath, root: SyntaxNode) -> bool:
    if not path:
        return True
    entries = root.entries if isinstance(root, Collection) else ()
    return any(_text(entry.key) == path[0] and _exists(path[1:], entry.value) for entry in entries if entry.key)


def _led(node: Collection, path: KeyPath, comments: list[Comment]) -> Collection:
    """A collection with more comments before the entry at a path; none is there twice."""
    entries = list(node.entries)
    for number, entry in enumerate(entries):
        if entry.key is None or _text(entry.key) != path[0]:
            continue
        if len(path) > 1 and isinstance(entry.value, Collection):
            entries[number] = replace(entry, value=_led(entry.value, path[1:], comments))
        else:
            there = {comment.text for comment in _comments(entry)}
            new = dict.fromkeys(comment.text for comment in comments if comment.text not in there)
            lead = tuple(Comment(text, 0, 0, 0, own_line=True, blank=False) for text in new)
            entries[number] = replace(entry, lead=entry.lead + lead)
    commented = node.commented or bool(comments)
    return replace(node, entries=tuple(entries), commented=commented)
