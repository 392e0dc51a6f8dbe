"""Opening files of a folder, and none outside of it, whatever links are put there meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""How files are read. Opening a FIFO must not wait for a writer; the kind of a file is looked at before it is read."""

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
# A folder is only passed through, which takes no permission to list it.
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)


class OutsideError(Exception):
    """A path that leads out of the folder that it must stay in."""


def is_within(path: Path, root: Path) -> bool:
    """Whether a path leads into a folder or below it, also after all links; there need not be such a file."""
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
    except ValueError:
        return False


def open_within(path: Path, root: Path) -> int:
    """A descriptor of a file that lies in a folder or below it, also after all links.

    The links are resolved first. What is opened then is the path without links, step by step from a descriptor of the
    folder: a link that somebody puts there between the look and the opening is not followed.

    Raises:
        OutsideError: The path leads out of the folder.
        OSError: There is no such file, or it cannot be opened.
    """
    try:
        real, real_root = os.path.realpath(path), os.path.realpath(root)
        if os.path.commonpath([real, real_root]) != real_root:
            raise OutsideError
    except ValueError:
        # A name that no path can have, such as one with a NUL, or a path on another drive.
        raise OutsideError from None
    if os.open not in os.supports_dir_fd:
        return _open_and_compare(path, real)
    *folders, name = Path(real).relative_to(real_root).parts or (".",)
    descriptor = os.open(real_root, _FOLDER)
    try:
        for folder in folders:
            inner = os.open(folder, _FOLDER | _NO_LINK, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        return os.open(name, OPEN_FLAGS | _NO_LINK, dir_fd=descriptor)
    finally:
        os.close(descriptor)


def _open_and_compare(path: Path, real: str) -> int:
    """Open a resolved path where there are no descriptors of folders, and look afterwards whether it was that file."""
    descriptor = os.open(real, OPEN_FLAGS)
    if os.path.realpath(path) == real and os.path.samestat(os.fstat(descriptor), os.stat(real)):
        return descriptor
    os.close(descriptor)
    raise OutsideError
