"""Which fixes can be applied unseen.

A fix is safe if nobody can have meant anything else by what it replaces: the same value with or without quotes or
brackets, the same word written in another way, or a slip of the fingers in a word out of a fixed list. A name that the
author made up may be near to another of them by chance, and the fix of a warning makes another model.
"""

from __future__ import annotations

import itertools

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Diagnostic

_FIXED_LISTS = frozenset(
    code.code
    for code in (
        codes.UNKNOWN_KEY,
        codes.NOT_A_CHOICE,
        codes.UNKNOWN_TYPE,
        codes.UNKNOWN_ARGUMENT,
        codes.UNKNOWN_OBJECT,
    )
)
"""Diagnostics of names that the language or Keras gives, and not the author."""

_SHORTEST_WITH_A_SLIP = 5
"""In shorter words a slip leads from one to another: `silu`, `selu`."""


def is_safe(diagnostic: Diagnostic, replaced: str) -> bool:
    """Whether the fix of a diagnostic is safe to apply, given the text that it replaces."""
    if diagnostic.fix is None or diagnostic.severity != "error":
        return False
    before, after = _bare(replaced), _bare(diagnostic.fix)
    if before == after or _fold(before) == _fold(after):
        return True
    return diagnostic.code in _FIXED_LISTS and _is_slip(before, after)


def _bare(text: str) -> str:
    """A value without the quotes or brackets around it."""
    if len(text) > 1 and text[0] + text[-1] in ('""', "''", "[]"):
        return _bare(text[1:-1])
    return text


def _fold(word: str) -> str:
    """A word without what tells `max_pooling_2d` from `MaxPooling2D`."""
    return word.lower().replace("_", "").replace("-", "") if word[:1].isalpha() else word


def _is_slip(before: str, after: str) -> bool:
    """Whether two words differ by one slip: letters swapped, one doubled, a final s, or one letter inside."""
    before, after = before.lower(), after.lower()
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    wrong, right = before[start : len(before) - end], after[start : len(after) - end]
    if any(character.isdigit() for character in wrong + right):
        return False
    if len(wrong) == len(right) == 2:
        return wrong == right[::-1]
    if sorted((len(wrong), len(right))) not in ([0, 1], [1, 1]):
        return False
    letter = wrong + right
    if len(letter) == 1 and (letter == before[start - 1 : start] or (end == 0 and letter == "s")):
        return True
    return start > 0 and end > 0 and len(after) >= _SHORTEST_WITH_A_SLIP


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))
