"""Normalization layers against Keras."""

from __future__ import annotations

import keras
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.registry import LAYERS, operation
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import make
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_on_data import assert_agreement
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature

pytestmark = pytest.mark.tensorflow

IMAGE = (None, 8, 6, 4)
DENSE = {"type": "Dense", "units": 3}

ROWS = [
    ("BatchNormalization", {}, IMAGE),
    ("BatchNormalization", {}, (None, 4)),
    ("BatchNormalization", {}, (None, None, None, 4)),
    ("BatchNormalization", {"axis": 1}, (None, 4, None)),
    ("BatchNormalization", {"axis": -2, "momentum": 0.9, "epsilon": 1e-5}, IMAGE),
    ("BatchNormalization", {"center": False}, IMAGE),
    ("BatchNormalization", {"scale": False}, IMAGE),
    ("BatchNormalization", {"center": False, "scale": False, "trainable": False}, IMAGE),
    ("BatchNormalization", {"trainable": False}, IMAGE),
    ("BatchNormalization", {"renorm": True}, IMAGE),
    ("BatchNormalization", {"renorm": True, "dtype": "mixed_float16"}, IMAGE),
    ("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": 3, "rmin": 0.3, "dmax": 5.0}}, IMAGE),
    ("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": None}, "renorm_momentum": 0.9}, IMAGE),
    ("BatchNormalization", {"synchronized": True}, IMAGE),
    (
        "BatchNormalization",
        {"gamma_initializer": "zeros", "beta_regularizer": "l2", "gamma_constraint": "non_neg"},
        IMAGE,
    ),
    ("BatchNormalization", {"dtype": "mixed_bfloat16"}, IMAGE),
    ("BatchNormalization", {"dtype": "float64"}, IMAGE),
    ("BatchNormalization", {}, ("int32", *IMAGE)),
    ("BatchNormalization", {}, ("bool", None, 4)),
    ("BatchNormalization", {}, TensorType((None, None, 4), ragged=True)),
    ("BatchNormalization", {}, {"inputs": (None, 7, 4), "mask": ("bool", None, 7)}),
    ("BatchNormalization", {}, {"inputs": (None, 7, 4), "mask": ("int32", None, 1)}),
    ("LayerNormalization", {}, IMAGE),
    ("LayerNormalization", {"axis": 1}, IMAGE),
    ("LayerNormalization", {"axis": [1, 2, 3]}, IMAGE),
    ("LayerNormalization", {"axis": [3, 1]}, IMAGE),
    ("LayerNormalization", {"axis": [-1, 1]}, IMAGE),
    ("LayerNormalization", {"axis": [0, 1]}, (3, 4)),
    ("LayerNormalization", {"axis": 1, "center": False, "scale": False}, (None, None, 4)),
    ("LayerNormalization", {"center": False}, IMAGE),
    ("LayerNormalization", {"scale": False, "epsilon": 1e-6}, IMAGE),
    ("LayerNormalization", {"rms_scaling": True}, IMAGE),
    ("LayerNormalization", {"rms_scaling": True, "scale": False, "center": False}, IMAGE),
    ("LayerNormalization", {"dtype": "mixed_float16", "trainable": False}, (None, None, 4)),
    ("LayerNormalization", {"dtype": "bfloat16"}, ("float64", None, 4)),
    ("LayerNormalization", {}, TensorType((None, None, 4), ragged=True)),
    ("GroupNormalization", {"groups": 2}, IMAGE),
    ("GroupNormalization", {"groups": 2}, (None, 4)),
    ("GroupNormalization", {"groups": -1}, IMAGE),
    ("GroupNormalization", {"groups": 4, "axis": 1}, IMAGE),
    ("GroupNormalization", {"groups": 3, "axis": -2}, (None, None, 6, None)),
    ("GroupNormalization", {}, (None, None, None, 64)),
    ("GroupNormalization", {"groups": 2, "center": False}, IMAGE),
    ("GroupNormalization", {"groups": 2, "scale": False, "dtype": "mixed_bfloat16"}, IMAGE),
    ("UnitNormalization", {}, IMAGE),
    ("UnitNormalization", {"axis": [1, -1]}, (None, None, None)),
    ("UnitNormalization", {"axis": 0, "dtype": "float64"}, (None, 3)),
    ("UnitNormalization", {}, TensorType((None, None, 4), ragged=True)),
    ("RMSNormalization", {}, IMAGE),
    ("RMSNormalization", {"axis": [3, 2]}, IMAGE),
    ("RMSNormalization", {"axis": [-2, -1], "epsilon": 1e-3}, IMAGE),
    ("RMSNormalization", {"axis": 1}, (None, 1, 4)),
    ("RMSNormalization", {"dtype": "mixed_bfloat16", "trainable": False}, (None, None, 4)),
    ("RMSNormalization", {}, TensorType((None, None, 4), ragged=True)),
    ("SpectralNormalization", {"layer": DENSE}, (None, 4)),
    ("SpectralNormalization", {"layer": DENSE, "power_iterations": 3}, (None, None, 4)),
    ("SpectralNormalization", {"layer": DENSE, "trainable": False}, (None, 4)),
    ("SpectralNormalization", {"layer": {**DENSE, "trainable": False}}, (None, 4)),
    ("SpectralNormalization", {"layer": {**DENSE, "dtype": "mixed_float16"}}, (None, 4)),
    ("SpectralNormalization", {"layer": {**DENSE, "dtype": "float64"}, "dtype": "mixed_bfloat16"}, (None, 4)),
    ("SpectralNormalization", {"layer": {"type": "Conv2D", "filters": 3, "kernel_size": 3}}, IMAGE),
    ("SpectralNormalization", {"layer": {"type": "DepthwiseConv2D", "kernel_size": 3}}, IMAGE),
    ("SpectralNormalization", {"layer": {"type": "Embedding", "input_dim": 9, "output_dim": 3}}, (None, None)),
    ("SpectralNormalization", {"layer": {"type": "SpectralNormalization", "layer": DENSE}}, (None, 4)),
]


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("BatchNormalization", {"axis": 4}, IMAGE),
        ("BatchNormalization", {"axis": -5}, IMAGE),
        ("BatchNormalization", {"axis": 1.5}, (None, None, None)),
        ("BatchNormalization", {}, (None, 4, None)),
        ("BatchNormalization", {"axis": 0}, IMAGE),
        ("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": 1.0, "rmin": 2.0}}, IMAGE),
        ("BatchNormalization", {"renorm": True, "renorm_clipping": {"dmax": -1.0}}, IMAGE),
        ("BatchNormalization", {"renorm": True, "renorm_clipping": {"max": 1.0}}, IMAGE),
        ("BatchNormalization", {"dtype": "string"}, IMAGE),
        ("LayerNormalization", {"axis": 4}, IMAGE),
        ("LayerNormalization", {"axis": [1, 4]}, IMAGE),
        ("LayerNormalization", {"axis": "last"}, IMAGE),
        ("LayerNormalization", {}, (None, None)),
        ("LayerNormalization", {"axis": [0, 1]}, IMAGE),
        ("GroupNormalization", {"groups": 3}, IMAGE),
        ("GroupNormalization", {"groups": 8}, IMAGE),
        ("GroupNormalization", {"groups": 0}, IMAGE),
        ("GroupNormalization", {"groups": -2}, IMAGE),
        ("GroupNormalization", {"groups": 1.0}, IMAGE),
        ("GroupNormalization", {"groups": 1, "axis": [1, 2]}, IMAGE),
        ("GroupNormalization", {"groups": 1}, (None, 4, None)),
        ("GroupNormalization", {"groups": 1, "axis": 4}, IMAGE),
        ("UnitNormalization", {"axis": 4}, IMAGE),
        ("UnitNormalization", {"axis": [0, -5]}, IMAGE),
        ("UnitNormalization", {"axis": 0.5}, IMAGE),
        ("RMSNormalization", {"axis": 4}, IMAGE),
        ("RMSNormalization", {}, (None, None)),
        ("SpectralNormalization", {"layer": DENSE, "power_iterations": 0}, (None, 4)),
        ("SpectralNormalization", {"layer": DENSE}, (None, None)),
        ("SpectralNormalization", {"layer": {"type": "UnitNormalization"}}, (None, 4)),
        ("SpectralNormalization", {"layer": {"type": "LSTM", "units": 3}}, (None, 5, 4)),
        ("SpectralNormalization", {"layer": {"type": "LSTMCell", "units": 3}}, (None, 4)),
        ("SpectralNormalization", {"layer": {"type": "Sequential", "layers": [DENSE]}}, (None, 4)),
        (
            "SpectralNormalization",
            {"layer": {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 2}},
            (None, 5, 4),
        ),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        # These fail as soon as they are called on data.
        ("BatchNormalization", {}, ("string", None, 4)),
        ("BatchNormalization", {}, TensorType((None, 4), sparse=True)),
        ("BatchNormalization", {}, {"inputs": (None, 7, 4), "mask": ("bool", None, 7, 4)}),
        ("BatchNormalization", {}, {"inputs": (None, 7, 4), "mask": ("bool", None, 6)}),
        ("BatchNormalization", {}, {"inputs": (None, 7, 4), "mask": ("string", None, 7)}),
        ("BatchNormalization", {"axis": 2}, {"inputs": (None, 7, 1), "mask": ("bool", None, 7)}),
        ("LayerNormalization", {"axis": [1, 1]}, IMAGE),
        ("LayerNormalization", {"axis": [-1, 0]}, (3, 4)),
        ("GroupNormalization", {"groups": 1}, TensorType((None, None, 4), ragged=True)),
        ("UnitNormalization", {}, ("int32", None, 4)),
        ("UnitNormalization", {"axis": [1, -3]}, IMAGE),
        ("RMSNormalization", {"axis": 1}, IMAGE),
        # Here Keras would give an output of another shape than it states: (None, 4, 4).
        ("RMSNormalization", {"axis": 1}, (None, 4, 1)),
        # Keras cuts these results to whole numbers.
        ("LayerNormalization", {}, ("int32", None, 4)),
        ("GroupNormalization", {"groups": 2}, ("int32", None, 4)),
        ("RMSNormalization", {}, ("int32", None, 4)),
        ("SpectralNormalization", {"layer": {"type": "Embedding", "input_dim": 9, "output_dim": 3}}, ("int32", None)),
        # The axis of the channels is not that of the batch.
        ("GroupNormalization", {"groups": 1, "axis": 0}, (2, 5, 4)),
        # A layer with whole numbers for weights cannot learn.
        ("LayerNormalization", {"dtype": "int32"}, IMAGE),
        # There is nothing to normalize over.
        ("LayerNormalization", {"axis": []}, IMAGE),
        ("UnitNormalization", {"axis": []}, IMAGE),
        ("RMSNormalization", {"axis": []}, IMAGE),
        # These would make an average grow without end, or a root of a negative number.
        ("BatchNormalization", {"momentum": 1.5}, IMAGE),
        ("LayerNormalization", {"epsilon": -1.0}, IMAGE),
        # The kernel that would be changed is the frozen one and the update together, which is no variable.
        ("SpectralNormalization", {"layer": {**DENSE, "lora_rank": 1}}, (None, 4)),
    ],
)
def test_what_keras_builds_and_cannot_run_well_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)


