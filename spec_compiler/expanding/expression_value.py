"""The value of an expression: a small interpreter in which nothing exists but what the language names.

Everything is bounded: how much is computed, how large numbers and lists become.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from spec_compiler.expanding.expression_tree import ExpressionError, Tree

Value = Any
"""A number, a text, a boolean, null, or a list of these."""

MOST_STEPS = 20_000
MOST_ITEMS = 10_000
LARGEST_EXPONENT = 1_000


class UnknownName(ExpressionError):
    """A name that is not in scope; `names` are those that are."""

    def __init__(self, name: str, names: list[str], kind: str, start: int, end: int) -> None:
        super().__init__(f"no {kind} is named `{name}` here", start, end)
        self.name = name
        self.names = names


class NoValue(ExpressionError):
    """The expression has no value: a type that does not fit, a division by zero, an index out of range."""


class TooLarge(ExpressionError):
    """The expression asks for more than the bounds allow."""


def kind_of(value: Value) -> str:
    """What a value is, in a sentence."""
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a whole number", float: "a number", str: "text", list: "a list"}
    return names[type(value)]


def evaluate(tree: Tree, scope: Mapping[str, Value], largest: int) -> Value:
    """The value of an expression in a scope; `largest` bounds its integers.

    Raises:
        ExpressionError: It has none, or asks for too much.
    """
    return _Interpreter(scope, largest).value(tree)


class _Interpreter:
    def __init__(self, scope: Mapping[str, Value], largest: int) -> None:
        self.scope = scope
        self.largest = largest
        self.steps = 0

    def value(self, tree: Tree) -> Value:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooLarge("the expression takes too many steps", tree.start, tree.end)
        kind = tree.kind
        if kind == "value":
            return tree.value
        if kind == "name":
            return self.name(tree)
        if kind == "if":
            value, condition, other = tree.operands
            return self.value(value if self.boolean(condition, "a condition") else other)
        if kind in ("and", "or"):
            left = self.boolean(tree.operands[0], f"an operand of `{kind}`")
            if left == (kind == "or"):
                return left
            return self.boolean(tree.operands[1], f"an operand of `{kind}`")
        if kind == "not":
            return not self.boolean(tree.operands[0], "the operand of `not`")
        if kind == "compare":
            return self.comparison(tree)
        if kind == "list":
            return self.bounded([self.value(item) for item in tree.operands], tree)
        if kind == "index":
            return self.item(tree)
        if kind == "call":
            return self.call(tree)
        if kind in ("negative", "positive"):
            number = self.number(tree.operands[0], "a sign")
            return -number if kind == "negative" else number
        return self.arithmetic(tree)

    def name(self, tree: Tree) -> Value:
        if tree.value not in self.scope:
            kind = "param or variable"
            raise UnknownName(tree.value, sorted(self.scope), kind, tree.start, tree.end)
        return self.scope[tree.value]

    def boolean(self, tree: Tree, what: str) -> bool:
        value = self.value(tree)
        if not isinstance(value, bool):
            raise NoValue(f"{what} is true or false, and this is {kind_of(value)}", tree.start, tree.end)
        return value

    def number(self, tree: Tree, what: str) -> int | float:
        value = self.value(tree)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise NoValue(f"{what} takes numbers, and this is {kind_of(value)}", tree.start, tree.end)
        return value

    def comparison(self, tree: Tree) -> bool:
        left = self.value(tree.operands[0])
        for sign, operand in zip(tree.value, tree.operands[1:], strict=True):
            right = self.value(operand)
            if not self.holds(sign, left, right, tree):
                return False
            left = right
        return True

    def holds(self, sign: str, left: Value, right: Value, tree: Tree) -> bool:
        if sign in ("==", "!="):
            same = _same(left, right)
            return same if sign == "==" else not same
        if sign in ("in", "not in"):
            if not isinstance(right, list):
                raise NoValue(f"`{sign}` looks into a list, and this is {kind_of(right)}", tree.start, tree.end)
            found = any(_same(left, item) for item in right)
            return found if sign == "in" else not found
        if not (_is_number(left) and _is_number(right)) and not (isinstance(left, str) and isinstance(right, str)):
            raise NoValue(f"`{sign}` does not compare {kind_of(left)} and {kind_of(right)}", tree.start, tree.end)
        return bool(_ORDER[sign](left, right))

    def item(self, tree: Tree) -> Value:
        of, at = tree.operands
        value, index = self.value(of), self.value(at)
        if not isinstance(value, (list, str)):
            raise NoValue(f"only lists and texts have items, and this is {kind_of(value)}", of.start, of.end)
        if type(index) is not int:
            raise NoValue(f"an index is a whole number, and this is {kind_of(index)}", at.start, at.end)
        if not -len(value) <= index < len(value):
            length = f"{len(value)} item{'s' * (len(value) != 1)}"
            raise NoValue(f"the index {index} is out of range: there are {length}", at.start, at.end)
        return value[index]

    def arithmetic(self, tree: Tree) -> Value:
        left, right = (self.value(operand) for operand in tree.operands)
        sign = tree.kind
        if sign == "+" and type(left) is type(right) and isinstance(left, (str, list)):
            return self.bounded(left + right, tree)
        if sign == "*" and isinstance(left, list) and type(right) is int:
            if len(left) * max(right, 0) > MOST_ITEMS:
                raise TooLarge(f"a list has at most {MOST_ITEMS} items here", tree.start, tree.end)
            return left * right
        if not (_is_number(left) and _is_number(right)):
            raise NoValue(f"`{sign}` does not take {kind_of(left)} and {kind_of(right)}", tree.start, tree.end)
        if sign == "**":
            return self.power(left, right, tree)
        if sign in ("/", "//", "%") and right == 0:
            raise NoValue("a division by zero", tree.start, tree.end)
        return self.bounded(_ARITHMETIC[sign](left, right), tree)

    def power(self, base: int | float, exponent: int | float, tree: Tree) -> Value:
        if abs(exponent) > LARGEST_EXPONENT:
            raise TooLarge(f"an exponent is at most {LARGEST_EXPONENT}", tree.start, tree.end)
        if base == 0 and exponent < 0:
            raise NoValue("a division by zero", tree.start, tree.end)
        if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
            # The size of the result, in bits, before it is computed.
            if abs(base) > 1 and exponent * math.log2(abs(base)) > self.largest.bit_length() + 1:
                raise TooLarge(f"an integer is at most {self.largest}", tree.start, tree.end)
        elif base < 0 and not float(exponent).is_integer():
            raise NoValue("a root of a negative number", tree.start, tree.end)
        try:
            return self.bounded(base**exponent, tree)
        except OverflowError:
            raise TooLarge("the number is larger than a float can be", tree.start, tree.end) from None

    def bounded(self, value: Value, tree: Tree) -> Value:
        if isinstance(value, (list, str)):
            if len(value) > MOST_ITEMS:
                raise TooLarge(f"a list or text has at most {MOST_ITEMS} items here", tree.start, tree.end)
        elif isinstance(value, int):
            if abs(value) > self.largest:
                raise TooLarge(f"an integer is at most {self.largest}", tree.start, tree.end)
        elif math.isinf(value) or math.isnan(value):
            raise TooLarge("the number is larger than a float can be", tree.start, tree.end)
        return value

    def call(self, tree: Tree) -> Value:
        function = _FUNCTIONS.get(tree.value)
        if function is None:
            start = tree.start
            raise UnknownName(tree.value, sorted(_FUNCTIONS), "function", start, start + len(tree.value))
        arguments = [self.value(argument) for argument in tree.operands]
        try:
            return self.bounded(function(arguments), tree)
        except _BadArguments as error:
            raise NoValue(str(error), tree.start, tree.end) from None
        except OverflowError:
            raise NoValue("there is no such whole number", tree.start, tree.end) from None


class _BadArguments(Exception):
    """Arguments that a function does not take."""


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same(left: Value, right: Value) -> bool:
    """Equality in which true is not 1."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def _one_number(name: str, arguments: list[Value]) -> int | float:
    if len(arguments) != 1 or not _is_number(arguments[0]):
        raise _BadArguments(f"`{name}` takes one number")
    return arguments[0]  # type: ignore[no-any-return]


