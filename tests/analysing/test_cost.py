"""What a graph costs, against counts by hand and published ones."""

from __future__ import annotations

import dataclasses

import pytest

import spec_compiler as sc
from spec_compiler.analysing.cost import GraphCost, NodeCost, walk
from spec_compiler.graph.text import typed_text
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")


def cost_of(nodes, batch_size=None, length=None, **sections):
    return sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["y"]} | sections).cost(batch_size, length)


def products(node, *inputs):
    """The multiply-adds a sample of one node, whose inputs are named `a`, `b` and `c`."""
    shapes = [given if isinstance(given, dict) else {"shape": given} for given in inputs]
    nodes = {name: {"type": "Input", **given} for name, given in zip("abc", shapes, strict=False)}
    wiring = {"inputs": [*nodes] if len(nodes) > 1 else "a"}
    spec = {"spec": 1, "nodes": nodes | {"y": wiring | node}, "outputs": {"z": {"from": "y.0"}}}
    return {row.node: row.multiply_adds for row in sc.load_spec(spec).cost().nodes}["y"]


SEQUENCE = [7, 5]
IMAGE = [8, 9, 4]
LSTM = {"type": "LSTM", "units": 3}

BY_HAND = [
    # Dense: each row with each column.
    ({"type": "Dense", "units": 3}, [[5]], 5 * 3),
    ({"type": "Dense", "units": 3, "use_bias": False, "activation": "relu"}, [[2, 7, 5]], 2 * 7 * 5 * 3),
    ({"type": "Dense", "units": 3, "lora_rank": 2}, [[5]], 5 * 3),
    ({"type": "EinsumDense", "equation": "abc,cd->abd", "output_shape": [7, 3]}, [SEQUENCE], 7 * 5 * 3),
    ({"type": "EinsumDense", "equation": "abc,cde->abde", "output_shape": [7, 2, 3]}, [SEQUENCE], 7 * 5 * 2 * 3),
    ({"type": "EinsumDense", "equation": "...x,xy->...y", "output_shape": 3}, [[2, 7, 5]], 2 * 7 * 5 * 3),
    ({"type": "EinsumDense", "equation": "ab...,bc->ac...", "output_shape": 3}, [[5, 2, 7]], 5 * 3 * 2 * 7),
    ({"type": "Embedding", "input_dim": 9, "output_dim": 3}, [{"shape": [7], "dtype": "int32"}], 0),
    ({"type": "ReversibleEmbedding", "input_dim": 9, "output_dim": 3, "call": {"reverse": True}}, [[7, 3]], 7 * 3 * 9),
    # Convolutions: places of the window × its elements × channels of the group × filters.
    ({"type": "Conv1D", "filters": 6, "kernel_size": 3}, [SEQUENCE], 5 * 3 * 5 * 6),
    ({"type": "Conv1D", "filters": 6, "kernel_size": 3, "padding": "causal"}, [SEQUENCE], 7 * 3 * 5 * 6),
    ({"type": "Conv2D", "filters": 6, "kernel_size": 3}, [IMAGE], 6 * 7 * 3 * 3 * 4 * 6),
    ({"type": "Conv2D", "filters": 6, "kernel_size": 3, "padding": "same"}, [IMAGE], 8 * 9 * 3 * 3 * 4 * 6),
    ({"type": "Conv2D", "filters": 6, "kernel_size": [3, 2], "strides": [2, 3]}, [IMAGE], 3 * 3 * 3 * 2 * 4 * 6),
    ({"type": "Conv2D", "filters": 6, "kernel_size": 3, "strides": 2, "padding": "same"}, [IMAGE], 4 * 5 * 9 * 4 * 6),
    ({"type": "Conv2D", "filters": 6, "kernel_size": 3, "dilation_rate": 3}, [IMAGE], 2 * 3 * 3 * 3 * 4 * 6),
    ({"type": "Conv2D", "filters": 6, "kernel_size": 3, "groups": 2}, [IMAGE], 6 * 7 * 3 * 3 * 2 * 6),
    (
        {"type": "Conv2D", "filters": 6, "kernel_size": 3, "data_format": "channels_first"},
        [[4, 8, 9]],
        6 * 7 * 9 * 4 * 6,
    ),
    ({"type": "Conv3D", "filters": 2, "kernel_size": 2}, [[3, 4, 5, 3]], 2 * 3 * 4 * 8 * 3 * 2),
    ({"type": "DepthwiseConv1D", "kernel_size": 3, "depth_multiplier": 2}, [SEQUENCE], 5 * 3 * 5 * 2),
    ({"type": "DepthwiseConv2D", "kernel_size": 3, "strides": 2}, [IMAGE], 3 * 4 * 3 * 3 * 4),
    ({"type": "SeparableConv1D", "filters": 6, "kernel_size": 3}, [SEQUENCE], 5 * 3 * 5 + 5 * 5 * 6),
    (
        {"type": "SeparableConv2D", "filters": 6, "kernel_size": 3, "depth_multiplier": 2},
        [IMAGE],
        6 * 7 * 3 * 3 * 4 * 2 + 6 * 7 * 8 * 6,
    ),
    # Of a transposed one: places of the input.
    ({"type": "Conv1DTranspose", "filters": 6, "kernel_size": 3, "strides": 2}, [SEQUENCE], 7 * 3 * 5 * 6),
    ({"type": "Conv2DTranspose", "filters": 6, "kernel_size": 3, "strides": 2}, [IMAGE], 8 * 9 * 3 * 3 * 4 * 6),
    # Recurrent layers: steps × gates × (features + units) × units.
    ({"type": "SimpleRNN", "units": 3}, [SEQUENCE], 7 * (5 + 3) * 3),
    ({"type": "GRU", "units": 3}, [SEQUENCE], 7 * 3 * (5 + 3) * 3),
    ({"type": "GRU", "units": 3, "reset_after": False, "return_sequences": True}, [SEQUENCE], 7 * 3 * (5 + 3) * 3),
    (LSTM, [SEQUENCE], 7 * 4 * (5 + 3) * 3),
    (LSTM | {"return_state": True, "go_backwards": True, "use_bias": False}, [SEQUENCE], 7 * 4 * (5 + 3) * 3),
    ({"type": "LSTMCell", "units": 3, "inputs": {"inputs": "a", "states": ["b", "c"]}}, [[5], [3], [3]], 4 * 8 * 3),
    (
        {"type": "RNN", "cell": [{"type": "GRUCell", "units": 3}, {"type": "SimpleRNNCell", "units": 2}]},
        [SEQUENCE],
        7 * (3 * (5 + 3) * 3 + (3 + 2) * 2),
    ),
    ({"type": "Bidirectional", "layer": LSTM}, [SEQUENCE], 2 * 7 * 4 * (5 + 3) * 3),
    (
        {
            "type": "Bidirectional",
            "layer": {"type": "GRU", "units": 3},
            "backward_layer": {"type": "SimpleRNN", "units": 3, "go_backwards": True},
        },
        [SEQUENCE],
        7 * 3 * (5 + 3) * 3 + 7 * (5 + 3) * 3,
    ),
    (
        {"type": "ConvLSTM1D", "filters": 2, "kernel_size": 3},
        [[7, 8, 5]],
        7 * 6 * 4 * (3 * 5 * 2 + 3 * 2 * 2),
    ),
    (
        {"type": "ConvLSTM2D", "filters": 2, "kernel_size": [3, 2], "strides": 2, "padding": "same"},
        [[7, 8, 9, 5]],
        7 * 4 * 5 * 4 * (3 * 2 * 5 * 2 + 3 * 2 * 2 * 2),
    ),
    # Layers of layers.
    ({"type": "TimeDistributed", "layer": {"type": "Dense", "units": 3}}, [SEQUENCE], 7 * 5 * 3),
    ({"type": "TimeDistributed", "layer": {"type": "Conv2D", "filters": 6, "kernel_size": 3}}, [[7, *IMAGE]], 7 * 9072),
    ({"type": "TimeDistributed", "layer": LSTM}, [[2, *SEQUENCE]], 2 * 7 * 4 * (5 + 3) * 3),
    ({"type": "TimeDistributed", "layer": {"type": "Dropout", "rate": 0.5}}, [SEQUENCE], 0),
    (
        {
            "type": "Sequential",
            "layers": [{"type": "Dense", "units": 3}, {"type": "ReLU"}, {"type": "Dense", "units": 2}],
        },
        [[5]],
        5 * 3 + 3 * 2,
    ),
    ({"type": "SpectralNormalization", "layer": {"type": "Dense", "units": 3}}, [[5]], 5 * 3),
    # Attention: projections, scores, values.
    ({"type": "Attention"}, [[7, 4], [9, 4]], 7 * 9 * 4 + 7 * 9 * 4),
    ({"type": "Attention", "use_scale": True}, [[7, 4], [9, 3], [9, 4]], 7 * 9 * 4 + 7 * 9 * 3),
    ({"type": "Attention", "score_mode": "concat"}, [[7, 4], [9, 4]], 7 * 9 * 4),
    ({"type": "AdditiveAttention"}, [[7, 4], [9, 4]], 7 * 9 * 4),
    (
        {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3, "value_dim": 4},
        [[7, 5], [9, 6]],
        7 * 5 * 2 * 3 + 9 * 6 * 2 * 3 + 9 * 6 * 2 * 4 + 2 * 7 * 9 * 3 + 2 * 7 * 9 * 4 + 7 * 2 * 4 * 5,
    ),
    (
        {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3, "attention_axes": 2},
        [[6, 7, 5], [6, 9, 5]],
        6 * (2 * 7 * 5 * 2 * 3 + 2 * 9 * 5 * 2 * 3 + 2 * 2 * 7 * 9 * 3),
    ),
    (
        {
            "type": "GroupedQueryAttention",
            "head_dim": 3,
            "num_query_heads": 4,
            "num_key_value_heads": 2,
            "use_gate": True,
        },
        [[7, 5], [9, 5]],
        2 * 7 * 5 * 4 * 3 + 2 * 9 * 5 * 2 * 3 + 2 * 4 * 7 * 9 * 3 + 7 * 4 * 3 * 5,
    ),
    # Products.
    ({"type": "dot", "normalize": True}, [[5], [5]], 5),
    ({"type": "Dot", "axes": [2, 1]}, [[7, 5], [5, 3]], 7 * 5 * 3),
    ({"type": "ops.matmul"}, [[7, 5], [5, 3]], 7 * 5 * 3),
    ({"type": "ops.einsum", "subscripts": "bqd,bkd->bqk"}, [[7, 5], [9, 5]], 7 * 9 * 5),
    ({"type": "ops.einsum", "subscripts": "bij->bji"}, [[7, 5]], 0),
    # All else counts nothing.
    ({"type": "BatchNormalization"}, [IMAGE], 0),
    ({"type": "LayerNormalization"}, [IMAGE], 0),
    ({"type": "MaxPooling2D"}, [IMAGE], 0),
    ({"type": "UpSampling2D"}, [IMAGE], 0),
    ({"type": "multiply"}, [[5], [5]], 0),
    ({"type": "Softmax"}, [[5]], 0),
    ({"type": "ops.outer"}, [[5], [5]], 0),
    ({"type": "ops.mean", "axis": 1}, [[5]], 0),
]


