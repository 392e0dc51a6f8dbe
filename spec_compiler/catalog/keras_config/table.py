"""The one table of how each class of the catalogue stands in Keras's configuration, for both directions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import NameOf
from spec_compiler.catalog.keras_config.form import Form, OpForm
from spec_compiler.catalog.keras_config.kinds import (
    AS_IS,
    Kind,
    activation_name,
    called_otherwise,
    dtype_policy,
    null_is,
)
from spec_compiler.catalog.keras_config.layers import LAYERS
from spec_compiler.catalog.keras_config.names import snake_case
from spec_compiler.catalog.keras_config.objects import NOT_SAVED, OBJECTS
from spec_compiler.catalog.keras_config.ops import CLASS_NAMES, MODULES, NUMPY, OPS
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.losses_and_metrics import LossOrMetric
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.registered import RegisteredConfig

_IF_SET = ("activity_regularizer", "bounding_box_format", "lora_alpha", "lora_rank")
"""Arguments that are saved only if they are not null, where no class says otherwise."""

_BY_NAME = {
    "data_format": null_is("channels_last"),
    "output_mode": called_otherwise({"binary": "multi_hot", "tf-idf": "tf_idf"}),
}
"""How arguments stand in all classes that have one of the name."""

_MODULE_OF_OP = {name: module for module, names in MODULES.items() for name in names}


@dataclass(frozen=True, slots=True)
class KerasClass:
    """What Keras's configuration calls a class: its module, its name, and the name that it is registered under."""

    module: str
    class_name: str
    registered_name: str | None = None


def keras_class(found: type[Config]) -> KerasClass:
    """What Keras's configuration calls a class of the catalogue."""
    if issubclass(found, RegisteredConfig):
        return KerasClass(found.keras_class.__module__, found.keras_class.__name__, found.registered_name)
    if issubclass(found, Op):
        return class_of_op(found.keras_name, found.__name__)
    # What Keras does not publish is saved with the name that it is registered under.
    registered = found.keras_name if found.keras_module.startswith("keras.src.") else None
    return KerasClass(found.keras_module, form(found).class_name or found.keras_name, registered)


def class_of_op(name: str, own: str) -> KerasClass:
    """What Keras's configuration calls the operation of an op, by its name and that of its class in the catalogue."""
    class_name = CLASS_NAMES.get(name, own)
    return KerasClass(_MODULE_OF_OP.get(name, NUMPY), class_name, class_name)


_USUAL = Form()
_USUAL_OP = OpForm()


def form(found: type[Config]) -> Form:
    """Where a class departs from the rules."""
    if issubclass(found, Op):
        return form_of_op(found)
    if issubclass(found, RegisteredConfig):
        return _USUAL
    table = LAYERS if issubclass(found, Operation) else OBJECTS.get(found.keras_module, {})
    return table.get(found.keras_name, _USUAL)


def form_of_op(found: type[Op]) -> OpForm:
    """Where an op departs from the rules."""
    return OPS.get(found.keras_name, _USUAL_OP)


def positional_of(found: type[Op]) -> tuple[str, ...]:
    """What an op's call has in order: tensors and, of some, arguments."""
    how = form_of_op(found)
    return how.positional or tuple(call.name for call in found.calls if call.name not in how.keywords)


@cache
def kind(found: type[Config], argument: str) -> Kind:
    """How an argument of a class stands in Keras's configuration: as its form says, or else as its type or name."""
    own = form(found).kinds.get(argument)
    if own is not None:
        return own
    for annotation in found.model_fields[argument].metadata:
        if isinstance(annotation, NameOf) and annotation.kind == "activation":
            return activation_name(optional=annotation.optional)
        if isinstance(annotation, NameOf) and annotation.kind == "dtype policy":
            return dtype_policy()
    if argument in _BY_NAME:
        return _BY_NAME[argument]
    if argument == "name" and not issubclass(found, Operation):
        return null_is(snake_case(keras_class(found).class_name))
    if argument == "dtype" and issubclass(found, LossOrMetric):
        return null_is(found.default_dtype)
    return AS_IS


def in_config(found: type[Config], argument: str) -> bool:
    """Whether an argument of a class is part of its configuration: Keras saves it, and not with the call of an op."""
    how = form(found)
    if isinstance(how, OpForm) and argument in (*(how.positional or ()), *how.keywords):
        return False
    return argument not in how.unsaved and argument not in NOT_SAVED.get(found.keras_module, ())


def saves_null(config: Config, argument: str) -> bool:
    """Whether Keras saves an argument of an object also if there is nothing to save."""
    how = form(type(config))
    if argument in how.if_given:
        return argument in config.model_fields_set
    return argument in how.always or argument not in (*_IF_SET, *how.if_set)


def settled(config: Config) -> dict[str, Any]:
    """What Keras would otherwise take from its global state, of the arguments that an object leaves to it.

    That are the default policy, where the channels of images are, and a counter of names.
    """
    found = type(config)
    left = {name for name in _GLOBAL if name in found.model_fields and getattr(config, name) is None}
    return {name: how.write(None, config) for name in left if (how := kind(found, name)) is not AS_IS}


_GLOBAL = ("data_format", "dtype", "name")


def added(config: Config) -> dict[str, Any]:
    """What Keras saves besides the arguments of an object."""
    return {name: value(config) if callable(value) else value for name, value in form(type(config)).added.items()}
