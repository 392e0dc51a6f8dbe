"""What is not to be trained is not trained by the model either, also inside of other layers."""

from __future__ import annotations

from math import prod

import keras
import pytest

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow

DENSE = {"type": "Dense", "units": 3}
STEPS = {"type": "Input", "shape": [4, 2]}
VIDEO = {"type": "Input", "shape": [4, 5, 2]}

KEPT = [
    ({"type": "Dense", "units": 3}, STEPS),
    ({"type": "BatchNormalization"}, STEPS),
    ({"type": "LSTM", "units": 3}, STEPS),
    ({"type": "TimeDistributed", "layer": DENSE}, STEPS),
    ({"type": "TimeDistributed", "layer": {"type": "Sequential", "layers": [DENSE, DENSE]}}, STEPS),
    ({"type": "Bidirectional", "layer": {"type": "GRU", "units": 3}}, STEPS),
    ({"type": "RNN", "cell": [{"type": "LSTMCell", "units": 3}, {"type": "GRUCell", "units": 2}]}, STEPS),
    ({"type": "SpectralNormalization", "layer": DENSE}, STEPS),
    ({"type": "Sequential", "layers": [DENSE, {"type": "BatchNormalization"}]}, STEPS),
]
"""Layers that are still not trained when their model was saved and loaded."""

