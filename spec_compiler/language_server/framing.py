"""Bytes → messages of the protocol: what is sent wrong is told, and the next message is found again."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

UNREADABLE = "compile-spec/unreadable"
"""The notification that stands for what could not be read; its params have the `problem`."""

_HEADER = re.compile(rb"Content-Length:[ \t]*(\d{1,18})[ \t]*\r?\n(?:[\w-]+:[^\r\n]*\r?\n)*\r?\n", re.IGNORECASE)
_FIELDS = re.compile(rb"(?:[\w-]+:[^\r\n]*\r?\n)*")
_FIELD = re.compile(rb"[\w-]+:")
_NAME = b"content-length"
_LONGEST_HEADER = 1_000
_CHUNK = 1 << 16


class MessageStream:
    """A binary stream of messages, each framed as it is long, which are sent by somebody who may get that wrong.

    Args:
        read: Waits for some bytes, at most as many as it is asked for, and gives none at the end; as `read1` does.
        most: How many bytes a message may have.
    """

    def __init__(self, read: Callable[[int], bytes], most: int) -> None:
        self._read = read
        self._most = most
        self._buffer = bytearray()
        self._message = io.BytesIO()

    def readline(self) -> bytes:
        """The next line of the header of a message; nothing at the end."""
        line = self._message.readline()
        if not line:
            self._message = io.BytesIO(self._next())
            line = self._message.readline()
        return line

    def read(self, count: int) -> bytes:
        """So many bytes of a message."""
        return self._message.read(count)

    def _next(self) -> bytes:
        """The next message, framed; what cannot be read is one that says so. Nothing at the end."""
        while (header := _HEADER.search(self._buffer)) is None:
            if foreign := self._foreign():
                return self._unreadable("there are bytes between the messages", foreign)
            more = self._read(_CHUNK)
            self._buffer += more
            if not more:
                return self._unreadable("it ends before a message", len(self._buffer)) if self._buffer else b""
        if header.start() and not _FIELDS.fullmatch(self._buffer, 0, header.start()):
            return self._unreadable("there are bytes between the messages", header.start())
        length, start = int(header[1]), header.end()
        if length > self._most:
            return self._unreadable(f"a message of {length:,} bytes is longer than {self._most:,}", start)
        end = start + length
        searched = start
        while len(self._buffer) < end:
            # No header can stand in a message, where line ends are escaped.
            inside = _HEADER.search(self._buffer, searched)
            if inside is not None:
                problem = f"the next message begins within the {length} bytes that `Content-Length` says"
                return self._unreadable(problem, inside.start())
            searched = max(start, len(self._buffer) - _LONGEST_HEADER)
            more = self._read(_CHUNK)
            if not more:
                return self._unreadable("it ends within a message", len(self._buffer))
            self._buffer += more
        body = bytes(self._buffer[start:end])
        message, whole = _read_object(body)
        if message is None or whole != length:
            problem = f"the {length} bytes that `Content-Length` says are no JSON object"
            return self._unreadable(problem, start + whole)
        if not _is_message(message):
            return self._unreadable("what is sent is no message of JSON-RPC", end)
        del self._buffer[:end]
        return _framed(body)

    def _foreign(self) -> int:
        """How many bytes at the beginning are certainly no part of a header."""
        line, end, _ = self._buffer.partition(b"\n")
        if end and _NAME not in line.lower() and not _FIELD.match(line):
            return len(line) + 1
        return max(0, len(self._buffer) - _LONGEST_HEADER)

    def _unreadable(self, problem: str, count: int) -> bytes:
        """Let go of some bytes, and say why."""
        del self._buffer[:count]
        params = {"problem": problem}
        return _framed(json.dumps({"jsonrpc": "2.0", "method": UNREADABLE, "params": params}).encode())


def _read_object(body: bytes) -> tuple[dict[str, Any] | None, int]:
    """The object that is written in some bytes, and how many of them are no part of what comes after it."""
    text = body.decode("utf-8", "replace")
    try:
        found, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        next_one = body.lower().find(_NAME)
        return None, next_one if next_one >= 0 else len(body)
    rest = text[end:]
    return found if isinstance(found, dict) else None, len(body) - (len(rest.encode()) if rest.strip() else 0)


def _is_message(said: dict[str, Any]) -> bool:
    """Whether an object asks for something, notes something or answers, as far as JSON-RPC says."""
    is_answer = "method" not in said and "id" in said and ("result" in said or "error" in said)
    is_asked = isinstance(said.get("method"), str) and isinstance(said.get("id", 0), (int, str))
    return said.get("jsonrpc") == "2.0" and (is_answer or is_asked)


def _framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