@pytest.mark.parametrize(("node", "inputs", "count"), BY_HAND)
def test_a_rule_counts_what_a_hand_counts(node, inputs, count):
    assert products(node, *inputs) == count


FIXED = [
    ({"type": "ops.matmul"}, [[2, 3], [3, 4]], 2 * 3 * 4),
    ({"type": "ops.matmul"}, [[3], [3]], 3),
    ({"type": "ops.matmul"}, [[6, 2, 3], [3]], 6 * 2 * 3),
    ({"type": "ops.matmul"}, [[6, 1, 2, 3], [5, 3, 4]], 6 * 5 * 2 * 3 * 4),
    ({"type": "ops.dot"}, [[6, 2, 3], [3, 4]], 6 * 2 * 3 * 4),
    ({"type": "ops.inner"}, [[2, 3], [4, 3]], 2 * 4 * 3),
    ({"type": "ops.vdot"}, [[2, 3], [2, 3]], 2 * 3),
    ({"type": "ops.tensordot", "axes": 2}, [[2, 3, 4], [3, 4, 5]], 2 * 3 * 4 * 5),
    ({"type": "ops.tensordot", "axes": [[0], [1]]}, [[2, 3], [4, 2]], 3 * 2 * 4),
    ({"type": "ops.tensordot", "axes": 0}, [[2], [3]], 2 * 3),
    ({"type": "ops.outer"}, [[2], [3]], 0),
    ({"type": "ops.kron"}, [[2, 2], [3, 3]], 0),
    ({"type": "ops.einsum", "subscripts": "a,b->ab"}, [[2], [3]], 2 * 3),
    ({"type": "ops.einsum", "subscripts": "ab,cd->ac"}, [[2, 3], [4, 5]], 2 * 4),
    # First the two tensors whose product is the smallest by comparison.
    ({"type": "ops.einsum", "subscripts": "ab,bc,cd->ad"}, [[2, 9], [9, 9], [9, 3]], 2 * 9 * 9 + 2 * 9 * 3),
    ({"type": "ops.correlate", "mode": "valid"}, [[7], [3]], 5 * 3),
    ({"type": "ops.correlate", "mode": "full"}, [[7], [3]], 9 * 3),
    ({"type": "ops.corrcoef"}, [[3, 3]], 3 * 3 * 3 + 3 * 3),
    ({"type": "ops.conv", "padding": "same", "strides": 2}, [[1, 8, 9, 4], [3, 3, 4, 6]], 4 * 5 * 3 * 3 * 4 * 6),
    ({"type": "ops.depthwise_conv"}, [[1, 8, 9, 4], [3, 3, 4, 2]], 6 * 7 * 3 * 3 * 4 * 2),
    (
        {"type": "ops.separable_conv"},
        [[1, 8, 9, 4], [3, 3, 4, 2], [1, 1, 8, 5]],
        6 * 7 * 3 * 3 * 4 * 2 + 6 * 7 * 8 * 5,
    ),
    ({"type": "ops.dot_product_attention"}, [[1, 7, 4, 6], [1, 9, 2, 6], [1, 9, 2, 6]], 2 * 4 * 7 * 9 * 6),
    ({"type": "ops.image.gaussian_blur", "kernel_size": [5, 3]}, [[1, 8, 9, 4]], 8 * 9 * 4 * 5 * 3),
    ({"type": "ops.image.sobel_edges"}, [[1, 8, 9, 4]], 8 * 9 * 4 * 2 * 3 * 3),
    ({"type": "ops.image.ssim", "filter_size": 3}, [[1, 8, 9, 4], [1, 8, 9, 4]], 5 * 6 * 7 * 4 * 3 * 3),
    ({"type": "ops.solve"}, [[1, 4, 4], [1, 4]], 0),
    ({"type": "ops.rfft"}, [[1, 8]], 0),
]
"""Ops on tensors whose lengths are all stated, and the multiply-adds of the whole call."""


