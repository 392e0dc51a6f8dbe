"""Tree → lines. What was written in brackets stays so if it fits on a line and holds no comment."""

from __future__ import annotations

from dataclasses import replace

from spec_compiler.formatting.lines import WIDTH, Line, aligned, comment_line
from spec_compiler.formatting.tree import Collection, Comment, Entry, ScalarNode, SyntaxNode, Text

_LONGEST_KEY = 1000
"""A longer key must be marked with a `?`: YAML allows 1024 characters, with an anchor."""


def layout(text: Text) -> list[Line]:
    """The lines of a text."""
    lines = [comment_line(0, comment) for comment in text.before]
    lines += [Line(0, directive) for directive in text.directives]
    lines += [Line(0, "---")] if text.marked else []
    lines += [comment_line(0, comment) for comment in text.lead]
    root = text.root
    line = _on_one_line(root)
    if isinstance(root, ScalarNode):
        lines.append(Line(0, line or ""))
    elif line is not None and (len(line) <= WIDTH or not root.entries):
        lines.append(Line(0, line))
    elif not root.entries:
        lines += [comment_line(0, comment) for comment in _comments_inside(root)]
        lines.append(Line(0, line or _empty(root)))
    else:
        lines += [comment_line(0, root.header)] if root.header is not None else []
        lines += [Line(0, root.anchor)] if root.anchor else []
        lines += _collection(root, 0)
    return lines + [comment_line(0, comment) for comment in text.after]


def _collection(node: Collection, indent: int) -> list[Line]:
    """The lines of a collection in block style."""
    entries = [_entry(entry, indent) for entry in node.entries]
    if indent == 0:
        entries = _apart(node, entries)
    if node.kind == "mapping":
        entries = aligned(entries)
    lines = [line for entry in entries for line in entry]
    lines[0] = replace(lines[0], blank=False)
    return lines + [comment_line(indent, comment) for comment in node.tail]


def _apart(node: Collection, entries: list[list[Line]]) -> list[list[Line]]:
    """The sections of a spec with a blank line around each that is a block."""
    blocks = [
        isinstance(entry.value, Collection) and any(line.text and line.indent for line in lines)
        for entry, lines in zip(node.entries, entries, strict=True)
    ]
    for index in range(1, len(entries)):
        if blocks[index] or blocks[index - 1]:
            first, *rest = entries[index]
            entries[index] = [replace(first, blank=True), *rest]
    return entries


def _entry(entry: Entry, indent: int) -> list[Line]:
    """The lines of an entry, its comments first."""
    value = entry.value
    before: list[Line] = []
    if isinstance(value, Collection) and not value.entries:
        entry = entry.led_by(_comments_inside(value))
    if entry.key is None:
        head = "-"
    else:
        head = _key(entry.key) + ":"
        if len(head) > _LONGEST_KEY:
            before, head = [Line(indent, f"? {_key(entry.key)}", blank=entry.blank)], ":"
    body = _body(entry, head, indent)
    lead = [comment_line(indent, comment) for comment in entry.lead]
    while body[0].comment is not None and not body[0].text:
        lead.append(replace(body.pop(0), indent=indent))
    if not before:
        if lead and not entry.lead:
            lead[0] = replace(lead[0], blank=entry.blank)
        else:
            body[0] = replace(body[0], blank=entry.blank)
    return [*lead, *before, *body]


