"""Calls as the rows of the tests write them: arguments as a spec has them, and shapes for tensors.

From them are made the catalogue's objects and tensor types, and Keras's layers, symbolic tensors and data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf
from pydantic import ValidationError

from spec_compiler.catalog.layers.base import InnerLayer, Operation
from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_model.objects import construct

Row = tuple[Mapping[str, Any], Any] | tuple[Mapping[str, Any], Any, Mapping[str, Any]]


def make(type_name: str, arguments: Mapping[str, Any], name: str = "it") -> Operation:
    """The catalogue's object for a type and arguments; nested layers are mappings with `type`."""
    found = operation(type_name)
    assert found is not None, f"{type_name} is not in the catalogue"
    nested = getattr(found, "nested", ())
    values = {
        key: inner(value, f"{name}.{key}") if key in nested and value is not None else value
        for key, value in arguments.items()
    }
    return found.model_validate(values)


def inner(value: Any, name: str) -> Any:
    """The layer inside another, or the list of them."""
    if isinstance(value, (list, tuple)):
        return [inner(item, f"{name}.{index}") for index, item in enumerate(value)]
    value = dict(value)
    return InnerLayer(name, make(value.pop("type"), value, name))  # type: ignore[arg-type]


def types(x: Any) -> Any:
    """Shapes as tensor types: ``(None, 3)`` is float32, ``("int32", None, 3)`` names its dtype."""
    if isinstance(x, TensorType):
        return x
    if isinstance(x, tuple) and all(item is None or isinstance(item, int) for item in x):
        return TensorType(x)
    if isinstance(x, tuple) and x and isinstance(x[0], str):
        return TensorType(x[1:], x[0])
    if isinstance(x, list):
        return [types(item) for item in x]
    if isinstance(x, dict):
        return {key: types(value) for key, value in x.items()}
    return x


def symbolic(x: Any) -> Any:
    """Keras's symbolic tensors of tensor types, in lists and mappings of them too; anything else as it is."""
    if isinstance(x, TensorType):
        return keras.Input(batch_shape=x.shape, dtype=x.dtype, sparse=x.sparse, ragged=x.ragged)
    if isinstance(x, (list, tuple)):
        return [symbolic(item) for item in x]
    if isinstance(x, dict):
        return {key: symbolic(value) for key, value in x.items()}
    return x


def ones(x: Any, unknown: int = 9) -> Any:
    """Data of a tensor type, or of a list of them: ones, or the letter a. Lengths that are not known are set."""
    if isinstance(x, list):
        return [ones(item, unknown) for item in x]
    shape = [unknown if length is None else length for length in x.shape]
    return tf.fill(shape, "a") if x.dtype == "string" else tf.cast(tf.ones(shape), x.dtype)


def arguments_of(config: Operation, inputs: Any) -> dict[str, Any]:
    """The tensors of a call by name: a mapping is taken as it is, anything else is the first argument."""
    return inputs if isinstance(inputs, dict) else {config.calls[0].name: inputs}


def call_keras(config: Operation, inputs: Any, flags: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """The Keras layer and the flat outputs of one call."""
    layer = construct(config, "it")
    call = symbolic(arguments_of(config, inputs))
    for key, value in call.items():
        if isinstance(value, list):
            call[key] = config.arrange(key, value)
    first = call.pop(config.calls[0].name)
    outputs = layer(first, **call, **flags)
    return layer, keras.tree.flatten(outputs)


def numbers_as_types(value: Any) -> Any:
    """Plain numbers as the scalars that the rules of ops take them for, in lists and mappings too."""
    if isinstance(value, list):
        return [numbers_as_types(item) for item in value]
    if isinstance(value, dict):
        return {key: numbers_as_types(item) for key, item in value.items()}
    if isinstance(value, (int, float)):
        return TensorType((), "float" if isinstance(value, float) else "int")
    return value


def function_of(name: str) -> Any:
    """Keras's function of an op's name below `keras.ops`."""
    function: Any = keras.ops
    for step in name.split("."):
        function = getattr(function, step)
    return function


def call_function(name: str, arguments: Mapping[str, Any], tensors: Mapping[str, Any]) -> Any:
    """What Keras's function of an op gives."""
    function = function_of(name)
    rest = {**arguments, **tensors}
    if name == "einsum":
        return function(rest["subscripts"], *rest["operands"])
    return function(*rest.pop("x"), **rest) if name == "meshgrid" else function(**rest)


def accepts(type_name: str, arguments: Mapping[str, Any], inputs: Any) -> bool:
    """Whether the catalogue accepts a call."""
    try:
        config = make(type_name, arguments)
        config.infer(**arguments_of(config, types(inputs)))
    except (ValidationError, RuleError):
        return False
    return True
