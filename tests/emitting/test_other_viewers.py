"""What others show of a model has the spec's names: Keras's summary, TensorBoard, and readers of `.keras` as Netron."""

from __future__ import annotations

import json
import re
from zipfile import ZipFile

import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main

pytestmark = [pytest.mark.tensorflow, pytest.mark.end_to_end]

SPEC = """
spec: 1
name: seen
blocks:
  stage:
    params: [units]
    inputs: [x]
    nodes:
      dense: {type: Dense, units: "${units}", activation: relu, inputs: x}
      drop: {type: Dropout, rate: 0.1, inputs: dense}
    outputs: [drop]
layers:
  shared: {type: Dense, units: 4}
nodes:
  left: {type: Input, shape: [4]}
  right: {type: Input, shape: [4]}
  a: {use: shared, inputs: left}
  b: {use: shared, inputs: right}
  sum: {type: add, inputs: [a, b]}
  steps: {type: stage, units: 4, repeat: 2, inputs: sum}
  y: {type: Dense, units: 1, inputs: steps}
outputs: {y: {loss: mse}}
compile: {optimizer: sgd}
"""
LAYERS = {"left", "right", "shared", "sum", "steps.1.dense", "steps.1.drop", "steps.2.dense", "steps.2.drop", "y"}


@pytest.fixture(scope="module")
def model():
    return sc.compile_spec(sc.Source.text(SPEC, form="yaml"))


def test_the_summary_has_the_names_of_the_spec(model):
    lines: list[str] = []
    model.summary(print_fn=lambda text, **_: lines.append(text), line_length=120)
    text = "\n".join(lines)
    assert 'Model: "seen"' in text
    assert set(re.findall(r"^│ ([\w.]+) \(\w+\)", text, re.MULTILINE)) == LAYERS


def test_the_conceptual_graph_of_tensorboard_has_the_names_of_the_spec(model, tmp_path):
    import keras
    import tensorflow as tf
    from tensorboard.plugins.graph.keras_util import keras_model_to_graph_def

    data = {name: np.zeros((2, 4), "float32") for name in ("left", "right")}
    callback = keras.callbacks.TensorBoard(str(tmp_path))
    model.fit(data, np.zeros((2, 1)), verbose=0, callbacks=[callback])
    found = []
    for file in tmp_path.rglob("*tfevents*"):
        for record in tf.data.TFRecordDataset(str(file)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            found += [
                value.tensor.string_val[0]
                for value in event.summary.value
                if value.metadata.plugin_data.plugin_name == "graph_keras_model"
            ]
    (configuration,) = found
    graph = keras_model_to_graph_def(json.loads(configuration))
    assert {node.name for node in graph.node} == {f"seen/{name}" for name in LAYERS}


def test_a_file_that_others_read_has_the_names_of_the_spec(model, tmp_path):
    (tmp_path / "seen.yaml").write_text(SPEC, encoding="utf-8")
    assert main([str(tmp_path / "seen.yaml"), "-o", str(tmp_path / "seen.keras")]) == 0
    with ZipFile(tmp_path / "seen.keras") as archive:
        config = json.loads(archive.read("config.json"))["config"]
    assert config["name"] == "seen"
    assert (
        {layer["name"] for layer in config["layers"]}
        == LAYERS
        == {layer["config"]["name"] for layer in config["layers"]}
    )
    assert {layer.name for layer in model.layers} == LAYERS
