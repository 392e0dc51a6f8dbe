"""Python code as a tree, and its lines.

An expression is text, or something in brackets behind a head. One that is too long for a line is broken inside its
brackets, as common formatters break it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from spec_compiler.diagnostics.visible import visible

WIDTH = 88
"""A line has at most so many characters, where it can be broken."""
INDENT = "    "


def in_docstring(text: str) -> str:
    """A text of a spec as it stands in a docstring: nothing in it ends the docstring, and all of it is seen."""
    escaped = visible(text.strip().replace("\\", "\\\\"), keep="\n\t")
    return re.sub(r'"{3,}|"+$', lambda quotes: '\\"' * len(quotes[0]), escaped)


@dataclass(frozen=True, slots=True)
class Bracketed:
    """Items in brackets behind a head, which is empty for a list; each item may have a label: `units=`, `"a": `.

    Without an `opening` it is a tuple that has brackets only where it is broken.
    """

    head: str | Bracketed
    opening: str
    items: tuple[tuple[str, Fragment], ...]
    closing: str

    def __str__(self) -> str:
        return f"{self.head}{self.in_brackets()}"

    def in_brackets(self) -> str:
        """The items in their brackets, without the head."""
        inside = ", ".join(f"{label}{item}" for label, item in self.items)
        # A tuple of one item ends in a comma.
        comma = "," if self.opening == "(" and not self.head and len(self.items) == 1 else ""
        return f"{self.opening}{inside}{comma}{self.closing}"


@dataclass(frozen=True, slots=True)
class Worded:
    """Parts with words between them: a choice (`a if c else b`), or a comprehension in its brackets.

    Attributes:
        opening: The bracket that it begins with; empty if it needs one only where it is broken.
        parts: Words, each with what follows them.
        closing: The bracket that it ends in.
    """

    opening: str
    parts: tuple[tuple[str, Fragment], ...]
    closing: str

    @property
    def is_choice(self) -> bool:
        """Whether it is one of two values."""
        return not self.opening

    def __str__(self) -> str:
        return f"{self.opening}{' '.join(f'{words}{part}' for words, part in self.parts)}{self.closing}"


Fragment = str | Bracketed | Worded


def choice(value: Fragment, condition: Fragment, other: Fragment) -> Worded:
    """One of two values, by a condition."""
    return Worded("", (("", value), ("if ", condition), ("else ", other)), "")


def dict_comprehension(key: Fragment, value: Fragment, loops: Iterable[tuple[str, Fragment]]) -> Worded:
    """A dict with an item for each turn of some loops: a target, and what it goes through."""
    return Worded("{", ((f"{key}: ", value), *((f"for {target} in ", over) for target, over in loops)), "}")


def list_comprehension(value: Fragment, loops: Iterable[tuple[str, Fragment]]) -> Worded:
    """A list with an item for each turn of some loops: the words before what each goes through, and that."""
    return Worded("[", (("", value), *loops), "]")


def call(head: str | Bracketed, *positional: Fragment, **named: Fragment) -> Bracketed:
    """A call of a function."""
    items = [("", item) for item in positional] + [(f"{name}=", item) for name, item in named.items()]
    return Bracketed(head, "(", tuple(items), ")")


def item_of(head: str | Bracketed, key: Fragment) -> Bracketed:
    """An item of something."""
    return Bracketed(head, "[", (("", key),), "]")


def list_of(items: Iterable[Fragment]) -> Bracketed:
    """A list."""
    return Bracketed("", "[", tuple(("", item) for item in items), "]")


def tuple_of(items: Iterable[Fragment]) -> Bracketed:
    """A tuple."""
    return Bracketed("", "(", tuple(("", item) for item in items), ")")


def values_of(items: Iterable[Fragment]) -> Fragment:
    """One value, or several with commas between them."""
    found = tuple(("", item) for item in items)
    return found[0][1] if len(found) == 1 else Bracketed("", "", found, "")


def dict_of(items: Mapping[str, Fragment]) -> Bracketed:
    """A dict; the keys are code."""
    return Bracketed("", "{", tuple((f"{key}: ", item) for key, item in items.items()), "}")


def text_of(value: str) -> str:
    """A text as Python writes it, in double quotes where it can be."""
    plain = repr(value)
    inside = plain[1:-1]
    return plain if plain[0] == '"' or '"' in inside else f'"{inside}"'.replace("\\'", "'")


def statement(prefix: str, code: Fragment, depth: int = 1) -> list[str]:
    """The lines of a statement: what stands before an expression (`x = `, `return `), and the expression."""
    return list(_lines(prefix, code, "", INDENT * depth))


def _lines(prefix: str, code: Fragment, suffix: str, indent: str) -> Iterator[str]:
    whole = f"{indent}{prefix}{code}{suffix}"
    if len(whole) <= WIDTH or isinstance(code, str):
        yield whole
        return
    if isinstance(code, Worded):
        yield f"{indent}{prefix}{code.opening or '('}"
        inside = " ".join(f"{words}{part}" for words, part in code.parts)
        if len(f"{indent}{INDENT}{inside}") <= WIDTH:
            yield f"{indent}{INDENT}{inside}"
        else:
            for words, part in code.parts:
                yield from _lines(words, part, "", indent + INDENT)
        yield f"{indent}{code.closing or ')'}{suffix}"
        return
    before, broken, after = _to_break(code)
    if not broken.items:
        yield whole
        return
    opening = broken.opening or "("
    opened = f"{indent}{prefix}{before}{opening}"
    if len(opened) > WIDTH and isinstance(before, Bracketed):
        yield from _lines(prefix, before, opening, indent)
    else:
        yield opened
    inner = indent + INDENT
    one = f"{inner}{', '.join(f'{label}{item}' for label, item in broken.items)}"
    if len(one) <= WIDTH and broken.opening != "{":
        yield one
    else:
        is_alone = len(broken.items) == 1 and bool(broken.head)
        for label, item in broken.items:
            yield from _lines(label, item, "" if is_alone else ",", inner)
    yield f"{indent}{broken.closing or ')'}{after}{suffix}"


def _to_break(code: Bracketed) -> tuple[str | Bracketed, Bracketed, str]:
    """Of the brackets that follow each other, as in `layer(…)(x)`, those with the most in them, and what is around."""
    chain = [code]
    while isinstance(chain[-1].head, Bracketed):
        chain.append(chain[-1].head)
    broken = max(chain, key=lambda each: sum(len(f"{label}{item}") for label, item in each.items))
    after = "".join(each.in_brackets() for each in reversed(chain[: chain.index(broken)]))
    return broken.head, broken, after
