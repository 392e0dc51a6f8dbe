"""Ops of the catalogue → calls of `keras.ops`, each operation named as its node."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.constants.results import NoResultError, results
from spec_compiler.emitting.keras_model.objects import public, settled


def call_op(config: Op, tensors: Mapping[str, Any], name: str) -> Any:
    """What an op gives for some tensors and numbers. The operation that it adds to the graph is called `name`.

    An op that Keras composes of several adds several operations: the last one is `name`, the others are named
    below it.
    """
    outputs = _call(config, tensors)
    for index, operation in enumerate(operations_between(tensors, outputs)):
        operation.name = f"{name}.{operation.name}" if index else name
    return outputs


def constant_results(config: Op, tensors: Mapping[str, Any], types: Sequence[TensorType]) -> list[Any]:
    """What an op gives for constants, as arrays of NumPy: Keras saves these with the operations that use them.

    They are those of a file that is written without Keras, as far as they can be known without it.
    """
    arrays = {name: keras.tree.map_structure(np.asarray, value) for name, value in tensors.items()}
    try:
        found = results(config, arrays, types)
    except NoResultError:
        outputs = keras.tree.flatten(_call(config, tensors))
        found = [keras.ops.convert_to_numpy(output) for output in outputs]
    return [array.astype(type_.dtype, copy=False) for array, type_ in zip(found, types, strict=True)]


def _call(config: Op, tensors: Mapping[str, Any]) -> Any:
    function = public(f"{config.keras_module}.{config.keras_name}")
    arguments = {**config.keras_arguments(), **settled(config), **tensors}
    positional: list[Any] = []
    parameters = list(inspect.signature(function).parameters.values())
    starred = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    if starred is not None:
        # `einsum(subscripts, *operands)`: what stands before the star is positional too.
        before = [p.name for p in parameters[: [p.name for p in parameters].index(starred)]]
        positional = [arguments.pop(each) for each in before if each in arguments]
        positional += arguments.pop(starred, [])
    return function(*positional, **arguments)


def operations_between(tensors: Mapping[str, Any], outputs: Any) -> list[Any]:
    """The operations that a call has added to the graph: those between its inputs and its outputs, the last first."""
    seen = {id(x._keras_history.operation) for x in keras.tree.flatten(dict(tensors)) if hasattr(x, "_keras_history")}
    waiting = [x._keras_history for x in reversed(keras.tree.flatten(outputs))]
    found: list[Any] = []
    while waiting:
        operation, index, _ = waiting.pop()
        if id(operation) not in seen:
            seen.add(id(operation))
            found.append(operation)
            waiting += [x._keras_history for x in operation._inbound_nodes[index].input_tensors]
    return found
