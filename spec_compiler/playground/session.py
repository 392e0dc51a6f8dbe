"""One page of the playground: the text that is typed in it, what is known of it, and the language server.

It runs in a worker of the browser, which has one thread, no network and a file system in memory.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spec_compiler.analysis import Analysis
from spec_compiler.emitting.page.html import json_text
from spec_compiler.pipeline import analyse
from spec_compiler.reading.source import Source
from spec_compiler.viewing.draft import Draft, text_of

if TYPE_CHECKING:
    from spec_compiler.language_server.server import SpecServer

FOLDER = Path("/specs")
"""The folder that the text lies in as far as anybody can tell; there is none such, and so nothing to import."""


class Session:
    """Answers what the page asks.

    Args:
        send: Takes what the language server says, as JSON.
    """

    def __init__(self, send: Callable[[str], object]) -> None:
        self._send = send
        self._draft = Draft(self._analyse)
        self._file = "spec.yaml"
        self._server: SpecServer | None = None

    def answer(self, question: str, asked: str) -> str:
        """What a `Draft` answers to a question, both as JSON; `file` is what the text is to be called.

        Raises:
            BadQuestionError: It is no question.
        """
        found = json.loads(asked)
        file = text_of(found, "file")
        if file != self._file:
            self._file, self._draft = file, Draft(self._analyse)
        return json_text(self._draft.answer(question, found))

    def _analyse(self, text: str, params: Mapping[str, Any]) -> Analysis:
        """What is known of a text; where the language server has the same, it is found out once."""
        path = FOLDER / self._file
        if self._server is not None:
            self._server.take_params(params)
            known = self._server.service.analysis_of(path.as_uri(), text)
            if known is not None:
                return known.with_name(self._file)
        return analyse(replace(Source.of(path), name=self._file, unsaved=text), params=params, root=FOLDER)

    def start_server(self) -> None:
        """Load the language server, which is not needed for the first answer and takes its time."""
        from spec_compiler.language_server.server import make_server

        if self._server is None:
            self._server = make_server()
            self._server.take_params(self._draft.params)
            self._server.protocol.set_writer(_Sender(self._send), include_headers=False)

    def receive(self, message: str) -> None:
        """Hand a message of the editor to the language server."""
        self.start_server()
        assert self._server is not None
        protocol = self._server.protocol
        protocol.handle_message(protocol.structure_message(json.loads(message)))

    def settle(self) -> None:
        """Let memory be freed again after what was loaded for an answer, which stays."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()


class _Sender:
    """Takes what the language server writes, a message at a time."""

    def __init__(self, send: Callable[[str], object]) -> None:
        self._send = send

    def write(self, data: bytes) -> None:
        self._send(data.decode())

    def close(self) -> None:
        """Nothing is open."""
