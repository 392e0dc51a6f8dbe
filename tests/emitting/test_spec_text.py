"""A spec with everything expanded: the same model, and the same text when it is written again."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

import spec_compiler as sc
from tests.conftest import ROOT

pytestmark = pytest.mark.tensorflow

FULL = """
spec: 1
seed: 11
dtype_policy: mixed_bfloat16
params: {n: 2}
blocks:
  look:
    inputs: [x]
    nodes: {c: {type: Conv1D, filters: 4, kernel_size: 3, inputs: x}, p: {type: GlobalMaxPooling1D, inputs: c}}
    outputs: [p]
layers: {eye: {type: look}, dense: {type: Dense, units: 4, name: "shared.dense"}}
nodes:
  a: {type: Input, shape: [9, 3]}
  b: {type: Input, shape: [7, 3]}
  ea: {use: eye, inputs: a}
  eb: {use: eye, inputs: b}
  cut: {type: ops.get_item, key: [":", "1:-1", "..."], inputs: a}
  r: {type: Bidirectional, layer: {type: LSTM, units: 2, kernel_regularizer: {type: L2, l2: 1e-4}}, inputs: cut}
  d: {type: LSTM, units: 4, return_state: true, inputs: {sequences: b, initial_state: [ea, eb]}, call: {training: false}}
  s: {use: dense, inputs: r}
  t: {use: dense, repeat: "${n}", inputs: d.state_h}
  half: {type: ops.multiply, inputs: [t, 0.5]}
  y: {type: concatenate, inputs: [s, half, d.0]}
outputs:
  y: {loss: {type: Huber, delta: 2.0}, metrics: [mae, {type: RootMeanSquaredError, name: "${'rmse'}"}]}
  c: {from: d.state_c, loss: mse, loss_weight: 0.5}
  unread: {from: d.state_h, loss: null}
compile: {optimizer: {type: Adam, learning_rate: {type: CosineDecay, initial_learning_rate: 1e-3, decay_steps: 100}}}
fit: {epochs: 2, callbacks: [{type: EarlyStopping, patience: 3}]}
"""

SOURCES = [*sorted((ROOT / "specs").glob("*.yaml")), sc.Source.text(FULL, name="full")]


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_written_again_it_is_the_same_text(source):
    text = sc.load_spec(source).to_yaml()
    assert sc.load_spec(sc.Source.text(text)).to_yaml() == text


def test_it_compiles_to_the_same_model():
    first = sc.compile_spec(sc.Source.text(FULL, name="full"))
    again = sc.compile_spec(sc.Source.text(sc.load_spec(sc.Source.text(FULL, name="full")).to_yaml()))
    assert [layer.name for layer in first.layers] == [layer.name for layer in again.layers]
    assert first.output_names == again.output_names == ["y", "c", "unread"]
    for mine, other in zip(first.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(mine, other)
    assert first.get_config() == again.get_config()
    assert first.get_compile_config() == again.get_compile_config()


def test_a_description_is_free_text():
    text = "spec: 1\ndescription: costs ${n}, not $${n}\nnodes: {x: {type: Input, shape: [2]}}\noutputs: [x]\n"
    rendered = sc.load_spec(sc.Source.text(text)).to_yaml()
    assert yaml.safe_load(rendered)["description"] == "costs ${n}, not $${n}"
    assert sc.load_spec(sc.Source.text(rendered)).to_yaml() == rendered


def test_a_part_is_written_with_its_shared_layers_in_the_order_of_the_whole():
    graph = sc.load_spec(
        {
            "spec": 1,
            "layers": {"a": {"type": "Dense", "units": 4}, "b": {"type": "Sequential", "layers": [{"use": "a"}]}},
            "nodes": {"x": {"type": "Input", "shape": [4]}, "y": {"use": "b", "inputs": "x"}},
            "outputs": ["y"],
            "models": {"part": {"inputs": ["x"], "outputs": ["y"]}},
        },
        model="part",
    )
    text = graph.to_yaml()
    assert sc.load_spec(sc.Source.text(text)).to_yaml() == text


def test_shared_layers_that_nothing_calls_are_not_written():
    graph = sc.load_spec(
        {
            "spec": 1,
            "layers": {"a": {"type": "Dense", "units": 4}, "b": {"type": "Sequential", "layers": [{"use": "a"}]}},
            "nodes": {"x": {"type": "Input", "shape": [4]}, "y": {"type": "ReLU", "inputs": "x"}},
            "outputs": ["y"],
        }
    )
    assert "layers:" not in graph.to_spec()
