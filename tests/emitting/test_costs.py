"""Multiply-adds against TensorFlow's own profiler, where it counts the same: at two operations for each."""

from __future__ import annotations

import keras
import pytest
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

import spec_compiler as sc
from tests.conftest import ROOT

pytestmark = pytest.mark.tensorflow

COUNTED = {"BatchMatMulV2", "Conv2D", "Conv2DBackpropInput", "Conv3D", "DepthwiseConv2dNative", "MatMul"}
"""The operations that multiply matrices or convolve, of those that the profiler has a rule for.

It has none for equations in Einstein's notation, in which attention is written, and goes once through a loop. Of a
transposed convolution it counts the places of the output, as if there were no borders: that is the same for `unet`.
"""


def profiled(model: keras.Model, batch_size: int) -> dict[str, int]:
    """The floating-point operations of a model by the type of operation, as TensorFlow's profiler counts them."""
    call = tf.function(lambda *xs: model(list(xs), training=False))
    specs = [tf.TensorSpec((batch_size, *x.shape[1:]), x.dtype) for x in model.inputs]
    graph = convert_variables_to_constants_v2(call.get_concrete_function(*specs)).graph
    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    root = tf.compat.v1.profiler.profile(graph, cmd="op", options=options)
    found = {}
    while root.children:
        (root,) = root.children
        found[root.name] = root.float_ops
    return {name: count for name, count in found.items() if name in COUNTED and count}


@pytest.mark.parametrize(
    ("name", "batch_size", "types"),
    [
        ("deep_cross", 4, {"MatMul"}),
        ("mlp", 4, {"MatMul"}),
        ("mobilenet_v2", 1, {"Conv2D", "DepthwiseConv2dNative", "MatMul"}),
        ("resnet50", 2, {"Conv2D", "MatMul"}),
        ("toy_resnet", 1, {"Conv2D", "MatMul"}),
        ("two_towers", 4, {"BatchMatMulV2", "MatMul"}),
        ("unet", 1, {"Conv2D", "Conv2DBackpropInput"}),
        ("vgg16", 1, {"Conv2D", "MatMul"}),
    ],
)
def test_the_profiler_of_tensorflow_counts_the_same(name, batch_size, types):
    spec = ROOT / "specs" / f"{name}.yaml"
    found = profiled(sc.compile_spec(spec), batch_size)
    assert found.keys() == types
    assert sum(found.values()) == 2 * batch_size * sc.load_spec(spec).cost(batch_size).multiply_adds


@keras.saving.register_keras_serializable(package="costs")
class Mixed(keras.layers.Layer):
    """A layer whose arguments have the names of what the compiler works out."""

    def __init__(self, cost=1, inner_layers=2, **general):
        super().__init__(**general)
        self.cost, self.inner_layers = cost, inner_layers

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), name="scale")

    def call(self, inputs):
        return inputs * self.scale


def test_of_a_layer_of_the_programs_own_the_work_is_not_known():
    kind = sc.register_layer(Mixed)
    nodes = {
        "x": {"type": "Input", "shape": [4]},
        "mixed": {"type": kind, "cost": 5, "inputs": "x"},
        "y": {"type": "Dense", "units": 3, "inputs": "mixed"},
    }
    cost = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["y"]}).cost(2)
    assert [(row.weight_bytes, row.activation_bytes, row.multiply_adds) for row in cost.nodes] == [
        (0, 2 * 4 * 4, 0),
        (4 * 4, 2 * 4 * 4, None),
        ((4 * 3 + 3) * 4, 2 * 3 * 4, 4 * 3),
    ]
    assert (cost.multiply_adds, cost.unknown, cost.peak_activation_bytes) == (12, ("mixed",), 64)
