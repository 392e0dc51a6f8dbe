"""What the commands print, and how they end."""

from __future__ import annotations

import os
import sys
from typing import TextIO

FINE, ERRORS, USAGE, BUG = 0, 1, 2, 70
"""Exit codes: all is well; the spec has errors; wrong usage, or a file that cannot be written; a bug of ours."""


class UsageError(Exception):
    """A command line that asks for something that cannot be done."""


def wants_colour(stream: TextIO) -> bool:
    """Whether colours may be used: on a terminal, unless `NO_COLOR` is set (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Progress:
    """A line on standard error that says how far a long work is; nothing if that is no terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = -1
        self._active = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        percent = 100 * done // total
        if self._active and percent != self._shown:
            self._shown = percent
            sys.stderr.write(f"\r{self._what}: {done} of {total}")
            sys.stderr.flush()

    def close(self) -> None:
        """Take the line away again."""
        if self._active and self._shown >= 0:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
