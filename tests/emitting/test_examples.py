"""The example specs as models: trained for some steps, saved, and loaded by plain Keras."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

import spec_compiler as sc
from tests.processes import compile_spec, python

pytestmark = pytest.mark.tensorflow

SAMPLES = 16


def some(shape, seed=0):
    return np.random.default_rng(seed).normal(size=(SAMPLES, *shape)).astype("float32")


def yes_or_no(seed=1):
    return np.random.default_rng(seed).integers(0, 2, (SAMPLES, 1)).astype("float32")


DATA = {
    "mlp.yaml": (
        {"pixels": some((784,))},
        {"digit": np.eye(10, dtype="float32")[np.arange(SAMPLES) % 10]},
    ),
    "news.yaml": (
        {"main_input": np.random.default_rng(2).integers(0, 10_000, (SAMPLES, 100)), "aux_input": some((5,), 3)},
        {"main_output": yes_or_no(4), "aux_output": yes_or_no(5)},
    ),
    "tweets.yaml": (
        {"tweet_a": some((280, 256), 6), "tweet_b": some((280, 256), 7)},
        {"same_author": yes_or_no(8)},
    ),
}
LOGS = {
    "mlp.yaml": {"loss", "accuracy"},
    "news.yaml": {"loss", "main_output_loss", "aux_output_loss", "main_output_accuracy"},
    "tweets.yaml": {"loss", "accuracy"},
}


def in_lists(values):
    return [*values.values()] if len(values) > 1 else next(iter(values.values()))


@pytest.mark.parametrize("spec", DATA)
@pytest.mark.parametrize("form", ["lists", "names"])
def test_an_example_learns_from_lists_and_from_dicts_by_name(specs, spec, form):
    model = sc.compile_spec(specs / spec)
    x, y = DATA[spec]
    if form == "lists":
        x, y = in_lists(x), in_lists(y)
    history = model.fit(x, y, epochs=6, batch_size=SAMPLES, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert set(history) == LOGS[spec]
    assert set(model.evaluate(x, y, verbose=0, return_dict=True)) == LOGS[spec]
    predicted = model.predict(x, verbose=0)
    assert len(predicted) == len(model.outputs) if len(model.outputs) > 1 else predicted.shape[0] == SAMPLES


@pytest.mark.parametrize("spec", DATA)
def test_lists_and_dicts_are_the_same_data(specs, spec):
    x, y = DATA[spec]
    weights = None
    losses = []
    for xs, ys in ((x, y), (in_lists(x), in_lists(y))):
        model = sc.compile_spec(specs / spec)
        if weights is None:
            weights = model.get_weights()
        model.set_weights(weights)
        losses.append(model.train_on_batch(xs, ys, return_dict=True))
    assert losses[0] == pytest.approx(losses[1])


@pytest.mark.parametrize("spec", DATA)
def test_names_and_order_are_the_specs(specs, spec):
    graph = sc.load_spec(specs / spec)
    model = sc.compile_spec(specs / spec)
    assert model.name == graph.name
    assert [tensor.name for tensor in model.inputs] == list(graph.inputs)
    assert model.output_names == [output.name for output in graph.outputs]
    assert {layer.name for layer in model.layers} == {
        graph.layers[node.layer].keras_name for node in graph.nodes.values()
    }
    assert model.count_params() == graph.parameter_count
    for output, tensor in zip(graph.outputs, model.outputs, strict=True):
        kind = graph.type_of(graph.ends[output.name])
        assert (tensor.shape, tensor.dtype) == (kind.shape, kind.dtype)


@pytest.mark.parametrize("spec", DATA)
def test_nothing_of_the_compiler_is_in_the_model(specs, spec):
    model = sc.compile_spec(specs / spec)
    assert "spec_compiler" not in model.to_json()
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}
    assert type(model) is keras.Model or type(model).__module__.startswith("keras.")


def test_the_shared_lstm_has_one_set_of_weights_and_gradients_from_both_calls(specs):
    model = sc.compile_spec(specs / "tweets.yaml")
    assert [layer.name for layer in model.layers if isinstance(layer, keras.layers.LSTM)] == ["encoder"]
    encoder = model.get_layer("encoder")
    assert [tuple(weight.shape) for weight in encoder.weights] == [(256, 256), (64, 256), (256,)]
    assert len(encoder._inbound_nodes) == 2
    x, y = DATA["tweets.yaml"]
    variables = [weight.value for weight in encoder.trainable_weights]

    def gradients(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.binary_crossentropy(y["same_author"], model(x)))
        return [gradient.numpy() for gradient in tape.gradient(loss, variables)]

    both = gradients(x)
    for name in x:
        other = next(each for each in x if each != name)
        # A tweet of zeros has no part in the gradient of the kernel: what is left comes from the other call alone.
        alone = gradients({name: x[name], other: np.zeros_like(x[other])})
        assert np.abs(alone[0]).max() > 0
        assert not np.allclose(both[0], alone[0])


def test_the_news_model_is_saved_compiled_and_loaded_without_the_compiler(specs, tmp_path):
    done = compile_spec(str(specs / "news.yaml"), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"{sc.load_spec(specs / 'news.yaml').summary()}\nwrote build/news.keras\n"
    code = """
import json, sys
sys.modules["spec_compiler"] = None  # where it is installed, an import of it fails as where it is not
import keras
model = keras.models.load_model("build/news.keras")
config = model.get_compile_config()
print(json.dumps({
    "compiled": model.compiled, "optimizer": type(model.optimizer).__name__, "loss": config["loss"],
    "weights": config["loss_weights"], "metrics": config["metrics"], "parameters": model.count_params(),
    "inputs": [tensor.name for tensor in model.inputs], "outputs": model.output_names, "name": model.name,
}))
"""
    loaded = python("-I", "-c", code, cwd=tmp_path, path=None)
    assert loaded.returncode == 0, loaded.stderr.decode()
    assert json.loads(loaded.stdout.splitlines()[-1]) == {
        "compiled": True,
        "optimizer": "RMSprop",
        "loss": ["binary_crossentropy", "binary_crossentropy"],
        "weights": [1.0, 0.2],
        "metrics": [["accuracy"], []],
        "parameters": 5_200_610,
        "inputs": ["main_input", "aux_input"],
        "outputs": ["main_output", "aux_output"],
        "name": "news",
    }


@pytest.mark.parametrize("spec", DATA)
def test_a_loaded_model_predicts_as_the_saved_one_and_goes_on_learning(specs, tmp_path, spec):
    model = sc.compile_spec(specs / spec)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    x, y = DATA[spec]
    before, after = (keras.tree.flatten(each.predict(x, verbose=0)) for each in (model, loaded))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)
    assert loaded.train_on_batch(in_lists(x), in_lists(y), return_dict=True).keys() == LOGS[spec]
