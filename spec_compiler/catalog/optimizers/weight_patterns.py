"""Patterns for the paths of weights."""

from __future__ import annotations

from re import fullmatch
from typing import Annotated

from pydantic import (
    AfterValidator,
)

from spec_compiler.catalog.rules import invalid

_SAFE = r"(?:[\w/>^$|-]|\.\*?)+"
_MOST_GAPS = 3


def _weight_pattern(pattern: str) -> str:
    """A pattern for the paths of weights, out of what no text can make slow."""
    if not fullmatch(_SAFE, pattern):
        raise invalid(
            "is no pattern for the paths of weights",
            "besides letters, digits, `_`, `-`, `/` and `>` a path may have `.` for one character, `.*` for any, "
            "`|` between alternatives, and `^` and `$` for its ends",
        )
    if pattern.count("*") > _MOST_GAPS:
        raise invalid(f"has more than {_MOST_GAPS} `.*`")
    return pattern


WeightPattern = Annotated[str, AfterValidator(_weight_pattern)]
