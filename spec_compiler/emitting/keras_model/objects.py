"""Things of the catalogue → the objects of Keras that they describe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import keras

from spec_compiler.catalog import registered
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.keras_config import table
from spec_compiler.catalog.keras_config.kinds import PolicyKind
from spec_compiler.catalog.layers.base import InnerLayer, Operation
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.registered import RegisteredConfig
from spec_compiler.catalog.values import Scalar, ValueVisitor

SeedByName = Callable[[str], int] | None
"""Gives the seed for an argument, by its name; None if nothing is seeded."""


def construct(
    config: Operation, name: str, layer_of: Callable[[InnerLayer], Any] | None = None, seed: SeedByName = None
) -> Any:
    """The Keras layer that a catalogue object describes.

    `layer_of` gives the Keras layer of a nested one; by default a new one is made. With `seed`, whatever is
    random and has no seed of its own gets one.
    """
    layer_of = layer_of or (lambda inner: construct(inner.layer, inner.name))
    arguments: dict[str, Any] = {}
    given = config.model_fields_set
    for field in type(config).model_fields:
        value = getattr(config, field)
        if field == "seed" and value is None and seed is not None:
            arguments[field] = seed(field)
        elif isinstance(value, str) and (own := registered.find(value, "activation")) is not None:
            # By name Keras finds its own functions only.
            arguments[field] = own.keras_object
        elif field in given or isinstance(value, Config):
            arguments[field] = _KerasValues(layer_of, partial(seed, field) if seed is not None else None).visit(value)
    return keras_class(config)(**(arguments | settled(config)), name=name)


def keras_class(config: Config) -> Any:
    """The class of Keras, or the registered one, that an object of the catalogue is of."""
    if isinstance(config, RegisteredConfig):
        return config.keras_class
    return public(f"{config.keras_module}.{config.keras_name}")


def public(name: str) -> Any:
    """What Keras offers under a full name, as `keras.layers.Dense`."""
    return reduce(getattr, name.split(".")[1:], keras)


def settled(config: Config) -> dict[str, Any]:
    """The arguments that would be left to Keras's global state, as its constructors and functions take them."""
    return {
        name: value.name if isinstance(value, PolicyKind) else value for name, value in table.settled(config).items()
    }


class _KerasValues(ValueVisitor[Any]):
    """Values as Keras's constructors take them: for objects with lists where the catalogue has tuples.

    `layer_of` gives the Keras layer of a nested one; `seed` gives the seed of what is random and has none of its own.
    """

    def __init__(
        self, layer_of: Callable[[InnerLayer], Any] | None = None, seed: Callable[[], int] | None = None
    ) -> None:
        self._layer_of = layer_of
        self._seed = seed

    def scalar(self, value: Scalar) -> Any:
        return value

    def named(self, value: Named) -> Any:
        return keras_object(value)

    def sequence(self, value: Sequence[Any]) -> Any:
        of_numbers = self._layer_of is not None and not any(isinstance(item, InnerLayer) for item in value)
        items = map(self.visit, value)
        return tuple(items) if of_numbers else list(items)

    def mapping(self, value: Mapping[Any, Any]) -> Any:
        return {key: self.visit(item) for key, item in value.items()}

    def slice(self, value: slice) -> Any:
        return value

    def ellipsis(self) -> Any:
        return ...

    def config(self, value: Config) -> Any:
        return keras_object(value, self._seed)

    def inner(self, value: InnerLayer) -> Any:
        assert self._layer_of is not None
        return self._layer_of(value)


def keras_object(config: Config | Named, seed: Callable[[], int] | None = None) -> Any:
    """The object of Keras that a thing describes: an initializer, a loss, an optimizer, …; a plain name stays one.

    What Keras would take from its global state (a counter of names, the default dtype) is always passed on.
    """
    if isinstance(config, Named):
        return registered.function_named(config.name) or config.name
    arguments = {name: _KerasValues().visit(value) for name, value in config.arguments().items()}
    if seed is not None and getattr(config, "random", False) and getattr(config, "seed", None) is None:
        arguments["seed"] = seed()
    return keras_class(config)(**(arguments | settled(config)))