@pytest.mark.parametrize(("node", "shapes", "count"), FIXED)
def test_an_op_counts_what_a_hand_counts(node, shapes, count):
    inputs = {name: {"type": "Input", "batch_shape": shape} for name, shape in zip("abc", shapes, strict=False)}
    nodes = inputs | {"y": node | {"inputs": [*inputs]}}
    graph = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": {"z": {"from": "y.0"}}})
    assert {call.node: call.cost.multiply_adds for call in walk(graph)}["y"] == count


PUBLISHED = {
    "mobilenet_v2": 300_774_272,  # "300M" (Sandler et al., 2018)
    "resnet50": 3_857_973_248,  # "3.8 × 10⁹" (He et al., 2015)
    "vgg16": 15_470_264_320,  # "15.5 G" (Canziani et al., 2016)
}


@pytest.mark.end_to_end
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_architecture_has_its_published_count(name):
    assert sc.load_spec(ROOT / "specs" / f"{name}.yaml").cost().multiply_adds == PUBLISHED[name]


SMALL = {
    "x": {"type": "Input", "shape": [4]},
    "hidden": {"type": "Dense", "units": 3, "inputs": "x"},
    "half": {"type": "Dense", "units": 2, "dtype": "float16", "inputs": "hidden"},
    "y": {"type": "concatenate", "inputs": ["hidden", "half"]},
}


