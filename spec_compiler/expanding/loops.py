"""`for`: the copies of a node that stand side by side, one for each value (LANGUAGE.md section 6)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, product
from typing import Any, NamedTuple

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code
from spec_compiler.expanding.body import Body
from spec_compiler.expanding.loop_values import LoopRow, is_row, makes_names, rows, variables_of
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.names import VARIABLE
from spec_compiler.spans import Place


class LoopCopy(NamedTuple):
    """A node as it is written, or one of its copies side by side: its name, and what it sees.

    `is_known` is false of the one that stands for all, where `for` has a mistake, which is reported.
    """

    name: str
    value: Any
    variables: Variables
    place: Place
    scope: Scope
    is_known: bool = True


def copies(body: Body, key: Any, value: Any, place: Place) -> Iterator[LoopCopy]:
    """The copies that `for` makes of a node; without it, the node itself."""
    loops = value.get("for") if isinstance(value, dict) else None
    if loops is None:
        yield LoopCopy(str(key), value, body.variables, place, body.scope)
        return
    variables = [name for each in loops for name in variables_of(each)] if isinstance(loops, dict) else []
    ranges = _ranges(body, loops, place / "for")
    if ranges is None:
        body.names.leave_out(str(key))
        yield LoopCopy(str(key), value, body.variables.with_unknown(variables), place, body.scope, is_known=False)
        return
    names: set[str] = set()
    for chosen in product(*ranges):
        values = dict(zip(variables, chain.from_iterable(chosen), strict=True))
        try:
            name = body.variables.with_values(values).substitute(str(key), place.key())
        except NoValueError:
            body.names.leave_out(str(key))
            return
        if name in names:
            body.names.leave_out(str(key))
            hint = f"put what tells the copies apart into the name: {' '.join(f'${{{each}}}' for each in variables)}"
            if any(len(set(map(str, each))) < len(each) for each in ranges):
                hint = "the values of a variable are all different"
            _say(body, codes.BAD_REPETITION, f"two copies would be named {show(name)}", place.key(), hint)
            return
        names.add(name)
        scope = Scope("for", f"{body.prefix}{name}", body.scope, str(key), place, variables=values)
        yield LoopCopy(str(name), value, body.variables.inside(body.run.scope(scope)), place, scope)


def _ranges(body: Body, loops: Any, place: Place) -> list[list[LoopRow]] | None:
    """What the variables of each key of a `for` go through; None if it has a mistake, which is reported."""
    if not isinstance(loops, dict):
        return None  # It is reported with the other keys of the node.
    if not loops:
        message = "`for` takes a mapping from a variable to its values, not an empty one"
        _say(body, codes.BAD_REPETITION, message, place)
        return None
    if not _are_named_well(body, loops, place):
        return None
    found = [_rows(body, key, given, place / key) for key, given in loops.items()]
    ranges = [each for each in found if each is not None]
    if len(ranges) < len(found):
        return None
    total = 1
    for each in ranges:
        total *= len(each)
    body.run.refuse_too_many(place, total)
    return ranges


def _are_named_well(body: Body, loops: dict[Any, Any], place: Place) -> bool:
    """Whether the variables of a `for` are names, and no two of them the same one."""
    seen: set[str] = set()
    before = body.findings.errors
    for key in loops:
        for name in variables_of(key):
            at = (place / key).key()
            if not (isinstance(key, str) and VARIABLE.fullmatch(name)):
                _say(body, codes.BAD_NAME, f"{show(name)} is not formed as the name of a variable", at)
            elif name in seen:
                _say(body, codes.BAD_REPETITION, f"two variables of this `for` are named `{name}`", at)
            seen.add(name)
    return body.findings.errors == before


def _rows(body: Body, key: str, given: Any, place: Place) -> list[LoopRow] | None:
    """What the variables of one key of `for` go through; None if that has a mistake, which is reported."""
    try:
        given = body.variables.substitute(given, place)
    except NoValueError:
        return None
    if type(given) is int:
        body.run.refuse_too_many(place, given)
    count = len(variables_of(key))
    found = rows(count, given)
    if found is not None:
        return list(found)
    problem = _problem_of_one(key, given) if count == 1 else (_problem_of_several(key, count, given), None)
    _say(body, codes.BAD_REPETITION, problem[0], place, problem[1])
    return None


def _problem_of_one(name: str, given: Any) -> tuple[str, str | None]:
    if isinstance(given, dict):
        hint = f'write `keys(…)` for the keys alone, or two variables, `"key, {name}"`'
        return f"`{name}` is one variable, and a mapping has keys and values", hint
    if not isinstance(given, list):
        return f"`{name}` takes a count or a list of values, not {show(given)}", None
    wrong = next(item for item in given if not makes_names(item))
    message = f"the values of `{name}` are texts and numbers, which make names, and {show(wrong)} is neither"
    return message, 'write a variable for each part of the pairs: `"name, size"`' if is_row(wrong, 2) else None


def _problem_of_several(key: str, count: int, given: Any) -> str:
    takes = "a list of pairs, or a mapping" if count == 2 else f"a list of lists with {count} values each"
    if not isinstance(given, list):
        return f"`{key}` takes {takes}, not {show(given)}"
    wrong = next(item for item in given if not is_row(item, count))
    kind = "a pair" if count == 2 else f"a list with {count} values"
    return f"`{key}` takes {takes}, and {show(wrong)} is not {kind}"


def _say(body: Body, code: Code, message: str, place: Place, hint: str | None = None) -> None:
    body.findings.add(code, message, place, hint=hint, scope=body.scope)
