"""A spec that is edited → its page, anew whenever one of its files has been saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Event, Thread

from spec_compiler.analysis import Analysis
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.page.html import json_text
from spec_compiler.emitting.pictures.errors import UnknownBlockError
from spec_compiler.emitting.pictures.options import PictureOptions
from spec_compiler.viewing.files import files_of, stamps
from spec_compiler.viewing.live_page import live_page

_SECONDS = 0.15
"""How long a file that is saved stays unnoticed, at most."""


@dataclass(frozen=True, slots=True)
class Version:
    """One page, counted from 1, as JSON."""

    number: int
    text: str


class Follower:
    """Keeps the page of a spec up to date.

    Args:
        spec: The file of the spec.
        analyse: Reads the spec as it is now.
        options: How the picture is to be at first.

    Raises:
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """

    def __init__(self, spec: Path, analyse: Callable[[], Analysis], options: PictureOptions) -> None:
        self._spec = spec
        self._analyse = analyse
        self._options = options
        self._changed = Condition()
        self._stopped = Event()
        self._files = frozenset([spec])
        self._version = Version(0, "{}")
        self._stamps = stamps(self._files)
        self._look()
        self._thread: Thread | None = None

    @property
    def files(self) -> frozenset[Path]:
        """The files that are followed."""
        return self._files

    @property
    def version(self) -> Version:
        """The page as it is now."""
        return self._version

    def newer(self, number: int, seconds: float) -> Version | None:
        """A page after that of a number, as soon as there is one; None if there is none for so long, or no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._version.number > number or self._stopped.is_set(), seconds)
            return self._version if self._version.number > number else None

    @property
    def is_stopped(self) -> bool:
        """Whether there will be no more pages."""
        return self._stopped.is_set()

    def start(self, on_fault: Callable[[BaseException], None]) -> None:
        """Begin to follow the files; a bug of ours ends that, and is handed on."""
        self._thread = Thread(target=self._run, args=(on_fault,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End following."""
        with self._changed:
            self._stopped.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self, on_fault: Callable[[BaseException], None]) -> None:
        try:
            while not self._stopped.wait(_SECONDS):
                if stamps(self._files) != self._stamps:
                    self._look()
        except BaseException as fault:
            on_fault(fault)

    def _look(self) -> None:
        """Read the spec and make its page. What is saved meanwhile is seen the next time."""
        before = stamps(self._files)
        analysis = self._analyse()
        self._files = files_of(self._spec, analysis.documents)
        self._stamps = {**stamps(self._files), **{file: before[file] for file in self._files if file in before}}
        text = json_text(self._page(analysis))
        with self._changed:
            self._version = Version(self._version.number + 1, text)
            self._changed.notify_all()

    def _page(self, analysis: Analysis) -> JsonObject:
        try:
            return live_page(analysis, self._options)
        except UnknownBlockError:
            if self._version.number == 0:
                raise
            # A block that was there when the page was asked for may be gone from the spec.
            plain = PictureOptions(direction=self._options.direction, theme=self._options.theme)
            return live_page(analysis, plain)
