"""The multiply-adds of each layer and op, against those that TensorFlow carries out.

The calls are those of the other tests of the catalogue, which come from Keras's own documentation and arguments.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import keras
import pytest
import tensorflow as tf

import spec_compiler as sc
from spec_compiler.analysing.cost import walk
from spec_compiler.catalog import registry
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.keras_model.objects import construct
from spec_compiler.emitting.keras_model.ops import call_op
from spec_compiler.reading.read import read
from tests.catalog.keras_contract.calls import arguments_of, make, numbers_as_types, symbolic, types
from tests.catalog.keras_contract.multiply_adds import closed, data, executed
from tests.catalog.keras_contract.op_in_graph import NO_KERNEL
from tests.catalog.layers.test_preprocessing import SOUND
from tests.catalog.ops import nn_calls, numpy_calls, test_numpy

pytestmark = pytest.mark.tensorflow

LAYER_TESTS = (
    "activation", "attention", "augmentation", "convolutional", "convolutional_recurrent", "core", "merging",
    "normalization", "pooling", "recurrent", "regularization", "reshaping",
)  # fmt: skip
LOOPS = {"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"}

_SOLVED = "it is solved, and not only multiplied"
_COPIED = "it copies: Keras lets a convolution with zeros and ones do that"
_COLOURS = "it computes with pixels, and is no convolution"
UNCOUNTED = {
    "ops.average": "it is a mean",
    "ops.cholesky_inverse": _SOLVED,
    "ops.lstsq": _SOLVED,
    "ops.pinv": _SOLVED,
    "ops.image.elastic_transform": _COLOURS,
    "ops.image.extract_patches": _COPIED,
    "ops.image.extract_patches_3d": _COPIED,
    "ops.image.gaussian_blur": "its window is made by a product too",
    "ops.image.rgb_to_grayscale": _COLOURS,
    "ops.image.scale_and_translate": _COLOURS,
}
"""The types of which TensorFlow carries out more products than the rules count, and why."""

CANNOT_RUN = {
    "ops.image.extract_patches": "TensorFlow has no convolution of channels that come first, on a CPU",
    "ops.scatter_update": "of one number for several places, TensorFlow takes graphs alone",
    "ops.searchsorted": "Keras hands on a single row for several, which TensorFlow refuses",
    "ops.segment_sum": "of segments with gaps, Keras expects too few",
}
"""The ops that have calls which Keras can put into a model, and TensorFlow does not carry out as they are here."""

NO_EXAMPLE = {
    "ops.argpartition": "of a batch, Keras writes to places that it does not have",
    "ops.searchsorted": CANNOT_RUN["ops.searchsorted"],
}
"""The ops whose example is such a call."""


def unrolled(type_name: str, arguments: Any) -> Any:
    """The arguments with all loops unrolled: otherwise Keras does a step more, to see what comes out."""
    changed = {key: _unrolled(value) for key, value in arguments.items()}
    return changed | {"unroll": True} if type_name in LOOPS else changed


def _unrolled(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_unrolled(item) for item in value]
    return unrolled(value["type"], value) if isinstance(value, dict) and "type" in value else value


def more(arguments: Any) -> bool:
    """Whether Keras does more than the rules count, because of an argument: of the layer, or of one inside.

    With a low-rank update it multiplies weights with weights; what is dilated is cut up and filled up; and stacked cells
    are run once more, for the masks of their dropout.
    """
    if isinstance(arguments, (list, tuple)):
        return any(map(more, arguments))
    return isinstance(arguments, dict) and (
        arguments.get("lora_rank") is not None
        or arguments.get("dilation_rate", 1) != 1
        or "cells" in arguments
        or isinstance(arguments.get("cell"), list)
        or any(map(more, arguments.values()))
    )


def rows() -> dict[str, list[tuple[dict[str, Any], Any]]]:
    """The calls that other tests make, by type."""
    found: dict[str, list[tuple[dict[str, Any], Any]]] = {}
    of_layers = [row for name in LAYER_TESTS for row in import_module(f"tests.catalog.layers.test_{name}").ROWS] + SOUND
    of_ops = [*test_numpy.ROWS, *nn_calls.ROWS, *((n, *numpy_calls.example(n)) for n in numpy_calls.NAMES)]
    for name, arguments, inputs, *_ in [*of_layers, *((f"ops.{name}", *row) for name, *row in of_ops)]:
        found.setdefault(name, []).append((unrolled(name, arguments), inputs))
    return found


ROWS = rows()


def run_layer(config: Operation, call: dict[str, Any]) -> int:
    """The multiply-adds of a layer's second call: the first makes its weights."""
    layer = construct(config, "it")
    values = {key: data(value, seed) for seed, (key, value) in enumerate(call.items())}
    values = {key: config.arrange(key, value) if isinstance(value, list) else value for key, value in values.items()}
    first = values.pop(config.calls[0].name)
    if "training" in [argument.name for argument in config.calls]:
        values["training"] = False
    layer(first, **values)
    return executed(lambda: layer(first, **values)).total()


