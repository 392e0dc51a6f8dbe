"""Where a spec comes from: a file, a text, standard input, or Python data."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Form = Literal["yaml", "json"]


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
    """

    name: str
    content: Path | str | bytes | Mapping[Any, Any] | None
    form: Form | None = None

    @classmethod
    def text(cls, text: str | bytes, *, name: str = "<text>", form: Form | None = None) -> Source:
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
            return cls(str(path), path, "json" if path.suffix.lower() == ".json" else "yaml")
        raise TypeError(
            f"a spec is a path, a dict or Source.text(...), not {type(source).__name__}; wrap text as Source.text(text)"
        )

    @property
    def directory(self) -> Path | None:
        """The folder that the spec lies in, for a file."""
        return self.content.parent if isinstance(self.content, Path) else None

    def read_bytes(self, limit: int) -> bytes:
        """The bytes of the text, at most `limit` of them.

        Raises:
            UnreadableError: There is no such file, or it is not a regular file.
            TooLargeError: There are more than `limit` bytes.
        """
        content = self.content
        if isinstance(content, str):
            data = content.encode("utf-8", "surrogatepass")
        elif isinstance(content, bytes):
            data = content
        elif content is None:
            data = sys.stdin.buffer.read(limit + 1)
        elif isinstance(content, Path):
            data = _read_file(content, limit)
        else:
            raise TypeError("a mapping has no text")
        if len(data) > limit:
            raise TooLargeError
        return data


def _read_file(path: Path, limit: int) -> bytes:
    try:
        # O_NONBLOCK: opening a FIFO must not wait for a writer; its kind is looked at before it is read.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise UnreadableError("there is no such file") from None
    except IsADirectoryError:
        raise UnreadableError("it is a folder, not a file") from None
    except PermissionError:
        raise UnreadableError("it may not be read by this user") from None
    except (OSError, ValueError):
        raise UnreadableError("it cannot be opened") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableError("it is a folder, not a file")
        if not stat.S_ISREG(mode):
            raise UnreadableError("it is not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)
    except OSError:
        raise UnreadableError("it cannot be read") from None
    finally:
        os.close(descriptor)
