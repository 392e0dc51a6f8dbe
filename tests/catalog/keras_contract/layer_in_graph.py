"""Whether Keras can build a layer and run it in a graph, as `fit` and `predict` do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_model.objects import public
from tests.catalog.keras_contract.calls import accepts, make, ones, symbolic, types
from tests.catalog.keras_contract.inference import check


def assert_verdict(name: str, arguments: Mapping[str, Any], inputs: Any) -> None:
    """The catalogue accepts a call of a layer, with the right types, just if Keras can run it."""
    if accepts(name, arguments, inputs):
        check(name, arguments, inputs)
        assert runs(name, arguments, inputs), "accepted, and does not run"
    else:
        assert not runs(name, arguments, inputs), "refused, and runs"


def assert_sparse_verdict(name: str, arguments: Mapping[str, Any], shape: tuple[int, ...]) -> None:
    """The catalogue accepts a sparse tensor, and knows whether it stays one, just if Keras can run it."""
    x = TensorType(shape, sparse=True)
    try:
        result = getattr(keras.layers, name)(**arguments)(tf.sparse.from_dense(tf.ones(shape)))
    except Exception:  # whatever Keras or TensorFlow raises
        assert not accepts(name, arguments, x)
        return
    (inferred,) = make(name, arguments).infer(x).outputs
    assert inferred.shape == tuple(result.shape)
    assert inferred.sparse == isinstance(result, tf.SparseTensor)


def runs(type_name: str, arguments: Mapping[str, Any], inputs: Any, unknown: int = 9) -> bool:
    """Whether Keras builds a layer, and runs it in a graph, by TensorFlow's kernels or by XLA, with the shapes it said.

    A graph is what `fit` and `predict` make. Lengths that are not known are set to `unknown`.
    """
    keras_class = public(f"{operation(type_name).keras_module}.{type_name}")
    call = types(inputs)
    call = call if isinstance(call, dict) else {"": call}
    values = [ones(x, unknown) for x in call.values()]
    try:
        layer = keras_class(**arguments)
        outputs = layer(*map(symbolic, call.values()))
    except Exception:  # whatever Keras raises
        return False
    for run in (tf.function(layer), tf.function(layer, jit_compile=True)):
        try:
            results = run(*values)
        except Exception:  # whatever TensorFlow raises
            continue
        pairs = zip(keras.tree.flatten(outputs), keras.tree.flatten(results), strict=True)
        return all(tf.TensorShape(stated.shape).is_compatible_with(result.shape) for stated, result in pairs)
    return False
