"""A text that cannot be read → the nearest one that can: what is half typed is finished, or left out.

No line moves, and what is kept of a line stays where it is, so that places in the text that can be read are places in
the text as it is. This knows nothing of YAML but how a line can be ended; whether the text can be read then, the reader
says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.reading.positions import Lines
from spec_compiler.reading.read import Reading, read_text
from spec_compiler.reading.source import RawText, Source

_MOST_ROUNDS = 12
_MOST_LINES = 6
_MOST_TRIED = 400_000
"""How many characters are read in the search, in all."""

_KEY = re.compile(r"""(\s*(?:- +)?)("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z_][\w.-]*)""")
_BRACKETS = {"{": "}", "[": "]"}


@dataclass(frozen=True)
class Recovered:
    """A text that can be read, made of one that cannot.

    Attributes:
        text: The text.
        changed: The lines (from 1) that are otherwise than in the text as it is.
        reading: What reading the text gives.
    """

    text: str
    changed: frozenset[int]
    reading: Reading


def recover(
    text: str, edited: Iterable[int] = (), limits: Limits = DEFAULT_LIMITS, findings: Findings | None = None
) -> Recovered | None:
    """The nearest text that can be read; None if none is found.

    Args:
        text: A text that cannot be read.
        edited: The lines (from 1) that were typed in last, where the mistake most likely is.
        limits: How much a text may hold.
        findings: What keeps the text from being read as YAML, where that is known.
    """
    return _Recovery(text, frozenset(edited), limits).run(findings)


class _Recovery:
    def __init__(self, text: str, edited: frozenset[int], limits: Limits) -> None:
        self.limits = limits
        self.before = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
        self.lines = [line.rstrip("\r\n") for line in self.before]
        self.ends = [line[len(bare) :] for line, bare in zip(self.before, self.lines, strict=True)]
        self.edited = [number - 1 for number in sorted(edited) if 0 < number <= len(self.lines)]
        # A tab cannot indent in YAML; where it can in JSON, a space says the same.
        self.lines = [line.replace("\t", " ") for line in self.lines]
        self.original = list(self.lines)
        self.tried = 0
        self.reading: Reading | None = None
        """What reading the last text gave that was tried."""

    def run(self, findings: Findings | None) -> Recovered | None:
        text = self.text(self.lines)
        # Where there were tabs, the text is another already.
        is_known = findings is not None and text == "".join(self.before)
        problem = _lines_of(findings, text) if findings is not None and is_known else self.problem(text)
        for _ in range(_MOST_ROUNDS):
            if problem is None:
                changed = {
                    number
                    for number, (now, before) in enumerate(zip(self.lines, self.before, strict=True), start=1)
                    if now != before.rstrip("\r\n").replace("\t", " ")
                }
                assert self.reading is not None
                return Recovered(self.text(self.lines), frozenset(changed), self.reading)
            found = self.repaired(problem)
            if found is None:
                return None
            self.lines = found
            problem = self.problem(self.text(self.lines))
        return None

    def text(self, lines: list[str]) -> str:
        return "".join(line + end for line, end in zip(lines, self.ends, strict=True))

    def problem(self, text: str) -> list[int] | None:
        """The lines (from 0) that keep a text from being read, the likeliest first; None if it can be read."""
        self.tried += len(text)
        findings = Findings()
        document = read_text(
            RawText(text.encode("utf-8", "replace")), Source.text(text, form="yaml"), findings, self.limits
        )
        self.reading = Reading(document, findings)
        return _lines_of(findings, text) if document.data is None else None

    def repaired(self, problem: list[int]) -> list[str] | None:
        """The lines with a mistake less: first in the entry that it stands in, then in the whole text."""
        tried = [*self.edited, *(number for line in problem for number in (line, *self.before_it(line)))]
        for number in dict.fromkeys(tried):
            window = self.window(number)
            if window is not None:
                found = self.repaired_window(*window)
                if found is not None and found != self.lines:
                    return found
        return self.repaired_in(list(dict.fromkeys(tried)), problem)

    def before_it(self, line: int) -> list[int]:
        """The two lines before one that have something in them."""
        return [number for number in range(line - 1, -1, -1) if self.is_written(self.lines[number])][:2]

    def is_written(self, line: str) -> bool:
        return bool(line.strip()) and not line.lstrip().startswith("#")

    def window(self, number: int) -> tuple[int | None, int, int] | None:
        """The entry of a section that a line stands in, as YAML is indented: the section's line, first and last."""
        header = next((n for n in range(min(number, len(self.lines) - 1), -1, -1) if self.begins(n, 0)), None)
        if header is None:
            return None
        end = next((n for n in range(header + 1, len(self.lines)) if self.begins(n, 0)), len(self.lines))
        if header == number or not re.fullmatch(r"[^#]*:\s*(#.*)?", self.lines[header]):
            return None, header, end
        inside = next((n for n in range(header + 1, end) if self.is_written(self.lines[n])), None)
        if inside is None:
            return None, header, end
        depth = _indent(self.lines[inside])
        first = next((n for n in range(number, header, -1) if self.begins(n, depth)), inside)
        last = next((n for n in range(first + 1, end) if self.begins(n, depth)), end)
        return header, first, last

    def begins(self, number: int, depth: int) -> bool:
        """Whether an entry begins at a line, at a depth or further out."""
        line = self.lines[number]
        return (
            self.is_written(line)
            and _indent(line) <= depth
            and line.lstrip()[0] not in "}],"
            and (depth > 0 or not line.startswith("-"))
        )

    def repaired_window(self, header: int | None, first: int, last: int) -> list[str] | None:
        """The lines with an entry that can be read by itself; None if it can already, or nothing helps."""
        above = [self.lines[header]] if header is not None else []

        def problem(lines: list[str]) -> list[int] | None:
            found = self.problem("\n".join([*above, *lines]))
            return None if found is None else [number - len(above) for number in found if number >= len(above)]

        entry = self.lines[first:last]
        wrong = problem(entry)
        if wrong is None:
            return None
        edited = [number - first for number in self.edited if first <= number < last]
        likely = [*edited, *wrong, *range(len(entry) - 1, -1, -1)]
        candidates = [number for number in dict.fromkeys(likely) if 0 <= number < len(entry)]
        for number in candidates[: 2 * _MOST_LINES]:
            for line in _repairs(entry, number):
                changed = [*entry[:number], line, *entry[number + 1 :]]
                if problem(changed) is None:
                    return [*self.lines[:first], *changed, *self.lines[last:]]
        for key in (_key_alone(entry[0]), ""):
            changed = [key, *[""] * (len(entry) - 1)]
            if key is not None and problem(changed) is None:
                return [*self.lines[:first], *changed, *self.lines[last:]]
        return None

    def repaired_in(self, candidates: list[int], problem: list[int]) -> list[str] | None:
        """The lines with one of them changed so that the text can be read, or can be read further."""
        best: tuple[int, list[str]] | None = None
        reached = max(problem, default=0)
        for number in candidates[:_MOST_LINES]:
            if not 0 <= number < len(self.lines):
                continue
            for line in _repairs(self.lines, number):
                if self.tried > _MOST_TRIED + 20 * len(self.text(self.lines)):
                    break
                changed = [*self.lines[:number], line, *self.lines[number + 1 :]]
                found = self.problem(self.text(changed))
                if found is None:
                    return changed
                if max(found, default=0) > (best[0] if best is not None else reached):
                    best = max(found), changed
        return best[1] if best is not None else None


