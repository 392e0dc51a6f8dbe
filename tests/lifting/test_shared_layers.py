"""Layers that stand in several places: one layer in the spec, from memory and from a file, or refused."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

import spec_compiler as sc

pytestmark = pytest.mark.tensorflow


@pytest.fixture(autouse=True)
def _names_begin_anew():
    keras.utils.clear_session()


def in_wrappers(count):
    shared = layers.Dense(3, name="shared")
    x = keras.Input((4, 3), name="x")
    steps = [layers.TimeDistributed(shared, name=f"steps_{number}")(x) for number in range(count)]
    return keras.Model(x, layers.Add(name="sum")(steps), name="wrapped")


def called_and_in_a_wrapper():
    shared = layers.Dense(3, name="shared")
    x = keras.Input((4, 3), name="x")
    return keras.Model(x, layers.Add(name="sum")([layers.TimeDistributed(shared, name="steps")(x), shared(x)]))


def in_a_model_and_outside():
    i = keras.Input((3,), name="i")
    inner = keras.Model(i, layers.Dense(3, name="d")(i), name="inner")
    j = keras.Input((3,), name="j")
    outer = keras.Model(j, layers.ReLU(name="r")(inner(j)), name="outer")
    x = keras.Input((3,), name="x")
    return keras.Model(x, layers.Add(name="sum")([outer(x), inner(x)]), name="m")


def in_two_models():
    shared = layers.Dense(3, name="shared")
    x = keras.Input((3,), name="x")
    made = []
    for name in ("one", "two"):
        i = keras.Input((3,), name=f"i_{name}")
        made.append(keras.Model(i, layers.ReLU(name="r")(shared(i)), name=name)(x))
    return keras.Model(x, layers.Add(name="sum")(made), name="m")


@pytest.mark.parametrize(
    "build", [lambda: in_wrappers(2), lambda: in_wrappers(3), called_and_in_a_wrapper], ids=["two", "three", "called"]
)
def test_a_layer_in_wrappers_stays_one_layer(build, tmp_path):
    model = build()
    model.save(tmp_path / "model.keras")
    model.save_weights(tmp_path / "model.weights.h5")
    x = np.random.default_rng(0).random((2, 4, 3)).astype("float32")
    for source in (model, tmp_path / "model.keras"):
        spec = sc.Source.text(sc.from_keras(source).to_spec())
        again = sc.compile_spec(spec, weights=tmp_path / "model.weights.h5")
        assert again.count_params() == model.count_params() == 12
        np.testing.assert_array_equal(again(x), model(x))


@pytest.mark.parametrize(
    ("build", "name"), [(in_a_model_and_outside, "inner"), (in_two_models, "shared")], ids=["outside", "two"]
)
def test_a_layer_of_two_models_is_refused(build, name, tmp_path):
    model = build()
    model.save(tmp_path / "model.keras")
    for source in (model, tmp_path / "model.keras"):
        with pytest.raises(sc.SpecError) as raised:
            sc.from_keras(source)
        (found,) = raised.value.report.diagnostics
        assert (found.code, found.message) == ("SC340", f"`{name}` is one layer in two models, which a spec cannot say")


def test_layers_of_one_name_in_two_models_are_two():
    i = keras.Input((3,), name="i")
    inner = keras.Model(i, layers.Dense(3, name="d")(i), name="inner")
    x = keras.Input((3,), name="x")
    model = keras.Model(x, layers.Dense(2, name="d")(inner(x)), name="m")
    assert sc.from_keras(model).parameter_count == model.count_params() == 20


def test_a_layer_that_may_be_one_with_several_is_refused(tmp_path):
    x = keras.Input((4, 3), name="x")
    shared, other = layers.Dense(3, name="d"), layers.Dense(3, name="d")
    steps = [
        layers.TimeDistributed(each, name=name)(x) for name, each in zip("abc", (other, shared, shared), strict=True)
    ]
    keras.Model(x, layers.Add(name="sum")(steps), name="m").save(tmp_path / "m.keras")
    with pytest.raises(sc.SpecError, match="it is not said with which"):
        sc.from_keras(tmp_path / "m.keras")
