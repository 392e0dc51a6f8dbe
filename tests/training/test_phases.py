"""Training in phases, held against the same by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from tests.training.test_fit import same

pytestmark = pytest.mark.tensorflow

SPEC = """\
spec: 1
name: phased
seed: 3
blocks:
  features:
    inputs: [x]
    nodes:
      first: {type: Dense, units: 5, activation: relu, inputs: x}
      norm:  {type: BatchNormalization, inputs: first}
      fixed: {type: Dense, units: 4, trainable: false, inputs: norm}
    outputs: [fixed]
nodes:
  x: {type: Input, shape: [3]}
  features: {type: features, inputs: x}
  y: {type: Dense, units: 1, inputs: features}
outputs: {y: {loss: mse}}
compile: {optimizer: {type: Adam, learning_rate: 0.01}}
fit: {batch_size: 4}
phases:
  - {train: [y], epochs: 2}
  - {epochs: 2, learning_rate: 0.001}
  - {train: [features], learning_rate: {type: ExponentialDecay, initial_learning_rate: 0.1, decay_steps: 2, decay_rate: 0.5}}
"""
DRAW = np.random.default_rng(0)
DATA = {"x": DRAW.normal(size=(12, 3)).astype("float32"), "y": DRAW.normal(size=12).astype("float32")}


def test_phases_train_as_by_hand():
    import keras

    model = sc.compile_spec(sc.Source.text(SPEC))
    keras.utils.set_random_seed(3)
    first, norm, y = (model.get_layer(name) for name in ("features.first", "features.norm", "y"))
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    rates = [0.01, 0.001, schedule]
    losses = []
    for rate, trained, epochs in zip(
        rates, ([y], [first, norm, y], [first, norm]), ((0, 2), (2, 4), (4, 5)), strict=True
    ):
        for layer in (first, norm, y):
            layer.trainable = layer in trained
        model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
        begin, end = epochs
        history = model.fit(DATA["x"], DATA["y"], batch_size=4, initial_epoch=begin, epochs=end, verbose=0)
        losses += history.history["loss"]
    fitted = sc.fit(sc.Source.text(SPEC), DATA, verbose=0)
    same(fitted.model.get_weights(), model.get_weights())
    assert (fitted.epoch, fitted.history["loss"]) == ([0, 1, 2, 3, 4], losses)
    one_each = sc.fit(sc.Source.text(SPEC), DATA, epochs=1, verbose=0)
    assert one_each.epoch == [0, 1, 2]


@pytest.mark.parametrize("stop", [2, 3])
def test_a_run_in_phases_goes_on_where_it_was_left(tmp_path, monkeypatch, capsys, stop):
    import keras

    from spec_compiler.training.callbacks.checkpoint import Checkpoint

    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    np.savez("data.npz", **DATA)
    keep = Checkpoint._keep

    def stopping(self, epoch):
        keep(self, epoch)
        if epoch == stop:
            raise ZeroDivisionError

    monkeypatch.setattr(Checkpoint, "_keep", stopping)
    words = ["fit", "spec.yaml", "--data", "data.npz", "-o", "out.keras", "--quiet"]
    assert main(words) == 70
    monkeypatch.setattr(Checkpoint, "_keep", keep)
    assert main([*words, "--resume"]) == 0, capsys.readouterr().err
    history = json.loads((tmp_path / "out.run" / "history.json").read_text())
    assert history["epoch"] == [1, 2, 3, 4, 5]
    trained = keras.models.load_model("out.keras")
    assert [layer.name for layer in trained.layers if layer.trainable and layer.weights] == [
        "features.first",
        "features.norm",
    ]
