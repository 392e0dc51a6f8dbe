"""The backbones have the names of `keras.applications`, and take weights that it has saved."""

from __future__ import annotations

import h5py
import keras
import numpy as np
import pytest
from keras.src.applications import efficientnet, mobilenet, mobilenet_v2, resnet, vgg16
from keras.src.legacy.saving import legacy_h5_format

import spec_compiler as sc
from tests.std.against import drawn

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

SHAPE = [64, 64, 3]
BACKBONES = {
    "resnet": (resnet.ResNet50, "stage5", {}, set()),
    "vgg": (vgg16.VGG16, "stage5", {}, set()),
    "mobilenet_v1": (mobilenet.MobileNet, "stage5", {"alpha": 0.5}, set()),
    "mobilenet_v2": (
        mobilenet_v2.MobileNetV2,
        "top",
        {"alpha": 0.35},
        {f"block_{i}_pad" for i in (1, 3, 6, 13)},
    ),
    "efficientnet": (
        efficientnet.EfficientNetB0,
        "top",
        {},
        {"stem_conv_pad", *(f"block{i}a_dwconv_pad" for i in (2, 3, 4, 6))},
    ),
}
FILES = {"resnet": "resnet", "vgg": "vgg", "mobilenet_v1": "mobilenet", "mobilenet_v2": "mobilenet"}


def spec(kind, stage, settings):
    return {
        "spec": 1,
        "imports": [f"std/{FILES.get(kind, kind)}.yaml"],
        "nodes": {
            "image": {"type": "Input", "shape": SHAPE},
            "backbone": {"type": kind, **settings, "inputs": "image"},
            "pooled": {"type": "GlobalAveragePooling2D", "inputs": f"backbone.{stage}"},
            "kind": {"type": "Dense", "units": 3, "inputs": "pooled"},
        },
        "outputs": ["kind"],
    }


def saved(model, path):
    """A file of a model's weights: as Keras 3 writes them, or as the published ones are."""
    if path.name.endswith(".weights.h5"):
        model.save_weights(path)
    else:
        with h5py.File(path, "w") as file:
            legacy_h5_format.save_weights_to_hdf5_group(file, model)
    return path


@pytest.mark.filterwarnings("ignore:`input_shape` is undefined or non-square")
@pytest.mark.parametrize("kind", BACKBONES)
def test_a_backbone_has_the_published_names_and_takes_published_weights(kind, tmp_path):
    build, stage, settings, padding = BACKBONES[kind]
    keras.backend.clear_session(free_memory=False)
    theirs = build(weights=None, include_top=False, input_shape=SHAPE, **settings)
    random = np.random.default_rng(4)
    for weight in theirs.weights:
        weight.assign(drawn(weight, random))
    image = random.random((2, *SHAPE), "float32")
    expected = np.asarray(theirs(image)).mean(axis=(1, 2))
    for name in ("saved.weights.h5", "published.h5"):
        path = saved(theirs, tmp_path / name)
        ours = sc.compile_spec(spec(kind, stage, settings), weights={"backbone": path})
        assert {layer.name for layer in theirs.layers[1:]} - {layer.name for layer in ours.layers} == padding
        assert {layer.name for layer in ours.layers[1:]} - {layer.name for layer in theirs.layers} == {"pooled", "kind"}
        found = keras.Model(ours.inputs, ours.get_layer("pooled").output)(image)
        assert np.ptp(expected) > 0
        np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-5)


def test_a_whole_model_takes_the_weights_of_a_published_one(tmp_path):
    keras.backend.clear_session(free_memory=False)
    theirs = mobilenet.MobileNet(weights=None, alpha=0.25)
    path = saved(theirs, tmp_path / "mobilenet_2_5_224_tf.h5")
    ours = sc.compile_spec("specs/mobilenet.yaml", params={"alpha": 0.25}, weights=path)
    image = np.random.default_rng(0).random((1, 224, 224, 3), "float32")
    np.testing.assert_allclose(ours(image), theirs(image), rtol=1e-4, atol=1e-7)


def test_two_backbones_in_one_model_want_another_prefix():
    nodes = {"image": {"type": "Input", "shape": SHAPE}}
    for name in ("one", "other"):
        nodes[name] = {"type": "vgg", "inputs": "image"}
    nodes["sum"] = {"type": "add", "inputs": ["one.stage5", "other.stage5"]}
    two = {"spec": 1, "imports": ["std/vgg.yaml"], "nodes": nodes, "outputs": ["sum"]}
    assert {found.code for found in sc.check_spec(two).diagnostics} == {"SC310"}
    nodes["other"]["prefix"] = "other_"
    assert sc.check_spec(two).diagnostics == ()