def _lines_of(findings: Findings, text: str) -> list[int]:
    """The lines (from 0) of a text that findings are about."""
    lines = Lines(text)
    found: dict[int, None] = {}
    for finding in findings:
        for place in (finding.place, *(remark.place for remark in finding.related)):
            if place.at is not None:
                found[lines.position(place.at[0]).line - 1] = None
    return list(found)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _key_alone(line: str) -> str | None:
    """A line with nothing but its key; None if it has none."""
    key = _KEY.match(line)
    return f"{key[0]}:" if key is not None else None


def _repairs(lines: list[str], number: int) -> Iterator[str]:
    """What may be written instead of a line, that which keeps most of it first. None of it moves what is kept."""
    line = lines[number]
    if not line.strip():
        return
    bare = line.rstrip()
    quote, opened = open_at_end(bare)
    closed = quote + _closing(opened)
    candidates = []
    if quote.endswith(("'", '"')) and "${" in bare and bare.rfind("}") < bare.rfind("${"):
        candidates.append(f"{bare}}}{closed}")
    candidates += [bare + closed, f"{bare},"]
    if _holds_more(lines, number):
        # The bracket is missing that the lines after it stand in, as in a key that is typed anew.
        candidates += [f"{bare}{quote}: {{", f"{bare} {{"]
    if not bare.endswith((",", "{", "[", ":")) and not quote:
        candidates += [f"{bare}:", f"{bare}:{closed}", f"{bare}: ,"]
    whole = open_at_end("\n".join(lines[: number + 1]))[1]
    if closed:
        candidates.append(f"{bare}{closed},")
    if whole:
        candidates += [bare + quote + _closing(whole), f"{bare}{quote} {_closing(whole)}"]
    for cut in _cuts(bare):
        still_quoted, still = open_at_end(cut)
        ended = cut + still_quoted + _closing(still)
        candidates += [ended, f"{cut},", f"{ended},"]
    if (key := _key_alone(line)) is not None:
        candidates += [key, f"{key} ,", f"{key} null,"]
    yield from (each for each in dict.fromkeys([*candidates, ""]) if each != line)


def _closing(opened: list[str]) -> str:
    """The brackets that close those that are open."""
    return "".join(_BRACKETS[each] for each in reversed(opened))


def _holds_more(lines: list[str], number: int) -> bool:
    """Whether the lines after one stand further in, so that they belong to what it begins."""
    after = next((line for line in lines[number + 1 :] if line.strip()), "")
    return _indent(after) > _indent(lines[number])


def _cuts(line: str) -> Iterator[str]:
    """A line without its last entry, without the last two, and so on."""
    commas = [match.start() for match in re.finditer(",", line)]
    for at in reversed(commas[-4:]):
        yield line[:at]
    opening = re.search(r"[{\[]", line)
    if opening is not None:
        yield line[: opening.end()]


def open_at_end(text: str) -> tuple[str, list[str]]:
    """The quote that is still open at the end of a text, and the brackets."""
    quote = ""
    opened: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if quote:
            if character == "\\" and quote == '"':
                position += 1
            elif character == quote or character == "\n":
                quote = ""
        elif character in "'\"" and (position == 0 or text[position - 1] in " \t{[,:"):
            quote = character
        elif character == "#" and (position == 0 or text[position - 1] in " \t\n"):
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        elif character in _BRACKETS:
            opened.append(character)
        elif opened and character == _BRACKETS[opened[-1]]:
            opened.pop()
        position += 1
    return quote, opened
