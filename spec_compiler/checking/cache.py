"""Outcomes of checks kept on disk, by what they depend on.

An entry is a file whose name is the hash of all that an outcome depends on: the text of the spec, what it is called,
the options, and the compiler itself. In it are the hash of what follows, and that as JSON: the outcome, and for each
import where it was found and the hash of its text, which are looked at again before the entry is believed.

Many processes may read and write at once: an entry appears whole or not at all, and what is not as it was written is no
entry. JSON, and not pickle, since whoever can write to the folder must not be able to run code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spec_compiler import __version__
from spec_compiler.checking.outcome import Outcome

_FORM = 2
"""Counts up when entries are written in another form."""
_ENTRY_BYTES = 64 * 1024
_SHARD_BYTES = 256 * 1024
_BLOCK = 4096
_DAY = 86_400
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by spec-compiler, and free to be deleted.\n"


class Import(NamedTuple):
    """A file that a spec imports: as it was opened, the file behind all links, and the hash of its bytes."""

    path: str
    real: str
    digest: str


def cache_folder() -> str:
    """Where outcomes are kept: `SPEC_COMPILER_CACHE`, or a folder among the caches of the user."""
    if chosen := os.environ.get("SPEC_COMPILER_CACHE"):
        return chosen
    if sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        caches = os.path.expanduser("~/Library/Caches")
    else:
        caches = os.environ.get("XDG_CACHE_HOME", "")
        if not os.path.isabs(caches):  # as the XDG specification has it
            caches = os.path.expanduser("~/.cache")
    return os.path.join(caches, "spec-compiler")


class Cache:
    """The outcomes in a folder. A folder that cannot be used is as good as an empty one.

    Args:
        folder: Where the entries are; made when the first one is written.
        options: All that an outcome depends on besides the specs and the compiler.
    """

    def __init__(self, folder: str, options: Sequence[str]) -> None:
        self._folder = os.path.join(folder, "check")
        about = [_FORM, __version__, _build(), sys.version, _here(), *options]
        self._about = json.dumps(about).encode()
        self._filled: set[str] = set()

    def key(self, name: str, text: bytes) -> str:
        """What the outcome of a spec is kept under, by what the spec is called and its text."""
        about = b"%d:%s%d:" % (len(self._about), self._about, len(name))
        return hashlib.sha256(about + os.fsencode(name) + text).hexdigest()

    def find(self, key: str) -> Outcome | None:
        """The outcome under a key; None if there is none, or an import has changed."""
        path = self._path(key)
        try:
            with open(path, "rb") as file:
                written = os.fstat(file.fileno()).st_mtime
                digest, _, kept = file.read(_ENTRY_BYTES).partition(b"\n")
            if hashlib.sha256(kept).hexdigest().encode() != digest:
                return None
            entry = json.loads(kept)
            imports = [Import(*each) for each in entry["imports"]]
            outcome = Outcome(*entry["outcome"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not all(_is_as_it_was(each) for each in imports):
            return None
        if written + _DAY < time.time():
            with contextlib.suppress(OSError):  # what is used stays: the oldest entries go first
                os.utime(path)
        return outcome

    def keep(self, key: str, outcome: Outcome, imports: Sequence[Import]) -> None:
        """Write an entry, if it is of a reasonable size and can be written."""
        if sum(len(line) for lines in outcome.lines.values() for line in lines.values()) > _ENTRY_BYTES:
            return
        kept = json.dumps({"imports": imports, "outcome": outcome}, separators=(",", ":")).encode()
        entry = hashlib.sha256(kept).hexdigest().encode() + b"\n" + kept
        if len(entry) > _ENTRY_BYTES:
            return
        path = self._path(key)
        beside = f"{path}.{os.getpid()}"
        with contextlib.suppress(OSError):
            self._make_folder(os.path.dirname(path))
            try:
                with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(entry)
                os.replace(beside, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(beside)
                raise
            self._filled.add(os.path.dirname(path))

    def prune(self) -> None:
        """Delete the oldest entries of the folders that have been written to, where they take too much."""
        for shard in self._filled:
            entries = sorted(_entries(shard), reverse=True)
            room = _SHARD_BYTES
            for _, size, path in entries:
                room -= -(-size // _BLOCK) * _BLOCK
                if room < 0:
                    with contextlib.suppress(OSError):
                        os.unlink(path)
        self._filled.clear()

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, key[:2], key[2:])

    def _make_folder(self, shard: str) -> None:
        if os.path.isdir(shard):
            return
        os.makedirs(shard, mode=0o700, exist_ok=True)
        tag = os.path.join(self._folder, "CACHEDIR.TAG")  # https://bford.info/cachedir/: backups leave it out
        with contextlib.suppress(FileExistsError), open(tag, "x", encoding="ascii") as file:
            file.write(_TAG)


def _entries(shard: str) -> Iterator[tuple[float, int, str]]:
    """The entries of a folder: when they were used, their size, their path."""
    with contextlib.suppress(OSError), os.scandir(shard) as found:
        for each in found:
            with contextlib.suppress(OSError):
                state = each.stat(follow_symlinks=False)
                yield state.st_mtime, state.st_size, each.path


def _here() -> str:
    """The folder that relative paths begin in; empty if it has been deleted."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def import_of(path: str, text: bytes) -> Import:
    """An import as it is now, of which the bytes have been read."""
    return Import(path, os.path.realpath(path), hashlib.sha256(text).hexdigest())


def _is_as_it_was(imported: Import) -> bool:
    try:
        with open(imported.path, "rb") as file:
            return import_of(imported.path, file.read()) == imported
    except (OSError, ValueError):
        return False


def _build() -> str:
    """What tells this build of the compiler from others of its version.

    That is the list of installed files with their hashes, or in a checkout the sizes and times of the files.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    record = os.path.join(os.path.dirname(package), f"spec_compiler-{__version__}.dist-info", "RECORD")
    with contextlib.suppress(OSError), open(record, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
    files = []
    folders = [package]
    while folders:
        with os.scandir(folders.pop()) as found:
            for each in found:
                if each.is_dir(follow_symlinks=False):
                    if each.name != "__pycache__":
                        folders.append(each.path)
                else:
                    state = each.stat()
                    files.append(f"{each.path}:{state.st_size}:{state.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()
