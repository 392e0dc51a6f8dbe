"""The architectures of `keras.applications`: read into specs, they are compiled to the same configurations."""

from __future__ import annotations

import inspect
import json
import re

import keras
import numpy as np
import pytest
from keras.src.applications.convnext import LayerScale
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

import spec_compiler as sc
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.emitting.keras_file.planned import KerasFiles
from tests.lifting.lifted import without_numbers
from tests.std.test_applications import FAMILIES
from tests.thoroughness import THOROUGH

pytestmark = pytest.mark.tensorflow

APPLICATIONS = {
    name: made for name, made in vars(keras.applications).items() if inspect.isfunction(made) and name[0].isupper()
}
QUICK = ("MobileNetV2", "ResNet50")
TRIED = [name for name in sorted(APPLICATIONS) if THOROUGH or name.lower() in FAMILIES]
"""The smallest of each family, or all: the others have the same layers more often, and wider."""


@pytest.fixture(autouse=True)
def registered():
    sc.register_layer(LayerScale)
    sc.register_layer(CustomScaleLayer)


def normal(data):
    """A configuration without what a spec does not say: one tensor or a list of one, and what Keras itself counts."""
    config = data["config"]
    for key in ("input_layers", "output_layers"):
        config[key] = [config[key]] if isinstance(config[key][0], str) else config[key]
    text = json.dumps(without_numbers(data))
    return json.loads(re.sub(r'"name": "input_layer(_\d+)?"', '"name": "input_layer"', text))


def configuration(graph):
    try:
        return json.loads(KerasFiles(graph).json())
    except OnlyKerasCanError:
        return json.loads(sc.compile_spec(sc.Source.text(graph.to_spec())).to_json())


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in TRIED]
)
def test_an_application_is_compiled_of_its_spec_as_it_was(name):
    with keras.StatelessScope(initialize_variables=False):
        model = APPLICATIONS[name](weights=None)
    graph = sc.from_keras(model)
    assert normal(configuration(graph)) == normal(json.loads(model.to_json()))


@pytest.mark.parametrize("name", ["MobileNetV3Small", pytest.param("EfficientNetB0", marks=pytest.mark.slow)])
def test_an_application_predicts_the_same_with_the_same_weights(name):
    model = APPLICATIONS[name](weights=None, include_top=False, pooling="avg", input_shape=(64, 64, 3))
    again = sc.compile_spec(sc.Source.text(sc.from_keras(model).to_spec()))
    again.set_weights(model.get_weights())
    image = np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3)).astype("float32")
    np.testing.assert_array_equal(again.predict(image, verbose=0), [model.predict(image, verbose=0)][0])