def _extreme(name: str, choose: Callable[[list[Any]], Any]) -> Callable[[list[Value]], Value]:
    def function(arguments: list[Value]) -> Value:
        items = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else arguments
        if not items or not (all(map(_is_number, items)) or all(isinstance(item, str) for item in items)):
            raise _BadArguments(f"`{name}` takes some numbers, or a list of them")
        return choose(items)

    return function


def _round(arguments: list[Value]) -> Value:
    if len(arguments) == 2 and _is_number(arguments[0]) and type(arguments[1]) is int and abs(arguments[1]) <= 20:
        return round(arguments[0], arguments[1])
    return round(_one_number("round", arguments))


def _len(arguments: list[Value]) -> int:
    if len(arguments) != 1 or not isinstance(arguments[0], (list, str)):
        raise _BadArguments("`len` takes one list or text")
    return len(arguments[0])


def _range(arguments: list[Value]) -> list[int]:
    if not 1 <= len(arguments) <= 3 or not all(type(argument) is int for argument in arguments):
        raise _BadArguments("`range` takes one to three whole numbers")
    if len(arguments) == 3 and arguments[2] == 0:
        raise _BadArguments("the step of `range` is not 0")
    numbers = range(*arguments)
    if len(numbers) > MOST_ITEMS:
        raise _BadArguments(f"`range` gives at most {MOST_ITEMS} numbers")
    return list(numbers)


def _sum(arguments: list[Value]) -> int | float:
    if len(arguments) != 1 or not isinstance(arguments[0], list) or not all(map(_is_number, arguments[0])):
        raise _BadArguments("`sum` takes one list of numbers")
    return sum(arguments[0])


_FUNCTIONS: dict[str, Callable[[list[Value]], Value]] = {
    "min": _extreme("min", min),
    "max": _extreme("max", max),
    "abs": lambda arguments: abs(_one_number("abs", arguments)),
    "round": _round,
    "int": lambda arguments: int(_one_number("int", arguments)),
    "float": lambda arguments: float(_one_number("float", arguments)),
    "len": _len,
    "range": _range,
    "sum": _sum,
}
