"""What `--data` names: a file, a folder of files, a pattern of files, or a folder of images → samples."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from spec_compiler.training.data_files import READERS, WantedOfFile, check_size, read_file, readable, reader_of
from spec_compiler.training.images import ImageFolder
from spec_compiler.training.samples import Samples, UnreadableDataError

_EVEN = 0.95
"""Files are shared out to several processes where each gets at least such a part of what the others get."""


class DataSet(Protocol):
    """Data in files, which may be more than fits into memory."""

    @property
    def name(self) -> str:
        """What it is called: the path as it was given."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it reads."""

    def size(self, wanted: WantedOfFile) -> int:
        """About how many bytes the values take once they are read.

        Raises:
            UnreadableDataError: A file cannot be read.
        """

    def count(self, wanted: WantedOfFile) -> int:
        """How many samples there are.

        Raises:
            UnreadableDataError: A file cannot be read.
        """

    def share(self, number: int, of: int, wanted: WantedOfFile) -> DataSet | None:
        """The files of one of several processes; None where they cannot be shared out evenly.

        Raises:
            UnreadableDataError: A file cannot be read.
        """

    def stretches(self, wanted: WantedOfFile, order: np.random.Generator | None = None) -> Iterator[Samples]:
        """The samples, stretch by stretch; in order, or with the files in an order that is drawn.

        Raises:
            UnreadableDataError: A file cannot be read.
        """


@dataclass(frozen=True)
class Shards:
    """One file, or several that are read one after the other.

    Attributes:
        name: What they are called together.
        files: The files, in order.
    """

    name: str
    files: tuple[Path, ...]

    def size(self, wanted: WantedOfFile) -> int:
        """About how many bytes the wanted values take."""
        return sum(self._of_each("size", wanted))

    def count(self, wanted: WantedOfFile) -> int:
        """How many samples there are."""
        return sum(self._of_each("count", wanted))

    def share(self, number: int, of: int, wanted: WantedOfFile) -> Shards | None:
        """The files of one of several processes; None where some would have much less to read than others."""
        if of == 1:
            return self
        parts = [Shards(self.name, self.files[each::of]) for each in range(of)]
        counts = [each.count(wanted) for each in parts]
        return parts[number] if min(counts) >= _EVEN * max(counts) else None

    def _of_each(self, what: Literal["size", "count"], wanted: WantedOfFile) -> Iterator[int]:
        for path in self.files:
            with readable(path):
                reader = reader_of(path)
                yield (reader.size if what == "size" else reader.count)(path, wanted)

    def check_size(self, wanted: WantedOfFile, most_bytes: int) -> None:
        """Refuse files that say themselves that they hold more than a limit.

        Raises:
            UnreadableDataError: One does, or cannot be read.
        """
        for path in self.files:
            check_size(path, wanted, most_bytes)

    def stretches(self, wanted: WantedOfFile, order: np.random.Generator | None = None) -> Iterator[Samples]:
        """The samples of one file after the other."""
        indices = range(len(self.files)) if order is None else order.permutation(len(self.files))
        for index in indices:
            yield from read_file(self.files[index], wanted)


def data_set(name: str) -> DataSet:
    """The data that a path names.

    Args:
        name: A file, a folder of files of one kind, a pattern such as `part-*.parquet`, or a folder with images in a
            folder for each class.

    Raises:
        UnreadableDataError: There is no such file, or what it names is no data.
    """
    path = Path(name)
    if path.is_dir() and path.suffix.lower() not in READERS:
        with readable(path):
            return _folder(path)
    if not path.exists() and glob.has_magic(name):
        found = tuple(sorted(Path(each) for each in glob.glob(name, recursive=True) if Path(each).is_file()))
        if not found:
            raise UnreadableDataError(f"no file is of the pattern `{name}`")
        return _shards(name, found)
    return Shards(name, (path,))


def _folder(path: Path) -> DataSet:
    files = tuple(sorted(each for each in path.iterdir() if each.suffix.lower() in READERS and each.is_file()))
    if files:
        return _shards(str(path), files)
    images = ImageFolder.of(path)
    if images is None:
        raise UnreadableDataError(f"the folder `{path}` has neither {', '.join(READERS)} files nor folders of images")
    return images


def _shards(name: str, files: tuple[Path, ...]) -> Shards:
    kinds = sorted({each.suffix.lower() for each in files})
    if len(kinds) > 1:
        raise UnreadableDataError(f"`{name}` has files of several kinds: {', '.join(kinds)}")
    return Shards(name, files)
