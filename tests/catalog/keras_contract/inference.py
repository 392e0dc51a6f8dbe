"""What the catalogue infers of a call is what Keras states: shapes, dtypes, and all of the weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Any
from unittest.mock import patch

import keras

from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.tensors import Inferred, Weight
from spec_compiler.emitting.keras_model.objects import keras_object
from spec_compiler.emitting.keras_model.ops import call_op
from tests.catalog.keras_contract.calls import arguments_of, call_keras, make, numbers_as_types, symbolic, types
from tests.catalog.keras_contract.dtypes import MISSTATED, computed


@contextmanager
def recorded_initializers() -> Iterator[dict[int, Any]]:
    """The initializers that Keras's layers are made with, by the id of the variable."""
    found: dict[int, Any] = {}
    add_weight = keras.layers.Layer.add_weight

    def recording(layer: Any, *args: Any, **options: Any) -> Any:
        variable = add_weight(layer, *args, **options)
        initializer = args[1] if len(args) > 1 else options.get("initializer")
        default = "glorot_uniform" if "float" in variable.dtype else "zeros"
        found[id(variable)] = keras.initializers.get(default if initializer is None else initializer)
        return variable

    with patch.object(keras.layers.Layer, "add_weight", recording):
        yield found


def initial_values_of(initializer: Any) -> Any:
    """An initializer as its class and arguments; none if a layer put it together itself."""
    if not isinstance(initializer, keras.initializers.Initializer):
        return None
    arguments = {key: value for key, value in initializer.get_config().items() if key != "seed"}
    return type(initializer).__name__, repr(sorted(arguments.items()))


def _stated_initializer(weight: Weight) -> Any:
    return initial_values_of(keras_object(weight.initializer)) if weight.initializer is not None else None


def check(
    type_name: str,
    arguments: Mapping[str, Any],
    inputs: Any,
    flags: Mapping[str, Any] | None = None,
    *,
    unknown: int = 4,
) -> None:
    """Hold one call of one layer against Keras: shapes, dtypes, and of every weight all that is stated.

    `unknown` is the length that takes the place of those that are not known, where dtypes are seen by computing.
    """
    config = make(type_name, arguments)
    inputs = types(inputs)
    inferred: Inferred = config.apply(**arguments_of(config, inputs), **(flags or {}))
    # Layers that a layer makes itself are numbered by Keras.
    keras.utils.clear_session(free_memory=False)
    with recorded_initializers() as initializers:
        layer, outputs = call_keras(config, inputs, flags or {})
    assert [x.shape for x in inferred.outputs] == [tuple(x.shape) for x in outputs]
    dtypes = [x.dtype for x in inferred.outputs]
    if dtypes != [x.dtype for x in outputs]:
        assert type_name in MISSTATED
        assert dtypes == computed(config, arguments_of(config, inputs), flags, unknown)
    trainable = getattr(config, "trainable", True)
    stated = [(w.name, w.shape, w.dtype, w.trainable and trainable, _stated_initializer(w)) for w in inferred.weights]
    # A layer inside one that is not trained is not marked, and yet not trained either.
    trained = {id(v) for v in layer.trainable_weights}
    actual = [
        (v.path.split("/", 1)[1], tuple(v.shape), v.dtype, id(v) in trained, initial_values_of(initializers.get(id(v))))
        for v in layer.weights
    ]
    assert sorted(stated, key=itemgetter(0)) == sorted(actual, key=itemgetter(0))


def check_op(name: str, arguments: Mapping[str, Any], inputs: Any) -> None:
    """Hold one call of one op against Keras: the shapes and dtypes of its outputs. Numbers stand for themselves."""
    config = make(f"ops.{name}", arguments)
    assert isinstance(config, Op)
    inputs = arguments_of(config, types(inputs))
    inferred = config.infer(**numbers_as_types(inputs))
    outputs = keras.tree.flatten(call_op(config, symbolic(inputs), "it"))
    assert [(x.shape, x.dtype) for x in inferred.outputs] == [(tuple(x.shape), x.dtype) for x in outputs]
    assert outputs[0]._keras_history.operation.name == "it"
