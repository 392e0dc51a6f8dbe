"""What standard blocks do in training, and what they draw."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow

SAMPLES = 4000


def model(imported, shapes, block):
    inputs = {f"x{i}": {"type": "Input", "shape": list(shape)} for i, shape in enumerate(shapes)}
    nodes = {**inputs, "y": {"inputs": list(inputs), **block}}
    return sc.compile_spec({"spec": 1, "seed": 3, "imports": [imported], "nodes": nodes, "outputs": ["y"]})


def test_stochastic_depth_drops_whole_samples_in_training_only():
    made = model("std/branch.yaml", [(2, 3, 4)], {"type": "stochastic_depth", "rate": 0.25})
    x = np.ones((SAMPLES, 2, 3, 4), "float32")
    np.testing.assert_array_equal(made(x, training=False), x)
    found = np.asarray(made(x, training=True)).reshape(SAMPLES, -1)
    assert (found == found[:, :1]).all()
    dropped = found[:, 0] == 0
    np.testing.assert_allclose(found[~dropped], 1 / 0.75, rtol=1e-6)
    assert abs(dropped.mean() - 0.25) < 0.03


def test_layer_scale_begins_as_told():
    made = model("std/branch.yaml", [(2, 3, 4)], {"type": "layer_scale", "width": 4, "initial": 0.01})
    x = np.ones((2, 2, 3, 4), "float32")
    np.testing.assert_allclose(made(x), 0.01 * x)


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_a_normal_sample_is_drawn_unless_keras_is_told_not_to(temperature):
    made = model("std/variational.yaml", [(2,), (2,)], {"type": "normal_sample", "temperature": temperature})
    mean = np.tile(np.array([1.0, -2.0], "float32"), (SAMPLES, 1))
    log_variance = np.tile(np.log(np.array([4.0, 0.25], "float32")), (SAMPLES, 1))
    np.testing.assert_array_equal(made.predict([mean, log_variance], verbose=0), mean)
    first = np.asarray(made([mean, log_variance]))
    for options in ({}, {"training": True}):
        drawn = np.asarray(made([mean, log_variance], **options))
        assert (drawn != first).all()
        np.testing.assert_allclose(drawn.mean(axis=0), mean[0], atol=0.15)
        np.testing.assert_allclose(drawn.std(axis=0), temperature * np.array([2.0, 0.5]), rtol=0.05)
        assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.06


@pytest.mark.parametrize("shape", [(), (3,), (2, 5)])
def test_a_penalty_adds_the_mean_to_the_loss_whatever_the_batch(shape):
    made = model("std/penalty.yaml", [(4,), shape], {"type": "penalty", "weight": 0.5})
    made.compile(optimizer="sgd", loss="mse")
    random = np.random.default_rng(0)
    for samples in (1, 7):
        x, cost = (random.random((samples, *each), "float32") for each in ((4,), shape))
        logs = made.test_on_batch([x, cost], np.zeros_like(x), return_dict=True)
        assert logs["loss"] == pytest.approx((x**2).mean() + 0.5 * cost.mean(), rel=1e-5)


def test_a_penalty_trains_what_it_is_of():
    spec = {
        "spec": 1,
        "imports": ["std/penalty.yaml"],
        "nodes": {
            "x": {"type": "Input", "shape": [3]},
            "y": {"type": "Dense", "units": 1, "inputs": "x"},
            "guess": {"type": "Dense", "units": 2, "inputs": "x"},
            "cost": {"type": "ops.square", "inputs": "guess"},
            "out": {"type": "penalty", "inputs": ["y", "cost"]},
        },
        "outputs": {"out": {"loss": "mse"}},
        "compile": {"optimizer": {"type": "SGD", "learning_rate": 0.1}},
    }
    made = sc.compile_spec(spec)
    kernel, bias = made.get_layer("guess").get_weights()
    x = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 1.0]], "float32")
    made.train_on_batch(x, np.asarray(made(x)))  # nothing but the penalty has a gradient
    slope = x.T @ (2 * (x @ kernel + bias)) / 4
    np.testing.assert_allclose(made.get_layer("guess").get_weights()[0], kernel - 0.1 * slope, rtol=1e-4, atol=1e-6)
    assert isinstance(made.get_layer("out.counted"), keras.layers.ActivityRegularization)
