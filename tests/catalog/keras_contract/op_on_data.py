"""Whether the catalogue and Keras agree on what an op can be applied to.

An op counts as fine for Keras if it can be called on symbolic tensors, and the model of it runs on data, by
TensorFlow or compiled by XLA, and gives results of the shapes that were stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf
from pydantic import ValidationError

from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.rules import RuleError
from tests.catalog.keras_contract.calls import call_function, make, numbers_as_types, symbolic, types
from tests.catalog.keras_contract.inference import check_op

ENDS_IN_XLA = {"floor_divide"}
"""Ops for whose complex numbers only XLA has code, which may end the process."""

TAKES_PLACES = {"take", "take_along_axis", "scatter", "scatter_update", "slice", "slice_update"}
"""Ops whose data are places in other tensors: they are run on zeros, others on ones."""


def assert_agreement(
    name: str, arguments: Mapping[str, Any], inputs: Mapping[str, Any], *, stricter: bool = False
) -> None:
    """The catalogue accepts a call of an op, with the right types, just if Keras can build and run it.

    With `stricter`, it may also refuse what can be run.
    """
    inputs = types(inputs)
    try:
        config = make(f"ops.{name}", arguments)
        config.infer(**numbers_as_types(inputs))
    except (ValidationError, RuleError):
        config = None
    if config is None:
        assert stricter or not runs(name, arguments, inputs), "refused, and runs"
    else:
        assert isinstance(config, Op)
        check_op(name, arguments, inputs)
        assert runs(name, config.keras_arguments(), inputs, accepted=True), "accepted, and does not run"


def runs(name: str, arguments: Mapping[str, Any], inputs: Mapping[str, Any], *, accepted: bool = False) -> bool:
    """Whether Keras can build a model of an op and run it, with some length for what is unknown.

    The first length that gives results decides; of what the catalogue has `accepted`, any may, and none at all, too.
    """
    tensors = symbolic(types(inputs))
    flat = [x for x in keras.tree.flatten(tensors) if isinstance(x, keras.KerasTensor)]
    try:
        stated = keras.tree.flatten(call_function(name, arguments, tensors))
        model = keras.Function(flat, stated)
    except Exception:  # whatever Keras raises
        return False
    compiles, fill = name not in ENDS_IN_XLA, int(name not in TAKES_PLACES)
    outcomes = (
        _runs_with(model, flat, stated, shapes, fill, compiles=compiles)
        for shapes in _known_shapes([x.shape for x in flat], empty=accepted)
    )
    given = (outcome for outcome in outcomes if outcome is not None)
    return any(given) if accepted else next(given, False)


def _known_shapes(shapes: list[Any], *, empty: bool) -> Iterator[list[list[int]]]:
    """The shapes with some length for what is unknown: one for all, or that of other tensors at the same axis.

    `empty` says whether tensors without elements are tried, too.
    """
    lengths = {length for shape in shapes for length in shape}
    if None not in lengths:
        yield [list(shape) for shape in shapes]
        return
    for one in (7, *sorted({1, 12, *map(len, shapes), *(length for length in lengths if length)} - {0})):
        yield [[one if length is None else length for length in shape] for shape in shapes]
    for first in (0, 1):
        places = [range(-first * len(shape), len(shape) * (1 - first)) for shape in shapes]
        known: dict[int, int] = {}
        for shape, place in zip(shapes, places, strict=True):
            known |= {axis: length for axis, length in zip(place, shape, strict=True) if length not in (None, 1)}
        yield [
            [known.get(axis, 7) if length is None else length for axis, length in zip(place, shape, strict=True)]
            for shape, place in zip(shapes, places, strict=True)
        ]
    if empty:
        yield [[0 if length is None else length for length in shape] for shape in shapes]


def _runs_with(
    model: Any, flat: list[Any], stated: list[Any], shapes: list[list[int]], fill: int, *, compiles: bool
) -> bool | None:
    """Whether the results are as stated; none if there are no results."""
    values = [value_of(x, shape, fill) for x, shape in zip(flat, shapes, strict=True)]
    try:
        results = model(values)
    except Exception:  # whatever TensorFlow raises
        if not compiles:
            return None
        try:
            tf.function(model).get_concrete_function(values)  # shapes that do not fit end the process in XLA
            results = tf.function(model, jit_compile=True)(values)
        except Exception:  # whatever XLA raises
            return None
    results = keras.tree.flatten(results)
    return len(stated) == len(results) and all(map(_as_stated, stated, results))


def _as_stated(stated: Any, result: Any) -> bool:
    return len(stated.shape) == len(result.shape) and all(
        one in (None, other) for one, other in zip(stated.shape, result.shape, strict=True)
    )


def value_of(x: Any, shape: Sequence[int], fill: int = 1) -> Any:
    """Data for a symbolic tensor: one number everywhere, or the letter a."""
    if x.dtype == "string":
        return tf.fill(shape, "a")
    value = tf.cast(tf.fill(shape, fill), x.dtype)
    return tf.sparse.from_dense(value) if x.sparse else tf.RaggedTensor.from_tensor(value) if x.ragged else value
