"""How the value of an argument stands in Keras's configuration: a kind for each way, with its two directions.

A kind turns values of the catalogue into values of the catalogue. That tuples are lists in JSON and objects are
mappings is the same for all kinds, and is left to `serialize` and `deserialize`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import copysign, inf, isfinite
from types import SimpleNamespace
from typing import Any, NamedTuple

from spec_compiler.catalog.dtypes import policy

GivenArguments = Mapping[str, Any]
"""The values of a whole configuration, by Keras's names."""

Derivation = Callable[[Any], Any]
"""A value that follows from other arguments, from something that has these as attributes."""


class PolicyKind(NamedTuple):
    """A dtype policy: Keras saves an object, and takes the name too."""

    name: str


@dataclass(frozen=True)
class Kind:
    """How the value of an argument stands in a configuration: by default as it is.

    Attributes:
        write: The value that Keras saves, from that of the argument and the object which has it.
        read: A value of the argument for which Keras saves this, from what is saved and all that is saved with it:
            the shortest to write, if there are several.
    """

    write: Callable[[Any, Any], Any] = lambda value, _owner: value
    read: Callable[[Any, GivenArguments], Any] = lambda value, _given: value


AS_IS = Kind()


def null_is(meaning: Any) -> Kind:
    """Null stands for a certain value, and Keras saves that."""
    return null_follows(lambda _arguments: meaning)


def same_as(argument: str) -> Kind:
    """Null stands for the value of another argument, and Keras saves that."""
    return null_follows(lambda arguments: getattr(arguments, argument))


def null_follows(rule: Derivation) -> Kind:
    """Null stands for a value that follows from other arguments, and Keras saves that."""
    return Kind(
        write=lambda value, owner: rule(owner) if value is None else value,
        read=lambda value, given: None if value == rule(SimpleNamespace(**given)) else value,
    )


def null_is_empty(empty: Callable[[], Any]) -> Kind:
    """Null stands for nothing, and Keras saves an empty list or an empty mapping."""
    return Kind(
        write=lambda value, _owner: empty() if value is None else value, read=lambda value, _given: value or None
    )


def dtype_policy(default: Derivation = lambda _arguments: "float32") -> Kind:
    """The name of a policy, of which Keras saves an object; null is the `default`."""

    def read(value: Any, given: GivenArguments) -> Any:
        name = value.name if isinstance(value, PolicyKind) else value
        return None if name == default(SimpleNamespace(**given)) else name

    return Kind(write=lambda value, owner: PolicyKind(value or default(owner)), read=read)


def variable_dtype(default: Derivation = lambda _arguments: "float32") -> Kind:
    """The name of a policy, of which Keras saves the dtype of variables alone; null is the `default`."""
    return Kind(write=lambda value, owner: policy(value or default(owner)).variable, read=dtype_policy(default).read)


def called_otherwise(names: Mapping[str, str]) -> Kind:
    """A name of several for one thing, of which Keras saves one: `names` has that for each of the others."""
    return Kind(write=lambda value, _owner: names.get(value, value))


_OWN_NAMES = {"hard_swish": "hard_silu", "swish": "silu"}
"""The activations that are functions of another name."""


def activation_name(*, optional: bool) -> Kind:
    """The name of a function: Keras saves the function's own, which is `linear` for none."""
    return Kind(
        write=lambda value, _owner: "linear" if value is None else _OWN_NAMES.get(value, value),
        read=lambda value, _given: None if value == "linear" and optional else value,
    )


def range_around_zero(lowest: float) -> Kind:
    """One number stands for a range from its negative, or from `lowest` if that is more, and Keras saves both ends.

    Two numbers are the ends in any order, and Keras saves them in order.
    """

    def ends(number: float) -> tuple[float, float]:
        return max(-abs(number), lowest), abs(number)

    return Kind(
        write=lambda value, _owner: tuple(sorted(value)) if isinstance(value, tuple) else ends(value),
        read=lambda value, _given: value[1] if value == ends(value[1]) else value,
    )


BOTH_WAYS = range_around_zero(-1)
FROM_ZERO = range_around_zero(0)
FROM_ONE = range_around_zero(1)


def repeated(count: int) -> Kind:
    """One whole number stands for a list of it, `count` times, and Keras saves the list."""

    def alike(value: Any) -> bool:
        return isinstance(value, tuple) and len(value) == count and len(set(value)) == 1

    return Kind(
        write=lambda value, _owner: (value,) * count if isinstance(value, int) else value,
        read=lambda value, _given: value[0] if alike(value) else value,
    )


FLOAT32 = Kind(
    write=lambda value, _owner: as_float32(value) if isinstance(value, (int, float)) else value,
    read=lambda value, _given: shortest_of_float32(value) if isinstance(value, float) else value,
)
"""Keras keeps a number in 32 bits, and saves what is left of it."""


def as_float32(number: float) -> float:
    """The number of 32 bits that is nearest to a number."""
    try:
        (rounded,) = struct.unpack("<f", struct.pack("<f", number))
    except OverflowError:
        return copysign(inf, number)
    return float(rounded)


def shortest_of_float32(number: float) -> float:
    """The number of the fewest digits that is this one in 32 bits; the number itself if it has more bits."""
    if not isfinite(number) or as_float32(number) != number:
        return number
    return next(short for digits in range(1, 18) if as_float32(short := float(f"{number:.{digits}g}")) == number)


SORTED = Kind(write=lambda value, _owner: None if value is None else tuple(sorted(value)))
"""The order of a list does not count, and Keras saves it sorted."""


def always(value: Any) -> Kind:
    """Keras saves this value, whatever it was given: the argument is lost."""
    return Kind(write=lambda _value, _owner: value)


NULL_IF_FALSE = Kind(write=lambda value, _owner: value or None)
"""False is nothing to save."""
