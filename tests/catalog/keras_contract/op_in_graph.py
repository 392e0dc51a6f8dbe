"""Models of one op each: what Keras makes of them, and whether they can be run.

A model counts as one that runs if TensorFlow or XLA can make a graph of it in which the lengths that the model does
not know are not known either, as in `fit` and `predict`, and if the graph gives what Keras stated for its shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from pydantic import ValidationError

from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_model.ops import call_op
from tests.catalog.keras_contract.calls import call_function, make, symbolic, types
from tests.catalog.keras_contract.inference import check_op

_LENGTHS = ("sequence_lengths", "target_length", "output_length")

NO_KERNEL = ("OpKernel", "No unary variant", "only support", "CPU implementation")
"""What TensorFlow says if it has no kernel for a CPU: there may be one for other devices, or in XLA."""


def assert_agreement(
    name: str, arguments: Mapping[str, Any], inputs: Mapping[str, Any], *, stricter: bool = False
) -> None:
    """The catalogue accepts a call of an op, with the right types, just if Keras can build and run it.

    With `stricter`, it may also refuse what can be run.
    """
    reason = refusal(name, arguments, inputs)
    if reason is not None:
        assert stricter or not runs(name, arguments, inputs), f"refused, and runs: {reason}"
    else:
        check_op(name, arguments, inputs)
        assert runs(*emitted(name, arguments, inputs), accepted=True), "accepted, and does not run"


def refusal(name: str, arguments: Mapping[str, Any], inputs: Mapping[str, Any]) -> str | None:
    """Why the catalogue refuses a call; none if it takes it."""
    try:
        make(f"ops.{name}", arguments).infer(**types(inputs))
    except (ValidationError, RuleError) as error:
        return str(error)
    return None


def runs(name: str, arguments: Mapping[str, Any], inputs: Mapping[str, Any], *, accepted: bool = False) -> bool:
    """Whether Keras can build a model of an op and run it; some length is taken for what is unknown.

    An empty result does not count. Of what the catalogue has `accepted`, more lengths are tried: it is enough if one
    of them is right, while what is right for the length 1 only may be refused.
    """
    try:
        tensors = symbolic(types(inputs))
        outputs = call_function(name, arguments, tensors)
        model = keras.Model(flat(tensors), outputs)
    except Exception:  # whatever Keras raises
        return False
    stated = keras.tree.flatten(outputs)
    lengths = {length for x in flat(tensors) for length in x.shape}
    candidates = {8, 16, *(length for length in lengths if length and length > 1)} if None in lengths else {8}
    # Without a frequency, TensorFlow would end the process.
    if accepted and name != "irfft":
        candidates |= {1, 3}
    if accepted and name == "fold":
        candidates.add(prod(make("ops.fold", arguments).places()))  # type: ignore[attr-defined]
    return any(
        _runs_with(model, stated, given, length)
        for length in sorted(candidates, reverse=True)
        for given in ([inputs, _alike(inputs)] if accepted else [inputs])
    )


def _alike(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Types of a call in which an unknown length is that of another tensor, if it is known there.

    Tensors of other ranks have the batch in common, their first axis.
    """
    known = {
        (x.rank, axis): length for x in flat(types(inputs)) for axis, length in enumerate(x.shape) if length is not None
    }
    batch = next((length for (_, axis), length in known.items() if axis == 0), None)

    def fill(value: Any) -> Any:
        if isinstance(value, list):
            return [fill(item) for item in value]
        x = types(value)
        alike = [length or known.get((x.rank, axis)) for axis, length in enumerate(x.shape)]
        if batch and alike and alike[0] is None:
            alike[0] = batch
        return TensorType(tuple(alike), x.dtype)

    return {key: fill(value) for key, value in inputs.items()}


def _runs_with(model: Any, stated: list[Any], inputs: Mapping[str, Any], unknown: int) -> bool:
    specs = [tf.TensorSpec(x.shape, x.dtype) for x in model.inputs]
    values = flat({key: values_of(key, value, unknown) for key, value in inputs.items()})
    for compiled in (False, True):
        try:
            graph = tf.function(lambda *xs: model(list(xs)), jit_compile=compiled, autograph=False)
            results = keras.tree.flatten(graph.get_concrete_function(*specs)(*values))
        except Exception as error:  # whatever TensorFlow raises
            if not compiled and not any(text in str(error) for text in NO_KERNEL):
                return False
            continue
        return len(stated) == len(results) and all(
            0 not in result.shape and tf.TensorShape(expected.shape).is_compatible_with(result.shape)
            for expected, result in zip(stated, results, strict=True)
        )
    return False


def model_of(name: str, arguments: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
    """The functional model of one op, as it is emitted."""
    config = make(f"ops.{name}", arguments)
    assert isinstance(config, Op)
    tensors = symbolic(types(inputs))
    return keras.Model(flat(tensors), call_op(config, tensors, "it"))


def emitted(name: str, arguments: Mapping[str, Any], inputs: Any) -> tuple[str, Mapping[str, Any], Any]:
    """A call with its arguments in the form in which they are emitted."""
    config = make(f"ops.{name}", arguments)
    assert isinstance(config, Op)
    return name, config.keras_arguments(), inputs


def flat(tensors: Mapping[str, Any]) -> list[Any]:
    """All tensors of a call, in the order of writing."""
    return [x for value in tensors.values() for x in (value if isinstance(value, list) else [value])]


def values_of(key: str, value: Any, unknown: int = 8) -> Any:
    """Some data for an argument of a call: matrices are positive definite, and class numbers are small."""
    if isinstance(value, list):
        return [values_of(key, item, unknown) for item in value]
    x = types(value)
    shape = [unknown if length is None else length for length in x.shape]
    if x.dtype == "string":
        return tf.fill(shape, "a")
    if key in _LENGTHS:
        return tf.cast(tf.ones(shape), x.dtype)
    data = np.random.RandomState(0).uniform(0.1, 0.9, shape)
    if len(shape) > 1 and shape[-1] == shape[-2]:
        data = np.broadcast_to(np.eye(shape[-1]) * 2 + 0.1, shape)
    if key.endswith("_points") and shape[-2:] == [4, 2]:
        data = np.broadcast_to([[0, 0], [1, 0], [0, 1], [1, 1]], shape)
    if key == "segment_ids" and len(shape) == 1:
        data = np.zeros(shape)
    return tf.cast(tf.constant(data), x.dtype)
