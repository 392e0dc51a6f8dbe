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

    `kind` is one of ``value``, ``name``, ``list``, ``call``, ``index``, ``if``, ``compare``, or an operator.
    """

    kind: str
    start: int
    end: int
    operands: tuple[Tree, ...] = ()
    value: Any = None


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\],])
    )""",
    re.VERBOSE | re.DOTALL,
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_WORDS = {"and", "or", "not", "if", "else", "in"}
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">", "in")
_PYTHON_CONSTANTS = {"True": "true", "False": "false", "None": "null"}


def parse(text: str, largest: int) -> Tree:
    """The tree of an expression; `largest` bounds the integers written in it.

    Raises:
        SyntaxMistake: The text is no expression.
    """
    if len(text) > LONGEST:
        raise SyntaxMistake(f"the expression is longer than {LONGEST} characters", 0, len(text))
    return _Parser(text, largest).parse()


def _tokens(text: str) -> list[_Token]:
    tokens = []
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise SyntaxMistake(f"`{text[start]}` means nothing in an expression", start, start + 1)
        kind = str(match.lastgroup)
        word, start = match[kind], match.start(kind)
        if kind == "name" and word in _WORDS:
            kind = "sign"
        tokens.append(_Token(kind, word, start, match.end()))
        position = match.end()
    tokens.append(_Token("end", "", len(text), len(text)))
    return tokens


class _Parser:
    """A parser by recursive descent, a method for each level of binding, the loosest first."""

    def __init__(self, text: str, largest: int) -> None:
        self.text = text
        self.largest = largest
        self.tokens = _tokens(text)
        self.position = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.position]

    def take(self) -> _Token:
        token = self.next
        self.position += 1
        return token

    def takes(self, *signs: str) -> _Token | None:
        if self.next.kind == "sign" and self.next.text in signs:
            return self.take()
        return None

    def need(self, sign: str) -> _Token:
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
            index = self.conditional()
            end = self.need("]").end
            tree = Tree("index", tree.start, end, (tree, index))
        return tree

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
            end = self.need(")").end
            return Tree(inner.kind, token.start, end, inner.operands, inner.value)
        if self.takes("["):
            items, end = self.several("]")
            return Tree("list", token.start, end, items)
        raise self.unexpected("a value is missing here" if token.kind == "end" else f"`{token.text}` cannot stand here")

    def number(self, token: _Token) -> Tree:
        if token.text.isdigit():
            if len(token.text) > 40 or int(token.text) > self.largest:
                raise SyntaxMistake(f"an integer is at most {self.largest}", token.start, token.end)
            return Tree("value", token.start, token.end, value=int(token.text))
        value = float(token.text)
        if value == float("inf"):
            raise SyntaxMistake("the number is larger than a float can be", token.start, token.end)
        return Tree("value", token.start, token.end, value=value)

    def named(self, token: _Token) -> Tree:
        if token.text in _CONSTANTS:
            return Tree("value", token.start, token.end, value=_CONSTANTS[token.text])
        if token.text in _PYTHON_CONSTANTS:
            ours = _PYTHON_CONSTANTS[token.text]
            raise SyntaxMistake(f"`{token.text}` is spelt `{ours}`", token.start, token.end, f"write `{ours}`")
        if self.takes("("):
            arguments, end = self.several(")")
            return Tree("call", token.start, end, arguments, token.text)
        return Tree("name", token.start, token.end, value=token.text)

    def several(self, closing: str) -> tuple[tuple[Tree, ...], int]:
        items: list[Tree] = []
        while True:
            if found := self.takes(closing):
                return tuple(items), found.end
            if items:
                self.need(",")
                if found := self.takes(closing):
                    return tuple(items), found.end
            items.append(self.conditional())


def _unescape(token: _Token) -> str:
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
