"""Values that hold expressions → values without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Findings, Guess
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.budget import Budget
from spec_compiler.expanding.expression_tree import ExpressionError, SyntaxMistake, Tree, parse
from spec_compiler.expanding.expression_value import TooLarge, UnknownKeyError, UnknownName, evaluate
from spec_compiler.expanding.values import MOST_ITEMS, as_text, kind_of
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.names import VARIABLE
from spec_compiler.language.no_value import NO_VALUE
from spec_compiler.spans import Place

if TYPE_CHECKING:
    from spec_compiler.expanding.trace import ExpansionTrace


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
        budget: What is left of the limits of the run.
        scope: The graph, or the copy in it, that the values are in.
        unknown: Names that exist and whose value is not known, since they have mistakes: what uses them is silent.
        trace: What keeps the values, if anything does.
    """

    values: Mapping[str, Any]
    findings: Findings
    budget: Budget
    scope: Scope
    unknown: frozenset[str] = field(default=frozenset())
    trace: ExpansionTrace | None = None

    def inside(self, scope: Scope) -> Variables:
        """The same names, and those of a copy that the values are in."""
        return replace(self, values={**self.values, **scope.variables}, scope=scope)

    def with_values(self, values: Mapping[str, Any]) -> Variables:
        """The same names and some more."""
        return replace(self, values={**self.values, **values})

    def with_unknown(self, names: Iterable[str]) -> Variables:
        """The same names, and some more whose values are not known."""
        return replace(self, unknown=self.unknown.union(names))

    def substitute(self, value: Any, place: Place) -> Any:
        """A value with the expressions in its texts replaced by what they give; keys stay as they are.

        Raises:
            NoValueError: Some expression has no value.
        """
        lacking: list[Place] = []
        found = self._value(value, place, lacking)
        if lacking:
            raise NoValueError
        return found

    def known(self, value: Any, place: Place) -> Any:
        """The same with `NO_VALUE` in the place of each expression that has no value."""
        return self._value(value, place, [])

    def _value(self, value: Any, place: Place, lacking: list[Place]) -> Any:
        if isinstance(value, str):
            if "${" not in value:
                return value
            try:
                return self.text(value, place)
            except NoValueError:
                lacking.append(place)
                return NO_VALUE
        if isinstance(value, (dict, list)) and self.budget.holds_expression(value):
            if isinstance(value, dict):
                return {key: self._value(item, place / key, lacking) for key, item in value.items()}
            return [self._value(item, place / index, lacking) for index, item in enumerate(value)]
        return value

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
        texts = [self._as_text(part, place) if part.expression else part.text for part in parts]
        length = sum(map(len, texts))
        if length > MOST_ITEMS:
            self.findings.add(
                codes.EXPRESSION_TOO_LARGE, f"a text has at most {MOST_ITEMS} characters here", place, scope=self.scope
            )
            raise NoValueError
        self.budget.characters(place, length)
        return "".join(texts)

    def _as_text(self, piece: Piece, place: Place) -> str:
        value = self._evaluate(piece, place)
        text = as_text(value)
        if text is not None:
            return text
        start, end = piece.start, piece.start + len(piece.text)
        self.findings.add(
            codes.EVALUATION,
            f"{kind_of(value)} cannot be put into a text",
            place.within(start, end),
            scope=self.scope,
        )
        raise NoValueError

    def _evaluate(self, piece: Piece, place: Place) -> Any:
        if any(name in piece.text and not VARIABLE.fullmatch(name) for name in self.unknown):
            # What is not formed as a name, which is reported, cannot be read as one here either.
            raise NoValueError
        try:
            tree = _tree(piece.text, self.budget.limits.integer)
            value = evaluate(tree, self.values, self.budget, place)
            if self.trace is not None:
                self.trace.note_value(place, piece.start, self.scope, value)
            return value
        except UnknownName as error:
            if error.name not in self.unknown:
                guess = Guess(partial(_guess_name, error, self.scope.graph.block), len(error.names))
                self._report(codes.UNKNOWN_VARIABLE, error, piece.start, place, guess)
        except UnknownKeyError as error:
            guess = Guess(partial(_guess_key, str(error.key), error.keys), len(error.keys))
            self._report(codes.EVALUATION, error, piece.start, place, guess)
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
        guess: Guess | None = None,
    ) -> None:
        at = place.within(offset + error.start, offset + error.end)
        self.findings.add(code, error.message, at, hint=error.hint, scope=self.scope, guess=guess)


def _guess_name(error: UnknownName, block: str | None) -> tuple[str | None, str | None]:
    """What a name that stands for nothing may have meant, in a spec or in a block."""
    hint, fix = did_you_mean(error.name, error.names, error.kind)
    if hint is not None or error.kind == "function":
        return hint, fix
    if error.name == "index":
        return "`index` is known in the arguments and in the `name` of a node with `repeat`", None
    if block is not None:
        return f"a block sees its own params, and nothing of the spec's: give `{block}` a param `{error.name}`", None
    return None, None


def _guess_key(key: str, keys: list[str]) -> tuple[str | None, None]:
    """What a key that a mapping does not have may have meant; it may be computed, so the text has nothing to mend."""
    return did_you_mean(key, keys)[0], None
