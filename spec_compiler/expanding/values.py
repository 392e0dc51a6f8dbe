"""What an expression works on and gives."""

from __future__ import annotations

from typing import Any

from spec_compiler.catalog.fields import show

Value = Any
"""A number, a text, a boolean, null, or a list or mapping of these."""

MOST_ITEMS = 10_000
"""So many items a list, and so many characters a text, has at most."""


def kind_of(value: Value) -> str:
    """What a value is, in a sentence."""
    if value is None:
        return "null"
    names = {
        bool: "a boolean",
        int: "a whole number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a mapping",
    }
    return names[type(value)]


def as_text(value: Value) -> str | None:
    """A value as it is put into a text, truth values and null as in YAML; None for a list or a mapping."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return show(value)
    return str(value) if isinstance(value, (int, float)) else None


def is_number(value: Value) -> bool:
    """Whether a value is a number; a boolean is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
