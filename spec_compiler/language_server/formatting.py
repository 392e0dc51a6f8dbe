"""Formatting of an open document: what `fmt` makes of it."""

from __future__ import annotations

from lsprotocol import types

from spec_compiler.formatting.format import format_spec
from spec_compiler.language_server.fixes import smallest_edit
from spec_compiler.language_server.snapshot import Snapshot
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.reading.source import Source


def formatting(workspace: Workspace, snapshot: Snapshot) -> list[types.TextEdit]:
    """What to change so that a document is in the one form; nothing, if it cannot be read. Its line ends stay."""
    text = snapshot.text.text
    source = Source.text(text, name=snapshot.uri, form="json" if snapshot.uri.endswith(".json") else None)
    after = format_spec(source, workspace.limits).after
    if after is None:
        return []
    if "\r\n" in text:
        after = after.replace("\n", "\r\n")
    edit = smallest_edit(snapshot.text, after)
    return [edit] if edit is not None else []
