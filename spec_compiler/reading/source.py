"""Where a spec comes from: a file, a text, standard input, or Python data."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from spec_compiler.reading.file_id import FileId
from spec_compiler.reading.folder import OPEN_FLAGS, OutsideError, is_within, open_within

TextFormat = Literal["yaml", "json"]


class RawText(NamedTuple):
    """The bytes of a text, and the file that they were read from, if it was one."""

    data: bytes
    file_id: FileId | None = None


class UnreadableError(Exception):
    """A source that cannot be read; the message says why, in our words."""


class TooLargeError(Exception):
    """A source of more bytes than allowed."""


@dataclass(frozen=True, slots=True)
class Source:
    """A spec before it is read.

    Attributes:
        name: What diagnostics call it.
        content: A path, the text (``str`` or ``bytes``), data, or ``None`` for standard input.
        form: Whether a text is YAML or JSON; ``None`` decides by a look at it.
        root: The folder that a file must lie in, also after all links; ``None`` if it may lie anywhere.
        unsaved: The text of a file as an editor has it, which is read in the place of what is saved.
    """

    name: str
    content: Path | str | bytes | Mapping[Any, Any] | None
    form: TextFormat | None = None
    root: Path | None = None
    unsaved: str | None = None

    @classmethod
    def text(cls, text: str | bytes, *, name: str = "<text>", form: TextFormat | None = None) -> Source:
        """A spec that is given as text. `form` decides between YAML and JSON; by default a look at it does."""
        return cls(name, text, form)

    @classmethod
    def standard_input(cls) -> Source:
        """A spec that is read from standard input."""
        return cls("<stdin>", None)

    @classmethod
    def of(cls, source: str | os.PathLike[str] | Mapping[Any, Any] | Source) -> Source:
        """A source of what a caller passed: a path, a mapping or a `Source`.

        Raises:
            TypeError: It is none of these; text must be wrapped with `Source.text`.
        """
        if isinstance(source, Source):
            return source
        if isinstance(source, Mapping):
            return cls("<dict>", source)
        if isinstance(source, (str, os.PathLike)):
            path = Path(source)
            name = _beginning(source) if isinstance(source, str) and is_spec_text(source) else str(path)
            return cls(name, path, "json" if path.suffix.lower() == ".json" else "yaml")
        raise TypeError(
            f"a spec is a path, a dict or Source.text(...), not {type(source).__name__}; wrap text as Source.text(text)"
        )

    def __repr__(self) -> str:
        return f"<Source {self.name}>"

    @property
    def directory(self) -> Path | None:
        """The folder that the spec lies in, for a file."""
        return self.content.parent if isinstance(self.content, Path) else None

    def file_id(self) -> FileId | None:
        """Which file would be read now; None if it would be none, or cannot be found."""
        if self.content is None:
            return FileId.of_stream(sys.stdin)
        return FileId.of_path(self.content) if isinstance(self.content, Path) else None

    def read(self, limit: int) -> RawText:
        """The bytes of the text, at most `limit` of them, and the file they are from.

        Raises:
            UnreadableError: There is no such file, or it is not a regular file.
            OutsideError: The file does not lie in the folder that it must lie in.
            TooLargeError: There are more than `limit` bytes.
        """
        content = self.content
        if self.unsaved is not None and isinstance(content, Path):
            if self.root is not None and not is_within(content, self.root):
                raise OutsideError
            raw = RawText(self.unsaved.encode("utf-8", "surrogatepass"))
        elif isinstance(content, str):
            raw = RawText(content.encode("utf-8", "surrogatepass"))
        elif isinstance(content, bytes):
            raw = RawText(content)
        elif content is None:
            raw = RawText(_read_standard_input(limit), self.file_id())
        elif isinstance(content, Path):
            raw = _read_file(content, self.root, limit)
        else:
            raise TypeError("a mapping has no text")
        if len(raw.data) > limit:
            raise TooLargeError
        return raw


_SPEC_TEXT = re.compile(r"""\s*\{?\s*["']?spec["']?\s*:|[^\n]*:[^\n]*\n""")


def is_spec_text(path: str) -> bool:
    """Whether what should be a path is rather the text of a spec."""
    return _SPEC_TEXT.match(path) is not None


def _beginning(text: str) -> str:
    """The first line of a text, if it is not too long, to call it by."""
    line = text.strip().partition("\n")[0].strip()
    return f"{line[:30]}…" if len(line) > 30 or len(line) < len(text.strip()) else line


def _read_standard_input(limit: int) -> bytes:
    if sys.stdin is None:
        raise UnreadableError("standard input is closed")
    try:
        return sys.stdin.buffer.read(limit + 1)
    except OSError:
        raise UnreadableError("it cannot be read") from None


def _read_file(path: Path, root: Path | None, limit: int) -> RawText:
    try:
        descriptor = os.open(path, OPEN_FLAGS) if root is None else open_within(path, root)
    except FileNotFoundError:
        raise UnreadableError("there is no such file") from None
    except IsADirectoryError:
        raise UnreadableError("it is a folder, not a file") from None
    except PermissionError:
        raise UnreadableError("it may not be read by this user") from None
    except (OSError, ValueError):
        raise UnreadableError("it cannot be opened") from None
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableError("it is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("it is not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return RawText(file.read(limit + 1), FileId.of(status))
    except OSError:
        raise UnreadableError("it cannot be read") from None
    finally:
        os.close(descriptor)
