"""Whether Keras can make a model of one layer and run it, whatever the layer says of its shapes.

Of many layers that prepare data, Keras states shapes and dtypes that are not those of the results; here it counts
that there are results, in training and otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_model.objects import public
from tests.catalog.keras_contract.calls import arguments_of, call_keras, make, types


def data(x: TensorType, unknown: int = 9) -> tf.Tensor:
    """Some data of a type: small numbers, or words."""
    shape = [unknown if length is None else length for length in x.shape]
    if x.dtype == "string":
        return tf.fill(shape, "a")
    return tf.cast(tf.constant(np.arange(np.prod(shape, dtype=int)).reshape(shape) % 2), x.dtype)


def runs(type_name: str, arguments: Mapping[str, Any], inputs: Any, unknown: int = 9) -> bool:
    """Whether Keras makes a model of a layer, and runs it, in training too; `unknown` lengths are set.

    The layer is made as a spec says it, without the catalogue's refusals.
    """
    inputs = types(inputs)
    given = [inputs] if isinstance(inputs, TensorType) else list(inputs)
    symbolic = [keras.Input(batch_shape=x.shape, dtype=x.dtype) for x in given]
    try:
        layer = public(f"{operation(type_name).keras_module}.{type_name}")(**arguments)
        model = keras.Model(symbolic, layer(symbolic if isinstance(inputs, list) else symbolic[0]))
        for training in (False, True):
            model([data(x, unknown) for x in given], training=training)
    except Exception:  # whatever Keras and TensorFlow raise
        return False
    return True


def results(type_name: str, arguments: Mapping[str, Any], inputs: Any, training: bool = True) -> list[Any]:
    """What a layer gives for some data, flat."""
    config = make(type_name, arguments)
    call = arguments_of(config, types(inputs))
    layer, _ = call_keras(config, call, {})
    values = {key: data(value) for key, value in call.items()}
    first = values.pop(config.calls[0].name)
    return keras.tree.flatten(layer(first, **values, training=training))  # type: ignore[no-any-return]
