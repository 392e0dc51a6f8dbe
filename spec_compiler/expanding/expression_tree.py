"""The grammar of expressions: text → tree.

A tree is made of tuples that know the stretch of text they stand for, so that a mistake underlines just that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

LONGEST = 4_000
"""An expression has at most so many characters."""
DEEPEST = 50
"""Brackets and prefixes are nested at most so deep."""


class ExpressionError(Exception):
    """A mistake in an expression; `start` and `end` are characters of its text."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


class SyntaxMistake(ExpressionError):
    """The text is no expression."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A part of an expression: what it is, its operands, and where it stands.

    `kind` is one of ``value``, ``name``, ``list``, ``comprehension``, ``call``, ``index``, ``slice``, ``if``,
    ``compare``, or an operator. The operands of a comprehension are its item, what it goes over and, if it has one, its
    condition; its value is its variables. Those of a slice are what it is taken of, start, stop and step.
    """

    kind: str
    start: int
    end: int
    operands: tuple[Tree, ...] = ()
    value: Any = None

    def names(self) -> set[str]:
        """The names that it takes from outside; the variables of its comprehensions are its own."""
        if self.kind == "name":
            return {self.value}
        if self.kind == "comprehension":
            item, iterable, *condition = self.operands
            return iterable.names() | (item.names().union(*(each.names() for each in condition)) - {*self.value})
        return set().union(*(operand.names() for operand in self.operands))


class Token(NamedTuple):
    """A word of an expression: a `number`, a `string`, a `name`, a `sign` or the `end`, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\],:])
    )""",
    re.VERBOSE | re.DOTALL,
)
WORDS = ("and", "else", "false", "for", "if", "in", "not", "null", "or", "true")
"""The words that are no names."""
_CONSTANTS = {"true": True, "false": False, "null": None}
_WORDS = {*WORDS} - {*_CONSTANTS}
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">", "in")
_PYTHON_METHOD = re.compile(r"\.(keys|values|items)\b")
_PYTHON_SIGNS = {
    ".": ("an expression has no attributes and no methods", "the functions of the language take what they work on"),
    "{": ("an expression has no dict, no set and no comprehension of them", "a mapping is the default of a param"),
    "=": ("an expression assigns nothing", "write `==` to compare"),
    "&": ("`&` means nothing in an expression", "write `and`"),
    "|": ("`|` means nothing in an expression", "write `or`"),
    "!": ("`!` means nothing in an expression", "write `not`"),
    "^": ("`^` means nothing in an expression", "write `**` for a power"),
    "?": ("`?` means nothing in an expression", "write `a if condition else b`"),
}
"""What some characters would be in Python or its like: what to say of it, and what to write."""
_PYTHON_CONSTANTS = {"True": "true", "False": "false", "None": "null"}


def parse(text: str, largest: int) -> Tree:
    """The tree of an expression; `largest` bounds the integers written in it.

    Raises:
        SyntaxMistake: The text is no expression.
    """
    if len(text) > LONGEST:
        raise SyntaxMistake(f"the expression is longer than {LONGEST} characters", 0, len(text))
    return _Parser(text, largest).parse()


def tokens(text: str) -> list[Token]:
    """The words of an expression, with one for its end.

    Raises:
        SyntaxMistake: There is something in it that is no word.
    """
    found: list[Token] = []
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            plain = f"`{text[start]}` means nothing in an expression", None
            message, hint = _PYTHON_SIGNS.get(text[start], plain)
            if text.startswith("...", start):
                message, hint = "`...` means nothing in an expression", None
            if text[start] == "=" and _is_named_argument(found):
                message, hint = "a function of an expression takes no arguments by name", None
            if method := _PYTHON_METHOD.match(text, start):
                hint = f"write `{method[1]}(…)`"
            raise SyntaxMistake(message, start, start + 1, hint)
        kind = str(match.lastgroup)
        word, start = match[kind], match.start(kind)
        if word == "lambda":
            raise SyntaxMistake("an expression has no functions of its own", start, match.end())
        if kind == "name" and word in _WORDS:
            kind = "sign"
        found.append(Token(kind, word, start, match.end()))
        position = match.end()
    found.append(Token("end", "", len(text), len(text)))
    return found


def _is_named_argument(before: list[Token]) -> bool:
    """Whether the last of some words is what a call of Python names an argument by: `sorted(x, key`."""
    opened = 0
    for index in range(len(before) - 1, -1, -1):
        opened += {"(": 1, "[": 1, ")": -1, "]": -1}.get(before[index].text, 0)
        if opened > 0:
            is_call = before[index].text == "(" and index > 0 and before[index - 1].kind == "name"
            return is_call and before[-1].kind == "name" and before[-2].text in ("(", ",")
    return False


