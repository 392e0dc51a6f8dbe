"""Predictions → a file: `.npz`, `.parquet` or `.csv`, with the names of the spec's outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from spec_compiler.emitting.requirement import require_library
from spec_compiler.training.samples import NumpyArray

SUFFIXES = (".npz", ".parquet", ".csv")


def require_writer(suffix: str) -> None:
    """See that what writes files of a suffix is installed.

    Raises:
        LibraryMissingError: It is not.
    """
    if suffix != ".npz":
        require_library("pyarrow")


def write_predictions(stretches: Iterable[dict[str, NumpyArray]], path: Path) -> int:
    """Write predictions stretch by stretch, in the form that the suffix says; how many samples there were.

    Arrays of more than one number a sample are columns of lists in `.parquet`, and a column a number in `.csv`.
    """
    if path.suffix.lower() == ".npz":
        parts = list(map(_plain_arrays, stretches))
        arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        np.savez(path, allow_pickle=False, **arrays)
        return len(next(iter(arrays.values())))
    import pyarrow.csv
    import pyarrow.parquet

    writer: Any = None
    written = 0
    try:
        for stretch in stretches:
            is_csv = path.suffix.lower() == ".csv"
            table = pyarrow.table(dict(_flat(stretch) if is_csv else _nested(stretch)))
            if writer is None:
                writer = (
                    pyarrow.csv.CSVWriter(path, table.schema)
                    if is_csv
                    else pyarrow.parquet.ParquetWriter(path, table.schema)
                )
            writer.write_table(table)
            written += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return written


def _plain_arrays(stretch: dict[str, NumpyArray]) -> dict[str, NumpyArray]:
    return {name: _plain(array) for name, array in stretch.items()}


def _plain(array: NumpyArray) -> NumpyArray:
    """Values as files have them: text as text, and numbers of 16 bits that few read as those of 32."""
    if array.dtype.kind in "OS":
        texts = [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in array.flat]
        return np.array(texts, dtype=str).reshape(array.shape)
    return array.astype("float32") if array.dtype.kind not in "biufcU" or array.dtype == "float16" else array


def _flat(stretch: dict[str, NumpyArray]) -> Iterator[tuple[str, Any]]:
    """A column for each number: `kind.0`, `kind.1`; one number a sample has the name alone."""
    for name, array in _plain_arrays(stretch).items():
        if int(np.prod(array.shape[1:])) == 1:
            yield name, array.reshape(-1)
            continue
        for place in product(*map(range, array.shape[1:])):
            index: tuple[Any, ...] = (slice(None), *place)
            yield ".".join((name, *map(str, place))), array[index]


def _nested(stretch: dict[str, NumpyArray]) -> Iterator[tuple[str, Any]]:
    """A column for each output: of numbers, or of lists."""
    import pyarrow

    for name, array in _plain_arrays(stretch).items():
        if int(np.prod(array.shape[1:])) == 1:
            yield name, pyarrow.array(array.reshape(-1))
            continue
        column = pyarrow.array(array.reshape(-1))
        for length in reversed(array.shape[1:]):
            column = pyarrow.FixedSizeListArray.from_arrays(column, length)
        yield name, column