def test_a_cost_has_rows_and_totals():
    cost = cost_of(SMALL, batch_size=10)
    assert cost == GraphCost(
        batch_size=10,
        stated_by="caller",
        length=None,
        nodes=(
            NodeCost("x", 0, 10 * 4 * 4, 0),
            NodeCost("hidden", (4 * 3 + 3) * 4, 10 * 3 * 4, 4 * 3),
            NodeCost("half", (3 * 2 + 2) * 2, 10 * 2 * 2, 3 * 2),
            NodeCost("y", 0, 10 * 5 * 4, 0),
        ),
        # `x` is dropped after `hidden`; `y` is made of the two others.
        peak_activation_bytes=10 * (3 * 4 + 2 * 2 + 5 * 4),
    )
    assert (cost.weight_bytes, cost.activation_bytes, cost.multiply_adds, cost.unknown) == (76, 520, 18, ())


def test_a_cost_cannot_be_changed():
    cost = cost_of(SMALL)
    with pytest.raises(dataclasses.FrozenInstanceError):
        cost.batch_size = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        cost.nodes[0].multiply_adds = 1


def test_under_a_mixed_policy_weights_are_float32_and_activations_are_not():
    cost = cost_of(SMALL | {"half": {"type": "Dense", "units": 2, "inputs": "hidden"}}, dtype_policy="mixed_bfloat16")
    assert [(row.weight_bytes, row.activation_bytes) for row in cost.nodes] == [
        (0, 32 * 4 * 4),
        (15 * 4, 32 * 3 * 2),
        (8 * 4, 32 * 2 * 2),
        (0, 32 * 5 * 2),
    ]


