"""Lines that say the same of copies of one node, which differ by a number in their names → one line for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_NUMBER = re.compile(r"(?<![\w.])([A-Za-z_][\w.-]*?)\.([1-9][0-9]*)(?=[.:\s,\])]|$)")
"""The number of a copy, as `repeat` puts it behind a name."""


def without_repetition(lines: Iterable[str]) -> Iterator[str]:
    """The lines, with one for all that are alike but for the number of a copy, where the first of them stood.

    `layer.{1..3,5}.conv` are the copies from 1 to 3 and the copy 5. A line that names copies of several numbers, such
    as the edge from one to the next, stays as it is.
    """
    lines = list(lines)
    numbers: dict[str, set[int]] = {}
    templates = [_template(line) for line in lines]
    for found in templates:
        if found is not None:
            numbers.setdefault(found[0], set()).add(found[1])
    for line, found in zip(lines, templates, strict=True):
        if found is None:
            yield line
            continue
        copies = numbers.pop(found[0], None)
        if copies is not None:
            yield line if len(copies) == 1 else found[0].format(f"{{{_listed(sorted(copies))}}}")


def _template(line: str) -> tuple[str, int] | None:
    """A line with a field in the place of the number of a copy, and that number; None if it has none, or several."""
    found = {match[2] for match in _NUMBER.finditer(line)}
    if len(found) != 1:
        return None
    escaped = line.replace("{", "{{").replace("}", "}}")
    return _NUMBER.sub(r"\1.{0}", escaped), int(found.pop())


def _listed(numbers: Sequence[int]) -> str:
    """Numbers in order, as `1..3,5`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(
        str(run[0]) if len(run) == 1 else f"{run[0]}{',' if len(run) == 2 else '..'}{run[-1]}" for run in runs
    )