class _Parser:
    """A parser by recursive descent, a method for each level of binding, the loosest first."""

    def __init__(self, text: str, largest: int) -> None:
        self.text = text
        self.largest = largest
        self.tokens = tokens(text)
        self.position = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.next
        self.position += 1
        return token

    def takes(self, *signs: str) -> Token | None:
        if self.next.kind == "sign" and self.next.text in signs:
            return self.take()
        return None

    def need(self, sign: str) -> Token:
        found = self.takes(sign)
        if found is None:
            raise self.unexpected(f"`{sign}` is missing here")
        return found

    def unexpected(self, message: str) -> SyntaxMistake:
        token = self.next
        if token.kind == "end":
            last = self.tokens[self.position - 1]
            return SyntaxMistake(f"{message}: the expression ends too early", last.start, last.end)
        return SyntaxMistake(message, token.start, token.end)

    def parse(self) -> Tree:
        if self.next.kind == "end":
            raise SyntaxMistake("the expression is empty", 0, len(self.text))
        tree = self.conditional()
        if self.next.kind != "end":
            raise self.unexpected(f"`{self.next.text}` cannot stand here")
        return tree

    def conditional(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.unexpected(f"the expression is nested deeper than {DEEPEST} levels")
        value = self.disjunction()
        if self.takes("if"):
            condition = self.disjunction()
            self.need("else")
            other = self.conditional()
            value = Tree("if", value.start, other.end, (value, condition, other))
        self.depth -= 1
        return value

    def disjunction(self) -> Tree:
        return self.left(self.conjunction, "or")

    def conjunction(self) -> Tree:
        return self.left(self.negation, "and")

    def negation(self) -> Tree:
        if found := self.takes("not"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.unexpected(f"the expression is nested deeper than {DEEPEST} levels")
            operand = self.negation()
            self.depth -= 1
            return Tree("not", found.start, operand.end, (operand,))
        return self.comparison()

    def comparison(self) -> Tree:
        operands = [self.sum()]
        signs: list[str] = []
        while True:
            found = self.takes(*_COMPARISONS)
            if found is not None:
                signs.append(found.text)
            elif self.next.text == "not" and self.tokens[self.position + 1].text == "in":
                self.position += 2
                signs.append("not in")
            else:
                break
            operands.append(self.sum())
        if not signs:
            return operands[0]
        return Tree("compare", operands[0].start, operands[-1].end, tuple(operands), tuple(signs))

    def sum(self) -> Tree:
        return self.left(self.product, "+", "-")

    def product(self) -> Tree:
        return self.left(self.signed, "*", "/", "//", "%")

    def left(self, tighter: Any, *signs: str) -> Tree:
        tree: Tree = tighter()
        while found := self.takes(*signs):
            right = tighter()
            tree = Tree(found.text, tree.start, right.end, (tree, right))
        return tree

    def signed(self) -> Tree:
        if found := self.takes("-", "+"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.unexpected(f"the expression is nested deeper than {DEEPEST} levels")
            operand = self.signed()
            self.depth -= 1
            return Tree("negative" if found.text == "-" else "positive", found.start, operand.end, (operand,))
        return self.power()

    def power(self) -> Tree:
        base = self.indexed()
        if self.takes("**"):
            exponent = self.signed()
            return Tree("**", base.start, exponent.end, (base, exponent))
        return base

    def indexed(self) -> Tree:
        tree = self.atom()
        while self.takes("["):
            parts = self.slice_parts()
            end = self.need("]").end
            tree = Tree("index" if len(parts) == 1 else "slice", tree.start, end, (tree, *parts))
        return tree

    def slice_parts(self) -> list[Tree]:
        """What stands between the brackets behind a value: an index, or start, stop and step of a slice."""
        if self.next.text != ":":
            index = self.conditional()
            if self.next.text != ":":
                return [index]
            parts = [index]
        else:
            parts = [self.left_out()]
        while len(parts) < 3 and self.takes(":"):
            parts.append(self.left_out() if self.next.text in (":", "]") else self.conditional())
        return parts if len(parts) == 3 else [*parts, self.left_out()]

    def left_out(self) -> Tree:
        """A part of a slice that is not written."""
        return Tree("value", self.next.start, self.next.start)

    def atom(self) -> Tree:
        token = self.next
        if token.kind == "number":
            return self.number(self.take())
        if token.kind == "string":
            self.take()
            return Tree("value", token.start, token.end, value=_unescape(token))
        if token.kind == "name":
            return self.named(self.take())
        if self.takes("("):
            inner = self.conditional()
            self.refuse_generator()
            end = self.need(")").end
            return Tree(inner.kind, token.start, end, inner.operands, inner.value)
        if self.takes("["):
            return self.brackets(token)
        raise self.unexpected("a value is missing here" if token.kind == "end" else f"`{token.text}` cannot stand here")

    def number(self, token: Token) -> Tree:
        if token.text.isdigit():
            if len(token.text) > 40 or int(token.text) > self.largest:
                raise SyntaxMistake(f"an integer is at most {self.largest}", token.start, token.end)
            return Tree("value", token.start, token.end, value=int(token.text))
        value = float(token.text)
        if value == float("inf"):
            raise SyntaxMistake("the number is larger than a float can be", token.start, token.end)
        return Tree("value", token.start, token.end, value=value)

    def named(self, token: Token) -> Tree:
        if token.text in _CONSTANTS:
            return Tree("value", token.start, token.end, value=_CONSTANTS[token.text])
        if token.text in _PYTHON_CONSTANTS:
            ours = _PYTHON_CONSTANTS[token.text]
            raise SyntaxMistake(f"`{token.text}` is spelt `{ours}`", token.start, token.end, f"write `{ours}`")
        if self.next.kind == "string" and self.next.start == token.end:
            message = f"an expression has no {token.text}-strings"
            hint = 'what is not in `${…}` is text: write `"h_${i}"`'
            raise SyntaxMistake(message, token.start, self.next.end, hint)
        if self.takes("("):
            arguments, end = self.several(")")
            return Tree("call", token.start, end, arguments, token.text)
        return Tree("name", token.start, token.end, value=token.text)

    def brackets(self, opening: Token) -> Tree:
        """A list or a comprehension, after its bracket."""
        first = None
        if self.next.text != "]":
            first = self.conditional()
            if self.takes("for"):
                return self.comprehension(opening, first)
        items, end = self.several("]", first)
        return Tree("list", opening.start, end, items)

    def comprehension(self, opening: Token, item: Tree) -> Tree:
        """The rest of a comprehension, after its `for`."""
        variables = [self.variable()]
        while self.takes(","):
            variables.append(self.variable(variables))
        self.need("in")
        operands = [item, self.disjunction()]
        if self.takes("if"):
            operands.append(self.disjunction())
        if self.next.kind == "sign" and self.next.text in ("for", "if"):
            hint = "put one comprehension into another, and join conditions with `and`"
            message = "a comprehension has one `for` and at most one `if`"
            raise SyntaxMistake(message, self.next.start, self.next.end, hint)
        end = self.need("]").end
        return Tree("comprehension", opening.start, end, tuple(operands), tuple(variables))

    def variable(self, others: list[str] | None = None) -> str:
        token = self.next
        if token.kind == "end":
            raise self.unexpected("a variable is missing here")
        if token.kind != "name" or token.text in _CONSTANTS:
            hint = "take a part of an item by its index: `pair[0]`" if token.text == "(" else None
            raise SyntaxMistake("the variables of a comprehension are names", token.start, token.end, hint)
        if token.text in (others or ()):
            raise SyntaxMistake(f"two variables are named `{token.text}`", token.start, token.end)
        return self.take().text

    def several(self, closing: str, first: Tree | None = None) -> tuple[tuple[Tree, ...], int]:
        """Items up to a sign, and where it ends; the first one may be parsed already."""
        items = [] if first is None else [first]
        while True:
            if found := self.takes(closing):
                return tuple(items), found.end
            if items:
                self.refuse_generator()
                self.need(",")
                if found := self.takes(closing):
                    return tuple(items), found.end
            items.append(self.conditional())

    def refuse_generator(self) -> None:
        if self.next.kind == "sign" and self.next.text == "for":
            hint = "write `[… for … in …]`, with one value before `for`"
            raise SyntaxMistake("a comprehension is one value in brackets", self.next.start, self.next.end, hint)


def _unescape(token: Token) -> str:
    """The text between the quotes, with its escapes replaced."""
    inner = token.text[1:-1]
    if "\\" not in inner:
        return inner
    result, position = [], 0
    while position < len(inner):
        character = inner[position]
        if character == "\\":
            position += 1
            if inner[position] not in _ESCAPES:
                at = token.start + position
                raise SyntaxMistake(f"there is no escape `\\{inner[position]}`", at, at + 2)
            character = _ESCAPES[inner[position]]
        result.append(character)
        position += 1
    return "".join(result)
