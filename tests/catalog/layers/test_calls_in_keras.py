"""What classes state of how Keras calls and builds their layers, held against Keras's own classes."""

from __future__ import annotations

import inspect

import keras
import pytest

from spec_compiler.catalog.registry import LAYERS
from spec_compiler.emitting.keras_model.objects import construct
from tests.catalog.keras_contract.calls import make
from tests.catalog.keras_contract.drawing import example_arguments

pytestmark = pytest.mark.tensorflow

NAMES = sorted({name for names in LAYERS.values() for name in names} - {"Input"})

SHAPELESS = {"IntegerLookup", "StringLookup"}
"""The layers of which Keras keeps no shapes, though their `build` takes one."""


@pytest.fixture
def layers(name):
    """The configuration of the example of a layer, and Keras's layer of it."""
    config = make(name, example_arguments(name))
    return config, construct(config, "it")


@pytest.mark.parametrize("name", NAMES)
def test_the_default_of_training_is_that_of_keras(layers):
    config, layer = layers
    parameter = inspect.signature(layer.call).parameters.get("training")
    assert config.default_training == (parameter.default if parameter is not None else None)


@pytest.mark.parametrize("name", NAMES)
def test_inputs_are_converted_as_by_keras(layers):
    config, layer = layers
    assert config.converts_inputs == layer._convert_input_args


@pytest.mark.parametrize("name", NAMES)
def test_what_is_built_from_the_start_is_so_in_keras(layers):
    config, layer = layers
    assert config.built_from_the_start == layer.built


@pytest.mark.parametrize("name", NAMES)
def test_what_is_built_for_several_tensors_is_so_in_keras(name, layers):
    config, layer = layers
    shapes = [each.removesuffix("_shape") for each in inspect.signature(layer.build).parameters]
    several = None if len(shapes) == 1 else tuple(shapes)
    assert config.built_for == (() if name in SHAPELESS else several)


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("Dropout", {"rate": 0.5}, (4, 3)),
        ("Dense", {"units": 2}, (4, 3)),
        ("Embedding", {"input_dim": 5, "output_dim": 2, "mask_zero": True}, (4,)),
        ("ReversibleEmbedding", {"input_dim": 5, "output_dim": 2, "mask_zero": True}, (4,)),
        ("Sequential", {"layers": [{"type": "Dense", "units": 2}]}, (4, 3)),
        ("Pipeline", {"layers": [{"type": "Rescaling", "scale": 2.0}]}, (4, 3)),
    ],
)
def test_masks_are_attached_as_by_keras(name, arguments, shape):
    config = make(name, arguments)
    layer = construct(config, "it")
    x = keras.layers.Masking()(keras.Input(shape)) if len(shape) > 1 else keras.Input(shape)
    assert config.attaches_masks == (getattr(layer(x), "_keras_mask", None) is not None)