def _body(entry: Entry, head: str, indent: int) -> list[Line]:
    """The lines of a value after its key or the dash; before them, comments that cannot stand where they were."""
    value = entry.value
    start = f"{head} {value.anchor}" if value.anchor else head
    if isinstance(value, ScalarNode):
        return _scalar(value, entry, head, start, indent)
    line = _on_one_line(value) if value.entries else _empty(value)
    if line is not None and (not value.entries or indent + len(head) + 1 + len(line) <= WIDTH):
        return [_pair(entry, head, line, indent)]
    if value.flow and not value.commented and value.kind == "sequence" and _is_of_scalars(value):
        *lines, last = _filled(value, start, indent)
        return [*lines, replace(last, comment=entry.trailing)]
    header = value.header
    if value.flow and entry.trailing is not None:
        if value.commented:
            value = replace(value, tail=(*value.tail, entry.trailing._replace(blank=False)))
        else:
            header = entry.trailing
    if entry.key is not None or value.anchor:
        return [Line(indent, start, header), *_collection(value, indent + 2)]
    # The first line of the collection follows the dash; comments before it go before the item.
    lines = [comment_line(indent, header)] if header is not None else []
    inner = _collection(value, indent + 2)
    while inner[0].comment is not None and not inner[0].text:
        lines.append(inner.pop(0))
    first = inner[0]
    return [*lines, replace(first, indent=indent, text=f"- {first.text}", blank=False, head=""), *inner[1:]]


def _scalar(value: ScalarNode, entry: Entry, head: str, start: str, indent: int) -> list[Line]:
    if not value.lines:
        return [_pair(entry, head, _on_one_line(value) or "", indent)]
    first, *rest = value.lines
    lines = [Line(indent, f"{start} {first}", keeps=value.keeps)]
    lines += [Line(indent + 2, line, inside=True, keeps=value.keeps) for line in rest]
    at = 0 if value.block else -1
    lines[at] = replace(lines[at], comment=entry.trailing)
    return lines


def _pair(entry: Entry, head: str, value: str, indent: int) -> Line:
    """An entry on one line."""
    if not value:
        return Line(indent, head, entry.trailing)
    text = f"{head} {value}"
    if entry.key is None:
        return Line(indent, text, entry.trailing)
    return Line(indent, text, entry.trailing, head=head, gap=entry.gap, column=entry.column)


def _filled(node: Collection, start: str, indent: int) -> list[Line]:
    """A long list of scalars in brackets, as many on each line as fit."""
    lines, text, at = [], f"{start} [", indent
    words = [_on_one_line(entry.value) or "" for entry in node.entries]
    for number, word in enumerate(words, 1):
        word += "," if number < len(words) else "]"
        if text.endswith("[") and number == 1:
            text += word
        elif at + len(text) + 1 + len(word) <= WIDTH:
            text += f" {word}"
        else:
            lines.append(Line(at, text))
            text, at = word, indent + 2
    return [*lines, Line(at, text)]


def _is_of_scalars(node: Collection) -> bool:
    return all(isinstance(entry.value, ScalarNode) for entry in node.entries)


def _on_one_line(node: SyntaxNode) -> str | None:
    """How a node is written on one line; None if it is a block or holds a comment."""
    anchor = f"{node.anchor} " if node.anchor else ""
    if isinstance(node, ScalarNode):
        return (anchor + node.line).rstrip(" ")
    if not node.flow or node.commented:
        return None
    parts = [_in_brackets(entry) for entry in node.entries]
    if None in parts:
        return None
    text = ", ".join(map(str, parts))
    return anchor + (f"{{{text}}}" if node.kind == "mapping" else f"[{text}]")


def _in_brackets(entry: Entry) -> str | None:
    value = _on_one_line(entry.value)
    if entry.key is None or value is None:
        return value
    key = _key(entry.key)
    return f"? {key} : {value}" if len(key) >= _LONGEST_KEY else f"{key}: {value}"


def _key(key: ScalarNode) -> str:
    """A key as it stands before its colon, which would be part of an alias."""
    text = _on_one_line(key) or ""
    return f"{text} " if text.startswith("*") else text


def _empty(node: Collection) -> str:
    brackets = "{}" if node.kind == "mapping" else "[]"
    return f"{node.anchor} {brackets}" if node.anchor else brackets


def _comments_inside(node: Collection) -> tuple[Comment, ...]:
    return ((node.header,) if node.header is not None else ()) + node.tail
