"""Arguments that a node may leave out, and what they are then."""

from __future__ import annotations

from functools import cache
from typing import Any

from spec_compiler.catalog.registry import operation

_PLAIN = (bool, int, float, str, type(None))


@cache
def defaults_of(kind: str) -> dict[str, Any]:
    """The arguments of a layer or an op that are plain values by default."""
    found = operation(kind)
    if found is None:
        return {}
    fields = found.model_fields
    return {name: field.default for name, field in fields.items() if isinstance(field.default, _PLAIN)}
