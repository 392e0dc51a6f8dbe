"""Several models of one spec in Keras: on the same weights, each trained, saved and loaded."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow

RANDOM = np.random.default_rng(0)


def predict(model, *inputs):
    return model.predict(list(inputs) if len(inputs) > 1 else inputs[0], verbose=0)


def configuration(model):
    """What a model is, as data, without the numbers by which Keras tells objects apart."""

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items() if key != "shared_object_id"}
        return [plain(item) for item in value] if isinstance(value, list) else value

    return plain(json.loads(model.to_json())["config"])


def assert_loads(models, folder):
    """Each model is loaded alone by plain Keras, and has the same layers and weights."""
    for name, model in models.items():
        model.save(folder / f"{name}.keras")
        loaded = keras.models.load_model(folder / f"{name}.keras")
        assert configuration(loaded) == configuration(model)
        for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_an_autoencoder_and_its_encoder_and_decoder(specs, tmp_path):
    models = sc.compile_models(specs / "autoencoder.yaml")
    assert list(models) == ["autoencoder", "encoder", "decoder"]
    assert [layer.name for layer in models["decoder"].layers][:4] == ["code", "map", "draw.1", "draw.2"]
    assert models.main is models["autoencoder"]
    pictures = RANDOM.random((4, 28, 28, 1), "float32")
    before = predict(models["encoder"], pictures)
    models.main.fit(pictures, pictures, verbose=0)
    code = predict(models["encoder"], pictures)
    assert not np.array_equal(code, before)
    np.testing.assert_allclose(predict(models["decoder"], code), predict(models.main, pictures), rtol=1e-5, atol=1e-6)
    assert {id(v) for v in models["encoder"].variables} < {id(v) for v in models.main.variables}
    assert_loads(models, tmp_path)


def test_one_of_the_models_alone(specs):
    decoder = sc.compile_spec(specs / "autoencoder.yaml", model="decoder")
    assert decoder.name == "decoder"
    assert configuration(decoder) == configuration(sc.compile_models(specs / "autoencoder.yaml")["decoder"])


def test_a_translator_and_its_steps(specs, tmp_path):
    sizes = {"source_letters": 5, "target_letters": 6, "units": 8}
    models = sc.compile_models(specs / "seq2seq.yaml", params=sizes)
    source, target = (RANDOM.random((3, 4, size), "float32") for size in (5, 6))
    models.main.fit([source, target], np.eye(6, dtype="float32")[RANDOM.integers(0, 6, (3, 4))], verbose=0)
    letters = predict(models.main, source, target)
    state = predict(models["encoder"], source)
    for step in range(4):
        letter, *state = predict(models["decoder"], target[:, step : step + 1], *state)
        np.testing.assert_allclose(letter[:, 0], letters[:, step], rtol=1e-4, atol=1e-6)
    assert_loads(models, tmp_path)


def test_two_towers_and_each_of_them(specs, tmp_path):
    models = sc.compile_models(specs / "two_towers.yaml", params={"users": 20, "items": 30})
    users, items = np.arange(6), np.arange(6) + 10
    models.main.fit([users, items], np.ones((6, 1), "float32"), verbose=0)
    user, item = predict(models["user_model"], users), predict(models["item_model"], items)
    cosine = np.sum(user * item, -1) / (np.linalg.norm(user, axis=-1) * np.linalg.norm(item, axis=-1))
    np.testing.assert_allclose(predict(models.main, users, items)[:, 0], cosine, rtol=1e-4, atol=1e-5)
    assert_loads(models, tmp_path)


def test_an_adversarial_pair_whose_critic_has_its_own_loss_and_optimizer(specs, tmp_path):
    models = sc.compile_models(specs / "gan.yaml")
    judge, generator = models["judge"], models["generator"]
    assert judge.optimizer is not models.main.optimizer
    noise, real = RANDOM.random((4, 128), "float32"), RANDOM.random((4, 28, 28, 1), "float32")

    drawn = predict(generator, noise)
    before = [weight.numpy() for weight in generator.weights]
    judge.train_on_batch(np.concatenate([real, drawn]), np.repeat([[1.0], [0.0]], 4, axis=0))
    for old, weight in zip(before, generator.weights, strict=True):
        np.testing.assert_array_equal(old, weight.numpy())

    judge.trainable = False
    judged = [weight.numpy() for weight in judge.weights]
    models.main.train_on_batch(noise, np.ones((4, 1), "float32"))
    for old, weight in zip(judged, judge.weights, strict=True):
        np.testing.assert_array_equal(old, weight.numpy())
    assert not np.array_equal(before[0], generator.weights[0].numpy())
    judge.trainable = True
    assert_loads(models, tmp_path)
