"""Output files: written whole or not at all, and never over what cannot be replaced."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple


class UnwritableError(Exception):
    """A file that cannot be written; the message says which and why."""


class Target(NamedTuple):
    """A file that is to be written, its suffix, and what writes it to a path."""

    path: Path
    suffix: str
    write: Callable[[Path], None]


def check_writable(path: Path) -> None:
    """Refuse a path at which no file can be written, or one that is there cannot be replaced.

    Raises:
        UnwritableError: It is such a path.
    """
    real = _real(path)
    if real.exists() and not real.is_file():
        raise UnwritableError(f"`{path}` is there and is no regular file, so it cannot be replaced")
    if real.is_file() and not os.access(real, os.W_OK):
        raise UnwritableError(f"`{path}` is there and may not be written, so it is not replaced")
    folder = real.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise UnwritableError(f"`{path}` cannot be written: `{folder}` is no folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UnwritableError(f"`{path}` cannot be written: the folder `{folder}` may not be written to")


def write_all(targets: Sequence[Target]) -> None:
    """Write some files, each beside its place first; only when all are complete do they take their places.

    Raises:
        UnwritableError: A file cannot be written. No file has changed then.
    """
    for target in targets:
        check_writable(target.path)
    with contextlib.ExitStack() as stack:
        written = [(stack.enter_context(_beside(target)), target) for target in targets]
        for temporary, target in written:
            _fill(target, temporary)
        for temporary, target in written:
            with _told(target.path):
                os.replace(temporary, _real(target.path))


def _fill(target: Target, temporary: Path) -> None:
    with _told(target.path):
        target.write(temporary)
        if _real(target.path).exists():
            os.chmod(temporary, _real(target.path).stat().st_mode)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())


@contextlib.contextmanager
def _beside(target: Target) -> Iterator[Path]:
    """A path in the same folder, of the same suffix, that is gone at the end unless it was moved."""
    folder = _real(target.path).parent
    with _told(target.path):
        folder.mkdir(parents=True, exist_ok=True)
        made = tempfile.mkdtemp(prefix=".spec-compiler-", dir=folder)
    temporary = Path(made) / f"model{target.suffix}"
    try:
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            os.rmdir(made)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors of the system in our words."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "the system refused"
        raise UnwritableError(f"`{path}` cannot be written: {reason}") from error


def _real(path: Path) -> Path:
    """The file behind a link, so that the link stays one."""
    return Path(os.path.realpath(path))
