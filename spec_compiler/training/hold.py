"""The data of one input or one target, held against what is wanted there: its shape, its kind, and its values."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np

from spec_compiler.analysing.data_contract import WantedData
from spec_compiler.catalog.data_forms import DataForm, DataKind
from spec_compiler.catalog.intervals import INFINITY, Interval
from spec_compiler.catalog.tensors import Shape, format_shape
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code
from spec_compiler.training.samples import NumpyArray

_NUMBERS = (
    DataKind.NUMBERS,
    DataKind.WHOLE_NUMBERS,
    DataKind.ONE_HOT,
    DataKind.ZERO_OR_ONE,
    DataKind.SIGNS,
    DataKind.SHARES,
)
_TOLERANCE = 1e-3
"""How far from 1 the sum of shares may be: they may have been kept in 16 bits."""


class DataMistake(NamedTuple):
    """What is wrong with some data.

    Attributes:
        code: The kind of mistake.
        message: What is wrong, without what the data is called.
        at: The place of the first wrong value, counted from 0; empty if it is all of them.
        hint: What to do about it.
    """

    code: Code
    message: str
    at: tuple[int, ...] = ()
    hint: str | None = None


def misfits(wanted: WantedData, array: NumpyArray) -> Iterator[DataMistake]:
    """Yields what is wrong with some data. Of values of the wrong kind or shape, nothing more is said."""
    if wanted.forms[0].kind is DataKind.ANYTHING:
        return
    found = _wrong_kind(wanted, array)
    if found is not None:
        yield found
        return
    form = next((form for form in wanted.forms if _fits(array.shape, form)), None)
    if form is None:
        yield _wrong_form(wanted, array) or _wrong_shape(wanted, array)
        return
    if form.kind in _NUMBERS and array.size:
        yield from _wrong_values(wanted, form, array)


# The kind of the elements


def _wrong_kind(wanted: WantedData, array: NumpyArray) -> DataMistake | None:
    kind, is_text = wanted.kind, _is_text(array)
    if kind is DataKind.TEXT:
        if not is_text:
            return DataMistake(codes.DATA_DTYPE, f"is {_elements(array)}; wanted: {wanted.meaning}")
        missing = np.vectorize(lambda value: value is None, otypes=[bool])(array)
        if not missing.any():
            return None
        return DataMistake(
            codes.DATA_NOT_FINITE, "is missing", _first(missing), "leave the samples out, or write a text for them"
        )
    if array.dtype.kind in "biuf" or (array.dtype.kind == "c" and kind is DataKind.COMPLEX_NUMBERS):
        return None
    where = _first_text(array) if is_text else ()
    value = f": `{array[where]}`" if where else ""
    hint = None if kind is DataKind.TRUTH or not is_text else "a layer such as `StringLookup` makes numbers of text"
    return DataMistake(codes.DATA_DTYPE, f"is {_elements(array)}{value}; wanted: {wanted.meaning}", where, hint)


def _is_text(array: NumpyArray) -> bool:
    """Whether there is text, of which some may be missing."""
    if array.dtype.kind != "O":
        return array.dtype.kind in "US"
    given = [value for value in array.flat if value is not None]
    return bool(given) and all(isinstance(value, (str, bytes)) for value in given)


def _elements(array: NumpyArray) -> str:
    """What the elements of an array are, in words."""
    if _is_text(array):
        return "text"
    names = {"M": "times", "m": "spans of time", "c": "complex numbers", "O": "objects of Python", "V": "records"}
    return names.get(array.dtype.kind, str(array.dtype))


def _first_text(array: NumpyArray) -> tuple[int, ...]:
    """The place of the first text that is no number."""
    for index, value in np.ndenumerate(array):
        try:
            float(value)
        except (TypeError, ValueError):
            return index
    return ()


# The shape


def _fits(shape: tuple[int, ...], form: DataForm) -> bool:
    return any(_is_of(shape, each) for each in form.shapes())


def _is_of(shape: tuple[int, ...], wanted: Shape) -> bool:
    pairs = zip(shape[1:], wanted[1:], strict=False)
    return len(shape) == len(wanted) and all(length in (known, None) or known is None for length, known in pairs)


def _wrong_shape(wanted: WantedData, array: NumpyArray) -> DataMistake:
    shapes = " or ".join(format_shape(form.shape) for form in wanted.forms if form.shape is not None)
    return DataMistake(
        codes.DATA_SHAPE,
        f"has the shape {format_shape(array.shape)}; wanted: {shapes}, {wanted.meaning}",
        hint=_other_order(wanted.forms[0].shape, array.shape),
    )


def _other_order(wanted: Shape | None, shape: tuple[int, ...]) -> str | None:
    """What may be done about a shape that has the right lengths in another order, or in more or fewer axes."""
    lengths = [length for length in wanted[1:] if length is not None] if wanted is not None else []
    if wanted is None or len(lengths) < len(wanted) - 1:
        return None
    if len(wanted) == len(shape) and sorted(lengths) == sorted(shape[1:]):
        return "the axes stand in another order: `numpy.moveaxis` brings them into that of the model"
    if prod(lengths) == prod(shape[1:]):
        return f"`array.reshape(-1, {', '.join(map(str, lengths))})` has the shape that is wanted"
    return None


def _wrong_form(wanted: WantedData, array: NumpyArray) -> DataMistake | None:
    """Targets that are one-hot where class numbers are wanted, or the reverse."""
    form = wanted.forms[0]
    if wanted.role != "target" or form.shape is None or array.dtype.kind not in "biuf":
        return None
    score = wanted.because or ""
    if form.kind is DataKind.WHOLE_NUMBERS and form.interval.high != INFINITY:
        classes = int(form.interval.high) + 1
        if _is_of(array.shape, (*form.shape, classes)):
            return DataMistake(
                codes.TARGET_FORM,
                f"is one-hot of {classes}; wanted by `{score}`: {wanted.meaning}",
                hint=f"write `{_other_loss(score)}`, or give `targets.argmax(axis=-1)`",
            )
    if form.kind is DataKind.ONE_HOT and form.axis is not None:
        axis = form.axis % len(form.shape)
        without = (*form.shape[:axis], *form.shape[axis + 1 :])
        if _is_of(array.shape, without) or _is_of(array.shape, (*without, 1)):
            return DataMistake(
                codes.TARGET_FORM,
                f"is class numbers; wanted by `{score}`: {wanted.meaning}",
                hint=f"write `{_other_loss(score)}`, or give `numpy.eye({form.shape[axis]})[targets]`",
            )
    return None


def _other_loss(name: str) -> str:
    """The loss or metric of the same kind that takes the other form of targets."""
    for prefix, rest in (("sparse_", ""), ("Sparse", "")):
        if name.startswith(prefix):
            return name.removeprefix(prefix) + rest
    return f"Sparse{name}" if name[:1].isupper() else f"sparse_{name}"


# The values


def _wrong_values(wanted: WantedData, form: DataForm, array: NumpyArray) -> Iterator[DataMistake]:
    if array.dtype.kind == "f":
        wrong = ~np.isfinite(array)
        if wrong.any():
            index = _first(wrong)
            value = "missing, or no number" if np.isnan(array[index]) else "infinite"
            yield DataMistake(
                codes.DATA_NOT_FINITE,
                f"is {value}{_in_all(wrong)}",
                index,
                "every loss becomes NaN by such a value: leave the samples out, or fill them",
            )
            return
        if form.kind is DataKind.WHOLE_NUMBERS and (wrong := array != np.floor(array)).any():
            index = _first(wrong)
            message = f"is {_number(array[index])}; wanted: {wanted.meaning}"
            yield DataMistake(codes.DATA_DTYPE, message, index, "Keras would cut off what is behind the point")
            return
    found = _out_of_range(wanted, form, array)
    if found is not None:
        yield found
    elif form.kind in (DataKind.ONE_HOT, DataKind.SHARES) and form.axis is not None:
        yield from _wrong_sums(wanted, form, array)


def _out_of_range(wanted: WantedData, form: DataForm, array: NumpyArray) -> DataMistake | None:
    if form.kind is DataKind.SIGNS:
        wrong = np.abs(array) != 1
        wrong &= not ((array == 0) | (array == 1)).all()
    else:
        wrong = _outside(array, form.interval)
        for number in form.also:
            wrong &= array != number
    if not wrong.any():
        return None
    index = _first(wrong)
    message = f"is {_number(array[index])}; wanted: {wanted.meaning}{_in_all(wrong)}"
    return DataMistake(codes.DATA_RANGE, message, index, _range_hint(wanted, form, array))


def _outside(array: NumpyArray, interval: Interval) -> Any:
    below = array <= interval.low if interval.low_open else array < interval.low
    above = array >= interval.high if interval.high_open else array > interval.high
    return below | above


def _range_hint(wanted: WantedData, form: DataForm, array: NumpyArray) -> str | None:
    """What values that are out of range may come of."""
    least, most = array.min(), array.max()
    if form.kind is DataKind.WHOLE_NUMBERS and wanted.role == "target" and (least, most) == (1, form.interval.high + 1):
        return "the classes are counted from 1: subtract 1"
    if form.kind is DataKind.WHOLE_NUMBERS and wanted.role == "target" and most == form.interval.high + 1:
        return f"the highest is {_number(most)}: are the classes counted from 1, or is there one more than units?"
    if form.kind is DataKind.WHOLE_NUMBERS and most > form.interval.high and least >= 0:
        by = f"`{wanted.because}`" if wanted.because is not None else "the model"
        return f"the highest is {_number(most)}: {by} would have to take {int(most) + 1:,} numbers"
    values = set(np.unique(array[:100_000]).tolist()) if form.kind is DataKind.ZERO_OR_ONE else set()
    if values == {1, 2}:
        return "yes and no are counted from 1: subtract 1"
    if values == {-1, 1}:
        return "for -1 and 1 there is `hinge`; for this loss, write 0 in the place of -1"
    if len(values) == 2 and 0 in values:
        return f"divide by {_number(most)}"
    return None


def _wrong_sums(wanted: WantedData, form: DataForm, array: NumpyArray) -> Iterator[DataMistake]:
    """Rows of what is to be one-hot, or shares of a whole, that do not sum to 1."""
    assert form.axis is not None
    rank = len(form.shape or ())
    # A last axis of length 1 may have been left out, or added.
    shaped = array[..., None] if array.ndim < rank else array[..., 0] if array.ndim > rank else array
    sums = shaped.sum(axis=form.axis, dtype="float64")
    wrong = np.abs(sums - 1) > _TOLERANCE
    if wrong.any():
        index = _first(wrong)
        yield DataMistake(
            codes.TARGET_FORM,
            f"sums to {sums[index]:g}; wanted: {wanted.meaning}{_in_all(wrong)}",
            index,
            "where several classes can be true together, write `activation: sigmoid` and `loss: binary_crossentropy`",
        )


def _first(wrong: Any) -> tuple[int, ...]:
    """The place of the first wrong value."""
    return tuple(int(step) for step in np.unravel_index(int(np.argmax(wrong)), wrong.shape))


def _in_all(wrong: Any) -> str:
    """How many are wrong, where that is more than the first."""
    count = int(np.count_nonzero(wrong))
    return f" (and {count - 1:,} more)" if count > 1 else ""


def _number(value: Any) -> str:
    """A number of an array in words: whole ones with all their digits."""
    number = value.item()
    return f"{number:g}" if isinstance(number, float) and number != int(number) else str(int(number))
