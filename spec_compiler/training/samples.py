"""Samples of data as they come: arrays by name, and where each of their rows stands in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

import numpy as np

NumpyArray = np.ndarray[Any, np.dtype[Any]]


class UnreadableDataError(Exception):
    """Data that is not read: a file is damaged, or of another kind, or holds more than the limit.

    Attributes:
        kind: `format`, or `size` for what is beyond the limit.
    """

    def __init__(self, message: str, kind: Literal["format", "size"] = "format") -> None:
        super().__init__(message)
        self.kind = kind


class UnequalRowsError(Exception):
    """Rows that make no array, since they are not of one length.

    Attributes:
        row: The first one of another length than the first row, counted from 0; None if that is not known.
        lengths: The length of the first row, and of that one; none if they are not known.
    """

    def __init__(self, row: int | None = None, lengths: tuple[int, ...] = ()) -> None:
        super().__init__(row, lengths)
        self.row = row
        self.lengths = lengths


@dataclass(frozen=True)
class Column:
    """The data of one input or target.

    Attributes:
        name: What it is called.
        read: Gives its values, the samples along the first axis; raises `UnequalRowsError`.
    """

    name: str
    read: Callable[[], NumpyArray]


@dataclass(frozen=True)
class Samples:
    """Some data: all of it, or a stretch of a file.

    Attributes:
        columns: The arrays by name.
        others: The names of what is there and not read, since the model has no input or output of the name.
        file: The file that they are of; None for arrays of the calling program.
        first: Which row of the file is the first one here, counted from 0.
        files: For images, of each row the file that it is read from.
    """

    columns: Mapping[str, Column]
    others: tuple[str, ...] = ()
    file: str | None = None
    first: int = 0
    files: tuple[str, ...] = ()


def array_of(value: Any) -> NumpyArray:
    """What is given as data, as an array; of numbers, with NaN for those that are missing.

    Raises:
        UnequalRowsError: It is a list of rows that are not of one length.
    """
    try:
        return plain(np.asarray(value.toarray() if hasattr(value, "toarray") else value))
    except ValueError:
        lengths = [len(row) if hasattr(row, "__len__") else 1 for row in value]
        row = next((index for index, length in enumerate(lengths) if length != lengths[0]), None)
        raise UnequalRowsError(row, () if row is None else (lengths[0], lengths[row])) from None


def plain(array: NumpyArray) -> NumpyArray:
    """An array without objects of Python, if these are numbers, or numbers and nothing."""
    if array.dtype.kind != "O" or not all(value is None or isinstance(value, Real) for value in array.flat):
        return array
    if not any(value is not None for value in array.flat):
        return array
    numbers = [np.nan if value is None else float(value) for value in array.flat]
    return np.array(numbers).reshape(array.shape)
