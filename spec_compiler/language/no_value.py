"""What stands in the place of a value that has a mistake, so that all that it stands in can still be checked."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final


class NoValue(Enum):
    """The one thing that stands for a value with a mistake, which is reported."""

    NO_VALUE = "…"

    def __str__(self) -> str:
        return self.value


NO_VALUE: Final = NoValue.NO_VALUE


def lacks_value(value: Any) -> bool:
    """Whether some part of a value has none."""
    if value is NO_VALUE:
        return True
    if isinstance(value, dict):
        return any(map(lacks_value, value.values()))
    return isinstance(value, (list, tuple)) and any(map(lacks_value, value))
