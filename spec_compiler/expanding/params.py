"""Params: named constants with defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.expression_tree import SyntaxMistake, Tree, parse
from spec_compiler.expanding.substitute import NoValueError, Variables, pieces
from spec_compiler.language.names import VARIABLE
from spec_compiler.language.problems import report
from spec_compiler.language.spec import ParamForm
from spec_compiler.language.validate import form_subject
from spec_compiler.spans import Place

_UNSET = object()
_TITLES = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "text", "list": "a list"}


@dataclass(frozen=True, slots=True)
class Param:
    """A declared param; `default` is as it is written, with its expressions."""

    name: str
    default: Any
    form: ParamForm
    place: Place

    @property
    def required(self) -> bool:
        """Whether it must be set."""
        return self.default is _UNSET


_PARAM = form_subject("a param", ParamForm)


def declared(table: Mapping[str, Any], place: Place, findings: Findings) -> dict[str, Param]:
    """The params of a table; those with mistakes are reported and left out."""
    params = {}
    for name, value in table.items():
        at = place / name
        if not (isinstance(name, str) and VARIABLE.fullmatch(name)):
            rule = "a param is a letter or `_`, followed by letters, digits and `_`"
            findings.add(codes.BAD_NAME, f"{show(name)} is not formed as the name of a param", at.key(), hint=rule)
            continue
        if not isinstance(value, dict):
            params[name] = Param(name, value, ParamForm(), at)
            continue
        try:
            form = ParamForm.model_validate(value)
        except ValidationError as error:
            report(error.errors(include_url=False), at, findings, _PARAM)
            continue
        params[name] = Param(name, value.get("default", _UNSET), form, at)
    return params


def values(
    params: Mapping[str, Param],
    given: Mapping[str, Any],
    given_at: Place | None,
    outside: Variables,
    asked: tuple[Remark, ...] = (),
    broken: frozenset[str] = frozenset(),
) -> Variables:
    """The values of a table's params: what is given for them, else their defaults.

    Args:
        params: The declared params.
        given: Values by name, without expressions.
        given_at: Where they are given, each under its name; none if they come from outside the spec.
        outside: Where mistakes go, and the bounds; its values are not in scope.
        asked: Who asked for the copy of the block that has these params.
        broken: The names of params that are left out because of their mistakes.
    """
    return _Table(params, given, given_at, outside, asked, broken).values()


class _Table:
    def __init__(
        self,
        params: Mapping[str, Param],
        given: Mapping[str, Any],
        given_at: Place | None,
        outside: Variables,
        asked: tuple[Remark, ...],
        broken: frozenset[str],
    ) -> None:
        self.params = params
        self.given = given
        self.given_at = given_at
        self.findings = outside.findings
        self.largest = outside.largest
        self.asked = asked
        self.found: dict[str, Any] = {}
        self.unknown = set(broken)
        self.in_progress: list[str] = []

    def values(self) -> Variables:
        for name in self.params:
            self.find(name)
        return Variables(self.found, self.findings, self.largest, self.asked, frozenset(self.unknown))

    def find(self, name: str) -> None:
        if name in self.found or name in self.unknown:
            return
        param = self.params[name]
        if name in self.given:
            at = self.given_at / name if self.given_at is not None else None
            self.keep(param, self.given[name], at)
            return
        if param.required:
            if self.given_at is not None:
                # A block says this of the node that misses it, with all that it misses.
                self.unknown.add(name)
                return
            self.findings.add(
                codes.UNSET_PARAM,
                f"the param `{name}` has no default and is not set",
                param.place.key(),
                hint=f"set it with `--set {name}=…` or `params={{{name!r}: …}}`, or give it a `default`",
                related=self.asked,
            )
            self.unknown.add(name)
            return
        self.evaluate(param)

    def evaluate(self, param: Param) -> None:
        """The default of a param, after those of the params that it uses."""
        at = param.place / "default" if param.form.model_fields_set else param.place
        if param.name in self.in_progress:
            path = [*self.in_progress[self.in_progress.index(param.name) :], param.name]
            self.findings.add(codes.CYCLE, f"params use each other in a cycle: {' -> '.join(path)}", at)
            self.unknown.update(path)
            return
        self.in_progress.append(param.name)
        for used in names_in(param.default):
            if used in self.params:
                self.find(used)
        self.in_progress.pop()
        if param.name in self.unknown:
            return
        scope = Variables(self.found, self.findings, self.largest, self.asked, frozenset(self.unknown))
        try:
            value = scope.substitute(param.default, at)
        except NoValueError:
            self.unknown.add(param.name)
            return
        self.keep(param, value, at)

    def keep(self, param: Param, value: Any, at: Place | None) -> None:
        """Note the value of a param if it is one that it takes."""
        problem = self.problem(param, value)
        if problem is None:
            as_float = param.form.type == "float" and type(value) is int
            self.found[param.name] = float(value) if as_float else value
            return
        code, message = problem
        self.findings.add(
            code,
            f"the param `{param.name}` {message}",
            at if at is not None else param.place.key(),
            related=((Remark(param.place.key(), "the param"),) if at not in (None, param.place) else ()) + self.asked,
        )
        self.unknown.add(param.name)

    def problem(self, param: Param, value: Any) -> tuple[Code, str] | None:
        form = param.form
        wanted = form.type or _type_of(param.default)
        if wanted is not None and not _is_of(value, wanted):
            return codes.WRONG_TYPE, f"takes {_TITLES[wanted]}, not {show(value)}"
        size = len(value) if isinstance(value, (str, list)) else value
        if isinstance(size, (int, float)) and not isinstance(size, bool):
            if form.min is not None and size < form.min:
                return codes.OUT_OF_RANGE, f"is at least {show(_neat(form.min))}, not {show(value)}"
            if form.max is not None and size > form.max:
                return codes.OUT_OF_RANGE, f"is at most {show(_neat(form.max))}, not {show(value)}"
        if form.choices is not None and not any(type(c) is type(value) and c == value for c in form.choices):
            return codes.NOT_A_CHOICE, f"is one of {', '.join(map(show, form.choices))}, not {show(value)}"
        return None


def _neat(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


def _type_of(default: Any) -> str | None:
    """The type that a default gives its param; an expression or null gives none."""
    if isinstance(default, str) and "${" in default:
        return None
    return {bool: "bool", int: "int", float: "float", str: "str", list: "list"}.get(type(default))


def _is_of(value: Any, wanted: str) -> bool:
    kinds = {"bool": bool, "int": int, "float": (int, float), "str": str, "list": list}
    return isinstance(value, kinds[wanted]) and not (wanted != "bool" and isinstance(value, bool))  # type: ignore[arg-type]


def names_in(value: Any) -> set[str]:
    """The names that the expressions in a value use."""
    if isinstance(value, dict):
        return set().union(*map(names_in, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(names_in, value)) if value else set()
    if not isinstance(value, str) or "${" not in value:
        return set()
    names: set[str] = set()
    try:
        for piece in pieces(value):
            if piece.expression:
                names |= _names(parse(piece.text, 2**53))
    except SyntaxMistake:
        return set()
    return names


def _names(tree: Tree) -> set[str]:
    own = {tree.value} if tree.kind == "name" else set()
    return own.union(*(_names(operand) for operand in tree.operands))


def check_given(given: Mapping[str, Any], params: Mapping[str, Any], findings: Findings) -> None:
    """Report what is set from outside and is no param."""
    for name in given:
        if name not in params:
            hint, _ = did_you_mean(str(name), params)
            if not params:
                hint = "the spec has no `params`"
            findings.add(codes.UNKNOWN_PARAM, f"the spec has no param `{name}` that could be set", Place(()), hint=hint)
