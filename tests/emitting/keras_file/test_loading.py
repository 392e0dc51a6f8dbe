"""What is written without Keras is loaded by plain Keras, and is the model that Keras would have built."""

from __future__ import annotations

import warnings
from pathlib import Path

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.emitting.keras_file.planned import KerasFiles
from spec_compiler.emitting.keras_model.files import FilesOfModel
from tests.emitting.keras_file.corpus import ROOT, SPECS, corners
from tests.emitting.keras_file.test_same_file import LARGE, ONLY_KERAS, Written
from tests.samples import inputs_of, targets_of
from tests.smaller import SMALLER

WITHOUT_MORE = (
    "convnext_tiny.yaml", "cycle_gan.yaml", "deeplab.yaml", "densenet121.yaml",
    "efficientnet_b0.yaml", "inception.yaml", "mobilenet.yaml", "mobilenet_unet.yaml", "resnet50.yaml",
    "retinanet.yaml", "style_transfer.yaml", "xception.yaml",
)  # fmt: skip
"""Specs of large models that are held against Keras's files elsewhere, and have no kind of layer that others lack."""

NAMELESS = ("perceiver.yaml",)
"""Specs with an op that Keras saves without its name, and names anew when it is loaded."""

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


def loaded(graph, folder):
    """The model of a graph's file, as plain Keras loads it, with every warning an error."""
    KerasFiles(graph).write_keras(folder / "a.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return keras.models.load_model(folder / "a.keras")


def loaded_with_warnings(path):
    """A model of a file, and what Keras warns of while it loads it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return keras.models.load_model(path), {str(each.message) for each in caught}


def assert_saved_again(model, folder):
    """What a loaded model is saved as is what it was loaded from, but for the names that Keras counts anew."""
    model.save(folder / "again.keras")
    first, again = Written(folder / "a.keras"), Written(folder / "again.keras")
    assert first.configuration == again.configuration
    assert named(first) == named(again)
    assert first.others == again.others


def named(written):
    """The tree of weights without the names of the parts that only Keras names: softmax and dropout of attention, and the like."""
    return {
        path: (shape, {} if "/_" in path or "color_jitter/random" in path else attributes)
        for path, (shape, attributes) in written.weights.items()
    }


@pytest.mark.parametrize("name", [name for name in SPECS if name not in (*LARGE, *WITHOUT_MORE, *ONLY_KERAS)])
def test_a_spec_is_loaded_predicts_the_same_trains_and_is_saved_the_same(name, tmp_path):
    source, params = ROOT / "specs" / name, SMALLER.get(Path(name).stem, {})
    graph = sc.load_spec(source, params=params)
    model = loaded(graph, tmp_path)
    built = sc.compile_spec(source, params=params)
    assert [(w.name, w.shape, w.dtype) for w in model.weights] == [(w.name, w.shape, w.dtype) for w in built.weights]
    built.set_weights(model.get_weights())
    model.run_eagerly = built.run_eagerly = True  # To trace a model takes longer than its one step.
    batch = inputs_of(graph, 2)
    ours, theirs = (keras.tree.flatten(each.predict(batch, verbose=0)) for each in (model, built))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
    if name not in NAMELESS:
        assert_saved_again(model, tmp_path)
    if model.compiled:
        loss = model.train_on_batch(batch, targets_of(graph, ours))
        assert np.isfinite(np.ravel(loss)).all()


KERAS_CANNOT = (
    "to be learnt", "lookup with padding", "lookup of numbers", "counted words", "in two others", "for matrices",
    "several optimizers",
)  # fmt: skip
"""What Keras saves and cannot load again: tables without a vocabulary, a layer that only stands inside two others,
which it does not say are one, and weights that are called otherwise once they are loaded."""


@pytest.mark.parametrize(
    ("name", "source"),
    [row for row in corners().items() if not any(what in row[0] for what in KERAS_CANNOT) or "bins" in row[0]],
)
def test_a_corner_of_the_language_is_loaded_and_saved_as_keras_does_with_its_own_file(name, source, tmp_path):
    KerasFiles(sc.load_spec(source)).write_keras(tmp_path / "ours.keras")
    FilesOfModel(sc.compile_spec(source)).write_keras(tmp_path / "theirs.keras")
    model, warned = loaded_with_warnings(tmp_path / "ours.keras")
    theirs, expected_warnings = loaded_with_warnings(tmp_path / "theirs.keras")
    assert warned == expected_warnings
    assert model.count_params() == theirs.count_params()
    assert len(model.trainable_variables) == len(theirs.trainable_variables)
    for each, path in ((model, "again.keras"), (theirs, "theirs.keras")):
        each.save(tmp_path / path)
    again, expected = Written(tmp_path / "again.keras"), Written(tmp_path / "theirs.keras")
    assert again.configuration == expected.configuration
    assert named(again) == named(expected)
    assert again.others == expected.others


def test_what_keras_cannot_load_of_its_own_it_cannot_load_of_ours(tmp_path):
    source = corners()["words to be learnt"]
    FilesOfModel(sc.compile_spec(source)).write_keras(tmp_path / "theirs.keras")
    KerasFiles(sc.load_spec(source)).write_keras(tmp_path / "ours.keras")
    for path in ("theirs.keras", "ours.keras"):
        with warnings.catch_warnings(), pytest.raises(ValueError, match="could not be loaded"):
            warnings.simplefilter("ignore")
            keras.models.load_model(tmp_path / path)


def test_a_layer_that_only_stands_inside_two_others_is_still_one_when_it_is_loaded(tmp_path):
    model = loaded(sc.load_spec(corners()["a shared layer in two others"]), tmp_path)
    assert model.get_layer("l").layer is model.get_layer("k").layers[0]
    assert model.count_params() == 12


def test_weights_alone_are_loaded_into_the_architecture_alone(tmp_path):
    files = KerasFiles(sc.load_spec(ROOT / "specs/news.yaml"))
    files.write_weights(tmp_path / "a.weights.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = keras.models.model_from_json(files.json())
        model.load_weights(tmp_path / "a.weights.h5")
    files.write_keras(tmp_path / "a.keras")
    for one, other in zip(
        model.get_weights(), keras.models.load_model(tmp_path / "a.keras").get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        ({"type": "Ftrl", "initial_accumulator_value": 0.5}, {"accumulator": 0.5, "linear": 0.0}),
        ({"type": "Adagrad"}, {"accumulator": 0.1}),
        ({"type": "Adam"}, {"momentum": 0.0, "velocity": 0.0}),
    ],
)
def test_an_optimizer_begins_as_keras_lets_it_begin(optimizer, expected, tmp_path):
    nodes = {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", "units": 2, "inputs": "x"}}
    spec = {"spec": 1, "nodes": nodes, "outputs": {"y": {"loss": "mse"}}, "compile": {"optimizer": optimizer}}
    slots = loaded(sc.load_spec(spec), tmp_path).optimizer.variables[2:]
    assert len(slots) == 2 * len(expected)
    for name, value in expected.items():
        for slot in slots:
            if slot.path.endswith(name):
                np.testing.assert_array_equal(slot.numpy(), np.full(slot.shape, value, "float32"))


def test_an_optimizer_that_keeps_a_copy_of_the_weights_begins_with_them(tmp_path):
    nodes = {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", "units": 2, "inputs": "x"}}
    spec = {"spec": 1, "nodes": nodes, "outputs": {"y": {"loss": "mse"}}, "compile": {"optimizer": "ScheduleFreeAdamW"}}
    model = loaded(sc.load_spec(spec), tmp_path)
    kernel = next(each for each in model.optimizer.variables if "kernel" in each.path and "momentum" in each.path)
    np.testing.assert_array_equal(kernel.numpy(), model.get_layer("y").kernel.numpy())
