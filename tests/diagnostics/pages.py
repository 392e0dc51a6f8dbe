"""What the pages of the diagnostics hold: a title, sentences, and specs with and without the mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from spec_compiler.diagnostics import pages
from spec_compiler.diagnostics.codes import CODES

_FENCE = re.compile(r"^```(\w+)(?: lines=([\d,]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r" # <- (SC\d{3}(?:, SC\d{3})*)$")
BAD, GOOD = "## A spec that has it", "## The spec mended"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the lines that are marked as guilty, with their codes."""

    code: str
    number: int
    form: str
    text: str
    marked: frozenset[tuple[str, int]]

    def __str__(self) -> str:
        return f"{self.code}-{self.form}-{self.number}"

    @property
    def commands(self) -> str:
        """The commands of a console block; a line that begins with `>` continues the one before."""
        return "".join(line[2:] + "\n" for line in self.text.splitlines() if line[:2] in ("$ ", "> "))


@dataclass(frozen=True)
class Page:
    """One page, taken apart."""

    code: str
    title: str
    severity: str
    sentences: str
    bad: tuple[Block, ...]
    good: tuple[Block, ...]


def written() -> list[str]:
    """The codes that have a page."""
    names = [entry.name for entry in files(pages).iterdir()]
    return sorted(name.removesuffix(".md") for name in names if name.endswith(".md"))


@cache
def page(code: str) -> Page:
    """The page of a code. Its parts stand in one order, and nothing else is on it."""
    text = pages.page(CODES[code])
    form = rf"# (.+)\n\n\*(\w+)\*\n\n(.+?)\n\n{BAD}\n\n(.+?)\n\n{GOOD}\n\n(.+)\n"
    parts = re.fullmatch(form, text, re.DOTALL)
    assert parts is not None, f"the page of {code} has not the form of a page"
    title, severity, sentences, bad, good = parts.groups()
    return Page(code, title, severity, sentences, _blocks(code, bad), _blocks(code, good))


def _blocks(code: str, text: str) -> tuple[Block, ...]:
    fences = list(_FENCE.finditer(text))
    assert "\n\n".join(fence[0] for fence in fences) == text, f"there is text between the blocks of {code}"
    return tuple(
        Block(code, number, fence[1], fence[3], _marked(code, fence[2], fence[3]))
        for number, fence in enumerate(fences, 1)
    )


def _marked(code: str, lines: str | None, text: str) -> frozenset[tuple[str, int]]:
    if lines is not None:
        return frozenset((code, int(line)) for line in lines.split(","))
    marks = [(number, _MARK.search(line)) for number, line in enumerate(text.splitlines(), 1)]
    return frozenset((each, number) for number, mark in marks if mark for each in mark[1].split(", "))
