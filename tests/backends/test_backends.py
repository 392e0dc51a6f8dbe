"""The specs of the README are built, trained, saved and loaded by Keras on whatever it runs on.

`KERAS_BACKEND=jax pytest -n 0 tests/backends` asks JAX. Nothing here needs TensorFlow, unless Keras runs on it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.emitting.keras_file.planned import KerasFiles
from spec_compiler.emitting.spec.data import spec_data
from tests.samples import inputs_of, targets_of

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

SPECS = Path(__file__).resolve().parents[2] / "specs"
NAMES = ("mlp.yaml", "news.yaml", "tweets.json", "masked_bilstm.yaml", "resnet18.yaml")


def source(name: str) -> Any:
    """A spec; where Keras runs on PyTorch, with names that PyTorch takes: none has a dot."""
    if keras.backend.backend() != "torch":
        return SPECS / name
    return without_dots(spec_data(sc.load_spec(SPECS / name), defaults=False))


def without_dots(data: Any) -> Any:
    """The data of a spec with other names of layers."""
    if isinstance(data, list):
        return [without_dots(item) for item in data]
    if not isinstance(data, dict):
        return data
    renamed = {key: without_dots(value) for key, value in data.items()}
    if isinstance(data.get("name"), str):
        renamed["name"] = data["name"].replace(".", "_")
    if isinstance(data.get("layer"), dict):
        renamed["layer"] = {"name": "inner", **renamed["layer"]}
    return renamed


def predictions(model, batch):
    return keras.tree.flatten(model.predict(batch, verbose=0))


def assert_the_same(model, other, batch):
    for one, another in zip(predictions(model, batch), predictions(other, batch), strict=True):
        np.testing.assert_allclose(one, another, rtol=1e-5, atol=1e-6)


def assert_trains(model, graph, batch):
    """A step changes the weights that are trained, and the loss is a number."""
    targets = targets_of(graph, predictions(model, batch))
    before = [np.copy(weight) for weight in model.get_weights()]
    loss = model.train_on_batch(batch, targets)
    assert np.isfinite(np.ravel(loss)).all()
    assert any((one != other).any() for one, other in zip(before, model.get_weights(), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_keras_builds_trains_and_is_loaded_again(name, tmp_path):
    graph, model = sc.load_spec(source(name)), sc.compile_spec(source(name))
    batch = inputs_of(graph, 4)
    if model.compiled:
        assert_trains(model, graph, batch)
    model.save(tmp_path / "a.keras")
    assert_the_same(keras.models.load_model(tmp_path / "a.keras"), model, batch)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_written_without_keras_is_loaded_and_trains(name, tmp_path):
    graph = sc.load_spec(source(name))
    files = KerasFiles(graph)
    files.write_keras(tmp_path / "a.keras")
    files.write_weights(tmp_path / "a.weights.h5")
    model, built = keras.models.load_model(tmp_path / "a.keras"), sc.compile_spec(source(name))
    built.load_weights(tmp_path / "a.weights.h5")
    batch = inputs_of(graph, 4)
    assert_the_same(model, built, batch)
    if model.compiled:
        assert_trains(model, graph, batch)


def test_names_that_pytorch_does_not_take_are_told_before_anything_is_built(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(sc.SpecError) as raised:
        sc.compile_spec(SPECS / "news.yaml")
    (found,) = raised.value.report.diagnostics
    assert (found.code, found.path) == ("SC801", "/nodes/dense")
    assert "`dense.1/kernel`" in found.message
