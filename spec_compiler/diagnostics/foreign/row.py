"""A row of the table of foreign names, and how rows are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OWN_LOSS = "Keras has none: register a loss of your own from the calling program, and name it `package>name`"
"""What to write for a loss that Keras has not, and that needs code."""


@dataclass(frozen=True, slots=True)
class Row:
    """A name that does not exist in specs, why, and what to write.

    Attributes:
        source: Where it comes from, such as ``Keras 1``; empty for a name that is used in several places.
        kind: What it is one of: ``type``; ``key`` of a type or a section; ``call``, an argument of a call; ``choice``,
            a value of an argument; ``function`` of an expression; or the kind of a thing, such as ``loss``.
        name: The name.
        hint: The reason, and what to write.
        fix: The name that means the same and can be put in its place; None if it takes more than another name.
        of: What it belongs to, as patterns: the type or the section of a key, the argument of a choice; empty for any.
        beside: A name that must exist in the same place, for the row to apply.
    """

    source: str
    kind: str
    name: str
    hint: str
    fix: str | None = None
    of: tuple[str, ...] = ()
    beside: str | None = None


def renamed(source: str, kind: str, names: Mapping[str, str], *, of: tuple[str, ...] = ()) -> tuple[Row, ...]:
    """Rows of names that something has elsewhere, and the name of the same thing in specs."""
    called = f"what {source} calls" if source else "also called"
    return tuple(
        Row(source, kind, name, f"write `{ours}`: it is {called} `{name}`", ours, of) for name, ours in names.items()
    )


def explained(
    source: str, kind: str, hints: Mapping[str, str], *, of: tuple[str, ...] = (), beside: str | None = None
) -> tuple[Row, ...]:
    """Rows of names that have no counterpart of one name, and what to write."""
    return tuple(Row(source, kind, name, hint, None, of, beside) for name, hint in hints.items())
