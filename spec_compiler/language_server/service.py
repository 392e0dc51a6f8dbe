"""The language server without its wires: documents in, answers out. It starts no thread and reads no clock, so that it
works the same over standard input, in a test and inside a web page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types

from spec_compiler.analysis import Analysis
from spec_compiler.checking.discover import is_head_of_spec
from spec_compiler.language_server import (
    call_hierarchy,
    completion,
    diagnostics,
    fixes,
    formatting,
    highlighting,
    hints,
    hover,
    navigation,
    outline,
    rename,
)
from spec_compiler.language_server.settings import ServerSettings
from spec_compiler.language_server.snapshot import Snapshot
from spec_compiler.language_server.text import PositionEncoding
from spec_compiler.language_server.uris import path_of
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.limits import DEFAULT_LIMITS, Limits

_LONGEST_WITHOUT_HEAD = 200
"""In a document as short as this one is helped along though it does not say yet that it is a spec."""


class LanguageService:
    """Answers what an editor asks about the documents that it has open.

    Args:
        encoding: What columns of the protocol count.
        limits: How much a spec may ask for.
    """

    def __init__(self, encoding: PositionEncoding = "utf-16", limits: Limits = DEFAULT_LIMITS) -> None:
        self.workspace = Workspace(encoding, limits)
        self.settings = ServerSettings()
        self._specs: set[str] = set()
        self._pending: dict[str, None] = {}
        self._said: dict[str, dict[str, list[types.Diagnostic]]] = {}

    # What the editor says

    def open(self, uri: str, text: str, version: int | None = None) -> None:
        """Take a document over, or a new text of it."""
        others = self.workspace.dependents(uri)
        self.workspace.open(uri, text, version)
        path = path_of(uri)
        named = path is not None and ".keras-spec." in path.name
        if named or is_head_of_spec(text.encode("utf-8", "replace")):
            self._specs.add(uri)
        self._ask_again(uri, *others)
        if not self._said.get(uri):
            # What could not be read yet may be what others import.
            self._ask_again(*self.workspace.open_uris)

    change = open

    def close(self, uri: str) -> None:
        """Let go of a document: what is saved counts again for what imports it."""
        others = self.workspace.dependents(uri)
        self.workspace.close(uri)
        self._specs.discard(uri)
        self._ask_again(uri, *others)

    def changed_on_disk(self, uris: Iterable[str]) -> None:
        """Note that files were written, renamed or deleted."""
        for uri in uris:
            self._ask_again(*self.workspace.dependents(uri))
            self.workspace.changed_on_disk(uri)

    def set_folders(self, folders: Iterable[str]) -> None:
        """The folders that the editor works in, as URIs."""
        self.workspace.folders = [path for path in map(path_of, folders) if isinstance(path, Path)]

    def configure(self, given: Any) -> None:
        """Take over what the editor sets."""
        self.settings = self.settings.with_values(given)

    def set_params(self, params: Mapping[str, Any]) -> bool:
        """Take values for params, as `--set` gives them; whether something is known otherwise by that."""
        if not self.workspace.set_params(params):
            return False
        self._ask_again(*self.workspace.open_uris)
        return bool(self.workspace.open_uris)

    def analysis_of(self, uri: str, text: str) -> Analysis | None:
        """What is known of a document; None if it has another text, or one that cannot be read as it is."""
        snapshot = self._snapshot(uri)
        if snapshot is None or snapshot.text.text != text or snapshot.syntax or snapshot.changed:
            return None
        return snapshot.analysis

    def _ask_again(self, *uris: str) -> None:
        self._pending.update(dict.fromkeys(uris))

    def _is_spec(self, uri: str) -> bool:
        """Whether a document says that it is a spec, or said so before, or is imported by one."""
        return uri in self._specs or bool(self.workspace.dependents(uri))

    def _snapshot(self, uri: str) -> Snapshot | None:
        """What is known of a document that is open and a spec."""
        if not self.workspace.is_open(uri) or not self._is_spec(uri):
            return None
        return self.workspace.snapshot(uri)

    # What is said without being asked

    def publications(self) -> list[types.PublishDiagnosticsParams]:
        """What is to be said now of the documents that have changed since, and of what they import."""
        touched: dict[str, None] = {}
        # An import that is a document of its own is told from others once what imports it is known.
        for uri in sorted(self._pending, key=lambda uri: uri not in self._specs):
            before = self._said.pop(uri, {})
            snapshot = self._snapshot(uri)
            if snapshot is not None:
                self._said[uri] = diagnostics.diagnostics(self.workspace, snapshot)
            touched |= dict.fromkeys((uri, *before, *self._said.get(uri, ())))
        self._pending.clear()
        return [
            types.PublishDiagnosticsParams(uri, self._all_said(uri), self.workspace.version(uri)) for uri in touched
        ]

    def _all_said(self, uri: str) -> list[types.Diagnostic]:
        """What is said of a document, by itself and by those that import it, each thing once."""
        found: list[types.Diagnostic] = []
        own = [self._said.get(uri, {})]
        others = [said for of, said in self._said.items() if of != uri]
        for said in (*own, *others):
            for each in said.get(uri, ()):
                if not any(_is_same(each, other) for other in found):
                    found.append(each)
        return found

    # What is asked

    def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Quick fixes, and all that is safe at once."""
        snapshot = self._snapshot(params.text_document.uri)
        if snapshot is None:
            return []
        return fixes.code_actions(self.workspace, snapshot, params.range, params.context)

    def inlay_hints(self, uri: str, where: types.Range) -> list[types.InlayHint]:
        """Shapes, parameters and values between the lines."""
        snapshot = self._snapshot(uri)
        return hints.inlay_hints(snapshot, where, self.settings) if snapshot is not None else []

    def hover(self, uri: str, position: types.Position) -> types.Hover | None:
        """What is known of what stands at a position."""
        snapshot = self._snapshot(uri)
        return hover.hover(snapshot.for_line(position.line + 1), position) if snapshot is not None else None

    def completion(self, uri: str, position: types.Position) -> types.CompletionList:
        """What can be written at a position."""
        nothing = types.CompletionList(is_incomplete=False, items=[])
        if not self.workspace.is_open(uri):
            return nothing
        text = self.workspace.text_of(uri)
        if not self._is_spec(uri) and (text is None or len(text.text) > _LONGEST_WITHOUT_HEAD):
            return nothing
        return completion.completion(self.workspace, self.workspace.snapshot(uri), position)

    def resolve_completion(self, item: types.CompletionItem) -> types.CompletionItem:
        """A proposal with all that there is to say of it."""
        return completion.resolve(item)

    def definition(self, uri: str, position: types.Position) -> list[types.Location]:
        """Where what stands at a position is defined."""
        snapshot = self._snapshot(uri)
        return navigation.definition(self.workspace, snapshot, position) if snapshot is not None else []

    def references(self, uri: str, position: types.Position, *, with_definition: bool = True) -> list[types.Location]:
        """Where what stands at a position is used, in all files."""
        snapshot = self._snapshot(uri)
        if snapshot is None:
            return []
        return navigation.references(self.workspace, snapshot, position, with_definition=with_definition)

    def highlights(self, uri: str, position: types.Position) -> list[types.DocumentHighlight]:
        """Where what stands at a position is written in the document."""
        snapshot = self._snapshot(uri)
        return navigation.highlights(snapshot, position) if snapshot is not None else []

    def prepare_rename(self, uri: str, position: types.Position) -> types.PrepareRenamePlaceholder | None:
        """What would be renamed at a position.

        Raises:
            RefusedError: Nothing there can be.
        """
        snapshot = self._snapshot(uri)
        return rename.prepare_rename(snapshot, position) if snapshot is not None else None

    def rename(self, uri: str, position: types.Position, new: str) -> types.WorkspaceEdit | None:
        """The changes in all files that rename what stands at a position.

        Raises:
            RefusedError: It cannot be renamed so.
        """
        snapshot = self._snapshot(uri)
        return rename.rename(self.workspace, snapshot, position, new) if snapshot is not None else None

    def document_symbols(self, uri: str) -> list[types.DocumentSymbol]:
        """The outline of a document."""
        snapshot = self._snapshot(uri)
        return outline.document_symbols(snapshot) if snapshot is not None else []

    def folding_ranges(self, uri: str) -> list[types.FoldingRange]:
        """What can be folded in a document."""
        snapshot = self._snapshot(uri)
        return outline.folding_ranges(snapshot) if snapshot is not None else []

    def document_links(self, uri: str) -> list[types.DocumentLink]:
        """The files that a document imports."""
        snapshot = self._snapshot(uri)
        return outline.document_links(snapshot) if snapshot is not None else []

    def semantic_tokens(self, uri: str) -> types.SemanticTokens:
        """The words of the expressions of a document."""
        snapshot = self._snapshot(uri)
        return highlighting.semantic_tokens(snapshot) if snapshot is not None else types.SemanticTokens(data=[])

    def formatting(self, uri: str) -> list[types.TextEdit]:
        """What `fmt` changes in a document."""
        snapshot = self._snapshot(uri)
        return formatting.formatting(self.workspace, snapshot) if snapshot is not None else []

    def prepare_call_hierarchy(self, uri: str, position: types.Position) -> list[types.CallHierarchyItem]:
        """The node at a position."""
        snapshot = self._snapshot(uri)
        return call_hierarchy.prepare(snapshot.for_line(position.line + 1), position) if snapshot is not None else []

    def incoming_calls(self, item: types.CallHierarchyItem) -> list[types.CallHierarchyIncomingCall]:
        """What feeds a node."""
        snapshot = self._snapshot(item.uri)
        return call_hierarchy.incoming(_around(snapshot, item), item) if snapshot is not None else []

    def outgoing_calls(self, item: types.CallHierarchyItem) -> list[types.CallHierarchyOutgoingCall]:
        """What a node feeds."""
        snapshot = self._snapshot(item.uri)
        return call_hierarchy.outgoing(_around(snapshot, item), item) if snapshot is not None else []


def _around(snapshot: Snapshot, item: types.CallHierarchyItem) -> Snapshot:
    return snapshot.for_line(item.selection_range.start.line + 1)


def _is_same(one: types.Diagnostic, other: types.Diagnostic) -> bool:
    return (one.code, one.range, one.message) == (other.code, other.range, other.message)