@pytest.mark.parametrize(
    ("asked", "shape", "fit", "found"),
    [
        (None, {"shape": [4]}, {}, (32, "default")),
        (None, {"shape": [4]}, {"batch_size": 8}, (8, "fit.batch_size")),
        (5, {"shape": [4]}, {"batch_size": 8}, (5, "caller")),
        (5, {"batch_shape": [3, 4]}, {}, (3, "inputs")),
        (5, {"shape": [4], "batch_size": 2}, {}, (2, "inputs")),
    ],
)
def test_the_batch_is_the_one_of_the_inputs_the_caller_the_spec_or_keras(asked, shape, fit, found):
    nodes = {"x": {"type": "Input", **shape}, "y": {"type": "Dense", "units": 3, "inputs": "x"}}
    cost = cost_of(nodes, batch_size=asked, outputs={"y": {"loss": "mse"}}, fit=fit)
    assert (cost.batch_size, cost.stated_by) == found
    assert [row.activation_bytes for row in cost.nodes] == [4 * 4 * found[0], 3 * 4 * found[0]]
    assert cost.multiply_adds == 12


@pytest.mark.parametrize("arguments", [{"batch_size": 0}, {"length": -1}])
def test_a_number_below_1_is_refused(arguments):
    with pytest.raises(ValueError, match="must be 1 or more"):
        cost_of(SMALL, **arguments)


OPEN = {
    "x": {"type": "Input", "shape": [None, 4]},
    "steps": {"type": "LSTM", "units": 3, "return_sequences": True, "inputs": "x"},
    "last": {"type": "LSTM", "units": 3, "inputs": "steps"},
    "y": {"type": "Dense", "units": 2, "inputs": "last"},
}


def test_what_depends_on_an_open_length_is_not_known():
    cost = cost_of(OPEN, batch_size=1)
    assert [(row.activation_bytes, row.multiply_adds) for row in cost.nodes] == [
        (None, 0),
        (None, None),
        (12, None),
        (8, 6),
    ]
    assert (cost.activation_bytes, cost.multiply_adds, cost.peak_activation_bytes) == (20, 6, None)
    assert cost.unknown == ("x", "steps", "last")


def test_a_length_can_be_stated():
    cost = cost_of(OPEN, batch_size=1, length=10)
    assert [(row.activation_bytes, row.multiply_adds) for row in cost.nodes] == [
        (10 * 4 * 4, 0),
        (10 * 3 * 4, 10 * 4 * (4 + 3) * 3),
        (12, 10 * 4 * (3 + 3) * 3),
        (8, 6),
    ]
    assert (cost.unknown, cost.peak_activation_bytes) == ((), 160 + 120)


def test_a_length_that_does_not_fit_leaves_the_rest_unknown():
    nodes = {
        "x": {"type": "Input", "shape": [None, 4]},
        "flat": {"type": "Reshape", "target_shape": [12], "inputs": "x"},
        "y": {"type": "Dense", "units": 2, "inputs": "flat"},
    }
    assert cost_of(nodes, length=3).unknown == ()
    assert cost_of(nodes, length=5).unknown == ("flat", "y")


def test_samples_that_are_multiplied_together_share_the_work():
    nodes = {
        "x": {"type": "Input", "shape": [5]},
        "turned": {"type": "ops.transpose", "inputs": "x"},
        "y": {"type": "ops.matmul", "inputs": ["x", "turned"]},
    }
    assert cost_of(nodes, batch_size=8).multiply_adds == 8 * 8 * 5 // 8


