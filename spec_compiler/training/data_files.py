"""Files of data → samples: `.npz`, `.parquet`, `.csv` and `.tfrecord`, read stretch by stretch as a stranger's."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import numpy as np

from spec_compiler.analysing.data_contract import WantedData
from spec_compiler.catalog.data_forms import DataKind
from spec_compiler.emitting.requirement import require_library
from spec_compiler.training.samples import Column, NumpyArray, Samples, UnequalRowsError, UnreadableDataError, plain

STRETCH_BYTES = 16 * 2**20
"""About how many bytes of values are read at once."""

_MOST_ROWS = 65_536
"""How many rows are read at once at most."""

_FIRST_ROWS = 16
"""How many rows of a column of text are looked at before all of it is."""

_BUFFER_BYTES = 2**20
"""How many bytes of a column are read from a Parquet file at once."""

WantedOfFile = Sequence[WantedData]
"""What is wanted of a file: the inputs and targets, whose names its columns have."""


@dataclass(frozen=True)
class Reader:
    """What reads the files of one kind.

    Attributes:
        read: The samples of a file, stretch by stretch; at least one, which has the columns even if there are no rows.
        size: About how many bytes the wanted values of a file take, without reading them.
        count: How many samples a file has.
        is_exact: Whether the size is so to the byte.
    """

    read: Callable[[Path, WantedOfFile], Iterator[Samples]]
    size: Callable[[Path, WantedOfFile], int]
    count: Callable[[Path, WantedOfFile], int]
    is_exact: bool = False


def reader_of(path: Path) -> Reader:
    """What reads a file; its suffix says what kind of file it is.

    Raises:
        UnreadableDataError: It is no such file, or there is none.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableDataError(f"the suffix of `{path.name}` is none of {', '.join(READERS)}")
    if not path.is_file():
        raise UnreadableDataError(f"there is no file `{path}`")
    return reader


def read_file(path: Path, wanted: WantedOfFile) -> Iterator[Samples]:
    """The samples of a file, stretch by stretch.

    Raises:
        UnreadableDataError: It is no such file, or it is damaged.
        LibraryMissingError: The library that reads such files is not installed.
    """
    with readable(path):
        yield from reader_of(path).read(path, wanted)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raise what the system refuses about a file of data as an `UnreadableDataError`."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "it is damaged, or of another kind"
        raise UnreadableDataError(f"`{path}` cannot be read: {reason}") from error


def check_size(path: Path, wanted: WantedOfFile, most_bytes: int) -> None:
    """Refuse a file that holds more than a limit, where its head says so.

    Raises:
        UnreadableDataError: It does, or it cannot be read.
    """
    with readable(path):
        reader = reader_of(path)
        if (reader.is_exact or reader.read is _read_csv) and reader.size(path, wanted) > most_bytes:
            raise too_large(path, most_bytes)


def too_large(path: Path, most_bytes: int) -> UnreadableDataError:
    """That a file holds more than a limit."""
    return UnreadableDataError(f"`{path.name}` holds more than {most_bytes:,} bytes", "size")


def _rows_at_once(bytes_a_row: float) -> int:
    return int(min(max(STRETCH_BYTES / max(bytes_a_row, 1), 1), _MOST_ROWS))


# NumPy


class _Member(NamedTuple):
    """An array of an archive: what its head says, and where its values are read from."""

    name: str
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]
    values: IO[bytes]

    @property
    def row_bytes(self) -> int:
        return int(self.dtype.itemsize * prod(self.shape[1:]))

    def read(self, rows: int) -> NumpyArray:
        """The next rows."""
        raw = self._bytes(rows * self.row_bytes if self.shape else self.dtype.itemsize)
        return np.frombuffer(raw, self.dtype).reshape((rows, *self.shape[1:]) if self.shape else ())

    def _bytes(self, size: int) -> bytes:
        raw = self.values.read(size)
        if len(raw) < size:
            raise ValueError(f"{self.name} ends early")
        return raw

    @property
    def lies_by_columns(self) -> bool:
        """Whether values that follow each other are of different rows."""
        return self.fortran and len(self.shape) > 1

    def copy_to(self, file: IO[bytes]) -> None:
        """Write all values to a file, some at a time."""
        left = self.row_bytes * self.shape[0]
        while left:
            left -= file.write(self._bytes(min(left, STRETCH_BYTES)))

    def rows_of(self, file: IO[bytes], first: int, end: int) -> NumpyArray:
        """Some rows of values that lie by columns in a file, where `copy_to` has written them."""
        size = self.dtype.itemsize
        columns = []
        for number in range(prod(self.shape[1:])):
            file.seek((number * self.shape[0] + first) * size)
            columns.append(file.read((end - first) * size))
        array = np.frombuffer(b"".join(columns), self.dtype).reshape((*self.shape[:0:-1], end - first))
        return array.transpose()