@pytest.mark.parametrize("name", LAYERS["normalization"])
def test_arguments_and_defaults_are_those_of_keras(name):
    popped = {"rms_scaling": False} if name == "LayerNormalization" else None
    check_signature(operation(name), getattr(keras.layers, name), popped=popped)
    check_calls(operation(name), getattr(keras.layers, name))


def test_the_renormalizing_deviations_are_initialized_by_keras_itself():
    config = make("BatchNormalization", {"renorm": True, "moving_mean_initializer": "ones"})
    weights = {weight.name: weight for weight in config.infer(TensorType((None, 4))).weights}
    assert weights["moving_stddev"].initializer is None
    assert weights["renorm_stddev"].initializer is None
    assert weights["renorm_mean"].initializer is config.moving_mean_initializer


dimensions = st.sampled_from([None, 1, 2, 3, 4, 6])
known_dimensions = st.sampled_from([1, 2, 3, 4, 6])
shapes = st.one_of(
    st.tuples(dimensions, known_dimensions),
    st.tuples(dimensions, dimensions, dimensions),
    st.tuples(dimensions, known_dimensions, known_dimensions, known_dimensions),
)
one_axis = st.integers(-4, 4)
some_axes = st.one_of(one_axis, st.lists(st.integers(-3, 3), min_size=1, max_size=3))
dtypes = st.sampled_from(["float32", "mixed_bfloat16", "float64"])
switches = {"center": st.booleans(), "scale": st.booleans(), "dtype": dtypes}
examples = settings(max_examples=80, deadline=None, derandomize=True)


