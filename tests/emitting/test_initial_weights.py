"""What weights are before training: in a model with a seed as in any other."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow

ATTENTION = [
    ("MultiHeadAttention", {"num_heads": 4, "key_dim": 32}),
    ("GroupQueryAttention", {"num_query_heads": 4, "num_key_value_heads": 4, "head_dim": 32}),
]


def weights(type_name, arguments, inputs, **rest):
    nodes = {"x": {"type": "Input", "shape": [5, 64]}, "it": {"type": type_name, **arguments, "inputs": inputs}}
    model = sc.compile_spec({"spec": 1, "nodes": nodes, "outputs": ["it"], **rest})
    return {v.path.removeprefix("it/"): v.numpy() for v in model.get_layer("it").weights}


@pytest.mark.parametrize("rest", [{}, {"seed": 3}])
@pytest.mark.parametrize(("name", "arguments"), ATTENTION)
def test_the_kernels_of_heads_are_as_wide_as_those_of_one_matrix(name, arguments, rest):
    kernels = weights(name, arguments, {"query": "x", "value": "x"}, **rest)
    # 64 units on the one side and 4 · 32 on the other: after Glorot and Bengio, √(6 / (64 + 128)).
    limit = np.sqrt(6 / (64 + 128))
    widest = {path: float(np.abs(kernel).max()) for path, kernel in kernels.items() if path.endswith("kernel")}
    assert widest == pytest.approx(dict.fromkeys(widest, limit), rel=0.01)
    assert len(widest) == 4


@pytest.mark.parametrize(("name", "arguments"), ATTENTION)
def test_with_a_seed_no_two_kernels_begin_alike(name, arguments):
    kernels = weights(name, arguments, {"query": "x", "value": "x"}, seed=3)
    rows = {np.ravel(kernel)[:8].tobytes() for path, kernel in kernels.items() if path.endswith("kernel")}
    assert len(rows) == 4


@pytest.mark.parametrize("name", ["LSTM", "ConvLSTM1D"])
@pytest.mark.parametrize("rest", [{}, {"seed": 3}])
def test_the_bias_of_the_forget_gate_begins_with_ones_whatever_the_initializer(name, rest):
    size = {"units": 2} if name == "LSTM" else {"filters": 2, "kernel_size": 3}
    nodes = {
        "x": {"type": "Input", "shape": [5, 4] if name == "LSTM" else [5, 4, 3]},
        "it": {
            "type": name,
            **size,
            "kernel_initializer": "random_normal",
            "recurrent_initializer": "random_normal",
            "bias_initializer": "random_normal",
            "inputs": "x",
        },
    }
    graph = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["it"], **rest})
    assert graph.weights["it"][-1].initializer is None
    bias = sc.compile_spec({"spec": 1, "nodes": nodes, "outputs": ["it"], **rest}).get_layer("it").weights[-1].numpy()
    assert bias.shape == (8,)
    assert bias[2:4].tolist() == [1.0, 1.0]
    assert 0.0 not in bias.tolist()


def test_a_list_is_what_a_weight_is_before_training_and_stays_in_a_saved_model(tmp_path):
    nodes = {
        "x": {"type": "Input", "shape": [2]},
        "it": {
            "type": "Dense",
            "units": 3,
            "kernel_initializer": {"type": "Constant", "value": [[1, 2, 3], [4, 5, 6.5]]},
            "bias_initializer": {"type": "Constant", "value": "${[2 * i for i in range(3)]}"},
            "inputs": "x",
        },
    }
    model = sc.compile_spec({"spec": 1, "nodes": nodes, "outputs": ["it"]})
    model.save(tmp_path / "model.keras")
    for found in (model, keras.models.load_model(tmp_path / "model.keras")):
        layer = found.get_layer("it")
        assert [weight.numpy().tolist() for weight in layer.weights] == [[[1, 2, 3], [4, 5, 6.5]], [0, 2, 4]]
        assert layer.get_config()["kernel_initializer"]["config"] == {"value": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"type": "Dense", "kernel_initializer": {"type": "Constant", "value": [[1, 2]]}},
            "`it` (Dense) has the initializer `Constant`, which is a list of shape (1, 2), "
            "and `kernel` is of shape (4, 2) and float32",
        ),
        (
            {"type": "LSTM", "bias_initializer": {"type": "Constant", "value": [0] * 8}},
            "`bias_initializer` says all numbers of the bias, and `unit_forget_bias` some of them",
        ),
    ],
)
def test_a_list_has_the_shape_of_its_weight_and_says_all_of_it(arguments, message):
    nodes = {
        "x": {"type": "Input", "shape": [5, 4]},
        "it": {**arguments, "units": 2, "inputs": "x"},
    }
    (found,) = sc.check_spec({"spec": 1, "nodes": nodes, "outputs": ["it"]})
    assert found.message == message