def _read_npz(path: Path, wanted: WantedOfFile) -> Iterator[Samples]:
    """Arrays by name; what is pickled is not read."""
    with _npz(path) as archive, ExitStack() as opened:
        names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
        known = {each.name for each in wanted}
        others = tuple(name for name in names if name not in known)
        members = [_opened(archive, name, path, opened) for name in names if name in known]
        # What is read one after the other is no row here, and an archive cannot be read here and there.
        copies = {each.name: _copied(each, opened) for each in members if each.lies_by_columns}
        length = max((each.shape[0] for each in members if each.shape), default=0)
        step = _rows_at_once(sum(each.row_bytes for each in members))
        for first in range(0, max(length, 1), step):
            columns = {}
            for each in members:
                end = min(first + step, each.shape[0]) if each.shape else 0
                if not each.shape and first == 0:
                    columns[each.name] = _given(each.name, each.read(1))
                elif each.shape and (end > first or first == 0):
                    copy = copies.get(each.name)
                    array = each.read(end - first) if copy is None else each.rows_of(copy, first, end)
                    columns[each.name] = _given(each.name, array)
            yield Samples(columns, others, str(path), first)


def _size_of_npz(path: Path, wanted: WantedOfFile) -> int:
    """How large arrays are is known before they are unpacked."""
    with _members(path, wanted) as members:
        return sum(each.row_bytes * (each.shape[0] if each.shape else 1) for each in members)


def _count_of_npz(path: Path, wanted: WantedOfFile) -> int:
    with _members(path, wanted) as members:
        return max((each.shape[0] for each in members if each.shape), default=0)


@contextmanager
def _members(path: Path, wanted: WantedOfFile) -> Iterator[list[_Member]]:
    """The wanted arrays of an archive, by their heads."""
    known = {each.name for each in wanted}
    with _npz(path) as archive, ExitStack() as opened:
        names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
        yield [_opened(archive, name, path, opened) for name in names if name in known]


@contextmanager
def _npz(path: Path) -> Iterator[ZipFile]:
    try:
        with ZipFile(path) as archive:
            yield archive
    except (BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError, ZlibError) as error:
        raise UnreadableDataError(f"`{path.name}` is no archive of arrays as `numpy.savez` writes it") from error


def _opened(archive: ZipFile, name: str, path: Path, opened: ExitStack) -> _Member:
    """An array of an archive, as its head states it.

    Raises:
        UnreadableDataError: It holds Python objects.
    """
    member = opened.enter_context(archive.open(f"{name}.npy"))
    version = np.lib.format.read_magic(member)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read_header(member)
    if dtype.hasobject:
        raise UnreadableDataError(f"`{name}` of `{path.name}` holds Python objects, which may run code when read")
    return _Member(name, shape, fortran, dtype, member)


def _copied(member: _Member, opened: ExitStack) -> IO[bytes]:
    """A temporary file with the values of an array."""
    file = opened.enter_context(TemporaryFile())  # noqa: SIM115 (closed with the archive)
    member.copy_to(file)
    return file


def _given(name: str, array: NumpyArray) -> Column:
    return Column(name, lambda: array)


# Arrow


def _read_parquet(path: Path, wanted: WantedOfFile) -> Iterator[Samples]:
    """Columns; those of lists are arrays of several axes."""
    require_library("pyarrow")
    import pyarrow

    with _parquet(path) as file:
        names = file.schema_arrow.names
        known = [name for name in names if _is_wanted(name, wanted)]
        rows = _rows_at_once(_bytes_of(file, known) / max(file.metadata.num_rows, 1))
        first = 0
        for batch in file.iter_batches(rows, columns=known):
            # Without columns a batch does not know how many rows it has.
            yield samples_of_table(pyarrow.Table.from_batches([batch]), names, wanted, path, first)
            first += batch.num_rows
        if first == 0:
            yield samples_of_table(file.schema_arrow.empty_table().select(known), names, wanted, path, 0)


def _size_of_parquet(path: Path, wanted: WantedOfFile) -> int:
    require_library("pyarrow")
    with _parquet(path) as file:
        return _bytes_of(file, [name for name in file.schema_arrow.names if _is_wanted(name, wanted)])


def _count_of_parquet(path: Path, _: WantedOfFile) -> int:
    require_library("pyarrow")
    with _parquet(path) as file:
        return int(file.metadata.num_rows)


