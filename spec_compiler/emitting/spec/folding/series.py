"""Values that belong to copies → one value, or an expression in what tells the copies apart."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from spec_compiler.emitting.spec.folding.references import holds_expression

_PARTS = re.compile(r"\$\{[^}]*\}|[0-9]+|[A-Za-z]+|[^A-Za-z0-9$]|\$")
_PLAIN_TEXT = re.compile(r"[^'\"\\{}$\n]*")
_FIRST_POWER = 3


class NoSeriesError(Exception):
    """The values cannot be written as one."""


def parts_of(text: str) -> list[str]:
    """A text as words, numbers, expressions and the signs between them."""
    return _PARTS.findall(text)


def series(values: Sequence[Any], variable: str, counts: Sequence[int]) -> Any:
    """The value of all copies: itself where it is one, else an expression.

    Args:
        values: The value of each copy.
        variable: The variable that counts the copies.
        counts: Its value in each.

    Raises:
        NoSeriesError: There is no such expression.
    """
    if len(set(map(repr, values))) == 1:
        return values[0]
    if all(isinstance(value, str) for value in values):
        text = _text(values, variable, counts)
        if text is not None:
            return text
    inside = counted(values, variable, counts)
    if inside is None and list(counts) == list(range(len(values))):
        inside = _picked(values, variable)
    if inside is None:
        raise NoSeriesError
    return f"${{{inside}}}"


def counted(values: Sequence[Any], variable: str, counts: Sequence[int]) -> str | None:
    """Whole numbers as what they are of the count; None if they grow otherwise."""
    if not all(type(value) is int for value in values) or len(values) < 2:
        return None
    step, left = divmod(values[1] - values[0], counts[1] - counts[0])
    if left == 0 and all(
        value - values[0] == step * (count - counts[0]) for value, count in zip(values, counts, strict=True)
    ):
        return _affine(variable, step, values[0] - step * counts[0])
    return _power(values, variable, counts)


def _affine(variable: str, step: int, start: int) -> str:
    grown = {1: variable, -1: f"-{variable}"}.get(step, f"{step} * {variable}")
    if start == 0:
        return grown
    if step < 0:
        return f"{start} - {variable if step == -1 else f'{-step} * {variable}'}"
    return f"{grown} {'+' if start > 0 else '-'} {abs(start)}"


def _power(values: Sequence[int], variable: str, counts: Sequence[int]) -> str | None:
    """Numbers that are doubled from copy to copy."""
    if len(values) < _FIRST_POWER or values[0] <= 0 or counts[0] < 0:
        return None
    first = values[0] / 2 ** counts[0]
    if not first.is_integer() or any(value != first * 2**count for value, count in zip(values, counts, strict=True)):
        return None
    return f"{int(first)} * 2 ** {variable}"


def _text(values: Sequence[str], variable: str, counts: Sequence[int]) -> str | None:
    """Texts that are alike but for a number that is counted, or a letter."""
    split = list(map(parts_of, values))
    if len(set(map(len, split))) > 1:
        return None
    written: list[str] = []
    for column in zip(*split, strict=True):
        if len(set(column)) == 1:
            written.append(column[0])
            continue
        inside = _part(column, variable, counts)
        if inside is None:
            return None
        written.append(f"${{{inside}}}")
    return "".join(written)


def _part(column: Sequence[str], variable: str, counts: Sequence[int]) -> str | None:
    if all(part.isdecimal() and str(int(part)) == part for part in column):
        return counted(list(map(int, column)), variable, counts)
    if all(len(part) == 1 and part.isalpha() for part in column) and list(counts) == list(range(len(column))):
        return f"'{''.join(column)}'[{variable}]"
    return None


def _picked(values: Sequence[Any], variable: str) -> str | None:
    written = [literal(value) for value in values]
    return None if None in written else f"[{', '.join(map(str, written))}][{variable}]"


def is_list(value: Any) -> bool:
    """Whether something is written as a list with a value for each copy."""
    return isinstance(value, str) and "][index]" in value


def literal(value: Any) -> str | None:
    """A value as expressions write it; None if they cannot."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return repr(value)
    if isinstance(value, str):
        return f"'{value}'" if _PLAIN_TEXT.fullmatch(value) else None
    if isinstance(value, (list, tuple)) and not holds_expression(value):
        items = [literal(item) for item in value]
        return None if None in items else f"[{', '.join(map(str, items))}]"
    return None
