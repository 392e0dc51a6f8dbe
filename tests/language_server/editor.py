"""An editor for tests: one that asks the service itself, and one that talks to the server as a process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from spec_compiler.language_server.service import LanguageService
from spec_compiler.language_server.text import DocumentText, PositionEncoding
from tests.processes import ROOT

CURSOR = "|"


def marked(text: str, mark: str = CURSOR) -> tuple[str, int]:
    """A text without the mark for the cursor, and where that was."""
    assert text.count(mark) == 1, text
    return text.replace(mark, ""), text.index(mark)


class Editor:
    """Documents by the names of files in a folder, and what the service answers about them."""

    def __init__(self, folder: Path, encoding: PositionEncoding = "utf-16") -> None:
        self.folder = folder
        self.service = LanguageService(encoding)
        self.said: dict[str, list[types.Diagnostic]] = {}
        self.versions: dict[str, int] = {}

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def name(self, uri: str) -> str:
        return Path(uri).name

    def write(self, name: str, text: str) -> None:
        """Write a file without opening it."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(text.encode())
        self.service.changed_on_disk([self.uri(name)])

    def open(self, name: str, text: str) -> None:
        """Open a document, or type until it has this text."""
        self.versions[name] = self.versions.get(name, 0) + 1
        self.service.open(self.uri(name), text, self.versions[name])
        self.listen()

    def open_at(self, name: str, text: str) -> types.Position:
        """Open a document that has a mark where the cursor is."""
        bare, offset = marked(text)
        self.open(name, bare)
        return self.text(name).position(offset)

    def close(self, name: str) -> None:
        self.service.close(self.uri(name))
        self.listen()

    def listen(self) -> None:
        """Take what the service says now."""
        for each in self.service.publications():
            self.said[self.name(each.uri)] = list(each.diagnostics)

    def text(self, name: str) -> DocumentText:
        found = self.service.workspace.text_of(self.uri(name))
        assert found is not None
        return found

    def problems(self, name: str) -> list[tuple[str, int]]:
        """What is said of a document: the code, and the line from 1."""
        return sorted((str(each.code), each.range.start.line + 1) for each in self.said.get(name, []))

    def covered(self, name: str, where: types.Range) -> str:
        """What is written in a range."""
        text = self.text(name)
        return text.text[text.offset(where.start) : text.offset(where.end)]

    def hints(self, name: str) -> dict[int, list[str]]:
        """The labels of the hints, by lines from 1."""
        found: dict[int, list[str]] = {}
        for hint in self.service.inlay_hints(self.uri(name), self.text(name).whole):
            found.setdefault(hint.position.line + 1, []).append(str(hint.label))
        return found

    def hover(self, name: str, text: str) -> str | None:
        """What is shown at the mark in a text."""
        found = self.service.hover(self.uri(name), self.open_at(name, text))
        if found is None:
            return None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    def proposals(self, name: str, text: str) -> list[types.CompletionItem]:
        """What is proposed at the mark in a text, in the order in which an editor shows it."""
        found = self.service.completion(self.uri(name), self.open_at(name, text)).items
        return sorted(found, key=lambda item: item.sort_text or item.label)

    def labels(self, name: str, text: str) -> list[str]:
        return [item.label for item in self.proposals(name, text)]

    def applied(self, edit: types.WorkspaceEdit | None) -> dict[str, str]:
        """The texts of the documents after an edit."""
        assert edit is not None
        assert edit.changes is not None
        return {
            self.name(uri): apply(self.service.workspace.text_of(uri), edits) for uri, edits in edit.changes.items()
        }


def apply(text: DocumentText | None, edits: Any) -> str:
    """A text with some edits applied."""
    assert text is not None
    result = text.text
    for edit in sorted(edits, key=lambda each: (each.range.start.line, each.range.start.character), reverse=True):
        result = result[: text.offset(edit.range.start)] + edit.new_text + result[text.offset(edit.range.end) :]
    return result


class Conversation:
    """A conversation with the server as a process, by a client of the protocol."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = LanguageClient("test-editor", "1")
        self.said: dict[str, types.PublishDiagnosticsParams] = {}
        self.messages: list[str] = []
        self.registered: list[str] = []
        self._spoke = asyncio.Event()
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self._take(params))
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(lambda params: self.messages.append(params.message))
        self.client.feature(types.WINDOW_LOG_MESSAGE)(lambda params: None)
        self.client.feature(types.CLIENT_REGISTER_CAPABILITY)(
            lambda params: self.registered.extend(each.method for each in params.registrations)
        )

    def _take(self, params: types.PublishDiagnosticsParams) -> None:
        self.said[Path(params.uri).name] = params
        self._spoke.set()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def document(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(name))

    async def start(
        self, *arguments: str, encodings: list[str] | None = None, options: Any = None, before: str = ""
    ) -> Any:
        """Start the server and agree with it on what both can do."""
        code = f"{before}\nimport sys\nsys.argv[1:] = {['lsp', *arguments]!r}\nfrom spec_compiler.cli.main import run\nrun()\n"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(self.folder)))}
        await self.client.start_io(sys.executable, "-c", code, env=environment)
        answer = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    text_document=types.TextDocumentClientCapabilities(
                        rename=types.RenameClientCapabilities(prepare_support=True)
                    ),
                    general=types.GeneralClientCapabilities(position_encodings=encodings),
                    workspace=types.WorkspaceClientCapabilities(
                        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
                            dynamic_registration=True
                        )
                    ),
                ),
                process_id=os.getpid(),
                workspace_folders=[types.WorkspaceFolder(self.folder.as_uri(), "specs")],
                initialization_options=options,
            )
        )
        self.client.initialized(types.InitializedParams())
        return answer

    def open(self, name: str, text: str) -> None:
        item = types.TextDocumentItem(self.uri(name), "yaml", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, name: str, version: int, where: types.Range, text: str) -> None:
        change = types.TextDocumentContentChangePartial(text=text, range=where)
        document = types.VersionedTextDocumentIdentifier(version, self.uri(name))
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def hear(self, name: str, until: Callable[[types.PublishDiagnosticsParams], bool] = lambda said: True) -> Any:
        """Wait until something is said of a document."""

        async def wait() -> types.PublishDiagnosticsParams:
            while name not in self.said or not until(self.said[name]):
                self._spoke.clear()
                await self._spoke.wait()
            return self.said[name]

        return await asyncio.wait_for(wait(), 20)

    async def end(self) -> int | None:
        """Say goodbye; the exit code of the server."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        server = self.client._server
        assert server is not None
        code = await asyncio.wait_for(server.wait(), 30)
        await self.client.stop()
        return code


def converse(folder: Path, conversation: Callable[[Conversation], Awaitable[None]]) -> None:
    """Hold a conversation in an event loop of its own."""

    async def hold() -> None:
        await asyncio.wait_for(conversation(Conversation(folder)), 60)

    asyncio.run(hold())
