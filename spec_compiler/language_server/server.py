"""The wires of the language server: pygls hands over what an editor says, and takes back what the service answers.

This is the only module that knows pygls.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, BinaryIO, TypeVar, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcParseError
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from spec_compiler import __version__
from spec_compiler.language_server import highlighting
from spec_compiler.language_server.completion import TRIGGERS
from spec_compiler.language_server.fixes import FIX_ALL
from spec_compiler.language_server.framing import UNREADABLE, MessageStream
from spec_compiler.language_server.rename import RefusedError
from spec_compiler.language_server.service import LanguageService
from spec_compiler.language_server.text import PositionEncoding
from spec_compiler.limits import DEFAULT_LIMITS, Limits

_PAUSE = 0.01
"""So many seconds the server waits for more typing before it says what is wrong."""
_BUG = (
    "This is a bug in spec-compiler, not in your spec. Please file it, with what the log says and, if you can, the spec"
)
_BYTES_OF_CHARACTER = 6
"""As an escape of JSON, at most."""
_WATCHED = "**/*.{yaml,yml,json}"
_REQUEST_FAILED = -32803

_ENCODINGS: dict[str, PositionEncoding] = {"utf-8": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}

AnswerT = TypeVar("AnswerT")


class _Protocol(LanguageServerProtocol):
    """Answers every request, also one that is not formed as the protocol has it: an editor waits for the answer."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """What a message says.

        Raises:
            JsonRpcException: It is not formed as such a message is.
        """
        if "method" in data and "params" not in data and self.get_message_type(data["method"]) is None:
            data = {**data, "params": None}
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "method" in data and isinstance(data.get("id"), (int, str)):
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def refuse_unreadable(self, problem: str) -> None:
        """Answer what cannot be read, of which nobody knows what it asks."""
        error = JsonRpcParseError(problem).to_response_error()
        self._send_data({"jsonrpc": self.VERSION, "id": None, "error": error})


class SpecServer(LanguageServer):
    """A server for one editor.

    Args:
        limits: How much a spec may ask for.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(
            "compile-spec",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=_Protocol,
        )
        self.service = LanguageService(limits=limits)
        self._limits = limits
        self._waiting: asyncio.TimerHandle | None = None
        self._reported: set[str] = set()
        self._params: Mapping[str, Any] = {}

    def talk(self, read: BinaryIO, write: BinaryIO) -> None:
        """Answer an editor until it says that it ends, or is gone."""
        # What goes wrong is told to the editor.
        logging.getLogger("pygls").addHandler(logging.NullHandler())
        logging.getLogger("pygls").propagate = False
        most = _BYTES_OF_CHARACTER * self._limits.text_bytes
        self.start_io(cast(BinaryIO, MessageStream(cast(Any, read).read1, most)), write)

    def refuse(self, problem: str) -> None:
        """Say that what the editor sends cannot be read."""
        cast(_Protocol, self.protocol).refuse_unreadable(problem)
        said = f"What the editor sent cannot be read, and was left out: {problem}"
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, said))

    def start_with(self, params: types.InitializeParams) -> None:
        """Begin with what the editor says of itself."""
        self.service = LanguageService(_ENCODINGS[self.workspace.position_encoding or "utf-16"], self._limits)
        self.service.configure(params.initialization_options)
        self.service.set_params(self._params)
        self.take_folders()

    def take_folders(self) -> None:
        """Note which folders the editor works in."""
        folders = [folder.uri for folder in self.workspace.folders.values()]
        if not folders and self.workspace.root_uri is not None:
            folders = [self.workspace.root_uri]
        self.service.set_folders(folders)

    def take_text(self, uri: str) -> None:
        """Note the text of a document, and say soon what is wrong with it."""
        document = self.workspace.get_text_document(uri)
        self.service.change(uri, document.source, document.version)
        self.publish_soon()

    def take_params(self, params: Mapping[str, Any]) -> None:
        """Note which values the params of the specs are to have that are set in a page."""
        self._params = params
        if self.service.set_params(params):
            self.publish_soon()

    def publish_soon(self) -> None:
        """Say what is wrong, once nobody types for a moment."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = asyncio.get_running_loop().call_later(_PAUSE, self.publish)

    def publish(self) -> None:
        """Say what is wrong with the documents that have changed."""
        self._waiting = None
        try:
            found = self.service.publications()
        except Exception as error:
            self.report_bug(error)
            return
        for each in found:
            self.text_document_publish_diagnostics(each)

    def report_bug(self, error: Exception) -> None:
        """Tell the editor of a bug of ours, each once in words; the log has all."""
        trace = traceback.format_exc(limit=-5)
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, trace))
        short = f"{type(error).__name__}: {error}"
        if short not in self._reported:
            self._reported.add(short)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"{_BUG} ({short[:200]})"))

    def watch(self) -> None:
        """Ask the editor to say which files change on the disk, if it can."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace is not None else None
        if watching is None or not watching.dynamic_registration:
            return
        watchers = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
        registration = types.Registration("specs", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watchers)
        self.client_register_capability(types.RegistrationParams([registration]))


