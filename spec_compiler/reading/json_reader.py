"""JSON text to data; and, only if there is something to say about it, where everything stands."""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.limits import Limits
from spec_compiler.reading.positions import KeyRange, TextRange
from spec_compiler.reading.scalars import IntegerTooLargeError, integer
from spec_compiler.reading.yaml_reader import UnusableError, duplicate_hint, refuse_values
from spec_compiler.spans import Key, Place

_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]|,', re.DOTALL)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

_PROBLEMS = {
    "Expecting property name enclosed in double quotes": (
        "a key in double quotes is expected here",
        "JSON has no comments, no single quotes and no comma after the last entry",
    ),
    "Illegal trailing comma before end of object": ("there is a comma after the last entry", "leave the comma out"),
    "Illegal trailing comma before end of array": ("there is a comma after the last entry", "leave the comma out"),
    "Expecting ':' delimiter": ("a `:` is missing after this key", None),
    "Expecting ',' delimiter": ("a `,` or the end of the collection is expected here", None),
    "Expecting value": ("a value is expected here", "text goes in double quotes; truth values are `true` and `false`"),
    "Unterminated string starting at": ("the text in quotes that begins here does not end", None),
    "Invalid control character at": ("a line break or control character stands inside quotes", "write it as `\\n`"),
    "Invalid \\escape": ("there is no such escape", "write `\\\\` for a backslash"),
    "Invalid \\uXXXX escape": ("an escape `\\u` takes four hexadecimal digits", None),
    "Extra data": ("the document ended before this", None),
}


class NotJsonError(UnusableError):
    """The text is not formed as JSON is."""


def read_json(text: str, limits: Limits, findings: Findings) -> Any:
    """The data of a JSON text.

    Raises:
        NotJsonError: It is no JSON; the findings say why.
        UnusableError: There is no data for another reason.
    """
    _refuse_size(text, limits, findings)
    if not text.strip():
        findings.add(codes.EMPTY, "the text holds nothing", Place((), at=(0, 0)))
        raise UnusableError
    values = _Values(limits.integer)
    try:
        data = json.loads(
            text,
            object_pairs_hook=values.mapping,
            parse_constant=values.constant,
            parse_int=values.integer,
            parse_float=values.float,
        )
    except json.JSONDecodeError as error:
        _say_syntax(text, error, findings)
        raise NotJsonError from None
    # Only now is the text known to be JSON, so that it can be gone through once more.
    if values.out_of_range:
        _say_numbers(text, limits, findings)
    if values.repeated:
        json_ranges(text, findings)
    if values.out_of_range or values.repeated:
        raise UnusableError
    if _SURROGATE.search(text) is not None:
        _refuse_halves(text, findings)
    return data


class _Values:
    """Makes the values of a JSON text, and notes those that a spec cannot have: where they stand is not known yet."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self.repeated = False
        self.out_of_range = False

    def mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        self.repeated |= len(data) != len(pairs)
        return data

    def constant(self, _: str) -> float:
        self.out_of_range = True
        return 0.0

    def integer(self, digits: str) -> int:
        try:
            return integer(digits, 10, self._largest)
        except IntegerTooLargeError:
            self.out_of_range = True
            return 0

    def float(self, digits: str) -> float:
        value = float(digits)
        self.out_of_range |= isinf(value)
        return value


def _say_syntax(text: str, error: json.JSONDecodeError, findings: Findings) -> None:
    at = min(error.pos, max(len(text.rstrip()) - 1, 0))
    message, hint = _PROBLEMS.get(error.msg, ("this is not valid JSON", None))
    if error.msg.startswith("Invalid \\escape"):
        message, hint = _PROBLEMS["Invalid \\escape"]
    before = text[:at].rstrip()
    if text[at] in "}]" and before.endswith(","):
        message, hint, at = "there is a comma after the last entry", "leave the comma out", len(before) - 1
    elif text[at] in "#/'":
        message, hint = ("JSON has no comments" if text[at] in "#/" else "JSON has no single quotes"), None
    findings.add(codes.JSON_SYNTAX, message, Place((), at=(at, at + 1)), hint=hint)


def _refuse_size(text: str, limits: Limits, findings: Findings) -> None:
    """Refuse a text that is nested too deep, or holds too many values, before anything is made of it."""
    depth = 0
    count = 1
    for token in _STRUCTURE.finditer(text):
        character = text[token.start()]
        if character == '"':
            continue
        if character not in "]}":
            # Each comma has a value behind it, and so has each bracket that is not empty.
            count += 1
            if count > limits.values:
                raise refuse_values(limits, findings, Place((), at=(token.start(), token.end())))
        if character in "[{":
            depth += 1
            if depth > limits.nesting:
                findings.add(
                    codes.TOO_DEEP,
                    f"values are nested deeper than {limits.nesting} levels",
                    Place((), at=(token.start(), token.end())),
                )
                raise UnusableError
        elif character in "]}":
            depth -= 1


def _say_numbers(text: str, limits: Limits, findings: Findings) -> None:
    for token in _TOKEN.finditer(text):
        place = Place((), at=token.span())
        if token[0] in ("NaN", "Infinity", "-Infinity"):
            findings.add(codes.JSON_SYNTAX, f"JSON has no `{token[0]}`", place)
        elif re.fullmatch(r"-?[0-9]+", token[0]):
            try:
                integer(token[0], 10, limits.integer)
            except IntegerTooLargeError:
                findings.add(codes.INTEGER_TOO_LARGE, f"an integer is at most {limits.integer}", place)
        elif re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", token[0]) and isinf(float(token[0])):
            findings.add(codes.OUT_OF_RANGE, "the number is larger than a float can be", place)


def _refuse_halves(text: str, findings: Findings) -> None:
    for token in _TOKEN.finditer(text):
        if token[0].startswith('"') and any("\ud800" <= c <= "\udfff" for c in json.loads(token[0])):
            findings.add(
                codes.CONTROL_CHARACTER, "half of a surrogate pair is not a character", Place((), at=token.span())
            )
            raise UnusableError


def json_ranges(text: str, findings: Findings | None = None) -> TextRange:
    """Where the values of a valid JSON text stand; with `findings`, keys that are written twice are noted there."""
    root = TextRange(0, 0)
    stack: list[TextRange] = []
    pending: list[tuple[int, int] | None] = []
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        character = text[start]
        if character in ",:":
            continue
        if character in "]}":
            stack.pop().end = end
            pending.pop()
            continue
        into = stack[-1].entries if stack else None
        if isinstance(into, dict) and pending[-1] is None:
            pending[-1] = (start, end)
            continue
        mark = TextRange(start, end, {} if character == "{" else [] if character == "[" else None)
        if isinstance(into, dict):
            assert pending[-1] is not None
            _put(into, text, pending[-1], mark, findings)
            pending[-1] = None
        elif isinstance(into, list):
            into.append(mark)
        else:
            root = mark
        if mark.entries is not None:
            stack.append(mark)
            pending.append(None)
    return root


def _put(
    into: dict[Key, KeyRange], text: str, at: tuple[int, int], value: TextRange, findings: Findings | None
) -> None:
    key = text[at[0] + 1 : at[1] - 1]
    if "\\" in key:
        key = json.loads(text[at[0] : at[1]])
    first = into.setdefault(key, KeyRange(*at, value))
    if first.value is not value and findings is not None:
        findings.add(
            codes.DUPLICATE_KEY,
            f"`{key}` is written twice in one mapping",
            Place((), at=at),
            hint=duplicate_hint(key),
            related=(Remark(Place((), at=(first.start, first.end)), "first written here"),),
        )
