"""Regularization layers against Keras."""

from __future__ import annotations

import keras
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.registry import LAYERS, operation
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_on_data import assert_agreement
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature

pytestmark = pytest.mark.tensorflow

SEQUENCE = (None, 7, 5)

ROWS = [
    ("Dropout", {"rate": 0.5}, SEQUENCE),
    ("Dropout", {"rate": 0}, (None, None, None)),
    ("Dropout", {"rate": 1, "seed": 3}, (4,)),
    ("Dropout", {"rate": 0.5, "noise_shape": [None, 1, 5]}, SEQUENCE),
    ("Dropout", {"rate": 0.5, "noise_shape": [None, 1, None]}, (None, None, None)),
    ("Dropout", {"rate": 0.5, "noise_shape": [5]}, SEQUENCE),
    ("Dropout", {"rate": 0.5, "noise_shape": [32, 1, 1]}, SEQUENCE),
    ("Dropout", {"rate": 0.5, "dtype": "mixed_bfloat16", "trainable": False}, SEQUENCE),
    ("Dropout", {"rate": 0.5, "dtype": "float64", "activity_regularizer": "l2"}, SEQUENCE),
    ("Dropout", {"rate": 0.5}, ("float64", *SEQUENCE)),
    ("SpatialDropout1D", {"rate": 0.5}, SEQUENCE),
    ("SpatialDropout1D", {"rate": 0.5, "seed": 3, "dtype": "mixed_float16"}, (None, None, None)),
    ("SpatialDropout2D", {"rate": 0.5}, (None, 8, 6, 3)),
    ("SpatialDropout2D", {"rate": 0.5, "data_format": "channels_first"}, (None, 3, None, None)),
    ("SpatialDropout3D", {"rate": 0.5, "data_format": "channels_last"}, (None, 4, 4, 4, 3)),
    ("SpatialDropout3D", {"rate": 1.0, "data_format": "channels_first"}, (None, 3, 4, 4, 4)),
    ("GaussianDropout", {"rate": 0.5}, SEQUENCE),
    ("GaussianDropout", {"rate": 0.0, "seed": 3, "dtype": "float16"}, SEQUENCE),
    ("GaussianNoise", {"stddev": 1}, SEQUENCE),
    ("GaussianNoise", {"stddev": 0.0, "seed": 3, "dtype": "mixed_bfloat16"}, SEQUENCE),
    ("AlphaDropout", {"rate": 0.5}, SEQUENCE),
    ("AlphaDropout", {"rate": 0.5, "noise_shape": [None, 1, 5], "seed": 3}, SEQUENCE),
    ("AlphaDropout", {"rate": 0.5, "dtype": "float64"}, SEQUENCE),
    ("ActivityRegularization", {}, SEQUENCE),
    ("ActivityRegularization", {"l1": 0.1, "l2": 1, "dtype": "mixed_bfloat16"}, SEQUENCE),
]


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
@pytest.mark.parametrize("flags", [{}, {"training": True}, {"training": False}])
def test_inferred_is_what_keras_computes(name, arguments, inputs, flags):
    check(name, arguments, inputs, {} if name == "ActivityRegularization" else flags)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Dropout", {}, SEQUENCE),
        ("Dropout", {"rate": -0.1}, SEQUENCE),
        ("Dropout", {"rate": 1.1}, SEQUENCE),
        ("Dropout", {"rate": "half"}, SEQUENCE),
        ("Dropout", {"rate": 0.5, "noise_shape": [None, 0, 5]}, SEQUENCE),
        ("Dropout", {"rate": 0.5, "noise_shape": [None, 1.5, 5]}, SEQUENCE),
        ("Dropout", {"rate": 0.5, "noise_shape": 5}, SEQUENCE),
        ("SpatialDropout1D", {"rate": 0.5}, (None, 8, 6, 3)),
        ("SpatialDropout2D", {"rate": 0.5}, SEQUENCE),
        ("SpatialDropout2D", {"rate": 0.5, "data_format": "last"}, (None, 8, 6, 3)),
        ("SpatialDropout3D", {"rate": 0.5}, (None, 8, 6, 3)),
        ("SpatialDropout1D", {"rate": 0.5, "trainable": False}, SEQUENCE),
        ("SpatialDropout1D", {"rate": 0.5, "activity_regularizer": "l2"}, SEQUENCE),
        ("SpatialDropout1D", {"rate": 0.5, "noise_shape": [None, 1, 5]}, SEQUENCE),
        ("GaussianDropout", {"rate": 1.5}, SEQUENCE),
        ("GaussianNoise", {"stddev": 1.5}, SEQUENCE),
        ("GaussianNoise", {"stddev": -0.5}, SEQUENCE),
        ("AlphaDropout", {"rate": 1.5}, SEQUENCE),
        ("ActivityRegularization", {"l1": -1.0}, SEQUENCE),
        ("ActivityRegularization", {"activity_regularizer": "l2"}, SEQUENCE),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        # Training fails.
        ("Dropout", {"rate": 0.5}, ("int32", None, 5)),
        ("Dropout", {"rate": 0.5}, TensorType((None, None, 5), ragged=True)),
        ("Dropout", {"rate": 0.5, "noise_shape": [None, 2, 5]}, SEQUENCE),
        ("Dropout", {"rate": 0.5, "noise_shape": [None, 1, 5, None]}, SEQUENCE),
        ("Dropout", {"rate": 0.5, "dtype": "int32"}, SEQUENCE),
        ("SpatialDropout1D", {"rate": 0.5}, ("string", *SEQUENCE)),
        ("GaussianDropout", {"rate": 1.0}, SEQUENCE),
        ("GaussianDropout", {"rate": 0.5}, TensorType((None, 5), sparse=True)),
        ("GaussianNoise", {"stddev": 0.5}, ("int32", None, 5)),
        ("AlphaDropout", {"rate": 1.0}, SEQUENCE),
        ("AlphaDropout", {"rate": 0.5}, ("bool", None, 5)),
        ("ActivityRegularization", {}, ("uint8", None, 5)),
        ("ActivityRegularization", {}, TensorType((None, None, 5), ragged=True)),
        # The output would be of whole numbers, and not, as Keras states, of floating-point ones.
        ("Dropout", {"rate": 0.0}, ("int32", None, 5)),
        ("ActivityRegularization", {}, ("int32", None, 5)),
    ],
)
def test_what_keras_builds_and_cannot_run_well_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)


