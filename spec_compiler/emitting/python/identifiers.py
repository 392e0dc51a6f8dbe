"""Names of a spec → names of Python."""

from __future__ import annotations

import builtins
import keyword
import re

_RESERVED = frozenset(
    (*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "keras", "layers", "ops", "model", "named")
)


class Identifiers:
    """Gives each thing of one Python scope a name of its own."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(_RESERVED | taken)
        self._next: dict[str, int] = {}

    def new(self, name: str) -> str:
        """A name that is free, like one of the spec: what Python's may not hold becomes `_`."""
        base = re.sub(r"\W", "_", name, flags=re.ASCII)
        base = base if base[:1].isalpha() or base[:1] == "_" else f"_{base}"
        # A keyword or a function of Python gets a `_` behind it, what is named twice a number.
        found = f"{base}_" if base in _RESERVED else base
        number = self._next.get(base, 2)
        while found in self._taken:
            found = f"{base}_{number}"
            number += 1
        self._next[base] = number
        self._taken.add(found)
        return found
