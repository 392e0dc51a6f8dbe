"""Layers of the calling program's own.

Such a class is known only by its constructor and by what Keras says when it is called: whoever registers it also
gives the function that asks Keras.
"""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import create_model

from spec_compiler.catalog.costs import Cost, bytes_of
from spec_compiler.catalog.layers.base import CallArgument, Layer, either, flag, tensors
from spec_compiler.catalog.tensors import Inferred

_GENERAL = ("self", "name", "dtype", "trainable", "activity_regularizer")
_FLAGS = ("training",)
_LIST = re.compile(r"([\w]+\.)*(list|tuple|List|Tuple|Sequence|Iterable|Collection)\b")
"""How the annotation of an argument begins that takes a list of tensors, even where there is only one."""

Infer = Callable[["CustomLayer", Mapping[str, Any]], Inferred]


class CustomLayer(Layer):
    """A registered layer: any arguments that its constructor takes."""

    keras_class: ClassVar[Any]
    ask: ClassVar[Infer]

    def infer(self, **call: Any) -> Inferred:
        """What Keras says of the call."""
        return type(self).ask(self, call)

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What it gives; what it computes, only its own program knows."""
        return Cost(None, bytes_of(*result.outputs))


_registered: dict[str, type[CustomLayer]] = {}
_lock = threading.Lock()


def describe(keras_class: Any, name: str, ask: Infer, *, states_shape: bool) -> type[CustomLayer]:
    """The catalogue's class for a layer's class: a field for each argument of its constructor."""
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(keras_class.__init__).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        if parameter.kind is parameter.VAR_POSITIONAL or parameter.name in _GENERAL:
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (Any, default)
    made = create_model(name.rpartition(">")[2] or name, __base__=CustomLayer, **fields)
    made.keras_name = name
    made.keras_class = keras_class
    made.states_shape = states_shape
    made.ask = staticmethod(ask)
    made.calls = tuple(_calls(keras_class))
    made.__doc__ = inspect.getdoc(keras_class)
    return made


def _calls(keras_class: Any) -> list[CallArgument]:
    calls = []
    for parameter in inspect.signature(keras_class.call).parameters.values():
        if parameter.name == "self" or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        required = parameter.default is parameter.empty
        if parameter.name in _FLAGS or isinstance(parameter.default, bool):
            calls.append(flag(parameter.name, "An option of the registered layer."))
        elif _LIST.match(inspect.formatannotation(parameter.annotation).strip("'")):
            calls.append(tensors(parameter.name, "Tensors for the registered layer.", required=required))
        else:
            calls.append(either(parameter.name, "What the registered layer takes.", required=required))
    return calls


def register(described: type[CustomLayer]) -> None:
    """Make a layer known to the whole process, under its name in specs."""
    with _lock:
        _registered[described.keras_name] = described


def registered() -> Mapping[str, type[CustomLayer]]:
    """The registered layers by their names in specs, as they are now."""
    with _lock:
        return MappingProxyType(dict(_registered))
