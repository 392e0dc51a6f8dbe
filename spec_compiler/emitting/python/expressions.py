"""Expressions of the language → Python's, and texts that hold expressions → Python code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from spec_compiler.emitting.python.code import Fragment, text_of
from spec_compiler.expanding.expression_tree import Tree, parse
from spec_compiler.expanding.substitute import pieces

_LARGEST = 2**53
_LISTS = frozenset(("range", "zip", "enumerate", "reversed"))
"""Functions that give lists in a spec and something else in Python."""
_OF_MAPPINGS = {"keys": "", "values": ".values()", "items": ".items()"}
_TAKES_ANY_ITERABLE = frozenset(("len", "sum", "zip", "enumerate", "sorted", "any", "all", "min", "max", "reversed"))

_BINDING = {
    "if": 1, "or": 2, "and": 3, "not": 4, "compare": 5, "+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "%": 7,
    "negative": 8, "positive": 8, "**": 9, "index": 10, "slice": 10, "call": 10,
}  # fmt: skip
_ATOM = 11


class UnsayableError(Exception):
    """Something of a spec that code in functions and loops cannot say; one call a line can."""


@dataclass(frozen=True)
class Template:
    """A text with expressions in it: pieces of text, and of code."""

    pieces: tuple[tuple[bool, str], ...]

    def __add__(self, other: Template | str) -> Template:
        more = other.pieces if isinstance(other, Template) else ((False, other),)
        return Template(self.pieces + more)

    def code(self) -> Fragment:
        """The text as Python writes it, with braces if it holds code."""
        if not any(is_code for is_code, _ in self.pieces):
            return text_of("".join(text for _, text in self.pieces))
        parts = []
        for is_code, text in self.pieces:
            if is_code and ("\\" in text or '"' in text or "{" in text):
                raise UnsayableError
            parts.append(f"{{{text}}}" if is_code else text_of(text)[1:-1].replace("{", "{{").replace("}", "}}"))
        return f'f"{"".join(parts)}"'


def plain(text: str) -> Template:
    """A text without expressions."""
    return Template(((False, text),))


class Expressions:
    """Writes expressions with the names that one Python scope has for params and variables."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def inside(self, names: Mapping[str, str]) -> Expressions:
        """The same, with more names."""
        return Expressions({**self._names, **names})

    def template(self, text: str) -> Template:
        """A text with expressions."""
        return Template(
            tuple(
                (each.expression, self.code(each.text, "'") if each.expression else each.text) for each in pieces(text)
            )
        )

    def text(self, text: str) -> Fragment:
        """A text: if it is one expression and nothing else, that one."""
        parts = pieces(text)
        if len(parts) == 1 and parts[0].expression:
            return self.code(parts[0].text)
        return self.template(text).code()

    def code(self, text: str, quote: str = '"') -> str:
        """An expression as Python code."""
        return self._write(parse(text, _LARGEST), quote)

    def condition(self, text: str, holds: bool) -> str:
        """A condition, or its contrary."""
        tree = parse(text, _LARGEST)
        return self.write(tree) if holds else f"not {self.write(tree, _BINDING['not'])}"

    def write(self, tree: Tree, least: int = 0) -> str:
        """A part of an expression, in brackets if it binds less than `least`."""
        return self._write(tree, '"', least)

    def _write(self, tree: Tree, quote: str, least: int = 0, iterable: bool = False) -> str:
        binding = _BINDING.get(tree.kind, _ATOM)
        written = self._plain(tree, quote, iterable)
        return f"({written})" if binding < least else written

    def _plain(self, tree: Tree, quote: str, iterable: bool) -> str:
        kind, operands = tree.kind, tree.operands
        binding = _BINDING.get(kind, _ATOM)
        if kind == "value":
            return _literal(tree.value, quote)
        if kind == "name":
            if tree.value not in self._names:
                raise UnsayableError(tree.value)
            return self._names[tree.value]
        if kind == "list":
            return f"[{', '.join(self._write(each, quote) for each in operands)}]"
        if kind == "comprehension":
            return self._comprehension(tree, quote)
        if kind == "call":
            return self._call(tree, quote, iterable)
        if kind == "index":
            return f"{self._write(operands[0], quote, _ATOM - 1)}[{self._write(operands[1], quote)}]"
        if kind == "slice":
            start, stop, step = ("" if part.start == part.end else self._write(part, quote) for part in operands[1:])
            return f"{self._write(operands[0], quote, _ATOM - 1)}[{start}:{stop}{f':{step}' if step else ''}]"
        if kind in ("if", "compare"):
            return self._choice(tree, quote, binding)
        return self._operation(tree, quote, binding)

    def _choice(self, tree: Tree, quote: str, binding: int) -> str:
        kind, operands = tree.kind, tree.operands
        if kind == "if":
            value, condition, other = operands
            parts = (self._write(value, quote, 2), self._write(condition, quote, 2), self._write(other, quote, 1))
            return f"{parts[0]} if {parts[1]} else {parts[2]}"
        written = [self._write(each, quote, binding + 1) for each in operands]
        return written[0] + "".join(f" {sign} {each}" for sign, each in zip(tree.value, written[1:], strict=True))

    def _operation(self, tree: Tree, quote: str, binding: int) -> str:
        kind, operands = tree.kind, tree.operands
        if kind in ("not", "negative", "positive"):
            sign = {"not": "not ", "negative": "-", "positive": "+"}[kind]
            return f"{sign}{self._write(operands[0], quote, binding)}"
        if kind == "**":
            base, exponent = self._write(operands[0], quote, binding + 1), self._write(operands[1], quote, 8)
            return f"{base}**{exponent}" if _is_simple(base) and _is_simple(exponent) else f"{base} ** {exponent}"
        return f"{self._write(operands[0], quote, binding)} {kind} {self._write(operands[1], quote, binding + 1)}"

    def _comprehension(self, tree: Tree, quote: str) -> str:
        item, over, *condition = tree.operands
        inner = self.inside({name: name for name in tree.value})
        text = f"[{inner._write(item, quote)} for {', '.join(tree.value)} in {self._write(over, quote, 2, True)}"
        return text + "".join(f" if {inner._write(each, quote, 2)}" for each in condition) + "]"

    def _call(self, tree: Tree, quote: str, iterable: bool) -> str:
        name = tree.value
        takes_any = name in _TAKES_ANY_ITERABLE
        arguments = [self._write(each, quote, 0, takes_any) for each in tree.operands]
        if name in _OF_MAPPINGS:
            found = f"{arguments[0]}{_OF_MAPPINGS[name]}"
            return found if iterable and name != "keys" else f"list({found})"
        written = f"{name}({', '.join(arguments)})"
        return f"list({written})" if name in _LISTS and not iterable else written


def _is_simple(code: str) -> bool:
    """Whether code is a name or a number, around which formatters leave no space beside `**`."""
    return re.fullmatch(r"-?[\w.]+", code) is not None


def _literal(value: object, quote: str) -> str:
    if isinstance(value, str):
        found = text_of(value)
        return found if quote == '"' or "'" in value or found[0] != '"' else f"'{found[1:-1]}'"
    return repr(value)
