"""Convolutional recurrent layers against Keras."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.registry import LAYERS, operation
from tests.catalog.keras_contract.calls import arguments_of, make, types
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_on_data import assert_agreement
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

VIDEO = (None, 3, 8, 6, 4)
SMALL = {"filters": 2, "kernel_size": 3}
STATE = (None, 6, 4, 2)

ROWS = [
    ("ConvLSTM1D", SMALL, (None, 3, 8, 4)),
    ("ConvLSTM1D", {**SMALL, "data_format": "channels_first"}, (None, None, 4, 8)),
    ("ConvLSTM1D", {**SMALL, "strides": [2], "padding": "same"}, (None, 3, 7, 4)),
    ("ConvLSTM2D", SMALL, VIDEO),
    ("ConvLSTM2D", {**SMALL, "kernel_size": [3, 1], "strides": [1, 2]}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "dilation_rate": 2}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "padding": "same", "strides": 2}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "data_format": "channels_first"}, (None, 3, 4, 8, 6)),
    ("ConvLSTM2D", {**SMALL, "data_format": "channels_last", "return_sequences": True}, (None, None, 8, 6, 4)),
    ("ConvLSTM2D", {**SMALL, "return_sequences": True, "return_state": True}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "return_state": True, "go_backwards": True}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "stateful": True}, (2, 3, 8, 6, 4)),
    ("ConvLSTM2D", {**SMALL, "unroll": True}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "use_bias": False, "trainable": False}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "unit_forget_bias": False, "bias_initializer": "ones"}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "activation": "relu", "recurrent_activation": "hard_sigmoid"}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "activation": None, "kernel_regularizer": "l2", "recurrent_constraint": "max_norm"}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "dropout": 0.1, "recurrent_dropout": 0.2, "seed": 3}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "dtype": "mixed_bfloat16", "activity_regularizer": "l2"}, VIDEO),
    ("ConvLSTM2D", {**SMALL, "dtype": "float64"}, VIDEO),
    ("ConvLSTM2D", SMALL, ("float16", *VIDEO)),
    ("ConvLSTM2D", SMALL, {"sequences": VIDEO, "initial_state": [STATE, STATE]}),
    ("ConvLSTM2D", SMALL, {"sequences": VIDEO, "mask": ("bool", None, 3)}),
    ("ConvLSTM3D", SMALL, (None, 3, 8, 6, 4, 5)),
    ("ConvLSTM3D", {**SMALL, "data_format": "channels_first", "kernel_size": [3, 2, 1]}, (None, 3, 5, 8, 6, 4)),
    ("TimeDistributed", {"layer": {"type": "ConvLSTM1D", **SMALL}}, (None, 2, 3, 8, 4)),
    ("Bidirectional", {"layer": {"type": "ConvLSTM2D", **SMALL}}, VIDEO),
    ("Bidirectional", {"layer": {"type": "ConvLSTM2D", **SMALL, "return_state": True}, "merge_mode": "sum"}, VIDEO),
    ("Bidirectional", {"layer": {"type": "ConvLSTM2D", **SMALL}}, {"sequences": VIDEO, "initial_state": [STATE] * 4}),
    ("Bidirectional", {"layer": {"type": "ConvLSTM1D", **SMALL, "data_format": "channels_first"}}, (None, 3, 4, 8)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("ConvLSTM2D", {"filters": 2}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "kernel_size": [3, 3, 3]}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "kernel_size": 0}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "strides": 0}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "strides": 2, "dilation_rate": 2}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "padding": "causal"}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "data_format": "last"}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "kernel_size": 7}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "stateful": True}, VIDEO),
        ("ConvLSTM2D", SMALL, (None, 8, 6, 4)),
        ("ConvLSTM2D", SMALL, (None, 3, None, 6, 4)),
        ("ConvLSTM2D", SMALL, (None, 3, 8, 6, None)),
        ("ConvLSTM2D", {**SMALL, "padding": "same"}, (None, 3, 8, None, 4)),
        ("ConvLSTM2D", {**SMALL, "units": 3}, VIDEO),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        # These fail as soon as they are called on data.
        ("ConvLSTM2D", SMALL, ("int32", *VIDEO)),
        ("ConvLSTM2D", {**SMALL, "dtype": "int32"}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "filters": 4, "activation": "glu"}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "filters": 4, "recurrent_activation": "glu"}, VIDEO),
        ("ConvLSTM2D", {**SMALL, "unroll": True}, (None, None, 8, 6, 4)),
        ("ConvLSTM2D", SMALL, {"sequences": VIDEO, "initial_state": [STATE]}),
        ("ConvLSTM2D", SMALL, {"sequences": VIDEO, "initial_state": [STATE, (None, 6, 3, 2)]}),
        ("ConvLSTM2D", SMALL, {"sequences": VIDEO, "initial_state": [STATE, (None, 2)]}),
        ("ConvLSTM2D", SMALL, {"sequences": VIDEO, "mask": ("bool", None, 4)}),
        ("ConvLSTM2D", SMALL, {"sequences": VIDEO, "mask": ("bool", None, 3, 8)}),
        ("Bidirectional", {"layer": {"type": "ConvLSTM2D", **SMALL}}, {"sequences": VIDEO, "initial_state": [STATE] * 2}),
        # Nothing would be left.
        ("ConvLSTM2D", {**SMALL, "filters": 0}, VIDEO),
        # Keras takes any dropout above 1 as 1, and then drops nothing.
        ("ConvLSTM2D", {**SMALL, "dropout": 1.5}, VIDEO),
    ],
)  # fmt: skip
def test_what_keras_builds_and_cannot_run_well_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)


def test_the_states_have_names():
    config = make("ConvLSTM2D", {**SMALL, "return_state": True})
    assert config.infer(**arguments_of(config, types(VIDEO))).names == ("output", "state_h", "state_c")


@pytest.mark.parametrize("name", LAYERS["convolutional_recurrent"])
def test_arguments_and_defaults_are_those_of_keras(name):
    check_signature(operation(name), getattr(keras.layers, name), inherited=("unroll",))
    check_calls(operation(name), getattr(keras.layers, name))


@st.composite
def cases(draw):
    """A layer's name, arguments, and shapes that mostly fit."""
    rank = draw(st.sampled_from([1, 1, 2]))
    first = draw(st.booleans())
    sizes = st.integers(1, 3)
    arguments = {
        "filters": 2,
        "kernel_size": [draw(sizes) for _ in range(rank)],
        "strides": draw(st.sampled_from([1, 1, 2])),
        "dilation_rate": draw(st.sampled_from([1, 1, 2])),
        "padding": draw(st.sampled_from(["valid", "same"])),
        "data_format": "channels_first" if first else None,
        **{
            name: draw(st.booleans())
            for name in ("use_bias", "return_sequences", "return_state", "go_backwards", "stateful", "unroll")
        },
    }
    lengths = [draw(st.sampled_from([3, 4, 5, 6, 6, 7, None])) for _ in range(rank)]
    channels = draw(st.sampled_from([1, 2, 2, 2, 2, None]))
    # An unrolled loop runs on its own over any steps, and is refused if a model could be fed other numbers of them.
    batch, steps = draw(st.sampled_from([None, 2, 2])), 3 if arguments["unroll"] else draw(st.sampled_from([None, 3]))
    shapes = {"sequences": (batch, steps, channels, *lengths) if first else (batch, steps, *lengths, channels)}
    if draw(st.booleans()):
        state = [draw(st.sampled_from([None, 2, 3, 4])) for _ in range(rank)]
        shapes["initial_state"] = [(batch, 2, *state) if first else (batch, *state, 2)] * draw(
            st.sampled_from([2, 2, 2, 1])
        )
    if draw(st.booleans()):
        # An unrolled loop does not look at what a mask has too much, which is refused all the same.
        shapes["mask"] = ("bool", batch, draw(st.sampled_from([steps, None, 3, 2 if arguments["unroll"] else 4])))
    return f"ConvLSTM{rank}D", arguments, shapes


@settings(max_examples=examples(30, thorough=70), deadline=None, derandomize=True)
@given(cases())
def test_convolutional_recurrent_layers_agree_with_keras(case):
    assert_agreement(*case)
