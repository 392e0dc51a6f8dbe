"""What people bring from Keras 1 and 2, TensorFlow, PyTorch and Python, and what to write in a spec instead.

One table, a module for each place that names come from. It is imported only where there is something to explain;
`find` is asked by `did_you_mean`, before it guesses at a misspelling. Each row is tested by a spec that has the
name, and the page `docs/how-to/coming-from.md` is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache

from spec_compiler.diagnostics.foreign import elsewhere, keras_1, keras_2, other_names, python, pytorch, tensorflow
from spec_compiler.diagnostics.foreign.row import Row
from spec_compiler.diagnostics.spelling import fold

ROWS: tuple[Row, ...] = (
    *keras_1.ROWS,
    *keras_2.ROWS,
    *tensorflow.ROWS,
    *pytorch.ROWS,
    *python.ROWS,
    *other_names.ROWS,
    *elsewhere.ROWS,
)
"""The table. Of several rows of one name, the first that applies is taken."""


@cache
def _by_name() -> dict[tuple[str, str], list[Row]]:
    """The rows by their kind and name, spelt as it is and in any way."""
    table: dict[tuple[str, str], list[Row]] = {}
    for row in ROWS:
        for name in dict.fromkeys((row.name, fold(row.name))):
            table.setdefault((row.kind, name), []).append(row)
    return table


def find(kind: str, name: str, of: tuple[str, ...], known: Iterable[str]) -> Row | None:
    """The row of a name that does not exist; None if it has none that applies.

    Args:
        kind: What the name is one of: ``type``, ``key``, ``call``, ``choice``, ``function``, or the kind of a thing.
        name: The name.
        of: What it belongs to: for a key, the type or the section; for a choice, the argument.
        known: The names that exist where it stands.
    """
    table = _by_name()
    names = set(known)
    rows: list[Row] = [*table.get((kind, name), []), *table.get((kind, fold(name)), [])]
    for row in rows:
        if row.of and not _belongs(of, row.of):
            continue
        if (row.beside is None or row.beside in names) and (row.fix is None or row.fix in names):
            return row
    return None


def _belongs(owners: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(owner, pattern) for owner in owners for pattern in patterns)


def placed(of: tuple[str, ...]) -> dict[str, str]:
    """The keys of other sections of a spec that are looked for in a section: where each of them stands."""
    return {row.name: row.hint for row in elsewhere.ROWS if set(of) & set(row.of)}