def run_op(config: Op, call: dict[str, Any]) -> int:
    """The multiply-adds of an op."""
    taken = symbolic(call)
    values = {key: data(value, seed) for seed, (key, value) in enumerate(call.items())}
    pairs = zip(keras.tree.flatten(taken), keras.tree.flatten(values), strict=True)
    tensors = [(x, value) for x, value in pairs if isinstance(x, keras.KerasTensor)]
    function = keras.Function([x for x, _ in tensors], call_op(config, taken, "it"))
    return executed(lambda: function([value for _, value in tensors])).total()


def counts(type_name: str, arguments: dict[str, Any], inputs: Any) -> tuple[int, int] | None:
    """What the rule counts, and what TensorFlow carries out.

    None if the call does not fit lengths that are known, or TensorFlow has no code for it on this processor.
    """
    config = make(type_name, arguments)
    call = {key: closed(value) for key, value in types(arguments_of(config, inputs)).items()}
    typed = {key: numbers_as_types(value) for key, value in call.items()}
    try:
        ours = config.call_cost(config.infer(**typed), **typed).multiply_adds
    except RuleError:
        return None
    assert ours is not None
    try:
        return ours, run_op(config, call) if isinstance(config, Op) else run_layer(config, call)
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
        if not any(text in str(error) for text in NO_KERNEL):
            raise
        return None


@pytest.mark.parametrize("name", sorted(ROWS.keys() - CANNOT_RUN.keys()))
def test_a_call_counts_what_tensorflow_carries_out(name):
    found = [(arguments, counts(name, arguments, inputs)) for arguments, inputs in ROWS[name]]
    pairs = [(arguments, pair) for arguments, pair in found if pair is not None]
    assert pairs
    if name in UNCOUNTED:
        assert sum(theirs for _, (_, theirs) in pairs) > sum(ours for _, (ours, _) in pairs)
        return
    for arguments, (ours, theirs) in pairs:
        if more(arguments):
            assert theirs >= ours, arguments
        else:
            assert theirs == ours, arguments


@pytest.mark.parametrize("name", sorted(set(registry.type_names()) - NO_EXAMPLE.keys()))
def test_an_example_of_each_type_counts_what_tensorflow_carries_out(name):
    found = example(name)
    if found is None:
        assert name in registry.ALIASES or name.removeprefix("ops.") in registry.OP_ALIASES
        return
    spec = read(sc.Source.text(found.text), Findings()).data
    node = spec["nodes"][found.node]
    spec["nodes"][found.node] = unrolled(node["type"], node)
    for other in spec["nodes"].values():
        if other["type"] == "Input":
            shape = (None, *other.pop("shape")) if "shape" in other else tuple(other["batch_shape"])
            other["batch_shape"] = list(closed(TensorType(shape)).shape)
    graph = sc.load_spec(spec)
    ours = sum(call.cost.multiply_adds for call in walk(graph))
    model = sc.compile_spec(spec)
    values = [data(graph.results[name].outputs[0], seed) for seed, name in enumerate(graph.inputs)]
    theirs = executed(lambda: model(values, training=False)).total()
    assert theirs > ours if name in UNCOUNTED.keys() - {"ops.average"} else theirs == ours
