"""The value of an expression: a small interpreter in which nothing exists but what the language names.

Everything is bounded: how much is computed, how large numbers and lists become. Each item of a list and each character
of a text that is made counts as a step, so that the limit on the steps of a run bounds what its expressions make, too.
"""

from __future__ import annotations

import math
import operator
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.expanding.budget import Budget
from spec_compiler.expanding.expression_functions import FUNCTIONS, BadArguments
from spec_compiler.expanding.expression_tree import ExpressionError, Tree
from spec_compiler.expanding.values import MOST_ITEMS, Value, is_number, kind_of
from spec_compiler.spans import Place

MOST_STEPS = 100_000
MOST_VALUES = 100_000
LARGEST_EXPONENT = 1_000


class UnknownName(ExpressionError):
    """A name that is not in scope; `names` are those that are."""

    def __init__(self, name: str, names: list[str], kind: str, start: int, end: int) -> None:
        super().__init__(f"no {kind} is named `{name}` here", start, end)
        self.name = name
        self.names = names
        self.kind = kind


class EvaluationError(ExpressionError):
    """The expression has no value: a type that does not fit, a division by zero, an index out of range."""


class UnknownKeyError(EvaluationError):
    """A key that a mapping does not have; `keys` are those that it has."""

    def __init__(self, key: str | int, keys: list[str], start: int, end: int) -> None:
        super().__init__(f"the mapping has no key {show(key)}", start, end)
        self.key = key
        self.keys = keys


class TooLarge(ExpressionError):
    """The expression asks for more than the bounds allow."""


def evaluate(tree: Tree, scope: Mapping[str, Value], budget: Budget, place: Place) -> Value:
    """The value of an expression.

    Args:
        tree: The expression.
        scope: The values of the names that it can use.
        budget: What is left of the limits of the run.
        place: Where the expression is written.

    Raises:
        ExpressionError: It has none, or asks for too much.
        LimitExceededError: The expressions of the spec take too many steps, all together.
    """
    interpreter = _Interpreter(scope, budget)
    try:
        return interpreter.value(tree)
    finally:
        budget.steps(place, interpreter.steps)


