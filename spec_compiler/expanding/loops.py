"""`for`: the copies of a node that stand side by side, one for each value (LANGUAGE.md section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code
from spec_compiler.expanding.copies import Copy
from spec_compiler.expanding.flat import Source
from spec_compiler.expanding.frame import Frame
from spec_compiler.expanding.scope import UnresolvedError
from spec_compiler.expanding.substitute import NoValueError, Variables
from spec_compiler.language.names import NAME, NAME_RULE, VARIABLE
from spec_compiler.spans import Place


def read_copies(frame: Frame, nodes: Mapping[str, Any]) -> list[Copy]:
    """The nodes of a graph, with one entry for each copy that `for` makes; each is noted among the frame's names."""
    copies: list[Copy] = []
    for key, value in nodes.items():
        place = frame.place / "nodes" / key
        for name, variables in _parallel(frame, key, value, place):
            if not NAME.fullmatch(name):
                _say(frame, codes.BAD_NAME, f"{show(name)} is not formed as a name", place.key(), NAME_RULE)
                frame.names[name] = Misnamed()
            elif name in frame.names:
                _say(frame, codes.NAME_CLASH, f"two nodes are named `{name}`", place.key())
            else:
                copy = Copy(frame, name, value, variables, place)
                frame.names[name] = copy
                copies.append(copy)
    return copies


def _say(frame: Frame, code: Code, message: str, place: Place, hint: str | None = None) -> None:
    frame.findings.add(code, message, place, hint=hint, related=frame.asked)


def _parallel(frame: Frame, key: Any, value: Any, place: Place) -> Iterator[tuple[str, Variables]]:
    """The names of the copies that `for` makes of a node, and the variables that each sees."""
    loops = value.get("for") if isinstance(value, dict) else None
    if loops is None:
        yield str(key), frame.variables
        return
    at = place / "for"
    if not isinstance(loops, dict) or not loops:
        _say(frame, codes.BAD_REPETITION, f"`for` takes a mapping from a variable to its values, not {show(loops)}", at)
        return
    ranges = [_range(frame, name, given, at / name) for name, given in loops.items()]
    if None in ranges:
        return
    total = 1
    for each in ranges:
        total *= len(each or ())
    frame.output.count(at, 0 if total <= frame.output.limits.nodes else total)
    names: set[str] = set()
    for chosen in product(*(each for each in ranges if each is not None)):
        variables = frame.variables.also(**dict(zip(loops, chosen, strict=True)))
        try:
            name = variables.substitute(str(key), place.key())
        except NoValueError:
            return
        if name in names:
            hint = f"put every variable into the name: {' '.join(f'${{{each}}}' for each in loops)}"
            if any(len(set(map(str, each or ()))) < len(each or ()) for each in ranges):
                hint = "the values of a variable are all different"
            _say(frame, codes.BAD_REPETITION, f"two copies would be named {show(name)}", place.key(), hint)
            return
        names.add(name)
        yield str(name), variables


def _range(frame: Frame, name: Any, given: Any, place: Place) -> list[Any] | None:
    """The values of one variable of `for`: those of a list, or the numbers below a count."""
    if not (isinstance(name, str) and VARIABLE.fullmatch(name)):
        _say(frame, codes.BAD_NAME, f"{show(name)} is not formed as the name of a variable", place.key())
        return None
    try:
        given = frame.variables.substitute(given, place)
    except NoValueError:
        return None
    if type(given) is int and given >= 0:
        frame.output.count(place, 0 if given <= frame.output.limits.nodes else given)
        return list(range(given))
    if isinstance(given, list) and all(isinstance(item, (str, int, float)) for item in given):
        return given
    _say(frame, codes.BAD_REPETITION, f"`{name}` takes a count or a list of values, not {show(given)}", place)
    return None


class Misnamed:
    """A node whose name is not formed as names are, which is reported: what refers to it is no mistake of its own."""

    def sources(self, output: str | None, place: Place) -> list[Source]:
        """Nothing is known of it.

        Raises:
            UnresolvedError: Always.
        """
        raise UnresolvedError
