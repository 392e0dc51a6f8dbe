"""What a file of weights that Keras has written gives to a graph, against Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spec_compiler import Source, load_spec
from spec_compiler.weight_files.match import Matching, match, wanted_by
from spec_compiler.weight_files.read import weight_file

pytestmark = pytest.mark.tensorflow

SPEC = """
spec: 1
nodes:
  x: {type: Input, shape: [8, 4]}
  bi: {type: Bidirectional, layer: {type: LSTM, units: 4, return_sequences: true}, inputs: x}
  mha: {type: MultiHeadAttention, num_heads: 2, key_dim: 3, inputs: {query: bi, value: bi}}
  bn: {type: BatchNormalization, inputs: mha}
  dense: {type: Dense, units: UNITS, inputs: bn}
outputs: [dense]
"""


@pytest.fixture(scope="module")
def model() -> Any:
    import keras

    x = keras.Input((8, 4), name="x")
    y = keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True), name="bi")(x)
    y = keras.layers.MultiHeadAttention(2, 3, name="mha")(y, y)
    y = keras.layers.BatchNormalization(name="bn")(y)
    y = keras.layers.Dense(3, name="dense")(y)
    model = keras.Model(x, keras.layers.Dense(2, name="more")(y))
    for number, weight in enumerate(model.weights):
        weight.assign(weight.value * 0 + number)
    return model


def matched(model: Any, path: Path, units: int = 3) -> tuple[Matching, dict[str, float]]:
    (model.save_weights if path.name.endswith(".weights.h5") else model.save)(path)
    graph = load_spec(Source.text(SPEC.replace("UNITS", str(units))))
    with weight_file(path, None) as (root, file):
        found = match(wanted_by(graph), root.layers or {})
        values = {
            f"{each.route[-1]}/{each.weight.name}": float(file[each.held.location][()].flat[0]) for each in found.taken
        }
    return found, values


@pytest.mark.parametrize("name", ["model.keras", "model.weights.h5", "model.h5"])
def test_each_weight_takes_the_array_that_keras_wrote_for_it(model: Any, tmp_path: Path, name: str) -> None:
    found, values = matched(model, tmp_path / name)
    graph = load_spec(Source.text(SPEC.replace("UNITS", "3")))
    expected = [f"{key}/{weight.name}" for key, weights in graph.weights.items() for weight in weights]
    assert sorted(values.items()) == sorted(zip(expected, map(float, range(len(expected))), strict=True))
    assert (found.mismatches, found.missing, found.beyond) == ([], [], ["more"])


def test_a_mismatch_in_shape_names_both_shapes(model: Any, tmp_path: Path) -> None:
    found, _ = matched(model, tmp_path / "model.keras", units=5)
    assert [(each.name, each.reason) for each in found.mismatches] == [
        ("dense", "its `kernel` is (8, 5), and (8, 3) in the file")
    ]
