"""The blocks of `std/applications` against the architectures of `keras.applications` that they were made of."""

from __future__ import annotations

import json
import re
import warnings

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.emitting.keras_file.planned import KerasFiles
from spec_compiler.expanding.standard import application_imports
from tests.lifting.lifted import without_numbers
from tests.processes import ROOT, python
from tests.thoroughness import THOROUGH

pytestmark = pytest.mark.tensorflow

ARCHITECTURES = {
    name.lower(): name for name, made in vars(keras.applications).items() if name[0].isupper() and callable(made)
}
QUICK = ("mobilenetv2", "resnet50", "convnexttiny")
"""The architectures that are held against Keras where tests are to end soon."""

FAMILIES = (
    "convnexttiny", "densenet121", "efficientnetb0", "efficientnetv2b0", "inceptionresnetv2", "inceptionv3",
    "mobilenet", "mobilenetv2", "mobilenetv3small", "nasnetmobile", "resnet50", "resnet50v2", "vgg16", "xception",
)  # fmt: skip
"""The smallest of each family, which are held against Keras at another setting, and against what it computes, too."""

MADE_AGAIN = ("MobileNetV2", "ResNet50", "VGG16")
"""Architectures whose files are made once more: with paddings of sizes and without, in a chain and in branches."""

SIZE = (107, 97)
WITHOUT_TOP = {"include_top": False, "pooling": "avg"}

each_one = pytest.mark.parametrize(
    "stem", [pytest.param(stem, marks=() if stem in QUICK else pytest.mark.slow) for stem in sorted(ARCHITECTURES)]
)


def spec(stem, shape, **settings):
    """A spec with the architecture alone, under Keras's name of it."""
    name = ARCHITECTURES[stem]
    imported = f"std/applications/{stem}.yaml"
    takes_size = "input_shape:" in (ROOT / "spec_compiler" / imported).read_text(encoding="utf-8")
    if takes_size and "include_top" in settings:
        settings = {**settings, "input_shape": list(shape)}
    return {
        "spec": 1,
        "imports": [imported],
        "nodes": {
            "input_layer": {"type": "Input", "shape": list(shape)},
            "whole": {"type": name, **settings, "inputs": "input_layer"},
        },
        "outputs": {"whole": {"from": "whole"}},
    }


def of_keras(stem, **settings):
    keras.backend.clear_session()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # MobileNet would rather have another size
        return getattr(keras.applications, ARCHITECTURES[stem])(weights=None, **settings)


def configuration(data):
    """The layers of a configuration, without what the spec names itself and what Keras itself counts."""
    layers = {layer["name"]: layer for layer in data["config"]["layers"] if layer["name"] != "whole"}
    text = json.dumps(without_numbers(layers))
    return json.loads(re.sub(r'"name": "input_layer(_\d+)?"', '"name": "input_layer"', text))


@each_one
def test_an_architecture_has_the_configuration_that_keras_gives_it(stem):
    another = {**WITHOUT_TOP, "input_shape": (*SIZE, 3)}
    for settings in ({}, another) if THOROUGH or stem in FAMILIES else ({},):
        with keras.StatelessScope(initialize_variables=False):
            theirs = of_keras(stem, **settings)
        shape = theirs.input_shape[1:]
        ours = sc.load_spec(spec(stem, shape, **{k: v for k, v in settings.items() if k != "input_shape"}))
        found = configuration(json.loads(KerasFiles(ours).json()))
        wanted = configuration(json.loads(theirs.to_json()))
        assert found == wanted


@pytest.mark.slow
@pytest.mark.parametrize("stem", FAMILIES)
def test_an_architecture_takes_the_weights_of_keras_and_predicts_the_same(stem, tmp_path):
    settings = {
        **WITHOUT_TOP,
        "input_shape": (64, 64, 3) if stem not in ("inceptionresnetv2", "inceptionv3", "xception") else (80, 75, 3),
    }
    theirs = of_keras(stem, **settings)
    path = tmp_path / "published.weights.h5"
    theirs.save_weights(path)
    ours = sc.compile_spec(spec(stem, settings["input_shape"], **WITHOUT_TOP), weights={"whole": path})
    assert ours.count_params() == theirs.count_params()
    image = np.random.default_rng(0).uniform(0, 255, (2, *settings["input_shape"])).astype("float32")
    np.testing.assert_array_equal(ours(image), theirs(image))


@pytest.mark.slow
def test_files_are_what_the_tool_makes_of_keras_today():
    done = python(str(ROOT / "tools/applications.py"), "--check", *MADE_AGAIN)
    assert (done.returncode, done.stdout.decode()) == (0, "")


def test_every_architecture_of_keras_is_there():
    assert list(application_imports()) == [f"std/applications/{stem}.yaml" for stem in sorted(ARCHITECTURES)]
