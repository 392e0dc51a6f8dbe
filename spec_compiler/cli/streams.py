"""The standard streams: what they cannot take is said in a line, and is no bug."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from spec_compiler.cli.terminal import UsageError


class _StandardOutput(io.TextIOWrapper):
    """Standard output that says why it cannot be written. A reader that has gone stays a `BrokenPipeError`."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise _refused(error) from error

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise _refused(error) from error


class _StandardError(io.TextIOWrapper):
    """Standard error that drops what it cannot take: there is nowhere to say so."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def _refused(error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    reason = os.strerror(error.errno).lower() if error.errno else "the system refused"
    return UsageError(f"standard output cannot be written: {reason}")


def prepare() -> None:
    """Make standard output and error take any character, and say or drop what they cannot take.

    A stream that is closed gets a place that holds nothing: a file that is opened later must not be taken for it, by
    us or by the C code of others.
    """
    while (descriptor := os.open(os.devnull, os.O_RDONLY)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdout = _rewrapped(sys.stdout, 1, _StandardOutput)
    sys.stderr = _rewrapped(sys.stderr, 2, _StandardError)


def _rewrapped(stream: Any, descriptor: int, wrapper: type[io.TextIOWrapper]) -> TextIO:
    """A standard stream whose faults are told as the wrapper tells them; what it cannot encode is spelt out."""
    if stream is None:
        return wrapper(open(descriptor, "wb", closefd=False), "utf-8", "backslashreplace")
    encoding, at_once = stream.encoding, stream.line_buffering
    return wrapper(stream.detach(), encoding, "backslashreplace", line_buffering=at_once)


def forsake() -> None:
    """Let go of what standard output has not taken: Python would try again at the end, and complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def divert_errors() -> None:
    """Let standard error be standard output from now on, or nothing if both are one file that must not be written."""
    sys.stdout.flush()
    if os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno()):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stderr.fileno())
        os.close(nowhere)
    else:
        os.dup2(sys.stdout.fileno(), sys.stderr.fileno())


def write_document(text: str) -> None:
    """Write a text that is a file of its own to standard output: in UTF-8, whatever the terminal takes."""
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except OSError as error:
        raise _refused(error) from error
