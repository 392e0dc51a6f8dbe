"""Mappings that whoever holds a graph can read, and not change."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, NoReturn, TypeVar

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class ReadOnlyDict(dict[KeyT, ValueT]):
    """A dict that cannot be changed: as fast as one, and unlike a `MappingProxyType` it can be pickled."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("the mappings of a graph are read-only")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return ReadOnlyDict, (dict(self),)


def make_read_only(instance: Any) -> None:
    """Make the dicts that are fields of a frozen dataclass read-only."""
    for field in fields(instance):
        value = getattr(instance, field.name)
        if type(value) is dict:
            object.__setattr__(instance, field.name, ReadOnlyDict(value))