@contextmanager
def _parquet(path: Path) -> Iterator[Any]:
    import pyarrow
    import pyarrow.parquet

    try:
        # By default all of a file that was asked for is held until its end.
        with pyarrow.parquet.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER_BYTES) as file:
            yield file
    except pyarrow.ArrowException as error:
        raise UnreadableDataError(f"`{path.name}` is no Parquet file, or it is damaged") from error


def _bytes_of(file: Any, names: Sequence[str]) -> int:
    """About how many bytes some columns take, as the file states it."""
    known = set(names)
    groups = [file.metadata.row_group(index) for index in range(file.metadata.num_row_groups)]
    chunks = (group.column(index) for group in groups for index in range(group.num_columns))
    return sum(each.total_uncompressed_size for each in chunks if each.path_in_schema.split(".list.")[0] in known)


def _read_csv(path: Path, wanted: WantedOfFile) -> Iterator[Samples]:
    """Columns by the names in the first line; several that end in numbers, `x.0`, `x.1`, are one array."""
    names = _csv_names(path)
    known = [name for name in names if _is_wanted(name, wanted)]
    _refuse_twice(names, path)
    texts = {each.name for each in wanted if each.kind is DataKind.TEXT}
    first = 0
    for batch in _csv_batches(path, names, known or names[:1]):
        if batch.num_rows or first == 0:
            yield samples_of_table(_typed(batch, texts, known), names, wanted, path, first)
        first += batch.num_rows


def _count_of_csv(path: Path, _: WantedOfFile) -> int:
    names = _csv_names(path)
    return sum(batch.num_rows for batch in _csv_batches(path, names, names[:1]))


def _csv_batches(path: Path, names: Sequence[str], known: Sequence[str]) -> Iterator[Any]:
    """Some columns of a table of text, stretch by stretch: as text, since a column shows in all its rows what it is."""
    require_library("pyarrow")
    import pyarrow
    import pyarrow.csv

    try:
        with pyarrow.csv.open_csv(
            path,
            pyarrow.csv.ReadOptions(block_size=STRETCH_BYTES),
            pyarrow.csv.ParseOptions(newlines_in_values=True),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pyarrow.string()), include_columns=known),
        ) as file:
            yield from file
    except pyarrow.ArrowException as error:
        problem = str(error).partition("\n")[0].removeprefix("CSV parse error: ")
        is_text = "UTF8" not in problem
        raise _no_table(path, f"the reader says: {problem}" if is_text else "it is not UTF-8") from error


def _csv_names(path: Path) -> list[str]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            names = next((row for row in csv.reader(file) if row), None)
    except UnicodeDecodeError as error:
        raise _no_table(path, "it is not UTF-8") from error
    except csv.Error as error:
        raise _no_table(path, f"the reader says: {error}") from error
    if names is None:
        raise _no_table(path, "it is empty")
    return names


def _no_table(path: Path, reason: str) -> UnreadableDataError:
    return UnreadableDataError(f"`{path.name}` is no table of comma-separated values: {reason}")


def _typed(batch: Any, texts: set[str], known: Sequence[str]) -> Any:
    """Columns of text as what they are: text where that is wanted, else numbers where all are."""
    import pyarrow

    columns = {name: batch.column(name) for name in known}
    return pyarrow.table({name: each if name in texts else _numbers(each) for name, each in columns.items()})


def _numbers(texts: Any) -> Any:
    import pyarrow
    from pyarrow import compute, csv

    missing = compute.is_in(texts, pyarrow.array(csv.ConvertOptions().null_values))
    found = compute.utf8_trim_whitespace(compute.if_else(missing, pyarrow.scalar(None, pyarrow.string()), texts))
    for kind in (pyarrow.int64(), pyarrow.float64(), pyarrow.bool_()):
        try:
            # Arrow goes through all values, though the first is none of the kind: a few of them say so sooner.
            found.slice(0, _FIRST_ROWS).cast(kind)
            return found.cast(kind)
        except pyarrow.ArrowInvalid:
            continue
    return found


def row_of_csv(path: Path, row: int) -> tuple[int, str] | None:
    """The line at which a row of a table of text stands, counted from 1, and that line; None if it takes several."""
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file)
        last, index = 0, -2
        for fields in reader:
            index += bool(fields)
            if index == row:
                if reader.line_num != last + 1:
                    return None
                break
            last = reader.line_num
        else:
            return None
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
        text = next((line for number, line in enumerate(file) if number == last), "")
    return last + 1, text.rstrip("\r\n")


