"""Ending when asked to, as by an interrupt: an exception that lets what is unfinished be cleaned up on the way out."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Terminated(BaseException):
    """The process was asked to end. Like `KeyboardInterrupt`, it is nothing to go on after."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _raise(number: int, _: FrameType | None) -> None:
    raise Terminated(number)


@contextmanager
def termination_raised() -> Iterator[bool]:
    """Have `Terminated` raised where the process is asked to end and nobody else looks to that.

    Gives whether it is this that has it raised: handlers can only be set in the main thread, and those that are set
    stay.
    """
    handled = []
    if threading.current_thread() is threading.main_thread():
        handled = [number for number in _SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    for number in handled:
        signal.signal(number, _raise)
    try:
        yield bool(handled)
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def cleaned_up() -> Iterator[None]:
    """Let what is done inside clean up before the process ends as it was asked to."""
    try:
        with termination_raised() as is_raised:
            yield
    except Terminated as end:
        if is_raised:
            os.kill(os.getpid(), end.number)
        raise
