"""Things of the catalogue → the objects of Keras that they describe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import keras

from spec_compiler.catalog.custom import CustomLayer
from spec_compiler.catalog.layers.base import Inner, Layer, Operation
from spec_compiler.catalog.layers.wrappers import Sequential
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.scores import Score
from spec_compiler.catalog.thing import Thing

_PACKAGE = "spec_compiler.catalog."

_MODULES = {
    "initializers": keras.initializers,
    "regularizers": keras.regularizers,
    "constraints": keras.constraints,
    "losses": keras.losses,
    "metrics": keras.metrics,
    "optimizers": keras.optimizers,
    "schedules": keras.optimizers.schedules,
    "callbacks": keras.callbacks,
}
"""Where Keras has what a module (or a package) of the catalogue describes."""

Seeding = Callable[[str], int] | None
"""Gives the seed for an argument, by its name; none if nothing is seeded."""


def construct(
    config: Operation, name: str, layer_of: Callable[[Inner], Any] | None = None, seed: Seeding = None
) -> Any:
    """The Keras layer that a catalogue object describes.

    `layer_of` gives the Keras layer of a nested one; by default a new one is made. With `seed`, whatever is
    random and has no seed of its own gets one.
    """
    layer_of = layer_of or (lambda inner: construct(inner.config, inner.name))
    arguments: dict[str, Any] = {}
    given = config.model_fields_set
    for field in type(config).model_fields:
        value = getattr(config, field)
        if field == "data_format" and value is None:
            arguments[field] = "channels_last"
        elif field == "seed" and value is None and seed is not None:
            arguments[field] = seed(field)
        elif field in given or isinstance(value, Thing):
            arguments[field] = _argument(value, field, layer_of, seed)
    if isinstance(config, Layer):
        arguments["dtype"] = config.dtype or "float32"
    return _keras_class(config)(**arguments, name=name)


def _keras_class(config: Operation) -> Any:
    if isinstance(config, CustomLayer):
        return config.keras_class
    return keras.Sequential if isinstance(config, Sequential) else getattr(keras.layers, config.keras_name)


def _argument(value: Any, field: str, layer_of: Callable[[Inner], Any], seed: Seeding) -> Any:
    if isinstance(value, Inner):
        return layer_of(value)
    if isinstance(value, Named):
        return value.name
    if isinstance(value, Thing):
        return keras_object(value, (lambda: seed(field)) if seed is not None else None)
    if isinstance(value, tuple) and value and isinstance(value[0], Inner):
        return [layer_of(inner) for inner in value]
    return value


def keras_object(thing: Thing | Named, seed: Callable[[], int] | None = None) -> Any:
    """The object of Keras that a thing describes: an initializer, a loss, an optimizer, …; a plain name stays one.

    What Keras would take from its global state (a counter of names, the default dtype) is always passed on.
    """
    if isinstance(thing, Named):
        return thing.name
    arguments = {name: _plain(value) for name, value in thing.arguments().items()}
    if seed is not None and getattr(thing, "random", False) and getattr(thing, "seed", None) is None:
        arguments["seed"] = seed()
    if "name" in type(thing).model_fields and getattr(thing, "name", None) is None:
        arguments["name"] = _snake_case(thing.keras_name)
    if isinstance(thing, Score) and (dtype := thing.dtype or thing.default_dtype) is not None:
        arguments["dtype"] = dtype
    return getattr(_MODULES[_kind(thing)], thing.keras_name)(**arguments)


def _kind(thing: Thing) -> str:
    return type(thing).__module__.removeprefix(_PACKAGE).partition(".")[0]


def _plain(value: Any) -> Any:
    """The value of an argument as Keras takes it, with lists where the catalogue has tuples."""
    if isinstance(value, (Thing, Named)):
        return keras_object(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _snake_case(name: str) -> str:
    """The name that Keras gives to the first object of a class."""
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