def _is_wanted(name: str, wanted: WantedOfFile) -> bool:
    known = {each.name for each in wanted}
    return name in known or _place_in_array(name)[0] in known


def _refuse_twice(names: Sequence[str], path: Path | None) -> None:
    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        where = f"`{path.name}`" if path is not None else "the table"
        raise UnreadableDataError(f"{where} has two columns named `{twice}`")


def samples_of_table(table: Any, names: Sequence[str], wanted: WantedOfFile, path: Path | None, first: int) -> Samples:
    """The wanted columns of a table, which the file has more columns than; those of each array put together."""
    _refuse_twice(names, path)
    known = {each.name for each in wanted}
    columns = _columns(table, [name for name in table.column_names if _is_wanted(name, wanted)])
    others = tuple(name for name in names if not _is_wanted(name, wanted))
    return Samples(
        {name: column for name, column in columns.items() if name in known},
        (*others, *(name for name in columns if name not in known)),
        str(path) if path is not None else None,
        first,
    )


def _columns(table: Any, names: Sequence[str]) -> dict[str, Column]:
    """Columns, those of one name with numbers behind it put together."""
    found: dict[str, Column] = {}
    parts: dict[str, dict[tuple[int, ...], str]] = {}
    for name in names:
        base, place = _place_in_array(name)
        if place and base not in names:
            parts.setdefault(base, {})[place] = name
        else:
            found[name] = Column(name, partial(_array, table, name))
    for base, places in parts.items():
        shape = tuple(max(each) + 1 for each in zip(*places, strict=False))
        is_whole = len({len(place) for place in places}) == 1 and len(places) == int(np.prod(shape))
        if is_whole:
            ordered = [places[place] for place in sorted(places)]
            found[base] = Column(base, partial(_joined, table, ordered, shape))
        else:
            found |= {name: Column(name, partial(_array, table, name)) for name in places.values()}
    return found


def _place_in_array(name: str) -> tuple[str, tuple[int, ...]]:
    """A name without the numbers behind its dots, and these: `image.0.12` is place (0, 12) of `image`."""
    base, *steps = name.split(".")
    numbers: list[int] = []
    while steps and steps[-1].isdecimal() and steps[-1].isascii() and len(steps[-1]) < 8:
        numbers.insert(0, int(steps.pop()))
    return ".".join((base, *steps)), tuple(numbers)


def _joined(table: Any, names: list[str], shape: tuple[int, ...]) -> NumpyArray:
    return np.stack([_array(table, name) for name in names], axis=1).reshape(table.num_rows, *shape)


def _array(table: Any, name: str) -> NumpyArray:
    return _dense(table.column(name).combine_chunks())


def _dense(values: Any) -> NumpyArray:
    """The values of an array of Arrow; of lists that are of one length, as further axes.

    Raises:
        UnequalRowsError: The lists are not of one length.
    """
    import pyarrow
    import pyarrow.compute

    kind = values.type
    if pyarrow.types.is_dictionary(kind):
        return _dense(values.dictionary_decode())
    if pyarrow.types.is_decimal(kind):
        return _dense(values.cast(pyarrow.float64()))
    if pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind) or pyarrow.types.is_fixed_size_list(kind):
        lengths = pyarrow.compute.list_value_length(values).fill_null(0).to_numpy(zero_copy_only=False)
        other = np.flatnonzero(lengths != lengths[0]) if len(lengths) else lengths
        if len(other):
            raise UnequalRowsError(int(other[0]), (int(lengths[0]), int(lengths[other[0]])))
        inner = _dense(values.flatten())
        return inner.reshape(len(values), int(lengths[0]) if len(lengths) else 0, *inner.shape[1:])
    return plain(values.to_numpy(zero_copy_only=False))


# Records


def _read_records(path: Path, wanted: WantedOfFile) -> Iterator[Samples]:
    from spec_compiler.training.records import read_records

    return read_records(path, wanted)


def _count_of_records(path: Path, _: WantedOfFile) -> int:
    from spec_compiler.training.records import count_records

    return count_records(path)


def _size_on_disk(path: Path, _: WantedOfFile) -> int:
    return path.stat().st_size


READERS: Mapping[str, Reader] = {
    ".npz": Reader(_read_npz, _size_of_npz, _count_of_npz, is_exact=True),
    ".parquet": Reader(_read_parquet, _size_of_parquet, _count_of_parquet),
    ".csv": Reader(_read_csv, _size_on_disk, _count_of_csv),
    ".tfrecord": Reader(_read_records, _size_on_disk, _count_of_records),
}
"""What reads the files of each suffix."""
