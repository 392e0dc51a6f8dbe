"""Initializers and the shapes of weights that they can fill, against Keras."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.catalog import families
from spec_compiler.catalog.rules import RuleError
from spec_compiler.emitting.keras_model.objects import keras_object
from tests.catalog.keras_contract.calls import make, types
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.refusals import refuses

pytestmark = pytest.mark.tensorflow

STFT = {"type": "STFT", "window": None}
AXES = {"type": "GlorotUniform", "input_axes": [-2], "output_axes": [1]}
BEYOND = {"type": "HeNormal", "input_axes": [2], "output_axes": [1]}


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Dense", {"units": 3, "kernel_initializer": "identity"}, (None, 4)),
        ("Dense", {"units": 3, "kernel_initializer": AXES}, (None, 4)),
        ("Dense", {"units": 3, "kernel_initializer": "orthogonal", "dtype": "float16"}, (None, 4)),
        ("Dense", {"units": 3, "kernel_initializer": "orthogonal", "dtype": "mixed_bfloat16"}, (None, 4)),
        ("Dense", {"units": 3, "use_bias": False, "bias_initializer": "identity"}, (None, 4)),
        ("Conv2D", {"filters": 3, "kernel_size": 2, "kernel_initializer": "orthogonal"}, (None, 5, 5, 4)),
        ("Conv1D", {"filters": 5, "kernel_size": 4, "kernel_initializer": STFT}, (None, 8, 1)),
        ("GRU", {"units": 3, "bias_initializer": "orthogonal"}, (None, 5, 4)),
        ("LSTM", {"units": 3, "recurrent_initializer": "identity"}, (None, 5, 4)),
        ("Embedding", {"input_dim": 5, "output_dim": 3, "embeddings_initializer": "identity"}, ("int32", None, 4)),
    ],
)
def test_an_initializer_fills_what_keras_fills_with_it(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs", "argument"),
    [
        ("Dense", {"units": 3, "bias_initializer": "identity"}, (None, 4), "bias_initializer"),
        ("Dense", {"units": 3, "bias_initializer": "orthogonal"}, (None, 4), "bias_initializer"),
        ("Dense", {"units": 3, "kernel_initializer": STFT}, (None, 4), "kernel_initializer"),
        ("Dense", {"units": 3, "kernel_initializer": BEYOND}, (None, 4), "kernel_initializer"),
        ("Dense", {"units": 3, "kernel_initializer": "orthogonal", "dtype": "bfloat16"}, (None, 4), "kernel_initializer"),
        ("Conv1D", {"filters": 3, "kernel_size": 2, "kernel_initializer": "identity"}, (None, 5, 4), "kernel_initializer"),
        ("BatchNormalization", {"gamma_initializer": "identity"}, (None, 4), "gamma_initializer"),
        ("PReLU", {"alpha_initializer": "orthogonal"}, (None, 4), "alpha_initializer"),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "kernel_initializer": "identity"},
         {"query": (None, 5, 4), "value": (None, 5, 4)}, "kernel_initializer"),
        ("LSTM", {"units": 3, "bias_initializer": "identity"}, (None, 5, 4), "bias_initializer"),
        ("LSTM", {"units": 3, "dtype": "bfloat16"}, (None, 5, 4), "recurrent_initializer"),
        ("SeparableConv1D", {"filters": 3, "kernel_size": 2, "pointwise_initializer": "identity"}, (None, 5, 4), "pointwise_initializer"),
        ("SeparableConv1D", {"filters": 3, "kernel_size": 2, "depthwise_initializer": "identity"}, (None, 5, 4), "depthwise_initializer"),
        ("ConvLSTM1D", {"filters": 3, "kernel_size": 2, "bias_initializer": "orthogonal"}, (None, 5, 6, 4), "bias_initializer"),
        ("ConvLSTM1D", {"filters": 3, "kernel_size": 2, "kernel_initializer": "identity"}, (None, 5, 6, 4), "kernel_initializer"),
    ],
)  # fmt: skip
def test_an_initializer_that_cannot_fill_a_weight_is_refused(name, arguments, inputs, argument):
    objects = {
        key: keras_object(families.initializers().parse(value)) if key.endswith("initializer") else value
        for key, value in arguments.items()
    }
    call = types(inputs)
    call = list(call.values()) if isinstance(call, dict) else [call]
    layer = getattr(keras.layers, name)(**objects)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever Keras raises
        layer(*(keras.Input(batch_shape=x.shape, dtype=x.dtype) for x in call))
    with pytest.raises(RuleError) as refused:
        make(name, arguments).infer(*call)
    assert refused.value.argument == argument


def test_the_kernel_of_a_fourier_transform_over_several_channels_is_refused():
    # Keras makes the kernel of one channel, whatever the shape of the weight.
    arguments = {"filters": 5, "kernel_size": 4, "kernel_initializer": STFT}
    refuses("Conv1D", arguments, (None, 8, 2), keras_builds=True)


def test_the_diagnostic_is_at_the_argument():
    report = sc.check_spec(
        {
            "spec": 1,
            "nodes": {
                "x": {"type": "Input", "shape": [4]},
                "y": {"type": "Dense", "units": 3, "bias_initializer": "identity", "inputs": "x"},
            },
            "outputs": ["y"],
        }
    )
    (found,) = report.diagnostics
    assert found.path == "/nodes/y/bias_initializer"
    assert found.message == (
        "`y` (Dense) has the initializer `Identity`, which fills matrices only, and `bias` is of shape (3,) and float32"
    )


VALUES = st.sampled_from(
    ["identity", "orthogonal", "zeros", "glorot_uniform", STFT, *({"type": "VarianceScaling", "input_axes": [a], "output_axes": [b]} for a in (-3, -1, 1, 2) for b in (-2, 0, 3))]
)  # fmt: skip


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    initializer=VALUES,
    shape=st.lists(st.integers(1, 4), max_size=4).map(tuple),
    dtype=st.sampled_from(["float32", "float16", "bfloat16", "float64"]),
)
def test_initializers_refuse_the_shapes_that_keras_refuses(initializer, shape, dtype):
    config = families.initializers().parse(initializer)
    try:
        weight = keras.Variable(keras_object(config), shape=shape, dtype=dtype)
    except Exception:  # whatever Keras raises
        assert config.refuses(shape, dtype) is not None
    else:
        # Keras gives a convolution over several channels the kernel of one, and cannot run it then.
        assert (config.refuses(shape, dtype) is None) == (tuple(weight.value.shape) == shape)


def test_what_is_refused_is_refused_by_the_layer_inside_another():
    refuses("TimeDistributed", {"layer": {"type": "Dense", "units": 3, "bias_initializer": "identity"}}, (None, 5, 4))
