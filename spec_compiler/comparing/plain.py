"""What a layer or a setting is made of, as plain values that can be compared and shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from spec_compiler.catalog.layers.base import Inner, Operation
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.thing import Thing
from spec_compiler.graph.ir import kind_of

Plain = Any
"""Mappings with text as keys, lists, text, numbers, booleans and null."""


class Detail(NamedTuple):
    """A value that differs: where it is (`kernel_initializer.seed`), and what it was and is; null if it was not."""

    path: str
    before: Plain
    after: Plain


def arguments_of(config: Operation, keras_name: str, policy: str | None) -> dict[str, Plain]:
    """All arguments of a layer or an op, the defaults too.

    The spec's dtype policy is not an argument, and names that layers inside have from their owner are not given.
    """
    return {name: _value(getattr(config, name), keras_name, policy, name) for name in type(config).model_fields}


def plain(value: Any) -> Plain:
    """A setting as plain values."""
    return _value(value, "", None, "")


def differences(before: Plain, after: Plain, path: str = "") -> Iterator[Detail]:
    """The values that differ, as far inside as both are alike around them."""
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before.get("type") == after.get("type"):
        for key in dict.fromkeys([*before, *after]):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after) and _are_layers(before):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{path}.{index}")
    elif repr(before) != repr(after) and not _is_equal_number(before, after):
        yield Detail(path, before, after)


def _are_layers(values: list[Plain]) -> bool:
    return all(isinstance(value, Mapping) for value in values)


def _is_equal_number(before: Plain, after: Plain) -> bool:
    """Whether two numbers are equal and of one kind, or one is an integer where a float may stand."""
    kinds = {type(before), type(after)}
    return kinds <= {int, float} and before == after


def _value(value: Any, owner: str, policy: str | None, name: str) -> Plain:
    if name == "dtype" and value == policy:
        return None
    if isinstance(value, Inner):
        return _inner(value, owner, policy)
    if isinstance(value, Named):
        return value.name
    if isinstance(value, Thing):
        return {"type": value.keras_name, **_fields(value, owner, policy)}
    if isinstance(value, BaseModel):
        return _fields(value, owner, policy)
    if isinstance(value, slice):
        return f"{value.start}:{value.stop}:{value.step}"
    if isinstance(value, Mapping):
        return {str(key): _value(item, owner, policy, "") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_value(item, owner, policy, "") for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _fields(value: BaseModel, owner: str, policy: str | None) -> dict[str, Plain]:
    return {name: _value(getattr(value, name), owner, policy, name) for name in type(value).model_fields}


def _inner(inner: Inner, owner: str, policy: str | None) -> Plain:
    """A layer inside another. One that is shared is only named: it is compared where it is declared."""
    if inner.shared:
        return {"type": "use"}
    named = {} if inner.name.startswith(f"{owner}.") else {"name": inner.name}
    return {"type": kind_of(inner.config), **named, **arguments_of(inner.config, inner.name, policy)}
