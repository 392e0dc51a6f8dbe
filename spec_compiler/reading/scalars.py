"""Plain scalars by the core schema of YAML 1.2.2, section 10.3."""

from __future__ import annotations

import json
import re

from spec_compiler.diagnostics.diagnostic import Fix

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(r"([-+]?[0-9]+)|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_SPECIAL = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.>-]*")
_FIRST = frozenset("-+.0123456789")

_DIGITS = 400
"""More digits than this are an integer of no use; Python would refuse to convert thousands of them."""


class IntegerTooLargeError(ValueError):
    """An integer with too many digits to be worth converting, or beyond the limit."""


def resolve(text: str, largest: int) -> str | int | float | bool | None:
    """The value of a plain scalar: null, a boolean, an integer, a float, or the text itself.

    Raises:
        IntegerTooLargeError: An integer of a greater absolute value than `largest`.
    """
    first = text[:1]
    if first not in _FIRST or not first:
        if text in _NULL:
            return None
        return _BOOLEANS.get(text, text)
    if number := _NUMBER.fullmatch(text):
        return float(text) if number[1] is None else integer(text, 10, largest)
    if _OCTAL.fullmatch(text):
        return integer(text[2:], 8, largest)
    if _HEXADECIMAL.fullmatch(text):
        return integer(text[2:], 16, largest)
    if special := _SPECIAL.fullmatch(text):
        if special[3]:
            return float("nan")
        return float("-inf") if special[1] == "-" else float("inf")
    return text


def integer(digits: str, base: int, largest: int) -> int:
    """The integer of some digits.

    Raises:
        IntegerTooLargeError: Its absolute value is greater than `largest`.
    """
    if len(digits) > _DIGITS:
        raise IntegerTooLargeError
    value = int(digits, base)
    if abs(value) > largest:
        raise IntegerTooLargeError
    return value


def format_scalar(value: Fix, quote: str = "", as_json: bool = False) -> str:
    """A value as it is written: text in the quotes that were there before, or in none where it needs none."""
    if isinstance(value, list):
        return f"[{', '.join(format_scalar(item, as_json=as_json) for item in value)}]"
    if not isinstance(value, str) or as_json or quote == '"':
        return json.dumps(value, ensure_ascii=False)
    if quote == "'":
        return "'" + value.replace("'", "''") + "'"
    if _PLAIN.fullmatch(value) and value not in _NULL and value not in _BOOLEANS:
        return value
    return json.dumps(value, ensure_ascii=False)
