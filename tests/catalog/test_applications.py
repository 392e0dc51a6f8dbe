"""The architectures of `keras.applications`: of each, a spec says what Keras states of its own model."""

from __future__ import annotations

import inspect
import re
from math import prod

import keras
import pytest

import spec_compiler as sc
from tests.catalog.keras_contract.spec_of_model import translate

pytestmark = pytest.mark.tensorflow

APPLICATIONS = {
    name: made for name, made in vars(keras.applications).items() if inspect.isfunction(made) and name[0].isupper()
}

SMALL = (
    "ConvNeXtTiny",
    "DenseNet121",
    "EfficientNetB0",
    "EfficientNetV2B0",
    "InceptionResNetV2",
    "InceptionV3",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Large",
    "MobileNetV3Small",
    "NASNetMobile",
    "ResNet50",
    "ResNet50V2",
    "VGG16",
    "Xception",
)
"""The smallest of each family."""

COMPILED = (
    "ConvNeXtTiny",
    "DenseNet121",
    "EfficientNetB0",
    "InceptionV3",
    "MobileNetV2",
    "MobileNetV3Small",
    "NASNetMobile",
    "Xception",
)
"""Some that are also built of their specs."""


def counts(weights):
    return sum(prod(variable.shape) for variable in weights)


def name_of(variable, layer):
    """A variable's path below its layer, which may be made within scopes of other names.

    A variable without a name of its own has a number of Keras's, which depends on what was made before.
    """
    path = f"/{variable.path}".rpartition(f"/{layer.name}/")[2]
    return re.sub(r"^variable_\d+$", "variable", path)


def weights_of(made):
    """The weights of a layer; an op has none."""
    return sorted((name_of(v, made), tuple(v.shape), v.dtype, v.trainable) for v in getattr(made, "weights", ()))


def assert_stated(model):
    """The graph of a model's spec states what Keras does: all counts, tensors and weights. Returns the spec."""
    translation = translate(model)
    graph = sc.load_spec(translation.spec)
    trained, total = counts(model.trainable_weights), model.count_params()
    assert graph.parameter_count == total
    assert graph.trainable_parameter_count == trained
    assert f"parameters: {total:,} ({trained:,} trainable, {total - trained:,} not)" in graph.summary()
    ours = {
        f"{name}.{index}" if len(result.outputs) > 1 else name: (x.shape, x.dtype)
        for name, result in graph.results.items()
        for index, x in enumerate(result.outputs)
    }
    assert ours == {name: (tuple(x.shape), x.dtype) for name, x in translation.tensors.items()}
    ours = {key: sorted((w.name, w.shape, w.dtype, w.trainable) for w in found) for key, found in graph.weights.items()}
    assert ours == {key: weights_of(made) for key, made in translation.layers.items()}
    return translation.spec


def assert_without_doubt(spec):
    """No lint speaks of a spec that is trained. What Keras writes out, a spec would repeat: that alone is said."""
    outputs = spec["outputs"]
    ((output, settings),) = ({each: {} for each in outputs} if isinstance(outputs, list) else outputs).items()
    trained = {**(settings or {}), "loss": "categorical_crossentropy", "metrics": ["accuracy"]}
    report = sc.check_spec({**spec, "outputs": {output: trained}})
    assert {found.code for found in report} <= {"SC616"}, f"\n{report}"


def test_keras_has_forty_applications():
    assert len(APPLICATIONS) == 40
    assert set(SMALL) | set(COMPILED) <= set(APPLICATIONS)


@pytest.mark.parametrize("name", sorted(APPLICATIONS))
def test_the_graph_of_an_application_states_what_keras_states_and_is_without_doubt(name):
    # Both of one model: to build it takes most of the time.
    assert_without_doubt(assert_stated(APPLICATIONS[name](weights=None)))


@pytest.mark.parametrize("name", SMALL)
def test_the_graph_of_an_application_for_images_of_any_size_states_what_keras_states(name):
    assert_stated(APPLICATIONS[name](weights=None, include_top=False, input_shape=(None, None, 3)))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("ConvNeXtTiny", {"include_preprocessing": False, "classes": 7, "classifier_activation": None}),
        ("EfficientNetV2B0", {"include_preprocessing": False, "include_top": False, "pooling": "max"}),
        ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "dropout": 0.0}),
        ("MobileNetV2", {"alpha": 1.4, "input_shape": (96, 96, 3)}),
        ("MobileNetV3Small", {"minimalistic": True, "include_preprocessing": False}),
        ("NASNetMobile", {"include_top": False, "pooling": "avg"}),
        ("ResNet50V2", {"include_top": False, "pooling": "avg", "input_shape": (64, 32, 1)}),
    ],
)
def test_the_graph_of_an_application_with_options_states_what_keras_states(name, options):
    assert_stated(APPLICATIONS[name](weights=None, **options))


@pytest.mark.parametrize("name", COMPILED)
def test_the_model_that_is_built_of_the_spec_has_the_same_weights(name):
    theirs = APPLICATIONS[name](weights=None)
    ours = sc.compile_spec(translate(theirs).spec)
    assert ours.count_params() == theirs.count_params()
    assert [tuple(v.shape) for v in ours.weights] == [tuple(v.shape) for v in theirs.weights]
    assert [(made.name, weights_of(made)) for made in ours.operations] == [
        (made.name, weights_of(made)) for made in theirs.operations
    ]
