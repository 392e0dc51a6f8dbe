"""What weights are before training: in a model with a seed as in any other."""

from __future__ import annotations

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