class _Interpreter:
    def __init__(self, scope: Mapping[str, Value], budget: Budget) -> None:
        self.scope = scope
        self.budget = budget
        self.largest = budget.limits.integer
        self.steps = 0

    def spend(self, steps: int, tree: Tree) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise TooLarge("the expression takes too many steps", tree.start, tree.end)

    def value(self, tree: Tree) -> Value:
        self.spend(1, tree)
        return _VALUE_OF.get(tree.kind, _Interpreter.arithmetic)(self, tree)

    def constant(self, tree: Tree) -> Value:
        return tree.value

    def name(self, tree: Tree) -> Value:
        if tree.value not in self.scope:
            kind = "param or variable"
            raise UnknownName(tree.value, sorted(self.scope), kind, tree.start, tree.end)
        return self.scope[tree.value]

    def choice(self, tree: Tree) -> Value:
        value, condition, other = tree.operands
        return self.value(value if self.boolean(condition, "a condition") else other)

    def logic(self, tree: Tree) -> bool:
        if tree.kind == "not":
            return not self.boolean(tree.operands[0], "the operand of `not`")
        left = self.boolean(tree.operands[0], f"an operand of `{tree.kind}`")
        if left == (tree.kind == "or"):
            return left
        return self.boolean(tree.operands[1], f"an operand of `{tree.kind}`")

    def boolean(self, tree: Tree, what: str) -> bool:
        value = self.value(tree)
        if not isinstance(value, bool):
            raise EvaluationError(f"{what} is true or false, and this is {kind_of(value)}", tree.start, tree.end)
        return value

    def number(self, tree: Tree, what: str) -> int | float:
        value = self.value(tree)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise EvaluationError(f"{what} takes numbers, and this is {kind_of(value)}", tree.start, tree.end)
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
        if isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
            self.spend(self.budget.size(left) if sign in ("==", "!=") else self.budget.size(right), tree)
        if sign in ("==", "!="):
            same = _same(left, right)
            return same if sign == "==" else not same
        if sign in ("in", "not in"):
            if not isinstance(right, (list, dict)):
                message = f"`{sign}` looks into a list or a mapping, and this is {kind_of(right)}"
                raise EvaluationError(message, tree.start, tree.end)
            found = _is_key(left) and left in right if isinstance(right, dict) else any(_same(left, x) for x in right)
            return found if sign == "in" else not found
        if not (is_number(left) and is_number(right)) and not (isinstance(left, str) and isinstance(right, str)):
            raise EvaluationError(
                f"`{sign}` does not compare {kind_of(left)} and {kind_of(right)}", tree.start, tree.end
            )
        return bool(_ORDER[sign](left, right))

    def items(self, tree: Tree) -> Value:
        return self.bounded([self.value(item) for item in tree.operands], tree)

    def item(self, tree: Tree) -> Value:
        of, at = tree.operands
        value, index = self.value(of), self.value(at)
        if isinstance(value, dict):
            if not _is_key(index):
                raise EvaluationError(
                    f"a key is text or a whole number, and this is {kind_of(index)}", at.start, at.end
                )
            if index not in value:
                raise UnknownKeyError(index, list(map(str, value)), at.start, at.end)
            return value[index]
        if not isinstance(value, (list, str)):
            message = f"only lists, texts and mappings have items, and this is {kind_of(value)}"
            raise EvaluationError(message, of.start, of.end)
        if type(index) is not int:
            raise EvaluationError(f"an index is a whole number, and this is {kind_of(index)}", at.start, at.end)
        if not -len(value) <= index < len(value):
            length = f"{len(value)} item{'s' * (len(value) != 1)}"
            raise EvaluationError(f"the index {index} is out of range: there are {length}", at.start, at.end)
        return value[index]

    def slice(self, tree: Tree) -> Value:
        of, *written = tree.operands
        value = self.value(of)
        if not isinstance(value, (list, str)):
            raise EvaluationError(f"only lists and texts have slices, and this is {kind_of(value)}", of.start, of.end)
        parts = [self.value(part) for part in written]
        for part, at in zip(parts, written, strict=True):
            if part is not None and type(part) is not int:
                raise EvaluationError(f"a slice takes whole numbers, and this is {kind_of(part)}", at.start, at.end)
        if parts[2] == 0:
            raise EvaluationError("the step of a slice is not 0", written[2].start, written[2].end)
        chosen = slice(*parts)
        self.spend(len(range(*chosen.indices(len(value)))), tree)
        return self.bounded(value[chosen], tree)

    def comprehension(self, tree: Tree) -> list[Value]:
        item, over, *conditions = tree.operands
        items = self.value(over)
        if not isinstance(items, list):
            hint = "write `keys(…)`, `values(…)` or `items(…)` of it" if isinstance(items, dict) else None
            raise EvaluationError(
                f"a comprehension goes over a list, and this is {kind_of(items)}", over.start, over.end, hint
            )
        made: list[Value] = []
        with self.inner_scope() as own:
            for each in items:
                own.update(self.unpacked(each, tree.value, over))
                if all(self.passes(condition) for condition in conditions):
                    made.append(self.value(item))
                    self.spend(1, tree)
        self.bounded(made, tree)
        return made

    @contextmanager
    def inner_scope(self) -> Iterator[dict[str, Value]]:
        """A scope inside the one there is; gives its own names, none at first."""
        outer, own = self.scope, dict[str, Value]()
        self.scope = ChainMap(own, outer)  # type: ignore[arg-type]  # Only the first is written to.
        try:
            yield own
        finally:
            self.scope = outer

    def unpacked(self, item: Value, variables: tuple[str, ...], over: Tree) -> dict[str, Value]:
        """The variables of a comprehension for one item."""
        self.spend(len(variables), over)
        if len(variables) == 1:
            return {variables[0]: item}
        if not isinstance(item, list) or len(item) != len(variables):
            has = f"a list of {len(item)}" if isinstance(item, list) else kind_of(item)
            message = f"the items are lists of {len(variables)} values, one for each variable, and here is {has}"
            raise EvaluationError(message, over.start, over.end)
        return dict(zip(variables, item, strict=True))

    def passes(self, condition: Tree) -> bool:
        """Whether the condition of a comprehension holds; here a number counts as well, and 0 is false."""
        value = self.value(condition)
        if not isinstance(value, (bool, int, float)):
            message = f"the condition of a comprehension is true, false or a number, and this is {kind_of(value)}"
            raise EvaluationError(message, condition.start, condition.end)
        return bool(value)

    def signed(self, tree: Tree) -> Value:
        number = self.number(tree.operands[0], "a sign")
        return -number if tree.kind == "negative" else number

    def arithmetic(self, tree: Tree) -> Value:
        left, right = (self.value(operand) for operand in tree.operands)
        sign = tree.kind
        if sign == "+" and type(left) is type(right) and isinstance(left, (str, list)):
            self.spend(len(left) + len(right), tree)
            return self.bounded(left + right, tree)
        if sign == "*" and isinstance(left, list) and type(right) is int:
            if len(left) * max(right, 0) > MOST_ITEMS:
                raise TooLarge(f"a list has at most {MOST_ITEMS} items here", tree.start, tree.end)
            self.spend(len(left) * max(right, 0), tree)
            return self.bounded(left * right, tree)
        if not (is_number(left) and is_number(right)):
            raise EvaluationError(f"`{sign}` does not take {kind_of(left)} and {kind_of(right)}", tree.start, tree.end)
        if sign == "**":
            return self.power(left, right, tree)
        if sign in ("/", "//", "%") and right == 0:
            raise EvaluationError("a division by zero", tree.start, tree.end)
        return self.bounded(_ARITHMETIC[sign](left, right), tree)

    def power(self, base: int | float, exponent: int | float, tree: Tree) -> Value:
        if abs(exponent) > LARGEST_EXPONENT:
            raise TooLarge(f"an exponent is at most {LARGEST_EXPONENT}", tree.start, tree.end)
        if base == 0 and exponent < 0:
            raise EvaluationError("a division by zero", tree.start, tree.end)
        if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
            # The size of the result, in bits, before it is computed.
            if abs(base) > 1 and exponent * math.log2(abs(base)) > self.largest.bit_length() + 1:
                raise TooLarge(f"an integer is at most {self.largest}", tree.start, tree.end)
        elif base < 0 and not float(exponent).is_integer():
            raise EvaluationError("a root of a negative number", tree.start, tree.end)
        try:
            return self.bounded(base**exponent, tree)
        except OverflowError:
            raise TooLarge("the number is larger than a float can be", tree.start, tree.end) from None

    def bounded(self, value: Value, tree: Tree) -> Value:
        if isinstance(value, (list, str)):
            if len(value) > MOST_ITEMS:
                raise TooLarge(f"a list or text has at most {MOST_ITEMS} items here", tree.start, tree.end)
            if isinstance(value, list) and self.budget.size(value) > MOST_VALUES:
                raise TooLarge(f"a list holds at most {MOST_VALUES} values here", tree.start, tree.end)
        elif isinstance(value, int):
            if abs(value) > self.largest:
                raise TooLarge(f"an integer is at most {self.largest}", tree.start, tree.end)
        elif math.isinf(value) or math.isnan(value):
            raise TooLarge("the number is larger than a float can be", tree.start, tree.end)
        return value

    def call(self, tree: Tree) -> Value:
        function = FUNCTIONS.get(tree.value)
        if function is None:
            start = tree.start
            raise UnknownName(tree.value, sorted(FUNCTIONS), "function", start, start + len(tree.value))
        arguments = [self.value(argument) for argument in tree.operands]
        self.spend(sum(len(each) for each in arguments if isinstance(each, (list, str, dict))), tree)
        try:
            result = function(arguments)
            self.spend(len(result) if isinstance(result, (list, str)) else 0, tree)
            return self.bounded(result, tree)
        except BadArguments as error:
            raise EvaluationError(str(error), tree.start, tree.end, error.hint) from None
        except OverflowError:
            raise EvaluationError("there is no such whole number", tree.start, tree.end) from None


def _is_key(value: Value) -> bool:
    """Whether a value can be a key of a mapping."""
    return type(value) in (str, int)


def _same(left: Value, right: Value) -> bool:
    """Equality in which true is not 1."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(item, right[key]) for key, item in left.items())
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

_VALUE_OF: dict[str, Callable[[_Interpreter, Tree], Value]] = {
    "value": _Interpreter.constant,
    "name": _Interpreter.name,
    "if": _Interpreter.choice,
    **dict.fromkeys(("and", "or", "not"), _Interpreter.logic),
    "compare": _Interpreter.comparison,
    "list": _Interpreter.items,
    "comprehension": _Interpreter.comprehension,
    "index": _Interpreter.item,
    "slice": _Interpreter.slice,
    "call": _Interpreter.call,
    **dict.fromkeys(("negative", "positive"), _Interpreter.signed),
}
"""How the value of each kind of tree is found; those that are not here are the signs of arithmetic."""
