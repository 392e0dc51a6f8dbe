"""The text of a spec as it is saved, and how another is put in its place: whole, and only if it is still the same."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from spec_compiler.emitting.files import Target, write_all

_MARK = b"\xef\xbb\xbf"


class ChangedError(Exception):
    """The file is no longer what was read; it is left as it is."""


class UnknownTextError(Exception):
    """The file is not there, or is no text."""


@dataclass(frozen=True, slots=True)
class SavedText:
    """What a file had when it was read.

    Attributes:
        text: Its text, with line feeds alone at the ends of lines.
        digest: What tells it from every other content.
        has_mark: Whether it begins with a mark of the order of bytes.
        has_returns: Whether its lines end as those of Windows do.
    """

    text: str
    digest: str
    has_mark: bool
    has_returns: bool

    @classmethod
    def of(cls, path: Path) -> SavedText:
        """Read a file.

        Raises:
            UnknownTextError: It is not there, or is no text.
        """
        try:
            data = path.read_bytes()
            text = data.removeprefix(_MARK).decode()
        except (OSError, ValueError) as error:
            raise UnknownTextError(f"`{path.name}` cannot be read as text") from error
        return cls(text.replace("\r\n", "\n"), sha256(data).hexdigest(), data.startswith(_MARK), "\r\n" in text)

    def encoded(self, text: str) -> bytes:
        """Another text as this file has its own."""
        lines = text.replace("\r\n", "\n")
        return (_MARK if self.has_mark else b"") + (lines.replace("\n", "\r\n") if self.has_returns else lines).encode()


def save(path: Path, text: str, digest: str) -> SavedText:
    """Put a text in the place of what a file has.

    Args:
        path: The file.
        text: The text.
        digest: What the file had when the text was begun.

    Raises:
        ChangedError: The file has something else by now.
        UnknownTextError: It is not there any more, or no text.
        UnwritableError: It cannot be written.
    """
    file = Path(os.path.realpath(path))  # once: what a link leads to later is not what was read
    data = SavedText.of(file).encoded(text)

    def write(temporary: Path) -> None:
        with open(temporary, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        # As late as can be: what another program has saved meanwhile is not to be lost.
        if SavedText.of(file).digest != digest:
            raise ChangedError(f"`{path.name}` has been changed by another program")

    write_all([Target(file, file.suffix, write)])
    return SavedText.of(file)
