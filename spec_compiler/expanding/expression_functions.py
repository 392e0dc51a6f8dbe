"""The functions that an expression can call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spec_compiler.expanding.values import MOST_ITEMS, Value, as_text, is_number, kind_of
from spec_compiler.numerals import count


class BadArguments(Exception):
    """Arguments that a function does not take."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def _one_number(name: str, arguments: list[Value]) -> int | float:
    if len(arguments) != 1 or not is_number(arguments[0]):
        raise BadArguments(f"`{name}` takes one number")
    return arguments[0]  # type: ignore[no-any-return]


def _extreme(name: str, choose: Callable[[list[Any]], Any]) -> Callable[[list[Value]], Value]:
    def function(arguments: list[Value]) -> Value:
        items = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else arguments
        if not items or not (all(map(is_number, items)) or all(isinstance(item, str) for item in items)):
            raise BadArguments(f"`{name}` takes some numbers, or a list of them")
        return choose(items)

    return function


def _round(arguments: list[Value]) -> Value:
    if len(arguments) == 2 and is_number(arguments[0]) and type(arguments[1]) is int and abs(arguments[1]) <= 20:
        return round(arguments[0], arguments[1])
    return round(_one_number("round", arguments))


def _len(arguments: list[Value]) -> int:
    if len(arguments) != 1 or not isinstance(arguments[0], (list, str, dict)):
        raise BadArguments("`len` takes one list, text or mapping")
    return len(arguments[0])


def _str(arguments: list[Value]) -> str:
    text = as_text(arguments[0]) if len(arguments) == 1 else None
    if text is None:
        raise BadArguments("`str` takes one number, text, truth value or null")
    return text


def _range(arguments: list[Value]) -> list[int]:
    if not 1 <= len(arguments) <= 3 or not all(type(argument) is int for argument in arguments):
        raise BadArguments("`range` takes one to three whole numbers")
    if len(arguments) == 3 and arguments[2] == 0:
        raise BadArguments("the step of `range` is not 0")
    numbers = range(*arguments)
    if count(numbers) > MOST_ITEMS:
        raise BadArguments(f"`range` gives at most {MOST_ITEMS} numbers")
    return list(numbers)


def _sum(arguments: list[Value]) -> int | float:
    if len(arguments) != 1 or not isinstance(arguments[0], list) or not all(map(is_number, arguments[0])):
        raise BadArguments("`sum` takes one list of numbers")
    return sum(arguments[0])


def _lists(name: str, arguments: list[Value]) -> list[list[Value]]:
    """Arguments that are lists all."""
    if any(isinstance(each, dict) for each in arguments):
        raise BadArguments(
            f"`{name}` takes lists, and here is a mapping", "write `keys(…)`, `values(…)` or `items(…)` of it"
        )
    if not all(isinstance(each, list) for each in arguments):
        wrong = next(each for each in arguments if not isinstance(each, list))
        raise BadArguments(f"`{name}` takes lists, and here is {kind_of(wrong)}")
    return arguments


def _one_list(name: str, arguments: list[Value]) -> list[Value]:
    if len(arguments) != 1:
        raise BadArguments(f"`{name}` takes one list")
    return _lists(name, arguments)[0]


def _zip(arguments: list[Value]) -> list[Value]:
    return [list(row) for row in zip(*_lists("zip", arguments), strict=False)]


def _enumerate(arguments: list[Value]) -> list[Value]:
    start = 0
    if len(arguments) == 2 and type(arguments[1]) is int:
        start = arguments[1]
        arguments = arguments[:1]
    return [[index, item] for index, item in enumerate(_one_list("enumerate", arguments), start)]


def _sorted(arguments: list[Value]) -> list[Value]:
    items = _one_list("sorted", arguments)
    if not (all(map(is_number, items)) or all(isinstance(item, str) for item in items)):
        raise BadArguments("`sorted` takes one list of numbers, or of texts")
    return sorted(items)


def _quantifier(name: str, choose: Callable[[list[Any]], bool]) -> Callable[[list[Value]], bool]:
    def function(arguments: list[Value]) -> bool:
        items = _one_list(name, arguments)
        if not all(isinstance(item, bool) for item in items):
            raise BadArguments(f"`{name}` takes one list of truth values")
        return choose(items)

    return function


def _of_mapping(name: str, choose: Callable[[dict[Any, Value]], list[Value]]) -> Callable[[list[Value]], list[Value]]:
    def function(arguments: list[Value]) -> list[Value]:
        if len(arguments) != 1 or not isinstance(arguments[0], dict):
            raise BadArguments(f"`{name}` takes one mapping")
        return choose(arguments[0])

    return function


FUNCTIONS: dict[str, Callable[[list[Value]], Value]] = {
    "min": _extreme("min", min),
    "max": _extreme("max", max),
    "abs": lambda arguments: abs(_one_number("abs", arguments)),
    "round": _round,
    "int": lambda arguments: int(_one_number("int", arguments)),
    "float": lambda arguments: float(_one_number("float", arguments)),
    "str": _str,
    "len": _len,
    "range": _range,
    "sum": _sum,
    "zip": _zip,
    "enumerate": _enumerate,
    "sorted": _sorted,
    "reversed": lambda arguments: _one_list("reversed", arguments)[::-1],
    "any": _quantifier("any", any),
    "all": _quantifier("all", all),
    "keys": _of_mapping("keys", lambda mapping: list(mapping)),
    "values": _of_mapping("values", lambda mapping: list(mapping.values())),
    "items": _of_mapping("items", lambda mapping: [[key, value] for key, value in mapping.items()]),
}


def function_names() -> tuple[str, ...]:
    """The functions that an expression can call, sorted."""
    return tuple(sorted(FUNCTIONS))
