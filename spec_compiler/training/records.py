"""TensorFlow's files of records → samples, without TensorFlow: protobuf reads the features of each record."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from math import prod
from pathlib import Path
from struct import Struct
from typing import IO, Any

import numpy as np

from spec_compiler.analysing.data_contract import WantedData
from spec_compiler.catalog.data_forms import DataKind
from spec_compiler.emitting.requirement import require_library
from spec_compiler.training.example_message import KINDS, example_message
from spec_compiler.training.images import decode_image, is_encoded_image
from spec_compiler.training.samples import Column, NumpyArray, Samples, UnequalRowsError, UnreadableDataError

_STRETCH_BYTES = 16 * 2**20
_MOST_ROWS = 65_536

_LENGTH = Struct("<Q")
_CHECKSUM = Struct("<I")
_HEAD_BYTES = _LENGTH.size + _CHECKSUM.size
"""A record stands behind its length and the checksum of that, and its own checksum stands behind it."""

_DTYPES = dict(zip(KINDS, ("object", "float32", "int64"), strict=True))
_WORDS = dict(zip(KINDS, ("bytes", "floats", "integers"), strict=True))

_Features = Mapping[str, Any]
"""The features of a record by name, as protobuf gives them."""


def read_records(path: Path, wanted: Sequence[WantedData]) -> Iterator[Samples]:
    """The samples of a file of `tf.train.Example`s, stretch by stretch.

    Raises:
        UnreadableDataError: It is no such file, or it is damaged.
        LibraryMissingError: What reads such files is not installed.
    """
    first = 0
    kinds: dict[str, str] = {}
    for records in _stretches(path):
        found = [_features(path, record, row) for row, record in enumerate(records, first)]
        if first == 0:
            kinds = {name: kind for name in sorted(found[0]) if (kind := found[0][name].WhichOneof("kind")) is not None}
        columns = {
            each.name: Column(each.name, partial(_array, path, each, kinds[each.name], found, first))
            for each in wanted
            if each.name in kinds
        }
        yield Samples(columns, tuple(name for name in kinds if name not in columns), str(path), first)
        first += len(found)
    if first == 0:
        yield Samples({}, (), str(path))


def count_records(path: Path) -> int:
    """How many records a file has; what they hold is passed over.

    Raises:
        UnreadableDataError: It is no such file, or it is damaged.
        LibraryMissingError: What reads such files is not installed.
    """
    with open(path, "rb") as file:
        count = 0
        for length in _lengths(path, file):
            file.seek(length + _CHECKSUM.size, os.SEEK_CUR)
            count += 1
        return count


def _stretches(path: Path) -> Iterator[list[bytes]]:
    """The records of a file, so many at once as take about `_STRETCH_BYTES`."""
    records: list[bytes] = []
    held = 0
    with open(path, "rb") as file:
        for length in _lengths(path, file):
            record, checksum = file.read(length), file.read(_CHECKSUM.size)
            if _checksum_of(record) != checksum:
                raise _damaged(path)
            records.append(record)
            held += length
            if held >= _STRETCH_BYTES or len(records) == _MOST_ROWS:
                yield records
                records, held = [], 0
    if records:
        yield records


def _lengths(path: Path, file: IO[bytes]) -> Iterator[int]:
    """The length of each record of a file, which is read or passed over before the next one is asked for."""
    size = os.fstat(file.fileno()).st_size
    while head := file.read(_HEAD_BYTES):
        stated = head[: _LENGTH.size]
        if len(head) < _HEAD_BYTES or _checksum_of(stated) != head[_LENGTH.size :]:
            raise _damaged(path)
        (length,) = _LENGTH.unpack(stated)
        if file.tell() + length + _CHECKSUM.size > size:
            raise _damaged(path)
        yield length


def _checksum_of(data: bytes) -> bytes:
    """The checksum as it stands in such files: turned, so that none is that of data which holds checksums itself."""
    require_library("google_crc32c")
    import google_crc32c

    value = google_crc32c.value(data)
    return _CHECKSUM.pack(((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _damaged(path: Path) -> UnreadableDataError:
    return UnreadableDataError(f"`{path.name}` is no file of TFRecords, or it is damaged")


def _features(path: Path, record: bytes, row: int) -> _Features:
    message = example_message()
    from google.protobuf.message import DecodeError

    try:
        features: _Features = message.FromString(record).features.feature
    except DecodeError as error:
        raise UnreadableDataError(f"record {row} of `{path.name}` is no `tf.train.Example`") from error
    return features


def _array(path: Path, wanted: WantedData, kind: str, found: Sequence[_Features], first: int) -> NumpyArray:
    """The values of a feature of some records, in the shape that is wanted where there are as many.

    Raises:
        UnequalRowsError: The records do not have the same number of values.
        UnreadableDataError: A record has a feature of another kind than the first record of the file.
    """
    rows = [_values(path, features, wanted.name, kind, row) for row, features in enumerate(found, first)]
    other = next((index for index, values in enumerate(rows) if len(values) != len(rows[0])), None)
    if other is not None:
        raise UnequalRowsError(other, (len(rows[0]), len(rows[other])))
    values = np.stack(rows)
    if wanted.kind is not DataKind.TEXT and values.dtype == object and values.shape[1] == 1:
        images = values[:, 0]
        if all(map(is_encoded_image, images)) and wanted.shape is not None and len(wanted.shape) == 4:
            return np.stack([decode_image(each, wanted.shape) for each in images])
    array: NumpyArray = values.reshape(_shape(wanted, len(values), values.shape[1]))
    return array


def _values(path: Path, features: _Features, name: str, kind: str, row: int) -> NumpyArray:
    """The values of a feature of one record; none where it has none of that name."""
    feature = features.get(name)
    its = feature.WhichOneof("kind") if feature is not None else None
    if its not in (kind, None):
        message = f"`{name}` of record {row} of `{path.name}` is {_WORDS[its]}, and {_WORDS[kind]} of record 0"
        raise UnreadableDataError(message)
    return np.array(getattr(feature, kind).value if its is not None else (), _DTYPES[kind])


def _shape(wanted: WantedData, rows: int, length: int) -> tuple[int, ...]:
    shape = list(wanted.shape[1:]) if wanted.shape is not None else [None]
    known = prod(each for each in shape if each is not None)
    if shape.count(None) == 0 and known == length:
        return rows, *(each or 1 for each in shape)
    if shape.count(None) == 1 and known and length % known == 0:
        return rows, *(length // known if each is None else each for each in shape)
    return rows, length
