"""Output files: written whole or not at all, never over what cannot be replaced, and never over a source.

An output may be a folder, of a SavedModel; then it is the folder that is whole, and that is replaced.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from spec_compiler.reading.file_id import FileId
from spec_compiler.termination import cleaned_up


class UnwritableError(Exception):
    """A file that cannot be written; the message says which and why."""


_OF_SAVED_MODEL = "saved_model.pb"
"""What a folder that is replaced must have in it, so that nobody loses one that is something else."""


class Target(NamedTuple):
    """A file or a folder that is to be written, its suffix, and what writes it to a path."""

    path: Path
    suffix: str
    write: Callable[[Path], None]


def check_writable(path: Path, *, is_folder: bool = False) -> None:
    """Refuse a path at which nothing can be written, or what is there cannot be replaced.

    Args:
        path: The path.
        is_folder: Whether a folder is to be written there, and no file.

    Raises:
        UnwritableError: It is such a path.
    """
    with _as_unwritable(path):
        real = _real(path)
        if real.is_symlink():
            raise UnwritableError(f"`{path}` is a link that leads back to itself")
        if is_folder:
            _check_folder(path, real)
        elif real.exists() and not real.is_file():
            raise UnwritableError(f"`{path}` is there and is no regular file, so it cannot be replaced")
        if real.exists() and not os.access(real, os.W_OK):
            raise UnwritableError(f"`{path}` is there and may not be written, so it is not replaced")
        folder = real.parent
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir():
            raise UnwritableError(f"`{path}` cannot be written: `{folder}` is no folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UnwritableError(f"`{path}` cannot be written: the folder `{folder}` may not be written to")


def _check_folder(path: Path, real: Path) -> None:
    if not real.exists():
        return
    if not real.is_dir():
        raise UnwritableError(f"`{path}` is there and is no folder, so it cannot be replaced by one")
    if any(real.iterdir()) and not (real / _OF_SAVED_MODEL).is_file():
        raise UnwritableError(f"the folder `{path}` holds something else than a SavedModel, so it is not replaced")


def check_distinct(paths: Sequence[Path]) -> None:
    """Refuse paths of which two lead to one file: one output would be lost.

    Raises:
        UnwritableError: There are two such paths.
    """
    found: dict[object, Path] = {}
    for path in paths:
        # A file that is there is known whatever it is called; of one that is not there only the path is.
        for key in (os.path.realpath(path), FileId.of_path(path)):
            first = found.setdefault(key, path) if key is not None else path
            if first is not path:
                both = f"`{first}` and `{path}` are one file" if first != path else f"`{path}` is named twice"
                raise UnwritableError(f"{both}, and a file holds one output")


def check_no_source(paths: Sequence[Path], sources: Collection[FileId]) -> None:
    """Refuse a path that leads, by whatever name, to a file that the run reads, or to a folder that holds one.

    Raises:
        UnwritableError: There is such a path.
    """
    for path in paths:
        if FileId.of_path(path) in sources:
            raise UnwritableError(f"`{path}` is a source of this run, and is not replaced")
        if path.is_dir() and any(FileId.of_path(file) in sources for file in path.rglob("*")):
            raise UnwritableError(f"a source of this run lies in `{path}`, which is not replaced")


def write_all(targets: Sequence[Target]) -> None:
    """Write some files, each beside its place first; only when all are complete do they take their places.

    Raises:
        UnwritableError: A file cannot be written. No file has changed then.
    """
    with reserved({target.path: False for target in targets}) as places:
        places.write(targets)


class Places:
    """Where some files are written before they take their places: in a folder of its own beside each."""

    def __init__(self, folders: dict[Path, Path]) -> None:
        self._folders = folders

    def write(self, targets: Sequence[Target]) -> None:
        """Write files to places that are reserved; only when all are complete do they take them.

        Raises:
            UnwritableError: A file cannot be written. No file has changed then.
        """
        written = [(self._folders[target.path] / f"model{target.suffix.strip(os.sep)}", target) for target in targets]
        for temporary, target in written:
            _fill(target, temporary)
        for temporary, target in written:
            with _as_unwritable(target.path):
                _replace(temporary, _real(target.path))


def _replace(temporary: Path, real: Path) -> None:
    """Put what is complete in its place. The system replaces no folder that holds something: it is put away first."""
    if real.is_dir():
        os.replace(real, temporary.with_name("replaced"))
    os.replace(temporary, real)


@contextlib.contextmanager
def reserved(paths: Mapping[Path, bool]) -> Iterator[Places]:
    """Places for some files, so that what keeps them from being written is found before the work on them.

    What is not filled in the end leaves nothing behind, also if the process is asked to end.

    Args:
        paths: Where they are to be, and whether what is to be there is a folder.

    Raises:
        UnwritableError: A file cannot be written. No file has changed then.
    """
    for path, is_folder in paths.items():
        check_writable(path, is_folder=is_folder)
    with cleaned_up(), contextlib.ExitStack() as stack:
        yield Places({path: stack.enter_context(_beside(path)) for path in paths})


def _fill(target: Target, temporary: Path) -> None:
    with _as_unwritable(target.path):
        target.write(temporary)
        if _real(target.path).exists():
            os.chmod(temporary, _real(target.path).stat().st_mode)
        elif temporary.is_file():
            os.chmod(temporary, _usual_mode(temporary.parent))
        for file in [each for each in temporary.rglob("*") if each.is_file()] or [temporary]:
            with open(file, "rb+") as opened:
                os.fsync(opened.fileno())


def _usual_mode(folder: Path) -> int:
    """Who may read and write a new file; some libraries make files that only their owner may read."""
    new = folder / "new"
    new.touch()
    return new.stat().st_mode


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A new folder in the folder of a path, in which a file of its name can be made; gone at the end."""
    real = _real(path)
    with contextlib.ExitStack() as stack:
        with _as_unwritable(path):
            stack.enter_context(_made(real.parent))
            made = Path(tempfile.mkdtemp(prefix=".spec-compiler-", dir=real.parent))
            stack.callback(_remove_folder, made)
            # The system may refuse the name itself, as one that is too long.
            (made / real.name).touch()
            (made / real.name).unlink()
        yield made


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder and those that it lies in; those that are empty at the end are taken away again."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for each in missing:
            with contextlib.suppress(OSError):
                each.rmdir()


def _remove_folder(folder: Path) -> None:
    """Take a folder away, with what is in it."""
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _as_unwritable(path: Path) -> Iterator[None]:
    """Raise what the system refuses about a path as an `UnwritableError`."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "the system refused"
        raise UnwritableError(f"`{path}` cannot be written: {reason}") from error


def _real(path: Path) -> Path:
    """The file behind a link, so that the link stays one."""
    return Path(os.path.realpath(path))
