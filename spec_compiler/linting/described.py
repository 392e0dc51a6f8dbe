"""The arguments of layers as values that can be compared, whatever the layers are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.layers.base import Inner
from spec_compiler.catalog.thing import Thing


def described(value: Any) -> Any:
    """A layer, or an argument of one, as something that can be compared and hashed.

    The names of the layers inside it do not count; which shared layers they are does.
    """
    if value is None or type(value) is str:
        return value
    if isinstance(value, Inner):
        return described(value.config) if not value.shared else ("shared", value.name)
    if isinstance(value, Thing):
        return value.keras_name, tuple(described(field) for field in vars(value).values())
    if isinstance(value, (tuple, list)):
        return tuple(map(described, value))
    if isinstance(value, Mapping):
        return tuple((str(key), described(item)) for key, item in value.items())
    return repr(value)
