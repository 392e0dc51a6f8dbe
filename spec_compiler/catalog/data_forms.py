"""What data must be like: the form of what an input takes, and of the targets that a loss or a metric takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from spec_compiler.catalog.dtypes import COMPLEX, INTEGERS
from spec_compiler.catalog.intervals import INFINITY, NOT_NEGATIVE, SHARES, UNKNOWN, Interval, places
from spec_compiler.catalog.losses_and_metrics import LossOrMetric, Targets
from spec_compiler.catalog.tensors import Dimension, Shape, TensorType


class DataKind(Enum):
    """What the elements of data are."""

    TEXT = "text"
    TRUTH = "true or false"
    NUMBERS = "numbers"
    COMPLEX_NUMBERS = "complex numbers"
    WHOLE_NUMBERS = "whole numbers"
    ONE_HOT = "one-hot"
    ZERO_OR_ONE = "0 or 1"
    SIGNS = "-1 or 1"
    SHARES = "shares that sum to 1"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class DataForm:
    """What data must be like.

    Attributes:
        kind: What its elements are.
        shape: The lengths of its axes, the batch axis first; None if that is not known.
        interval: Between which bounds they lie.
        axis: The axis along which they are one-hot, or sum to 1; None if they are neither.
        loose_end: Whether a last axis of length 1 may be left out, or added, as Keras does it by itself.
        also: Numbers outside of the interval that stand for something else, such as what does not count.
    """

    kind: DataKind
    shape: Shape | None
    interval: Interval = UNKNOWN
    axis: int | None = None
    loose_end: bool = True
    also: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """What it is, in words: `whole numbers 0 … 9, one a sample`, `one-hot of 10`."""
        return f"{self._elements()}{self._count()}"

    def shapes(self) -> tuple[Shape, ...]:
        """All shapes that will do."""
        if self.shape is None:
            return ()
        if not self.loose_end:
            return (self.shape,)
        without = (self.shape[:-1],) if len(self.shape) > 1 and self.shape[-1] == 1 else ()
        return (self.shape, *without, (*self.shape, 1))

    def _elements(self) -> str:
        if self.kind is DataKind.ONE_HOT and self.shape is not None and self.axis is not None:
            return f"one-hot of {_length(self.shape[self.axis])}"
        if self.kind not in (DataKind.NUMBERS, DataKind.WHOLE_NUMBERS):
            return str(self.kind.value)
        return f"{self.kind.value}{_between(self.interval, whole=self.kind is DataKind.WHOLE_NUMBERS)}"

    def _count(self) -> str:
        if self.shape is None:
            return ""
        lengths = list(self.shape[1:])
        if self.kind is DataKind.ONE_HOT and self.axis is not None:
            del lengths[(self.axis % len(self.shape)) - 1]
            if not lengths:
                return ""
        if all(length == 1 for length in lengths):
            return ", one a sample"
        return f", {' × '.join(map(_length, lengths))} a sample"


def _length(length: Dimension) -> str:
    return "any number" if length is None else str(length)


def _between(interval: Interval, *, whole: bool) -> str:
    """The bounds of an interval after the word for its numbers."""
    low, high = (f"{bound:g}" if isinstance(bound, float) else str(bound) for bound in (interval.low, interval.high))
    if interval.low == -INFINITY and interval.high == INFINITY:
        return ""
    if interval.high == INFINITY:
        return f" from {low}" if not interval.low_open else f" above {low}"
    if interval.low == -INFINITY:
        return f" up to {high}"
    return f" {low} … {high}" if whole else f" from {low} to {high}"


def form_of_input(x: TensorType, wanted: Interval) -> DataForm:
    """What an input takes, of which something wants that its elements lie in an interval."""
    if x.dtype == "string":
        return DataForm(DataKind.TEXT, x.shape)
    if x.dtype == "bool":
        return DataForm(DataKind.TRUTH, x.shape)
    if x.dtype in COMPLEX:
        return DataForm(DataKind.COMPLEX_NUMBERS, x.shape)
    is_whole = x.dtype in INTEGERS or isinstance(wanted.high, int)
    return DataForm(DataKind.WHOLE_NUMBERS if is_whole else DataKind.NUMBERS, x.shape, wanted)


def forms_of_targets(score: type[LossOrMetric] | None, arguments: Any, prediction: TensorType) -> tuple[DataForm, ...]:
    """What a loss or a metric takes as targets: one form, or several out of which Keras tells by itself.

    Args:
        score: Its class; None if Keras chooses one by what targets and predictions are.
        arguments: What has its arguments as attributes.
        prediction: What it is held against.
    """
    if score is not None:
        return (_form_of_targets(score, arguments, prediction),)
    if prediction.shape[-1:] == (1,):
        return (DataForm(DataKind.ZERO_OR_ONE, prediction.shape, SHARES),)
    return (_classes(prediction, -1), _one_hot(prediction, -1))


def _form_of_targets(score: type[LossOrMetric], arguments: Any, prediction: TensorType) -> DataForm:
    axis = getattr(arguments, "axis", -1)
    axis = axis if isinstance(axis, int) and -prediction.rank <= axis < prediction.rank else -1
    shape, kind = prediction.shape, score.targets
    if kind is Targets.CLASS_NUMBERS:
        ignored = getattr(arguments, "ignore_class", None)
        return _classes(prediction, axis, () if ignored is None else (ignored,))
    if kind is Targets.ONE_HOT:
        return _one_hot(prediction, axis)
    if kind in (Targets.YES_OR_NO, Targets.ZEROS_AND_ONES, Targets.REGIONS):
        return DataForm(DataKind.ZERO_OR_ONE, shape, SHARES)
    if kind is Targets.SIGNS:
        return DataForm(DataKind.SIGNS, shape, Interval(-1, 1))
    if kind is Targets.DISTRIBUTIONS:
        return DataForm(DataKind.SHARES, shape, SHARES, axis=-1)
    if kind is Targets.LABELS:
        return DataForm(DataKind.WHOLE_NUMBERS, (*shape[:1], 1))
    if kind is Targets.LABEL_SEQUENCES:
        return DataForm(DataKind.WHOLE_NUMBERS, (*shape[:1], None), places(shape[-1]), loose_end=False)
    if kind in (Targets.NUMBERS, Targets.DIRECTIONS, Targets.COUNTS):
        interval = NOT_NEGATIVE if kind is Targets.COUNTS else score.target_interval
        return DataForm(DataKind.NUMBERS, shape, interval)
    return DataForm(DataKind.ANYTHING, None)


def _classes(prediction: TensorType, axis: int, ignored: tuple[int, ...] = ()) -> DataForm:
    """A class number in the place of the predictions for all classes."""
    position = axis % prediction.rank
    shape = (*prediction.shape[:position], *prediction.shape[position + 1 :])
    interval = places(prediction.shape[axis])
    return DataForm(DataKind.WHOLE_NUMBERS, shape, interval, loose_end=position == prediction.rank - 1, also=ignored)


def _one_hot(prediction: TensorType, axis: int) -> DataForm:
    return DataForm(DataKind.ONE_HOT, prediction.shape, SHARES, axis=axis)


def words_of(forms: Iterable[DataForm]) -> str:
    """What data is that may have one of several forms."""
    return " or ".join(form.words for form in forms)
