"""What the variables of a `for` go through, as the counting of copies and their making both see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LoopRow = tuple[Any, ...]
"""The values of the variables of one key, for one copy."""


def variables_of(key: Any) -> tuple[str, ...]:
    """The variables in a key of `for`: `i`, or several with commas, `name, size`."""
    return tuple(part.strip() for part in str(key).split(","))


def rows(count: int, given: Any) -> Iterable[LoopRow] | None:
    """What so many variables go through, a row a copy; None if they cannot go through this.

    One variable takes a count, which gives the numbers from 0, or a list of values that can stand in a name. Several
    take a list of lists, with a value for each; two may take the keys and values of a mapping.
    """
    if count == 1:
        if type(given) is int and given >= 0:
            return ((number,) for number in range(given))
        if isinstance(given, list) and all(map(makes_names, given)):
            return [(value,) for value in given]
        return None
    if count == 2 and isinstance(given, dict):
        return list(given.items())
    if isinstance(given, list) and all(is_row(item, count) for item in given):
        return [tuple(item) for item in given]
    return None


def makes_names(value: Any) -> bool:
    """Whether a value can stand in a name."""
    return isinstance(value, (str, int, float))


def is_row(value: Any, count: int) -> bool:
    """Whether a value has a part for each of so many variables."""
    return isinstance(value, list) and len(value) == count
