"""Which file it is, whatever it is called."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple, TextIO


class FileId(NamedTuple):
    """The identity of a file: two paths to one file, by links or spelling, have the same."""

    device: int
    number: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileId | None:
        """The identity of a regular file; None of anything else."""
        return cls(status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None

    @classmethod
    def of_path(cls, path: str | os.PathLike[str]) -> FileId | None:
        """The identity of the file at a path; None if none is there."""
        try:
            return cls.of(os.stat(path))
        except (OSError, ValueError):
            return None

    @classmethod
    def of_stream(cls, stream: TextIO | None) -> FileId | None:
        """The identity of the file that a standard stream is; None if it is none."""
        try:
            return cls.of(os.fstat(stream.fileno())) if stream is not None else None
        except (OSError, ValueError):
            return None
