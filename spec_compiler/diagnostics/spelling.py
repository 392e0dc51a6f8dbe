"""How alike two names are spelt: a slip of the fingers, or another word."""

from __future__ import annotations

import re
from functools import lru_cache


def fold(name: str) -> str:
    """A name without what people spell in several ways: case, `_` and `-`."""
    return name.lower().replace("_", "").replace("-", "")


def slips_between(name: str, candidate: str) -> int | None:
    """How many slips of the fingers make a name of a candidate; None if they are of different words."""
    if abs(len(name) - len(candidate)) > 4:
        return None
    words, meant_words = words_of(name), words_of(candidate)
    if words == meant_words:
        return 0
    if len(words) != len(meant_words):
        folded, other = fold(name), fold(candidate)
        if folded == other:
            return 0
        same_numbers = [word for word in words if word.isdigit()] == [word for word in meant_words if word.isdigit()]
        return 1 if same_numbers and _slips_in_word(folded, other) == 1 else None
    total = 0
    # From the end, since names that are written together most often begin alike, and end in a number.
    for word, meant in zip(reversed(words), reversed(meant_words), strict=True):
        slips = _slips_in_word(word, meant) if word != meant else 0
        if slips is None or (total := total + slips) > 2:
            return None
    return total


@lru_cache(10_000)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: `kernel_size` and `KernelSize` have two, `Conv2D` has `conv`, `2`, `d`."""
    return tuple(word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9_-]", name))


def _slips_in_word(word: str, meant: str) -> int | None:
    """How many slips make a word of another one; None if it is rather a word of its own.

    A slip leaves out, adds or changes a letter, or swaps two neighbours. Words begin as they are meant to, but for a
    swap and a first letter that is missing: a letter before a word makes another one (`mse` and `rmse`). In three
    letters, a change makes another word (`mse` and `mae`). A number is another number, unless digits are swapped.
    """
    longest = max(len(word), len(meant))
    if word.isdigit() or meant.isdigit():
        return 1 if _is_swapped(word, meant) else None
    if len(word) < 3:
        return 1 if longest == 2 and set(word) == set(meant) else None
    if word[0] != meant[0]:
        forgotten = word == meant[1:] and longest >= 6
        return 1 if forgotten or _is_swapped(word, meant) else None
    allowed = 1 if longest < 8 else 2
    distance = _distance(word, meant, allowed)
    is_changed = longest == 3 and len(word) == len(meant) and not _is_swapped(word, meant)
    return distance if distance <= allowed and not is_changed else None


def _is_swapped(word: str, meant: str) -> bool:
    """Whether two neighbouring letters, or digits, are swapped."""
    return len(word) == len(meant) and sorted(word) == sorted(meant) and _distance(word, meant, 1) == 1


def _distance(word: str, meant: str, enough: int) -> int:
    """How many letters are left out, added, changed or swapped with their neighbour: the distance of optimal string
    alignment. A greater number than `enough` is not exact.
    """
    if abs(len(word) - len(meant)) > enough:
        return enough + 1
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(word, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(meant, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and word[i - 2] == other:
                least = min(least, last[j - 2] + 1)
            row.append(least)
        if min(row) > enough:
            return enough + 1
    return row[-1]
