"""Values that hold expressions → values without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.expression_tree import ExpressionError, SyntaxMistake, Tree, parse
from spec_compiler.expanding.expression_value import TooLarge, UnknownName, evaluate, kind_of
from spec_compiler.spans import Place


class NoValueError(Exception):
    """Some expression has no value; a finding says why."""


class Piece(NamedTuple):
    """A stretch of a text: plain characters, or an expression with the place where it begins."""

    text: str
    expression: bool
    start: int


@lru_cache(4096)
def pieces(text: str) -> tuple[Piece, ...]:
    """A text cut into what is plain and what stands in ``${…}``; ``$${`` is a plain ``${``.

    Raises:
        SyntaxMistake: A ``${`` is not closed.
    """
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    plain: list[str] = []
    position = 0
    while position < len(text):
        found = text.find("${", position)
        if found < 0:
            break
        if found > position and text[found - 1] == "$":
            plain.append(text[position : found - 1] + "${")
            position = found + 2
            continue
        plain.append(text[position:found])
        if any(plain):
            yield Piece("".join(plain), False, position)
        plain = []
        end = _closing(text, found + 2)
        yield Piece(text[found + 2 : end], True, found + 2)
        position = end + 1
    plain.append(text[position:])
    if any(plain):
        yield Piece("".join(plain), False, position)


def _closing(text: str, position: int) -> int:
    """Where the ``}`` of an expression is: the first one that stands in no quotes."""
    begin = position
    quote = ""
    while position < len(text):
        character = text[position]
        if quote:
            if character == "\\":
                position += 1
            elif character == quote:
                quote = ""
        elif character in "'\"":
            quote = character
        elif character == "}":
            return position
        position += 1
    raise SyntaxMistake("this `${` is not closed by a `}`", begin - 2, begin)


@lru_cache(4096)
def _tree(text: str, largest: int) -> Tree:
    return parse(text, largest)


@dataclass(frozen=True)
class Variables:
    """The names that expressions can use in one part of a spec, and where mistakes go.

    Attributes:
        values: The params and variables in scope.
        findings: Where mistakes go.
        largest: The largest integer.
        asked: Who asked for the copy that is being made, for the findings.
        unknown: Names that exist and whose value is not known, since they have mistakes: what uses them is silent.
    """

    values: Mapping[str, Any]
    findings: Findings
    largest: int
    asked: tuple[Remark, ...] = ()
    unknown: frozenset[str] = field(default=frozenset())

    def also(self, **values: Any) -> Variables:
        """The same names and some more."""
        return Variables({**self.values, **values}, self.findings, self.largest, self.asked, self.unknown)

    def substitute(self, value: Any, place: Place) -> Any:
        """A value with the expressions in its texts replaced by what they give; keys stay as they are.

        Raises:
            NoValueError: Some expression has no value.
        """
        if isinstance(value, str):
            return self.text(value, place) if "${" in value else value
        if isinstance(value, dict):
            return self._all(list(value.items()), place, dict)
        if isinstance(value, list):
            return [item for _, item in self._all(list(enumerate(value)), place, list)]
        return value

    def _all(self, items: list[tuple[Any, Any]], place: Place, form: type) -> Any:
        failed = False
        result = []
        for key, item in items:
            if isinstance(item, (str, dict, list)):
                try:
                    item = self.substitute(item, place / key)
                except NoValueError:
                    failed = True
                    continue
            result.append((key, item))
        if failed:
            raise NoValueError
        return form(result)

    def text(self, text: str, place: Place) -> Any:
        """The value of a text with expressions: if it is one expression and nothing else, that one's value.

        Raises:
            NoValueError: Some expression in it has no value.
        """
        try:
            parts = pieces(text)
        except SyntaxMistake as error:
            self._report(codes.EXPRESSION_SYNTAX, error, 0, place)
            raise NoValueError from None
        if len(parts) == 1 and parts[0].expression:
            return self._evaluate(parts[0], place)
        return "".join(self._as_text(part, place) if part.expression else part.text for part in parts)

    def _as_text(self, piece: Piece, place: Place) -> str:
        value = self._evaluate(piece, place)
        if isinstance(value, str):
            return value
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if isinstance(value, (int, float)):
            return str(value)
        start, end = piece.start, piece.start + len(piece.text)
        self.findings.add(
            codes.EVALUATION,
            f"{kind_of(value)} cannot be put into a text",
            place.within(start, end),
            related=self.asked,
        )
        raise NoValueError

    def _evaluate(self, piece: Piece, place: Place) -> Any:
        try:
            return evaluate(_tree(piece.text, self.largest), self.values, self.largest)
        except UnknownName as error:
            if error.name not in self.unknown:
                hint, fix = did_you_mean(error.name, error.names)
                self._report(codes.UNKNOWN_VARIABLE, error, piece.start, place, hint, fix)
        except SyntaxMistake as error:
            self._report(codes.EXPRESSION_SYNTAX, error, piece.start, place)
        except TooLarge as error:
            self._report(codes.EXPRESSION_TOO_LARGE, error, piece.start, place)
        except ExpressionError as error:
            self._report(codes.EVALUATION, error, piece.start, place)
        raise NoValueError

    def _report(
        self,
        code: Code,
        error: ExpressionError,
        offset: int,
        place: Place,
        hint: str | None = None,
        fix: str | None = None,
    ) -> None:
        at = place.within(offset + error.start, offset + error.end)
        self.findings.add(code, error.message, at, hint=hint or error.hint, fix=fix, related=self.asked)
