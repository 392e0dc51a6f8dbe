"""Convolutional layers against Keras."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.layers.windows import transposed_length, window_length
from spec_compiler.catalog.registry import ALIASES, LAYERS, operation
from spec_compiler.catalog.rules import EmptyResultError
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import make
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_in_graph import assert_verdict, runs
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

SEQUENCE = (None, 7, 4)
IMAGE = (None, 9, 8, 4)
VOLUME = (None, 6, 5, 7, 4)
INPUTS = {1: SEQUENCE, 2: IMAGE, 3: VOLUME}

NAMES = [*LAYERS["convolutional"], *LAYERS["separable"]]


def _rank(name):
    return int(name.split("D")[-2][-1]) if not name.endswith("D") else int(name[-2])


def _required(name):
    return {"kernel_size": 3} if name.startswith("Depthwise") else {"kernel_size": 3, "filters": 6}


COMMON = [
    {},
    {"use_bias": False, "activation": "relu"},
    {"padding": "same", "strides": 2},
    {"strides": 3, "kernel_size": 1},
    {"kernel_size": 2, "dilation_rate": 2},
    {"dtype": "mixed_bfloat16"},
    {"dtype": "float64", "trainable": False},
    {"kernel_size": 2, "padding": "same", "dilation_rate": 3, "data_format": "channels_last"},
]

ROWS = [(name, _required(name) | arguments, INPUTS[_rank(name)]) for name in NAMES for arguments in COMMON]
ROWS += [
    (name, _required(name) | {"data_format": "channels_first", "strides": 2}, (None, 4, *(9,) * _rank(name)))
    for name in NAMES
]
ROWS += [(name, _required(name), (2, *(None,) * _rank(name), 4)) for name in NAMES]
ROWS += [
    ("Conv1D", {"filters": 6, "kernel_size": 3, "padding": "causal"}, SEQUENCE),
    ("Conv1D", {"filters": 6, "kernel_size": 3, "padding": "causal", "dilation_rate": 5}, (None, 4, 4)),
    ("Conv1D", {"filters": 6, "kernel_size": [3], "padding": "causal", "strides": [2]}, (None, None, 4)),
    ("Conv1D", {"filters": 6, "kernel_size": 3, "groups": 2, "lora_rank": 2}, SEQUENCE),
    ("Conv2D", {"filters": 6, "kernel_size": [3, 2], "strides": [1, 2]}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": [3, 2], "dilation_rate": [1, 4]}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 2, "kernel_initializer": "he_normal"}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": 9, "padding": "same"}, (None, 2, 2, 4)),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "lora_rank": 2, "lora_alpha": 4.0, "dtype": "float64"}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "lora_rank": 2, "trainable": False}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "lora_alpha": 4, "kernel_constraint": "max_norm"}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "kernel_regularizer": "l2", "activity_regularizer": "l1"}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "dtype": "float16"}, ("float64", None, None, 8, 4)),
    ("Conv3D", {"filters": 6, "kernel_size": [1, 2, 3], "strides": [3, 2, 1], "groups": 2}, VOLUME),
    ("Conv3D", {"filters": 6, "kernel_size": 2, "lora_rank": 1, "dtype": "mixed_float16"}, VOLUME),
    ("Conv1DTranspose", {"filters": 6, "kernel_size": 1, "strides": 3}, SEQUENCE),
    ("Conv1DTranspose", {"filters": 6, "kernel_size": 3, "strides": 3, "output_padding": 2}, SEQUENCE),
    ("Conv2DTranspose", {"filters": 6, "kernel_size": [2, 3], "strides": 2, "output_padding": [1, 0]}, IMAGE),
    ("Conv2DTranspose", {"filters": 6, "kernel_size": [2, 3], "strides": 2, "output_padding": [1, 0], "padding": "same"}, IMAGE),
    ("Conv2DTranspose", {"filters": 6, "kernel_size": 2, "dilation_rate": 2, "output_padding": 0, "padding": "same"}, IMAGE),
    ("Conv3DTranspose", {"filters": 6, "kernel_size": 3, "strides": [1, 2, 3], "output_padding": 0}, VOLUME),
    ("SeparableConv1D", {"filters": 6, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, SEQUENCE),
    ("SeparableConv2D", {"filters": 6, "kernel_size": 2, "depth_multiplier": 3, "strides": [1, 2]}, IMAGE),
    ("SeparableConv2D", {"filters": 6, "kernel_size": 2, "depthwise_initializer": "ones", "pointwise_constraint": "non_neg"}, IMAGE),
    ("DepthwiseConv1D", {"kernel_size": 2, "depth_multiplier": 3, "strides": 2, "dilation_rate": 2}, SEQUENCE),
    ("DepthwiseConv2D", {"kernel_size": 2, "depth_multiplier": 3, "data_format": "channels_first"}, (None, 4, None, 8)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


BAD = [
    {"kernel_size": 0},
    {"kernel_size": -1},
    {"kernel_size": [3] * 4},
    {"kernel_size": []},
    {"strides": 0},
    {"strides": None},
    {"dilation_rate": 0},
    {"padding": "full"},
    {"data_format": "channels"},
    {"bias_initializer": "nothing"},
    {"activation": "nothing"},
    {"kernel_size": 10},
    {"kernel_size": 4, "dilation_rate": 3},
    {"dtype": "int32"},
    {"dtype": "string"},
    {"depth_multiplier": 0},
    {"filters": 0},
    {"unheard_of": 1},
]
NOT_DEPTHWISE = [name for name in NAMES if not name.startswith("Depthwise")]
SLIDING = [name for name in NAMES if not name.endswith("Transpose")]


def _bad_rows():
    for name in NAMES:
        shape = INPUTS[_rank(name)]
        for arguments in BAD:
            # A transposed convolution makes its input larger: no window is too large for it.
            if name in SLIDING or arguments not in ({"kernel_size": 10}, {"kernel_size": 4, "dilation_rate": 3}):
                yield name, _required(name) | arguments, shape
        yield name, _required(name), shape[:-1]
        yield name, _required(name), (*shape[:-1], 3, 4)
        yield name, _required(name), (*shape[:-1], None)
        yield name, _required(name) | {"data_format": "channels_first"}, (None, None, *shape[2:])
        if name != "Conv1D":
            yield name, _required(name) | {"padding": "causal"}, shape
        if name not in LAYERS["separable"]:
            yield name, _required(name) | {"strides": 2, "dilation_rate": 2}, shape


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        *_bad_rows(),
        *((name, {"kernel_size": 3, "filters": 6, "groups": 4}, SEQUENCE) for name in ("Conv1D",)),
        ("Conv2D", {"kernel_size": 3, "filters": 6, "groups": 3}, IMAGE),
        ("Conv2D", {"kernel_size": 3, "filters": 6, "groups": 0}, IMAGE),
        ("Conv2D", {"kernel_size": 3, "filters": 6, "lora_rank": 2, "kernel_constraint": "max_norm"}, IMAGE),
        ("Conv2D", {"kernel_size": 3}, IMAGE),
        ("Conv2D", {"filters": 6}, IMAGE),
        ("Conv2D", {"kernel_size": 3, "filters": None}, IMAGE),
        ("Conv2D", {"kernel_size": [3, 9], "filters": 6}, IMAGE),
        ("Conv2DTranspose", {"kernel_size": 3, "filters": 6, "output_padding": 1}, IMAGE),
        ("Conv2DTranspose", {"kernel_size": 3, "filters": 6, "strides": 2, "output_padding": [1, 2]}, IMAGE),
        ("Conv2DTranspose", {"kernel_size": 3, "filters": 6, "strides": 2, "output_padding": -1}, IMAGE),
        ("Conv2DTranspose", {"kernel_size": 3, "filters": 6, "lora_rank": 2}, IMAGE),
        ("Conv2DTranspose", {"kernel_size": 3, "filters": 6, "groups": 2}, IMAGE),
        ("SeparableConv2D", {"kernel_size": 3, "filters": 6, "groups": 2}, IMAGE),
        ("DepthwiseConv2D", {"kernel_size": 3, "filters": 6}, IMAGE),
    ],
)  # fmt: skip
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["int32", "uint8", "bool", "string", "complex64"])
def test_only_floating_point_numbers_are_convolved(name, dtype):
    shape = tuple(2 if length is None else length for length in INPUTS[_rank(name)])
    refuses(name, _required(name), (dtype, *shape), keras_builds=True)
    assert not runs(name, _required(name), (dtype, *shape))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["sparse", "ragged"])
def test_only_dense_tensors_are_convolved(name, kind):
    refuses(name, _required(name), TensorType(INPUTS[_rank(name)], **{kind: True}), keras_builds=True)


@pytest.mark.parametrize("name", NAMES)
def test_an_activation_that_cannot_be_applied_is_refused(name):
    arguments = _required(name) | {"activation": "threshold"}
    refuses(name, arguments, INPUTS[_rank(name)], keras_builds=True)
    assert not runs(name, arguments, INPUTS[_rank(name)])


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("Transpose")])
def test_a_transposed_same_convolution_with_an_even_window_needs_output_padding(name):
    arguments = {"filters": 6, "kernel_size": 2, "strides": 2, "padding": "same", "output_padding": 0}
    inputs = (2, *(4,) * _rank(name), 4)
    refuses(name, arguments, inputs, keras_builds=True)
    assert not runs(name, arguments, inputs)
    assert runs(name, arguments | {"output_padding": 1}, inputs)


def test_a_window_that_does_not_fit_is_named():
    with pytest.raises(EmptyResultError) as caught:
        make("Conv2D", {"filters": 1, "kernel_size": [1, 3], "dilation_rate": 4}).infer(inputs=TensorType(IMAGE))
    assert caught.value.message == (
        "slides a window of length 9 (3 with `dilation_rate` 4) along axis 2 of (None, 9, 8, 4), which is shorter"
    )
    assert (caught.value.operands, caught.value.argument) == (("inputs",), "kernel_size")


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    inherited = ("lora_rank", "lora_alpha") if name in ("Conv1D", "Conv2D", "Conv3D") else ()
    check_signature(operation(name), keras_class, inherited=inherited)
    check_calls(operation(name), keras_class)


@pytest.mark.parametrize("alias", [name for name in ALIASES if "Convolution" in name])
def test_aliases_are_those_of_keras(alias):
    assert getattr(keras.layers, alias) is getattr(keras.layers, operation(alias).keras_name)


def test_lengths_of_an_unknown_axis_are_unknown():
    assert window_length(None, 3, 2, "valid") is None
    assert transposed_length(None, 3, 2, "same", 1) is None


@st.composite
def convolutions(draw, name):
    """The arguments of a convolution and an input, most of which fit each other."""
    rank = _rank(name)

    def sizes(low, high):
        return st.integers(low, high) | st.lists(st.integers(low, high), min_size=rank, max_size=rank)

    choices = {
        "kernel_size": sizes(1, 4),
        "strides": sizes(1, 3),
        "dilation_rate": sizes(1, 2),
        "padding": st.sampled_from(["valid", "valid", "valid", "same", "same", "same", "causal"]),
        "data_format": st.sampled_from(["channels_last", "channels_first"]),
        "use_bias": st.booleans(),
        "dtype": st.sampled_from(["float32", "float64", "mixed_bfloat16"]),
    }
    if not name.startswith("Depthwise"):
        choices["filters"] = st.integers(1, 6)
    if name.endswith("Transpose"):
        choices["output_padding"] = sizes(0, 2)
    elif name in LAYERS["separable"]:
        choices["depth_multiplier"] = st.integers(1, 3)
    else:
        choices |= {"groups": st.integers(1, 3), "lora_rank": st.integers(1, 2)}
    arguments = {
        key: draw(value) for key, value in choices.items() if key in ("kernel_size", "filters") or draw(st.booleans())
    }
    lengths = draw(st.lists(st.none() | st.integers(1, 8), min_size=rank, max_size=rank))
    channels = draw(st.sampled_from([1, 2, 3, 4, 6, 6, 6, None]))
    dtype = draw(st.sampled_from(["float32"] * 9 + ["float16", "int32"]))
    first = arguments.get("data_format") == "channels_first"
    shape = (2, channels, *lengths) if first else (2, *lengths, channels)
    return arguments, TensorType(shape[: draw(st.sampled_from([9] * 9 + [-1]))], dtype)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=examples(10, thorough=25), deadline=None, derandomize=True)
@given(data=st.data())
def test_the_verdict_is_that_of_keras(name, data):
    arguments, inputs = data.draw(convolutions(name))
    # `runs`, because Keras builds what could never run: whole numbers, some transposed convolutions.
    assert_verdict(name, arguments, inputs)
