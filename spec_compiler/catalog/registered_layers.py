"""How a layer of the calling program is described.

Such a class is known only by its constructor and by what Keras says when it is called: whoever registers it also
gives the function that asks Keras.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from spec_compiler.catalog.costs import Cost, bytes_of
from spec_compiler.catalog.layers.base import CallArgument, LayerConfig, either, flag, tensors
from spec_compiler.catalog.mask_rules import UNKNOWN, MaskRule
from spec_compiler.catalog.registered import LAYER, RegisteredConfig, Registration, all_registered
from spec_compiler.catalog.registered import describe as describe_class
from spec_compiler.catalog.registered import register as register_class
from spec_compiler.catalog.tensors import Inferred

_GENERAL = ("self", "name", "dtype", "trainable", "activity_regularizer")
_FLAGS = ("training",)
_LIST = re.compile(r"([\w]+\.)*(list|tuple|List|Tuple|Sequence|Iterable|Collection)\b")
"""How the annotation of an argument begins that takes a list of tensors, even where there is only one."""

Infer = Callable[["RegisteredLayer", Mapping[str, Any]], Inferred]


class RegisteredLayer(RegisteredConfig, LayerConfig):
    """A registered layer: any arguments that its constructor takes."""

    mask_rule: ClassVar[MaskRule] = UNKNOWN
    ask: ClassVar[Infer]

    def infer(self, **call: Any) -> Inferred:
        """What Keras says of the call."""
        return type(self).ask(self, call)

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What it gives; what it computes, only its own program knows."""
        return Cost(None, bytes_of(*result.outputs))


def register(keras_class: Any, registered_name: str, ask: Infer, *, states_shape: bool) -> type[RegisteredLayer]:
    """Make a layer's class known to the whole process, and return the catalogue's class for it.

    Specs call it by its registered name; a class that was never registered with Keras is called `Custom>Name`.
    """
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(keras_class.__init__).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        if parameter.kind is parameter.VAR_POSITIONAL or parameter.name in _GENERAL:
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (Any, default)
    made = describe_class(keras_class, registered_name, LAYER, fields, RegisteredLayer)
    made.states_shape = states_shape
    made.ask = staticmethod(ask)
    made.calls = tuple(_calls(keras_class))
    register_class(Registration(made.keras_name, (LAYER,), keras_class, made))
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


def registered_layers() -> Mapping[str, type[RegisteredLayer]]:
    """The registered layers by their names in specs, as they are now."""
    found = (each.config for each in all_registered(layers=True))
    return {layer.keras_name: layer for layer in found if layer is not None and issubclass(layer, RegisteredLayer)}
