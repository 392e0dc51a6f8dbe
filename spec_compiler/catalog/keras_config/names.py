"""The names that Keras gives to what was given none: that of the class, counted.

So it names objects, in order of making, and so it names the groups of a file for the objects of one list.
"""

from __future__ import annotations

import re
from collections import Counter


def snake_case(name: str) -> str:
    """The name that Keras gives to the first object of a class."""
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


class AutomaticNames:
    """A counter of names."""

    def __init__(self) -> None:
        self._made: Counter[str] = Counter()

    def next(self, class_name: str) -> str:
        """The name of a new object of a class: that of the class, from the second one on with a number."""
        name = snake_case(class_name)
        count = self._made[name]
        self._made[name] += 1
        return f"{name}_{count}" if count else name