def _guarded(server: SpecServer, answer: Callable[..., AnswerT], otherwise: Any) -> Callable[..., AnswerT]:
    """A handler of which a bug is a message, and no end of the server."""

    @wraps(answer)
    def handler(*given: Any) -> Any:
        try:
            return answer(*given)
        except RefusedError as error:
            raise JsonRpcException(str(error), _REQUEST_FAILED) from None
        except Exception as error:
            server.report_bug(error)
            return otherwise

    return handler


def make_server(limits: Limits = DEFAULT_LIMITS) -> SpecServer:
    """A server with all that it answers."""
    server = SpecServer(limits)
    _register(server, UNREADABLE, lambda params: server.refuse(params.problem))
    _add_documents(server)
    _add_questions(server)
    _add_places(server)
    return server


def _add_documents(server: SpecServer) -> None:
    """What the editor says without asking."""

    def on(method: str) -> Callable[[Callable[[Any], None]], None]:
        return lambda handler: _register(server, method, handler)

    @on(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.start_with(params)

    @on(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        server.watch()

    @on(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.take_text(params.text_document.uri)

    @on(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.take_text(params.text_document.uri)

    @on(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.take_text(params.text_document.uri)

    @on(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.service.close(params.text_document.uri)
        server.publish_soon()

    @on(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def on_disk(params: types.DidChangeWatchedFilesParams) -> None:
        server.service.changed_on_disk(change.uri for change in params.changes)
        server.publish_soon()

    @on(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(_: types.DidChangeWorkspaceFoldersParams) -> None:
        server.take_folders()

    @on(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        server.service.configure(params.settings)
        workspace = server.client_capabilities.workspace
        if workspace is not None and workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
            server.workspace_inlay_hint_refresh(None)


def _add_questions(server: SpecServer) -> None:
    """What the editor asks about a document or a range of it."""

    def ask(method: str, answer: Callable[[Any], Any], options: Any = None, otherwise: Any = None) -> None:
        _register(server, method, answer, options, otherwise)

    ask(
        types.TEXT_DOCUMENT_CODE_ACTION,
        lambda params: server.service.code_actions(params),
        types.CodeActionOptions([types.CodeActionKind.QuickFix, FIX_ALL]),
    )
    ask(
        types.TEXT_DOCUMENT_INLAY_HINT,
        lambda params: server.service.inlay_hints(params.text_document.uri, params.range),
    )
    ask(
        types.TEXT_DOCUMENT_DOCUMENT_SYMBOL,
        lambda params: server.service.document_symbols(params.text_document.uri),
    )
    ask(types.TEXT_DOCUMENT_FOLDING_RANGE, lambda params: server.service.folding_ranges(params.text_document.uri))
    ask(types.TEXT_DOCUMENT_DOCUMENT_LINK, lambda params: server.service.document_links(params.text_document.uri))
    ask(types.TEXT_DOCUMENT_FORMATTING, lambda params: server.service.formatting(params.text_document.uri))
    ask(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        lambda params: server.service.semantic_tokens(params.text_document.uri),
        highlighting.LEGEND,
    )
    ask(types.CALL_HIERARCHY_INCOMING_CALLS, lambda params: server.service.incoming_calls(params.item))
    ask(types.CALL_HIERARCHY_OUTGOING_CALLS, lambda params: server.service.outgoing_calls(params.item))
    ask(types.COMPLETION_ITEM_RESOLVE, lambda item: server.service.resolve_completion(item))


def _add_places(server: SpecServer) -> None:
    """What the editor asks about a position of a document."""

    def ask(method: str, answer: Callable[..., Any], options: Any = None) -> None:
        def at(params: Any) -> Any:
            return answer(server.service, params.text_document.uri, params.position)

        _register(server, method, at, options)

    ask(types.TEXT_DOCUMENT_HOVER, LanguageService.hover)
    ask(
        types.TEXT_DOCUMENT_COMPLETION,
        LanguageService.completion,
        types.CompletionOptions(trigger_characters=TRIGGERS, resolve_provider=True),
    )
    ask(types.TEXT_DOCUMENT_DEFINITION, LanguageService.definition)
    ask(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, LanguageService.highlights)
    ask(types.TEXT_DOCUMENT_PREPARE_RENAME, LanguageService.prepare_rename)
    ask(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, LanguageService.prepare_call_hierarchy)

    def references(params: types.ReferenceParams) -> list[types.Location]:
        uri, position = params.text_document.uri, params.position
        return server.service.references(uri, position, with_definition=params.context.include_declaration)

    def renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        return server.service.rename(params.text_document.uri, params.position, params.new_name)

    _register(server, types.TEXT_DOCUMENT_REFERENCES, references)
    _register(server, types.TEXT_DOCUMENT_RENAME, renamed, types.RenameOptions(prepare_provider=True))


def _register(
    server: SpecServer, method: str, answer: Callable[[Any], Any], options: Any = None, otherwise: Any = None
) -> None:
    server.feature(method, options)(_guarded(server, answer, otherwise))
