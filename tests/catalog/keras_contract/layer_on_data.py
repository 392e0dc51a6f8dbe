"""Whether the catalogue and Keras agree on what can be run.

Keras builds much that it cannot run, because the shapes that it states are worked out apart from what it computes.
So a layer counts as fine for Keras if it can be built, and called on data in training and otherwise, and gives
results of the shapes and dtypes that it states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import keras
import tensorflow as tf
from pydantic import ValidationError

from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_model.objects import construct, public
from tests.catalog.keras_contract.calls import arguments_of, make, ones, symbolic, types
from tests.catalog.keras_contract.inference import check

Flags = Mapping[str, Any]

TRIED = 10
"""How many choices of different unknown lengths are tried."""


def assert_agreement(
    type_name: str,
    arguments: Mapping[str, Any],
    inputs: Any,
    flags: Flags | None = None,
    *,
    trains: bool = True,
    outputs: int | None = None,
) -> None:
    """The catalogue accepts a call, with the right types and weights, just if Keras can build and run it.

    `trains` says whether the layer is to be called with ``training=True`` too; `outputs`, of how many outputs the
    results are held against what Keras states (by default of all).
    """
    inputs, flags = types(inputs), dict(flags or {})
    if not isinstance(inputs, dict):
        found = operation(type_name)
        assert found is not None
        inputs = arguments_of(found, inputs)
    try:
        make(type_name, arguments).apply(**inputs, **flags)
    except (ValidationError, RuleError):
        assert not runs(type_name, arguments, inputs, flags, trains=trains, outputs=outputs), "refused, and runs"
    else:
        check(type_name, arguments, inputs, flags)
        # Where many lengths are unknown, the few that would fit are not always found.
        assert runs(type_name, arguments, inputs, flags, trains=trains, outputs=outputs) or (
            traces(type_name, arguments, inputs, {**flags, "training": True} if trains else flags)
        ), "accepted, and does not run"


def runs(
    type_name: str,
    arguments: Mapping[str, Any],
    inputs: Mapping[str, Any],
    flags: Flags,
    *,
    trains: bool = True,
    outputs: int | None = None,
    dtypes: bool = True,
) -> bool:
    """Whether Keras can build a layer and run it, with some length for what is unknown."""
    positional, named = _call(inputs, symbolic)
    try:
        layer = _layer(type_name, arguments)
        stated = keras.tree.flatten(layer(*positional, **named, **flags))
    except Exception:  # whatever Keras raises
        return False
    return any(
        _runs_with(type_name, arguments, known, flags, stated[:outputs], trains, dtypes)
        for known in _known_lengths(inputs)
    )


def runs_as_model(type_name: str, arguments: Mapping[str, Any], inputs: Mapping[str, Any]) -> bool:
    """Whether a model of the call runs, with some length for what is unknown."""
    tensors = symbolic(dict(inputs))
    positional, named = _call(tensors, lambda x: x)
    try:
        model = keras.Model(
            keras.tree.flatten(list(tensors.values())), _layer(type_name, arguments)(*positional, **named)
        )
    except Exception:  # whatever Keras raises
        return False
    for known in _known_lengths(inputs):
        try:
            model([ones(x) for x in _flat(known)])
        except Exception:  # whatever TensorFlow raises
            continue
        return True
    return False


def traces(type_name: str, arguments: Mapping[str, Any], inputs: Mapping[str, Any], flags: Flags) -> bool:
    """Whether TensorFlow can make a graph of a call, for all lengths that are unknown."""
    layer = _layer(type_name, arguments)
    positional, named = _call(inputs, lambda x: tf.TensorSpec(x.shape, x.dtype))
    try:
        tf.function(lambda first, others: layer(first, **others, **flags)).get_concrete_function(*positional, named)
    except Exception:  # whatever TensorFlow raises
        return False
    return True


def _known_lengths(inputs: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The same tensors with lengths for what is unknown: those of the other axes in turn, and others."""
    unknown = sum(x.shape.count(None) for x in _flat(inputs))
    lengths = sorted({1, 5, *(length for x in _flat(inputs) for length in x.shape if length is not None)}, reverse=True)
    draw = Random(unknown)
    # Lengths that are all the same are the likeliest to fit.
    choices = [[length] * unknown for length in lengths]
    choices += [draw.choices(lengths, k=unknown) for _ in range(TRIED)] if unknown > 1 else []
    for choice in choices:
        chosen = iter(choice)
        yield keras.tree.map_structure(
            lambda x, chosen=chosen: TensorType(
                tuple(next(chosen) if length is None else length for length in x.shape), x.dtype
            ),
            dict(inputs),
        )


def _runs_with(
    type_name: str,
    arguments: Mapping[str, Any],
    inputs: Mapping[str, Any],
    flags: Flags,
    stated: Sequence[Any],
    trains: bool,
    dtypes: bool,
) -> bool:
    layer = _layer(type_name, arguments)
    positional, named = _call(inputs, ones)
    for training in [{"training": False}, {"training": True}] if trains else [{}]:
        try:
            results = keras.tree.flatten(layer(*positional, **named, **flags, **training))
            _penalties(layer)
        except Exception:  # whatever TensorFlow raises
            return False
        for expected, result in zip(stated, results, strict=False):
            if len(expected.shape) != len(result.shape) or (dtypes and expected.dtype != result.dtype.name):
                return False
            if any(a not in (None, b) for a, b in zip(expected.shape, result.shape, strict=True)):
                return False
    return True


def _penalties(layer: Any) -> None:
    """What training computes besides the result: the regularizers' part of the loss, and constrained weights."""
    for loss in layer.losses:
        tf.cast(loss, "float32")
    for variable in layer.trainable_weights:
        if variable.constraint is not None:
            variable.constraint(variable)


def _layer(type_name: str, arguments: Mapping[str, Any]) -> Any:
    """The layer that is emitted, or that Keras makes of arguments which the catalogue refuses."""
    found = operation(type_name)
    assert found is not None
    try:
        return construct(make(type_name, arguments), "it")
    except ValidationError:
        pass
    nested = getattr(found, "nested", ())
    built = {key: _nested(value) if key in nested else _object(value) for key, value in arguments.items()}
    return (
        keras.Sequential(**built)
        if type_name == "Sequential"
        else public(f"{found.keras_module}.{found.keras_name}")(**built)
    )


def _nested(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_nested(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return _layer(value["type"], {key: item for key, item in value.items() if key != "type"})


def _object(value: Any) -> Any:
    """A thing of one of Keras's modules of small things, by its name."""
    if not (isinstance(value, Mapping) and "type" in value):
        return value
    made = next(
        getattr(module, value["type"])
        for module in (keras.initializers, keras.regularizers, keras.constraints)
        if hasattr(module, value["type"])
    )
    return made(**{key: item for key, item in value.items() if key != "type"})


def _call(inputs: Mapping[str, Any], tensor_of: Any) -> tuple[list[Any], dict[str, Any]]:
    """The first argument by its place, the others by their names."""
    values = {
        key: [tensor_of(item) for item in value] if isinstance(value, list) else tensor_of(value)
        for key, value in inputs.items()
    }
    first = next(iter(values))
    return [values.pop(first)], values


def _flat(inputs: Mapping[str, Any]) -> list[TensorType]:
    return [x for x in keras.tree.flatten(dict(inputs)) if isinstance(x, TensorType)]
