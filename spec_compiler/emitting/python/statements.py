"""The statements of a function, without those that a person would not write."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spec_compiler.emitting.python.code import Fragment, statement

_ASSIGNED = re.compile(r"([A-Za-z_]\w*) = ")
_UNPACKED = re.compile(r"([A-Za-z_]\w*(?:, [A-Za-z_]\w*)+) = ")
_WORD = re.compile(r"[A-Za-z_]\w*(?!\w*=[^=])")
_TEXT = re.compile(r'(f?)"((?:[^"\\]|\\.)*)"')
_BRACED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Statement:
    """What stands before an expression (`x = `, `return `), the expression, and how deep it is indented."""

    prefix: str
    code: Fragment
    depth: int

    @property
    def target(self) -> str | None:
        """The variable that it gives a value; None if it gives none, or several."""
        found = _ASSIGNED.fullmatch(self.prefix)
        return found.group(1) if found is not None else None

    @property
    def is_comment(self) -> bool:
        """Whether it is a remark."""
        return self.prefix.startswith("#")

    @property
    def is_header(self) -> bool:
        """Whether other statements stand in it."""
        return self.prefix.endswith(":")

    def lines(self) -> list[str]:
        """The lines of its text."""
        return statement(self.prefix, self.code, self.depth)


def tidied(statements: Sequence[Statement]) -> list[Statement]:
    """The same function without variables that nothing needs, and with one `if` for what it decides in a row."""
    return _without_names_of_nothing(_without_handing_on(_with_conditions_once(statements)))


def _with_conditions_once(statements: Sequence[Statement]) -> list[Statement]:
    """A condition that is that of the statements before it stands there already: nothing in between changes it."""
    found: list[Statement] = []
    open_headers: dict[int, Statement] = {}
    for each in statements:
        if open_headers.get(each.depth) == each:
            continue
        open_headers = {depth: header for depth, header in open_headers.items() if depth < each.depth}
        if each.prefix.startswith("if "):
            open_headers[each.depth] = each
        found.append(each)
    return found


def _without_handing_on(statements: Sequence[Statement]) -> list[Statement]:
    """A variable whose value only becomes that of another, or is returned, is the other one from the start."""
    found = list(statements)
    uses = Counter(word for each in found for word in names_in(each))
    place = 0
    while place < len(found):
        each = found[place]
        value = each.code if isinstance(each.code, str) else ""
        if uses[value] == 2 and (each.target is not None or each.prefix == "return "):
            made = _where_made(found, place, value)
            if made is not None and (each.target is not None or made == place - 1):
                found[made] = replace(found[made], prefix=each.prefix)
                del found[place]
                continue
        place += 1
    return found


def _without_names_of_nothing(statements: Sequence[Statement]) -> list[Statement]:
    """Of several outputs, those have no name that nothing takes."""
    uses = Counter(name for each in statements for name in names_in(each))
    return [
        replace(each, prefix=", ".join(name if uses[name] > 1 else "_" for name in outputs[1].split(", ")) + " = ")
        if (outputs := _UNPACKED.fullmatch(each.prefix))
        else each
        for each in statements
    ]


def names_in(each: Statement) -> list[str]:
    """The names in a statement: nothing of texts but their code, and not what arguments are called."""
    return _WORD.findall(_TEXT.sub(_code_in, f"{each.prefix}{each.code}"))


def _code_in(text: re.Match[str]) -> str:
    return " ".join(_BRACED.findall(text[2])) if text[1] else ""


def _where_made(statements: Sequence[Statement], place: int, variable: str) -> int | None:
    """The statement in the same suite before a place that makes a variable."""
    depth = statements[place].depth
    for before in reversed(range(place)):
        if statements[before].depth < depth:
            return None
        if statements[before].depth == depth and statements[before].target == variable:
            return before
    return None
