"""What the calling program registers: its own layers, losses, optimizers, functions and the like, by name and kind.

A class is described by a class of the catalogue that is made when it is registered. `registered_layers` and
`registered_objects` say how.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from pydantic import create_model

from spec_compiler.catalog.config import Config

LAYER = "layer"
"""The kind of a layer; those of other objects are the kinds of their families."""

NAME_SCHEMA = {"type": "string", "pattern": ">", "description": "Something that the calling program registers."}
"""The name of a registered object in the JSON Schema."""


class RegisteredConfig(Config):
    """An object of a registered class, with the arguments that its constructor takes.

    `registered_name` is the name under which Keras knows the class, that of the class itself if it was never
    registered with Keras; `registered_kind` is what the class was registered as.
    """

    keras_class: ClassVar[Any]
    registered_name: ClassVar[str]
    registered_kind: ClassVar[str]

    def __reduce__(self) -> tuple[Any, ...]:
        """Its class is made when it is registered, so that it is pickled by its name."""
        return _unpickled, (self.keras_name, self.registered_kind, dict(self), self.model_fields_set)


@dataclass(frozen=True, slots=True)
class Registration:
    """Something that was registered.

    Attributes:
        name: What specs call it.
        kinds: What it may stand as: one kind for a class, "loss" and "metric" for a function of two arguments.
        keras_object: The class or the function itself.
        config: The class of the catalogue that describes it; None for a function, which takes no arguments.
    """

    name: str
    kinds: tuple[str, ...]
    keras_object: Any
    config: type[RegisteredConfig] | None


_registered: dict[tuple[str, str], Registration] = {}
_lock = threading.Lock()


def register(registration: Registration) -> None:
    """Make something known to the whole process, under its name in specs."""
    with _lock:
        for kind in registration.kinds:
            _registered[registration.name, kind] = registration


def find(name: str, kind: str) -> Registration | None:
    """What is registered under a name and can stand as a kind; None if nothing is."""
    return _registered.get((name, kind)) if ">" in name else None


def function_named(name: str) -> Any:
    """The function that is registered under a name; None if none is."""
    found = (each for each in all_registered() if each.name == name and each.config is None)
    return next((each.keras_object for each in found), None)


def all_registered(*, layers: bool = False) -> tuple[Registration, ...]:
    """Everything that is registered now, each once: the layers, or all but these."""
    with _lock:
        found = [each for (_, kind), each in _registered.items() if (kind == LAYER) == layers]
    return tuple({id(each): each for each in found}.values())


def name_in_specs(registered_name: str) -> str:
    """What specs call a class or function: its name with Keras, or `Custom>Name` if it was never registered there."""
    return registered_name if ">" in registered_name else f"Custom>{registered_name}"


RegisteredT = TypeVar("RegisteredT", bound=RegisteredConfig)


def describe(
    keras_class: Any, registered_name: str, kind: str, fields: Mapping[str, Any], base: type[RegisteredT]
) -> type[RegisteredT]:
    """The catalogue's class for a registered one, with a field for each argument of its constructor."""
    name = name_in_specs(registered_name)
    made = create_model(name.rpartition(">")[2], __base__=base, **fields)
    made.keras_name = name
    made.keras_module = keras_class.__module__
    made.keras_class = keras_class
    made.registered_name = registered_name
    made.registered_kind = kind
    made.__doc__ = inspect.getdoc(keras_class)
    return made


def _unpickled(name: str, kind: str, arguments: dict[str, Any], given: set[str]) -> RegisteredConfig:
    """What was pickled, as an object of the class that is registered under its name now.

    Raises:
        UnpicklingError: None is in this process.
    """
    found = find(name, kind)
    if found is None or found.config is None:
        from pickle import UnpicklingError  # it takes milliseconds to import

        raise UnpicklingError(f"the {kind} `{name}` is not registered in this process")
    return found.config.model_construct(given, **arguments)
