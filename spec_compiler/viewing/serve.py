"""The server of the page: on this machine alone, and for the page alone.

It listens on the loopback address, and answers only what names that as its host: a page of elsewhere whose name was
made to lead here (DNS rebinding) gets nothing. What it sends is for its own page, and no other may frame or embed it.
Where the spec may be edited, only that page can: it names itself as the origin, and knows a token that stands in the
fragment of its address, which browsers send to nobody, so that no other user of the machine gets it from here. A
browser is led there from an address that is good for one use, since others can see with what it was started.
"""

from __future__ import annotations

import json
import secrets
import sys
from functools import cached_property
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from spec_compiler.emitting.page.html import (
    engine_text,
    json_text,
    live_text,
    script_text,
    served_html,
    style_text,
)
from spec_compiler.viewing.draft import BadQuestionError
from spec_compiler.viewing.edit import SpecEditor
from spec_compiler.viewing.follow import Follower

LOOPBACK = "127.0.0.1"

_PAGE, _EVENTS = "page.json", "events"
_STYLE, _SCRIPT, _ENGINE, _LIVE = "page.css", "page.js", "layout.js", "live.js"
_QUESTIONS = ("page", "form", "text", "save")
_MOST_BYTES = 2**27
"""So long may a question be: twice the text that a spec may have by default."""
_HTML, _JSON, _CSS, _JAVASCRIPT = (
    f"{kind}; charset=utf-8" for kind in ("text/html", "application/json", "text/css", "text/javascript")
)
_PATIENCE = 60.0
"""After so many seconds a browser that neither sends what it has begun to nor takes what it gets is given up."""
_BEAT = 10.0
"""After so many seconds without news the page is told that there is still somebody."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PageServer(ThreadingHTTPServer):
    """Serves the page of a follower until it is shut down.

    Args:
        follower: What keeps the page up to date.
        title: What the page is called before it is known.
        port: The port; 0 for any that is free.
        editor: Answers the page if the spec may be edited in it.

    Raises:
        OSError: The port cannot be had.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, follower: Follower, title: str, port: int, editor: SpecEditor | None = None) -> None:
        self.editor = editor
        self.follower = follower
        self.title = title
        self.fault: BaseException | None = None
        self._starting = Lock()
        self._start = f"start/{secrets.token_urlsafe(32)}"
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """Where the page is."""
        token = f"#edit={self.editor.token}" if self.editor is not None else ""
        return f"http://{LOOPBACK}:{self.port}/{token}"

    @property
    def browser_address(self) -> str:
        """What a browser is started with; it is good for one use.

        Every user of the machine can see with what a program was started: the token does not stand there.
        """
        return f"http://{LOOPBACK}:{self.port}/{self._start}" if self.editor is not None else self.address

    def take_start(self, path: str) -> bool:
        """Whether a path is the one that a browser was started with, and it is asked for the first time."""
        with self._starting:
            is_start = self._start != "" and compare_digest(path.encode(), self._start.encode())
            if is_start:
                self._start = ""
        return is_start

    @cached_property
    def hosts(self) -> frozenset[str]:
        """What a request may name as its host."""
        names = (LOOPBACK, "localhost")
        return frozenset([f"{name}:{self.port}" for name in names] + (list(names) if self.port == 80 else []))

    def run(self) -> None:
        """Follow the spec and answer until the program is interrupted.

        Raises:
            BaseException: What went wrong while the spec was followed.
        """
        self.follower.start(self._give_up)
        try:
            self.serve_forever(poll_interval=0.1)
        finally:
            self.follower.stop()
            self.server_close()
        if self.fault is not None:
            raise self.fault

    def _give_up(self, fault: BaseException) -> None:
        self.fault = fault
        self.shutdown()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection is no fault."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = _PATIENCE
    server_version = "spec-compiler"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer a request."""
        if not self._is_for_us():
            self._send(HTTPStatus.FORBIDDEN, "text/plain", "this page is for this machine alone\n")
            return
        path = self.path.partition("?")[0].removeprefix("/")
        if path == _EVENTS:
            self._send_events()
            return
        if self.command == "GET" and self.server.editor is not None and self.server.take_start(path):
            self._begin(HTTPStatus.SEE_OTHER, "text/plain")
            self.send_header("Location", self.server.address)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        kind, text = self._found(path)
        if text is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", "there is no such page\n")
        else:
            self._send(HTTPStatus.OK, kind, text)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Answer what the page asks in which the spec is edited."""
        editor = self.server.editor
        if editor is None:
            self.send_error(HTTPStatus.NOT_IMPLEMENTED)
            return
        status = self._why_not(editor)
        if status is not None:
            self.close_connection = True  # what was sent along is not read
            self._send(status, "text/plain", "only the page of this spec may ask this\n")
            return
        try:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not isinstance(asked, dict):
                raise BadQuestionError("a question is a mapping")
            answer = json_text(editor.answer(self.path.removeprefix("/"), asked))
        except (BadQuestionError, ValueError, RecursionError) as error:
            self._send(HTTPStatus.BAD_REQUEST, "text/plain; charset=utf-8", f"{error}\n")
            return
        self._send(HTTPStatus.OK, _JSON, answer)

    def _why_not(self, editor: SpecEditor) -> HTTPStatus | None:
        """What keeps a question from being answered; None if it comes from the page of this spec."""
        origins = self.headers.get_all("Origin", [])
        if not self._is_for_us() or origins != [f"http://{self.headers['Host'].strip().lower()}"]:
            return HTTPStatus.FORBIDDEN
        if not compare_digest(self.headers.get("X-Edit-Token", "").encode(), editor.token.encode()):
            return HTTPStatus.FORBIDDEN
        if self.path.removeprefix("/") not in _QUESTIONS:
            return HTTPStatus.NOT_FOUND
        if self.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.LENGTH_REQUIRED
        too_long = len(length) > len(str(_MOST_BYTES)) or int(length) > _MOST_BYTES
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_long else None

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the terminal is the user's."""

    def _is_for_us(self) -> bool:
        hosts = self.headers.get_all("Host", [])
        return len(hosts) == 1 and hosts[0].strip().lower() in self.server.hosts

    def _found(self, path: str) -> tuple[str, str | None]:
        """The kind and the text of what is at a path; None if there is nothing."""
        if path == "":
            live = {"live": _LIVE, **{name: name for name in _QUESTIONS}} if self.server.editor is not None else {}
            return _HTML, served_html(
                self.server.title, page=_PAGE, events=_EVENTS, style=_STYLE, script=_SCRIPT, engine=_ENGINE, live=live
            )
        if path == _PAGE:
            return _JSON, self.server.follower.version.text
        scripts = ((_SCRIPT, _JAVASCRIPT, script_text), (_LIVE, _JAVASCRIPT, live_text))
        for name, kind, text in ((_STYLE, _CSS, style_text), *scripts):
            if path == name:
                return kind, text()
        return _JAVASCRIPT, engine_text() if path == _ENGINE else None

    def _send(self, status: HTTPStatus, kind: str, text: str) -> None:
        body = text.encode()
        self._begin(status, kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_events(self) -> None:
        """Tell of each new page, the present one first, until the browser or the program ends."""
        self._begin(HTTPStatus.OK, "text/event-stream")
        self.end_headers()
        number = 0
        while self.command != "HEAD" and not self.server.follower.is_stopped:
            version = self.server.follower.newer(number, _BEAT)
            number = version.number if version is not None else number
            event = f"event: page\ndata: {number}\n\n" if version is not None else ": still here\n\n"
            self.wfile.write(event.encode())
            self.wfile.flush()

    def _begin(self, status: HTTPStatus, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
