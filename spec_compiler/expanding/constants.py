"""Lists of numbers where a tensor may stand → constants."""

from __future__ import annotations

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
    waiting = [value]
    found = False
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif item is value or not isinstance(item, (int, float)):
            return False
        else:
            found = True
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
    if any(isinstance(item, list) for item in level):
        raise NoConstantError("the lists of a constant are nested to different depths: there is no such tensor")
    dtype = _dtype_of(level)
    return ConstantOperand(_nested(value, dtype), tuple(shape), dtype, place)


def _dtype_of(elements: list[Any]) -> str:
    """Bool for truth values, int32 for whole numbers, float32 where one is not whole."""
    truths = sum(isinstance(each, bool) for each in elements)
    if truths == len(elements):
        return "bool"
    if truths:
        raise NoConstantError(
            "a constant holds numbers or truth values, and not both", "write 1 and 0 for true and false"
        )
    if any(isinstance(each, float) for each in elements):
        largest = next((each for each in elements if not abs(each) <= _LARGEST_FLOAT), None)
        if largest is not None:
            raise NoConstantError(f"{show(largest)} is no number that float32 has, which a constant of floats is")
        return "float32"
    largest = next((each for each in elements if not -_LARGEST_INT - 1 <= each <= _LARGEST_INT), None)
    if largest is not None:
        raise NoConstantError(
            f"{show(largest)} is larger than int32 can be, which a constant of whole numbers is",
            "write it as a float: `3e9`",
        )
    return "int32"


def _nested(value: Any, dtype: str) -> Nested:
    if isinstance(value, list):
        return tuple(_nested(item, dtype) for item in value)
    found: Nested = float(value) if dtype == "float32" else value
    return found
