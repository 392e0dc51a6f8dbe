"""What layers say of themselves for lints and hints: which activation a result comes out of, what is passed through."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.catalog import registry
from spec_compiler.catalog.layers.base import Loop

LAYERS = [name for names in registry.LAYERS.values() for name in names]


def config_of(text):
    """The arguments of a layer that is applied to a sequence."""
    spec = f"""
spec: 1
nodes:
  x: {{type: Input, shape: [6, 4]}}
  y: {{type: {text}, inputs: x}}
outputs: [y]
"""
    graph = sc.load_spec(sc.Source.text(spec))
    return graph.layers["y"].config


@pytest.mark.parametrize(
    ("text", "activation"),
    [
        ("Dense, units: 3", "linear"),
        ("Dense, units: 3, activation: tanh", "tanh"),
        ("Conv1D, filters: 2, kernel_size: 3", "linear"),
        ("SeparableConv1D, filters: 2, kernel_size: 3, activation: relu", "relu"),
        ("Activation, activation: selu", "selu"),
        ("Softmax", "softmax"),
        ("Softmax, axis: 2", "softmax"),
        ("Softmax, axis: 1", None),
        ("ReLU", "relu"),
        ("ReLU, max_value: 6.0", None),
        ("LSTM, units: 3, return_sequences: true", None),
        ("BatchNormalization", None),
        ("TimeDistributed, layer: {type: Dense, units: 3, activation: softmax}", "softmax"),
        ("TimeDistributed, layer: {type: Softmax, axis: 1}", "softmax"),
        ("Sequential, layers: [{type: Dense, units: 3, activation: elu}, {type: Identity}]", "elu"),
        ("Sequential, layers: [{type: ReLU}, {type: LayerNormalization}]", None),
    ],
)
def test_the_activation_that_a_result_comes_out_of(text, activation):
    assert config_of(text).applied_activation(3) == activation


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("Identity", True),
        ("ActivityRegularization, l2: 0.1", True),
        ("Activation, activation: linear", True),
        ("Activation, activation: relu", False),
        ("Dense, units: 3", False),
        ("TimeDistributed, layer: {type: Identity}", True),
        ("Sequential, layers: [{type: Identity}, {type: Activation, activation: linear}]", True),
        ("Sequential, layers: [{type: Identity}, {type: ReLU}]", False),
    ],
)
def test_what_passes_values_through(text, does):
    assert config_of(text).passes_through is does


@pytest.mark.parametrize("text", ["GRU, units: 3", "Bidirectional, layer: {type: GRU, units: 3}"])
def test_a_recurrent_layer_has_a_loop_also_where_another_runs_it(text):
    loop = config_of(text).loop
    assert isinstance(loop, Loop)
    assert loop.return_sequences is False


def test_the_layers_with_each_fact():
    def those(fact):
        return {name for name in LAYERS if getattr(registry.operation(name), fact)}

    convolutions = {f"Conv{rank}D{kind}" for rank in (1, 2, 3) for kind in ("", "Transpose")}
    assert those("affine") == convolutions | {
        "Dense",
        "DepthwiseConv1D",
        "DepthwiseConv2D",
        "EinsumDense",
        "SeparableConv1D",
        "SeparableConv2D",
    }
    assert those("attends") == {"AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"}
    assert those("drops") == {
        "AlphaDropout",
        "Dropout",
        "GaussianDropout",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
    }
    assert those("merges") == {
        "Add",
        "Average",
        "Concatenate",
        "Dot",
        "Maximum",
        "Minimum",
        "Multiply",
        "Subtract",
    }
    assert those("rearranges") == {"Flatten", "Permute", "Reshape"}
    assert those("removes_mean") == {"BatchNormalization"}
    assert those("needs_tensorflow") == {
        "HashedCrossing",
        "Hashing",
        "IntegerLookup",
        "StringLookup",
        "TextVectorization",
    }
