"""What `fit` takes of a compiled model: targets by name, class weights, and what it logs."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow

X = np.linspace(0, 1, 24, dtype="float32").reshape(8, 3)
Y = np.array([0, 1, 0, 1, 1, 0, 1, 1])

ONE = """
spec: 1
seed: 1
nodes:
  x: {type: Input, shape: [3]}
  kind: {type: Dense, units: 2, activation: softmax, inputs: x}
outputs:
  kind: {loss: sparse_categorical_crossentropy}
compile: {optimizer: sgd}
"""

TWO = """
spec: 1
seed: 1
nodes:
  x: {type: Input, shape: [3]}
  kind: {type: Dense, units: 2, activation: softmax, inputs: x}
  code: {type: Dense, units: 4, inputs: x}
outputs:
  code: {loss: null}
  kind: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}
compile: {optimizer: sgd}
"""


def fitted(text, *data, **options):
    model = sc.compile_spec(sc.Source.text(text))
    return model.fit(*data, verbose=0, shuffle=False, **options).history


def test_class_weights_work_with_a_named_target():
    weights = {0: 1.0, 1: 5.0}
    plain = fitted(ONE, X, Y, class_weight=weights)
    assert fitted(ONE, X, {"kind": Y}, class_weight=weights) == plain
    assert plain != fitted(ONE, X, Y)


def test_class_weights_work_with_a_data_set_of_named_targets():
    import tensorflow as tf

    weights = {0: 1.0, 1: 5.0}
    data = tf.data.Dataset.from_tensor_slices((X, {"kind": Y})).batch(8)
    assert fitted(ONE, data, class_weight=weights) == fitted(ONE, X, Y, class_weight=weights)


def test_only_what_is_trained_needs_a_target():
    expected = fitted(TWO, X, [None, Y])
    assert expected.keys() == {"loss", "kind_accuracy"}
    assert fitted(TWO, X, {"kind": Y}) == expected
    assert fitted(TWO, X, {"kind": Y, "code": np.zeros((8, 4))}) == expected


def test_a_missing_target_of_what_is_trained_is_keras_to_refuse():
    with pytest.raises((ValueError, KeyError)):
        fitted(TWO, X, {"code": np.zeros((8, 4))})


def test_sample_weights_are_found_by_name():
    text = TWO.replace("{loss: null}", "{loss: mse}")
    targets = {"code": np.zeros((8, 4)), "kind": Y}
    rare = np.where(Y == 0, 3.0, 1.0)
    by_position = fitted(text, X, [targets["code"], Y], sample_weight=[np.ones(8), rare])
    assert fitted(text, X, targets, sample_weight={"kind": rare, "code": np.ones(8)}) == by_position


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ("AUC", "AUC"),
        ("auc", "auc"),
        ("Precision", "Precision"),
        ("BinaryAccuracy", "BinaryAccuracy"),
        ("MSE", "MSE"),
        ("{type: AUC}", "auc"),
        ('{type: AUC, name: "top-5 accuracy"}', "top-5 accuracy"),
        ("{type: AUC, name: précision}", "précision"),
        ('{type: AUC, name: "a/b: _c"}', "a/b: _c"),
    ],
)
def test_a_metric_is_logged_under_its_name(metric, name, tmp_path):
    text = f"""
spec: 1
nodes:
  x: {{type: Input, shape: [3]}}
  y: {{type: Dense, units: 1, activation: sigmoid, inputs: x}}
outputs:
  y: {{loss: mse, metrics: [{metric}]}}
"""
    model = sc.compile_spec(sc.Source.text(text))
    assert set(model.fit(X, Y, verbose=0).history) == {"loss", name}
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert set(loaded.fit(X, Y, verbose=0).history) == {"loss", name}
    # A rendered spec says the name, too.
    rendered = sc.load_spec(sc.Source.text(text)).to_yaml()
    assert sc.load_spec(sc.Source.text(rendered)).to_yaml() == rendered


def test_a_file_that_begins_with_a_digit_gives_a_model_that_runs(tmp_path):
    path = tmp_path / "3d_unet.v2.yaml"
    path.write_text(ONE)
    model = sc.compile_spec(path)
    assert model.name == "3d_unet.v2"
    assert model.predict(X, verbose=0).shape == (8, 2)


def test_names_of_layers_that_are_taken_run():
    text = ONE.replace("kind: {type: Dense,", "kind: {type: Dense, name: '_>a.b-1',").replace(
        "  kind: {loss", "  _z: {from: kind, loss"
    )
    model = sc.compile_spec(sc.Source.text(text))
    assert model.predict(X, verbose=0).shape == (8, 2)
