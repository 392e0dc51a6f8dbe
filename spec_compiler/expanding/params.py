"""Params: named constants with defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Findings, Guess, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.expression_tree import SyntaxMistake, parse
from spec_compiler.expanding.substitute import NoValueError, Variables, pieces
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.names import VARIABLE
from spec_compiler.language.no_value import lacks_value
from spec_compiler.language.spec import ParamForm
from spec_compiler.language.validate import form_subject
from spec_compiler.spans import Place

_UNSET = object()
_LARGEST = 10**18
"""The largest number in an expression of which only its form is asked for."""
TITLES = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "list": "a list",
    "map": "a mapping",
}


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

    @property
    def default_place(self) -> Place:
        """Where the default is written."""
        return self.place / "default" if self.form.model_fields_set else self.place


_PARAM = form_subject("a param", ParamForm)


def declared(table: Mapping[str, Any] | list[Any], place: Place, findings: Findings) -> dict[str, Param]:
    """The params of a table, or of a list of names, which are all required; those with mistakes are reported."""
    if isinstance(table, list):
        return _listed(table, place, findings)
    params = {}
    for name, value in table.items():
        at = place / name
        if not _is_name(name, at.key(), findings):
            continue
        if isinstance(value, dict) and value and not any(map(_means_form_key, value)):
            findings.add(
                codes.WRONG_TYPE,
                f"a mapping says more of a param, and `{name}` has none of its keys",
                at,
                hint="if the mapping is the default, write it under `default`",
            )
            continue
        if not isinstance(value, dict):
            param = Param(name, value, ParamForm(), at)
        else:
            try:
                form = ParamForm.model_validate(value)
            except ValidationError as error:
                from spec_compiler.language.problems import report  # few specs have mistakes

                report(error.errors(include_url=False), at, findings, _PARAM)
                continue
            param = Param(name, value.get("default", _UNSET), form, at)
        if _is_well_formed(param.default, param.default_place, findings):
            params[name] = param
    return params


def _is_well_formed(value: Any, place: Place, findings: Findings) -> bool:
    """Whether the expressions in a default can be read, also if a value is given in its place."""
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        are_well_formed = [_is_well_formed(item, place / key, findings) for key, item in items]
        return all(are_well_formed)  # each of them is looked at
    if not isinstance(value, str) or "${" not in value:
        return True
    offset = 0
    try:
        for piece in pieces(value):
            offset = piece.start
            if piece.expression:
                parse(piece.text, _LARGEST)
    except SyntaxMistake as error:
        at = place.within(offset + error.start, offset + error.end)
        findings.add(codes.EXPRESSION_SYNTAX, error.message, at, hint=error.hint)
        return False
    return True


def _listed(names: list[Any], place: Place, findings: Findings) -> dict[str, Param]:
    params: dict[str, Param] = {}
    for index, name in enumerate(names):
        at = place / index
        if not _is_name(name, at, findings):
            continue
        if name in params:
            remark = Remark(params[name].place, "first named here")
            findings.add(codes.DUPLICATE_KEY, f"the param `{name}` is named twice", at, related=(remark,))
            continue
        params[name] = Param(name, _UNSET, ParamForm(), at)
    return params


def _is_name(name: Any, place: Place, findings: Findings) -> bool:
    if isinstance(name, str) and VARIABLE.fullmatch(name):
        return True
    rule = "a param is a letter or `_`, followed by letters, digits and `_`"
    findings.add(codes.BAD_NAME, f"{show(name)} is not formed as the name of a param", place, hint=rule)
    return False


def _means_form_key(key: Any) -> bool:
    """Whether a key of a param is one that there is, or is meant to be."""
    return key in ParamForm.model_fields or did_you_mean(str(key), ParamForm.model_fields)[1] is not None


def values(
    params: Mapping[str, Param],
    given: Mapping[str, Any],
    given_at: Place | None,
    outside: Variables,
    scope: Scope,
    broken: frozenset[str] = frozenset(),
) -> Variables:
    """The values of a table's params: what is given for them, else their defaults.

    Args:
        params: The declared params.
        given: Values by name, without expressions.
        given_at: Where they are given, each under its name; None if they come from outside the spec.
        outside: Where mistakes go, and the bounds; its values are not in scope.
        scope: The graph that has these params: that of the spec, or a copy of a block.
        broken: The names of params that are left out because of their mistakes.
    """
    return _Table(params, given, given_at, outside, scope, broken).values()


class _Table:
    def __init__(
        self,
        params: Mapping[str, Param],
        given: Mapping[str, Any],
        given_at: Place | None,
        outside: Variables,
        scope: Scope,
        broken: frozenset[str],
    ) -> None:
        self.params = params
        self.given = given
        self.given_at = given_at
        self.findings = outside.findings
        self.budget = outside.budget
        self.trace = outside.trace
        self.scope = scope
        self.found: dict[str, Any] = {}
        self.unknown = set(broken)
        self.in_progress: list[str] = []

    def values(self) -> Variables:
        for name in self.params:
            self.find(name)
        return self.visible()

    def visible(self) -> Variables:
        """The params whose values are known so far."""
        return Variables(self.found, self.findings, self.budget, self.scope, frozenset(self.unknown), self.trace)

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
                scope=self.scope,
            )
            self.unknown.add(name)
            return
        self.evaluate(param)

    def evaluate(self, param: Param) -> None:
        """The default of a param, after those of the params that it uses."""
        at = param.default_place
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
        try:
            value = self.visible().substitute(param.default, at)
        except NoValueError:
            self.unknown.add(param.name)
            return
        self.keep(param, value, at)

    def keep(self, param: Param, value: Any, at: Place | None) -> None:
        """Note the value of a param if it is one that it takes."""
        if lacks_value(value):
            self.unknown.add(param.name)
            return
        problem = problem_of(param, value)
        if problem is None:
            as_float = param.form.type == "float" and type(value) is int
            self.found[param.name] = float(value) if as_float else value
            return
        code, message = problem
        self.findings.add(
            code,
            f"the param `{param.name}` {message}",
            at if at is not None else param.place.key(),
            related=(Remark(param.place.key(), "the param"),) if at not in (None, param.place) else (),
            scope=self.scope,
        )
        self.unknown.add(param.name)


def problem_of(param: Param, value: Any) -> tuple[Code, str] | None:
    """What is wrong with a value of a param; None if nothing is."""
    form = param.form
    wanted = form.type or type_of(param.default)
    if wanted is not None and not _is_of(value, wanted):
        return codes.WRONG_TYPE, f"takes {TITLES[wanted]}, not {show(value)}"
    problem = _problem_of_size(form, value)
    if problem is not None:
        return codes.OUT_OF_RANGE, problem
    if form.choices is not None and not any(type(c) is type(value) and c == value for c in form.choices):
        return codes.NOT_A_CHOICE, f"is one of {', '.join(map(show, form.choices))}, not {show(value)}"
    return None


def _problem_of_size(form: ParamForm, value: Any) -> str | None:
    """What is wrong with a number, or with the length of a text, a list or a mapping; None if nothing is."""
    has_length = isinstance(value, (str, list, dict))
    size = len(value) if has_length else value
    if isinstance(size, bool) or not isinstance(size, (int, float)):
        return None
    verb = "has" if has_length else "is"
    unit = "" if not has_length else " characters" if isinstance(value, str) else " items"
    if form.min is not None and size < form.min:
        return f"{verb} at least {show(_neat(form.min))}{unit}, not {show(size)}"
    if form.max is not None and size > form.max:
        return f"{verb} at most {show(_neat(form.max))}{unit}, not {show(size)}"
    return None


def _neat(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


def type_of(default: Any) -> str | None:
    """The type that a default gives its param; an expression or null gives none."""
    if isinstance(default, str) and "${" in default:
        return None
    return {bool: "bool", int: "int", float: "float", str: "str", list: "list", dict: "map"}.get(type(default))


def _is_of(value: Any, wanted: str) -> bool:
    kinds = {"bool": bool, "int": int, "float": (int, float), "str": str, "list": list, "map": dict}
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
                names |= parse(piece.text, _LARGEST).names()
    except SyntaxMistake:
        return set()
    return names


def check_given(given: Mapping[str, Any], params: Mapping[str, Any], findings: Findings) -> None:
    """Report what is set from outside and is no param."""
    for name in given:
        if name not in params:
            message = f"the spec has no param `{name}` that could be set"
            if params:
                guess = Guess(partial(_guess_given, name, params), len(params))
                findings.add(codes.UNKNOWN_PARAM, message, Place(()), guess=guess)
            else:
                findings.add(codes.UNKNOWN_PARAM, message, Place(()), hint="the spec has no `params`")


def _guess_given(name: str, params: Mapping[str, Any]) -> tuple[str | None, None]:
    """What a param that is set from outside, and does not exist, may have meant; the text has nothing to mend."""
    return did_you_mean(str(name), params)[0], None
