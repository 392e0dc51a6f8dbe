"""Registered layers: what Keras says of a call of one, and how one is registered."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras

from spec_compiler.catalog import registered_layers
from spec_compiler.catalog.registered_layers import RegisteredLayer
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import Inferred, TensorType, Weight


def register_layer(keras_class: Any) -> str:
    """Make a layer's class known to specs, and return the name that they use.

    The name is the one under which the class is registered with Keras (`package>Name`); a class that was never
    registered is called `Custom>Name`.

    Raises:
        TypeError: It is no subclass of `keras.layers.Layer`.
    """
    if not (isinstance(keras_class, type) and issubclass(keras_class, keras.layers.Layer)):
        raise TypeError(f"a custom layer is a subclass of keras.layers.Layer, not {keras_class!r}")
    known: Any = keras_class
    # Keras marks the method of its own base class, which knows no shape.
    states_shape = not getattr(known.compute_output_shape, "_is_default", False)
    registered_name = keras.saving.get_registered_name(keras_class)
    layer = registered_layers.register(keras_class, registered_name, _ask_keras, states_shape=states_shape)
    return layer.keras_name


def _ask_keras(config: RegisteredLayer, call: Mapping[str, Any]) -> Inferred:
    """What a call gives and which weights the layer makes, found by making it and calling it once.

    Raises:
        RuleError: Keras, or the layer itself, refuses the arguments or the inputs.
    """
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(_call_once, config, call).result()


def _call_once(config: RegisteredLayer, call: Mapping[str, Any]) -> Inferred:
    from spec_compiler.emitting.keras_model.objects import construct

    try:
        layer = construct(config, "custom")
        tensors = {name: _symbolic(value) for name, value in call.items()}
        first = next(iter(tensors))
        outputs = layer(tensors.pop(first), **tensors)
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        raise RuleError(f"does not take this: {type(error).__name__}: {reason}") from error
    flat = keras.tree.flatten(outputs)
    # Variables that the constructor makes by itself are not named below the layer.
    weights = tuple(
        Weight(v.path.removeprefix(f"{layer.name}/"), tuple(v.shape), v.dtype, None, v.trainable) for v in layer.weights
    )
    return Inferred(tuple(TensorType(tuple(x.shape), x.dtype) for x in flat), weights)


def _symbolic(value: Any) -> Any:
    if isinstance(value, TensorType):
        return keras.KerasTensor(value.shape, dtype=value.dtype, sparse=value.sparse, ragged=value.ragged)
    if isinstance(value, tuple):
        return [_symbolic(item) for item in value]
    return value