def test_axes_that_an_op_merges_with_the_batch_are_known():
    nodes = {
        "x": {"type": "Input", "shape": [6, 5]},
        "rows": {"type": "ops.reshape", "newshape": [-1, 5], "inputs": "x"},
        "y": {"type": "Dense", "units": 3, "inputs": "rows"},
    }
    cost = cost_of(nodes, batch_size=8)
    assert (cost.nodes[-1].activation_bytes, cost.multiply_adds) == (8 * 6 * 3 * 4, 6 * 5 * 3)


SHARED = {
    "blocks": {
        "tower": {
            "inputs": ["x"],
            "nodes": {
                "first": {"type": "Dense", "units": 3, "inputs": "x"},
                "second": {"type": "Dense", "units": 2, "inputs": "first"},
            },
            "outputs": ["second"],
        }
    },
    "layers": {"tower": {"type": "tower"}},
}
INSIDE = ((4 * 3 + 3 + 3 * 2 + 2) * 4, (3 + 2) * 4, 4 * 3 + 3 * 2)
"""The bytes of weights, the bytes of activations and the multiply-adds of the tower, for a sample."""


def test_a_shared_model_has_its_weights_once_and_its_work_at_each_call():
    nodes = {
        "a": {"type": "Input", "shape": [4]},
        "b": {"type": "Input", "shape": [4]},
        "of_a": {"use": "tower", "inputs": "a"},
        "of_b": {"use": "tower", "inputs": "b"},
        "y": {"type": "add", "inputs": ["of_a", "of_b"]},
    }
    cost = cost_of(nodes, batch_size=1, **SHARED)
    weights, activations, work = INSIDE
    assert [(row.weight_bytes, row.activation_bytes, row.multiply_adds) for row in cost.nodes] == [
        (0, 16, 0),
        (0, 16, 0),
        (weights, activations, work),
        (0, activations, work),
        (0, 8, 0),
    ]
    # Both inputs are there from the start, and the whole of a tower while it is called.
    assert cost.peak_activation_bytes == 16 + 16 + activations


def test_a_shared_model_in_a_wrapper_counts_for_each_step():
    nodes = {
        "a": {"type": "Input", "shape": [7, 4]},
        "y": {"type": "TimeDistributed", "layer": {"use": "tower"}, "inputs": "a"},
    }
    graph = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["y"]} | SHARED)
    weights, activations, work = INSIDE
    for size in (1, 5, 1):
        (_, row) = graph.cost(size).nodes
        assert row == NodeCost("y", weights, size * 7 * activations, 7 * work)
    assert graph.cost().weight_bytes == graph.weight_bytes


def test_the_layers_of_a_sequential_model_count_together():
    layers = [{"type": "Dense", "units": 3}, {"type": "Dense", "units": 2}]
    nodes = {
        "a": {"type": "Input", "shape": [4]},
        "y": {"type": "Sequential", "layers": layers, "inputs": "a"},
    }
    assert cost_of(nodes, batch_size=1).nodes[1] == NodeCost("y", *INSIDE)


@pytest.mark.slow
@pytest.mark.parametrize("spec", sorted((ROOT / "specs").glob("*.yaml")), ids=lambda path: path.name)
def test_the_weights_of_all_nodes_are_those_of_the_graph(spec):
    graph = sc.load_spec(spec)
    assert graph.cost().weight_bytes == graph.weight_bytes
    assert graph.cost(length=16).unknown == ()


def test_asking_again_and_again_leaves_the_graph_as_it_was():
    nodes = {
        "a": {"type": "Input", "shape": [None, 4]},
        "b": {"type": "Input", "shape": [4]},
        "of_b": {"use": "tower", "inputs": "b"},
        "y": {"type": "TimeDistributed", "layer": {"use": "tower"}, "inputs": "a"},
    }
    spec = {"spec": 1, "nodes": nodes, "outputs": ["of_b", "y"]} | SHARED
    graph = sc.load_spec(spec)
    before = typed_text(graph)
    costs = [graph.cost(length=length) for length in (3, 5, 3, 7, 3)]
    assert costs[0] == costs[2] == costs[4]
    assert typed_text(graph) == before
