"""The specs made of standard blocks are what Keras makes of the same model by hand, or ships."""

from __future__ import annotations

import inspect

import keras
import numpy as np
import pytest

import spec_compiler as sc
from tests.std import models
from tests.std.against import assert_same, results, some
from tests.std.library import SPECS, read, uses

pytestmark = pytest.mark.tensorflow

USERS = {path.stem: path for path in SPECS if uses(read(path))}

SMALLER = {"hierarchical_attention": {"sentences": 3, "words": 4}}
"""Params with which a model takes less time and is still the same."""

STATED = {
    "inception": 13_378_280,
    "mobilenet_v2": 3_504_872,
    "resnet18": 11_689_512,
    "resnet50": 25_583_592,
    "se_resnet": 28_088_024,
}
"""Trained parameters, as others state them for these architectures: those of the papers' authors, torchvision, Keras."""


@pytest.mark.parametrize("name", USERS)
def test_a_spec_of_standard_blocks_is_what_keras_makes_by_hand(name):
    params = SMALLER.get(name, {})
    ours = sc.compile_spec(USERS[name], params=params)
    assert_same(ours, getattr(models, name)(**params), in_order=False)
    if name in STATED:
        assert sum(int(np.prod(weight.shape)) for weight in ours.trainable_weights) == STATED[name]


def test_every_model_by_hand_has_a_spec():
    written = {
        name
        for name, function in inspect.getmembers(models, inspect.isfunction)
        if function.__module__ == models.__name__ and not name.startswith("_")
    }
    assert written == set(USERS)


@pytest.mark.parametrize("name", ["translation", "set_transformer", "hierarchical_attention", "deepfm"])
def test_a_model_of_standard_blocks_is_saved_and_loaded_by_keras(name, tmp_path):
    model = sc.compile_spec(USERS[name], params=SMALLER.get(name))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    random = np.random.default_rng(0)
    data = [some(tensor, random) for tensor in model.inputs]
    for one, other in zip(results(model, data), results(loaded, data), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
