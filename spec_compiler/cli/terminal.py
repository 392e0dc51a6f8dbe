"""What the commands print, and how they end."""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from spec_compiler.diagnostics.report import Report

FINE, ERRORS, USAGE, BUG = 0, 1, 2, 70
"""Exit codes: all is well; the spec has errors; wrong usage, or a file that cannot be written; a bug of ours."""

SIGNALLED = 128
"""What the number of a signal is added to, as shells do: 130 for an interrupt, 141 for a reader that has gone."""


class UsageError(Exception):
    """A command line that asks for something that cannot be done."""


def wants_colour(stream: TextIO) -> bool:
    """Whether colours may be used: on a terminal, as https://no-color.org and https://force-color.org have it."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """How many columns what is printed may take: as `COLUMNS` says, or the terminal; 80 where there is none."""
    # As shutil.get_terminal_size does, which takes a good part of a quick command to import.
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


def print_report(report: Report) -> None:
    """Print what was found in a spec to standard error."""
    # Not imported for nothing: most commands on most specs find nothing.
    from spec_compiler.diagnostics.renderers.text import render

    print(render(report, colour=wants_colour(sys.stderr)), file=sys.stderr)


class ProgressLine:
    """A line on standard error that says how far a long work is; nothing if that is no terminal.

    Args:
        what: What is done.
        patience: For how many seconds nothing is shown.
    """

    def __init__(self, what: str, patience: float = 0.5) -> None:
        self._what = what
        self._begun = time.monotonic()
        self._next = self._begun + patience
        self._state = ""
        self._shown = False
        # A stream of its own: while Keras is imported, standard error is held back.
        self._terminal = os.dup(sys.stderr.fileno()) if _is_terminal(sys.stderr) else None

    def __call__(self, done: int, total: int) -> None:
        """Note that `done` of `total` are done."""
        self._state = f"{done} of {total}"
        if time.monotonic() >= self._next:
            self.show()

    def show(self) -> None:
        """Show how far the work is, or for how long it has been going on."""
        now = time.monotonic()
        self._next = now + 0.1
        self._write(f"\r\x1b[K{self._what}: {self._state or f'{now - self._begun:.0f} s'}")
        self._shown = True

    def close(self) -> None:
        """Take the line away again."""
        if self._terminal is not None:
            if self._shown:
                self._write("\r\x1b[K")
            os.close(self._terminal)
            self._terminal = None

    def _write(self, text: str) -> None:
        if self._terminal is not None:
            try:
                os.write(self._terminal, text.encode("ascii", "replace"))
            except OSError:  # the terminal has gone
                os.close(self._terminal)
                self._terminal = None


class Waiting:
    """Progress of a work that does not say how far it is: a line from the first second on that counts the seconds."""

    def __init__(self, what: str) -> None:
        self.progress = ProgressLine(what)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True) if _is_terminal(sys.stderr) else None

    def __enter__(self) -> ProgressLine:
        if self._thread is not None:
            self._thread.start()
        return self.progress

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self.progress.close()

    def _tick(self) -> None:
        while not self._over.wait(0.5):
            self.progress.show()


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty() and stream.fileno() >= 0
    except (OSError, ValueError):  # a stream that is closed, or none of the system's
        return False