@pytest.mark.parametrize("name", LAYERS["regularization"])
def test_arguments_and_defaults_are_those_of_keras(name):
    check_signature(operation(name), getattr(keras.layers, name))
    check_calls(operation(name), getattr(keras.layers, name))


dimensions = st.sampled_from([None, 1, 2, 3])
shapes = st.lists(dimensions, min_size=1, max_size=5).map(tuple)
noise = st.none() | st.lists(st.sampled_from([None, 1, 1, 2, 3]), max_size=5)
rates = st.sampled_from([-0.5, 0.3, 0.5, 1.0, 2.0])
dtypes = st.sampled_from(["float32", "mixed_bfloat16", "float64"])
examples = settings(max_examples=80, deadline=None, derandomize=True)


@examples
@given(
    st.sampled_from(["Dropout", "AlphaDropout"]),
    st.fixed_dictionaries({"rate": rates, "noise_shape": noise, "dtype": dtypes}),
    shapes,
)
def test_dropout_with_a_noise_shape_agrees_with_keras(name, arguments, shape):
    # With a rate of 1 the noise does not matter to Keras; a shape that does not fit is refused all the same.
    assume(arguments["rate"] < 1 or arguments["noise_shape"] is None)
    assert_agreement(name, arguments, shape)


@examples
@given(
    st.sampled_from(["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"]),
    st.fixed_dictionaries({"rate": rates, "dtype": dtypes}),
    st.sampled_from([None, "channels_last", "channels_first"]),
    shapes,
)
def test_spatial_dropout_agrees_with_keras(name, arguments, data_format, shape):
    with_format = {} if name == "SpatialDropout1D" else {"data_format": data_format}
    assert_agreement(name, {**arguments, **with_format}, shape)


@examples
@given(st.sampled_from([("GaussianDropout", "rate"), ("GaussianNoise", "stddev")]), rates, dtypes, shapes)
def test_noise_agrees_with_keras(kind, amount, dtype, shape):
    name, argument = kind
    assert_agreement(name, {argument: amount, "dtype": dtype}, shape)