LOST = [
    ({"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3}, STEPS),
    ({"type": "GroupQueryAttention", "head_dim": 3, "num_query_heads": 2, "num_key_value_heads": 1}, STEPS),
    ({"type": "ConvLSTM1D", "filters": 3, "kernel_size": 2}, VIDEO),
]
"""Layers that make others inside, of which Keras saves nothing."""


def source(layer, inputs, **rest):
    wired = {"query": "x", "value": "x"} if "Attention" in layer["type"] else "x"
    return {"spec": 1, "nodes": {"x": inputs, "it": {**layer, **rest, "inputs": wired}}, "outputs": ["it"]}


def trained(model):
    return sum(prod(variable.shape) for variable in model.trainable_weights)


@pytest.mark.parametrize(("layer", "inputs"), [*KEPT, *LOST], ids=lambda value: value["type"])
def test_the_model_trains_the_parameters_that_the_graph_states(layer, inputs):
    for rest in ({}, {"trainable": False}):
        graph, model = sc.load_spec(source(layer, inputs, **rest)), sc.compile_spec(source(layer, inputs, **rest))
        assert graph.trainable_parameter_count == trained(model) == (0 if rest else graph.trainable_parameter_count)
        assert model.get_layer("it").trainable == (not rest)


@pytest.mark.parametrize(("layer", "inputs"), KEPT, ids=lambda value: value["type"])
def test_a_loaded_model_does_not_train_either_what_is_not_to_be_trained(layer, inputs, tmp_path):
    sc.compile_spec(source(layer, inputs, trainable=False)).save(tmp_path / "it.keras")
    assert trained(keras.models.load_model(tmp_path / "it.keras")) == 0


@pytest.mark.parametrize(("layer", "inputs"), LOST, ids=lambda value: value["type"])
def test_keras_still_forgets_that_layers_of_its_own_making_are_not_trained(layer, inputs):
    model = sc.compile_spec(source(layer, inputs, trainable=False))
    assert trained(keras.Model.from_config(model.get_config())) == model.count_params()


def test_a_layer_in_a_layer_that_is_not_trained_is_not_trained():
    attention = {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3, "trainable": False}
    spec = {
        "spec": 1,
        "blocks": {"block": {"inputs": ["y"], "nodes": {"it": {**attention, "inputs": {"query": "y", "value": "y"}}}, "outputs": ["it"]}},
        "layers": {"shared": {"type": "block"}},
        "nodes": {
            "x": STEPS,
            "own": {"type": "Sequential", "layers": [DENSE, {"type": "Sequential", "layers": [DENSE], "trainable": False}], "inputs": "x"},
            "nested": {"use": "shared", "inputs": "x"},
        },
        "outputs": ["own", "nested"],
    }  # fmt: skip
    graph, model = sc.load_spec(spec), sc.compile_spec(spec)
    assert graph.trainable_parameter_count == trained(model) == 9


@pytest.mark.parametrize("order", [("direct", "inside"), ("inside", "direct")])
@pytest.mark.parametrize("trainable", [True, False])
def test_whether_a_shared_layer_is_trained_it_says_itself(order, trainable):
    nodes = {
        "direct": {"use": "shared", "inputs": "y"},
        "inside": {"type": "TimeDistributed", "layer": {"use": "shared"}, "trainable": False, "inputs": "x"},
    }
    inner = [DENSE, {**DENSE, "trainable": False}, {"type": "Dense", "units": 3, "lora_rank": 1}]
    spec = {
        "spec": 1,
        "layers": {"shared": {"type": "Sequential", "layers": inner, "trainable": trainable}},
        "nodes": {"x": STEPS, "y": {"type": "Input", "shape": [2]}, **{name: nodes[name] for name in order}},
        "outputs": list(order),
    }
    graph, model = sc.load_spec(spec), sc.compile_spec(spec)
    # A kernel and a bias, and of the last layer the bias and the update of the kernel.
    assert graph.trainable_parameter_count == trained(model) == (9 + 3 + 6 if trainable else 0)
    assert {weight.name: weight.trainable for weight in graph.weights["shared"]} == {
        variable.path.rpartition("shared/")[2]: variable.trainable for variable in model.get_layer("shared").weights
    }


FROZEN = """
spec: 1
blocks:
  backbone:
    inputs: [x]
    nodes:
      dense: {type: Dense, units: 3, inputs: x}
      norm: {type: BatchNormalization, inputs: dense}
      drop: {type: Dropout, rate: 0.5, inputs: norm, call: {training: true}}
    outputs: [drop]
layers:
  shared: {type: backbone, trainable: false}
nodes:
  x: {type: Input, shape: [3]}
  still: {use: shared, call: {training: false}, inputs: x}
  noisy: {use: shared, inputs: still}
  copy: {type: backbone, trainable: false, call: {training: false}, inputs: noisy}
  y: {type: Dense, units: 1, inputs: copy}
outputs: {y: {loss: mse}}
"""


def frozen_by_hand():
    def backbone():
        x = keras.Input([3])
        norm = keras.layers.BatchNormalization()(keras.layers.Dense(3)(x))
        model = keras.Model(x, keras.layers.Dropout(0.5, seed=1)(norm, training=True))
        model.trainable = False
        return model

    shared, copy = backbone(), backbone()
    x = keras.Input([3])
    noisy = shared(shared(x, training=False))
    model = keras.Model(x, keras.layers.Dense(1)(copy(noisy, training=False)))
    model.compile(loss="mse")
    return model


def called_as(layer):
    """What the calls of a layer say of `training`."""
    return [node.arguments.kwargs.get("training") for node in layer._inbound_nodes]


def test_frozen_blocks_are_as_nested_models_of_keras_are_also_after_loading(tmp_path):
    model = sc.compile_spec(sc.Source.text(FROZEN))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    by_hand = frozen_by_hand()
    x, y = keras.random.normal([8, 3], seed=1), keras.random.normal([8, 1], seed=2)
    for built in (model, loaded):
        assert [v.path for v in built.trainable_weights] == ["y/kernel", "y/bias"]
        assert len(built.weights) == len(by_hand.weights)
        assert not built.get_layer("shared").trainable
        assert called_as(built.get_layer("shared")) == [False, None]
        assert [called_as(built.get_layer(f"copy.{name}")) for name in ("dense", "norm", "drop")] == [[False]] * 3
        before = [v.numpy() for v in built.non_trainable_weights if "seed" not in v.path]
        built.fit(x, y, verbose=0)
        after = [v.numpy() for v in built.non_trainable_weights if "seed" not in v.path]
        assert all((a == b).all() for a, b in zip(before, after, strict=True))


def test_a_frozen_block_computes_what_the_nested_model_computes():
    source = FROZEN.replace("rate: 0.5", "rate: 0")
    model = sc.compile_spec(sc.Source.text(source))
    by_hand = frozen_by_hand()
    for layer in by_hand._flatten_layers():
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0
    by_hand.set_weights(model.get_weights())
    x = keras.random.normal([8, 3], seed=1)
    for training in (False, True):
        difference = model(x, training=training) - by_hand(x, training=training)
        assert float(keras.ops.max(keras.ops.abs(difference))) < 1e-6


def test_an_input_that_nothing_uses_is_one_of_the_model_also_after_loading(tmp_path):
    text = """
spec: 1
nodes:
  used: {type: Input, shape: [3]}
  kept: {type: Input, shape: [2]}
  y: {type: Dense, units: 1, inputs: used}
inputs: [kept, used]
outputs: {y: {loss: mse}}
"""
    model = sc.compile_spec(sc.Source.text(text))
    model.save(tmp_path / "model.keras")
    for built in (model, keras.models.load_model(tmp_path / "model.keras")):
        assert [each.name for each in built.inputs] == ["kept", "used"]
        assert built([keras.ops.ones([4, 2]), keras.ops.ones([4, 3])]).shape == (4, 1)