@examples
@given(st.fixed_dictionaries({"axis": one_axis, "renorm": st.booleans(), **switches}), shapes, st.none() | shapes)
def test_batch_normalization_agrees_with_keras(arguments, shape, mask):
    inputs = {"inputs": shape} if mask is None else {"inputs": shape, "mask": ("bool", *mask)}
    assert_agreement("BatchNormalization", arguments, inputs)


@examples
@given(st.fixed_dictionaries({"axis": some_axes, "rms_scaling": st.booleans(), **switches}), shapes)
def test_layer_normalization_agrees_with_keras(arguments, shape):
    assert_agreement("LayerNormalization", arguments, shape, trains=False)


@examples
@given(st.fixed_dictionaries({"axis": one_axis, "groups": st.integers(-2, 4), **switches}), shapes)
def test_group_normalization_agrees_with_keras(arguments, shape):
    # Of a known batch Keras makes groups too, though not for axes counted from the end; no example has channels then.
    assume(arguments["axis"] != 0)
    assert_agreement("GroupNormalization", arguments, shape, trains=False)


@examples
@given(st.fixed_dictionaries({"axis": some_axes, "dtype": dtypes}), shapes)
def test_unit_normalization_agrees_with_keras(arguments, shape):
    assert_agreement("UnitNormalization", arguments, shape, trains=False)


@examples
@given(st.fixed_dictionaries({"axis": some_axes, "dtype": dtypes}), shapes)
def test_rms_normalization_agrees_with_keras(arguments, shape):
    assert_agreement("RMSNormalization", arguments, shape, trains=False)
