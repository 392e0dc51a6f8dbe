"""Lists of numbers where a tensor may stand → constants."""

from __future__ import annotations

from operator import eq
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.graph.flat import ConstantOperand, Nested
from spec_compiler.spans import Place

_LARGEST_INT = 2**31 - 1
_LARGEST_FLOAT = 3.4028234663852886e38
"""The largest float32."""


class NoConstantError(Exception):
    """A list of numbers that is no tensor; the message says why."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def is_constant(value: Any) -> bool:
    """Whether a list holds numbers and truth values alone, at any depth: then it is meant as a constant tensor."""
    if not isinstance(value, list):
        return False
    waiting = [value]
    found = False
    while waiting:
        items = waiting.pop()
        kinds = set(map(type, items))
        if list in kinds:
            waiting += [item for item in items if isinstance(item, list)]
            kinds.remove(list)
        if not all(issubclass(kind, (int, float)) for kind in kinds):
            return False
        found = found or bool(kinds)
    return found


def read_constant(value: list[Any], place: Place) -> ConstantOperand:
    """The tensor that a nested list is.

    Raises:
        NoConstantError: Its lists are of different lengths, or its elements of different kinds or too large.
    """
    shape: list[int] = []
    level: list[Any] = [value]
    while isinstance(level[0], list):
        lengths = {len(item) if isinstance(item, list) else None for item in level}
        if len(lengths) > 1:
            raise NoConstantError(
                "the lists of a constant differ in length: there is no such tensor",
                "give every list of one depth as many items",
            )
        shape.append(len(level[0]))
        level = [each for item in level for each in item]
        if not level:
            raise NoConstantError("a constant has at least one element")
    if list in set(map(type, level)):
        raise NoConstantError("the lists of a constant are nested to different depths: there is no such tensor")
    dtype = _dtype_of(level)
    return ConstantOperand(_nested(value, dtype), tuple(shape), dtype, place)


def _dtype_of(elements: list[Any]) -> str:
    """Bool for truth values, int32 for whole numbers, float32 where one is not whole."""
    kinds = set(map(type, elements))
    if kinds == {bool}:
        return "bool"
    if bool in kinds:
        raise NoConstantError(
            "a constant holds numbers or truth values, and not both", "write 1 and 0 for true and false"
        )
    if float in kinds:
        # What is not equal to itself is not a number.
        if not (
            all(map(eq, elements, elements)) and min(elements) >= -_LARGEST_FLOAT and max(elements) <= _LARGEST_FLOAT
        ):
            largest = next(each for each in elements if not abs(each) <= _LARGEST_FLOAT)
            raise NoConstantError(f"{show(largest)} is no number that float32 has, which a constant of floats is")
        return "float32"
    if not (min(elements) >= -_LARGEST_INT - 1 and max(elements) <= _LARGEST_INT):
        largest = next(each for each in elements if not -_LARGEST_INT - 1 <= each <= _LARGEST_INT)
        raise NoConstantError(
            f"{show(largest)} is larger than int32 can be, which a constant of whole numbers is",
            "write it as a float: `3e9`",
        )
    return "int32"


def _nested(value: list[Any], dtype: str) -> Nested:
    """The elements in tuples; all lists of one depth hold lists, or none does."""
    if isinstance(value[0], list):
        return tuple(_nested(item, dtype) for item in value)
    return tuple(map(float, value)) if dtype == "float32" else tuple(value)
