"""Calls that Keras can build and not run, or not even build: each is refused, and the nearest that runs is taken."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from spec_compiler.catalog.rules import RuleError
from tests.catalog.keras_contract.calls import make, types
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_on_data import runs

pytestmark = pytest.mark.tensorflow

DENSE = {"type": "Dense", "units": 2}
STEPS = (2, 4, 3)
GRU = {"type": "GRU", "units": 2}
ORTHOGONAL = "OrthogonalRegularizer"

REFUSED = [
    *(
        (wrapper, {field: [inner] if field == "layers" else inner}, {"inputs": (2, 4, 5, 3)})
        for wrapper, field in (("TimeDistributed", "layer"), ("Sequential", "layers"))
        for inner in (
            {"type": "GRUCell", "units": 3},
            {"type": "Add"},
            {"type": "Concatenate"},
            {"type": "Attention"},
            {"type": "MultiHeadAttention", "num_heads": 1, "key_dim": 2},
        )
    ),
    ("TimeDistributed", {"layer": {**GRU, "return_state": True}}, {"inputs": (2, 4, 5, 3)}),
    *((name, {"units": 2}, {"sequences": (dtype, *STEPS)}) for name in ("LSTM", "GRU", "SimpleRNN") for dtype in ("string", "complex64")),
    *((name, {"units": 2, "dropout": 0.5}, {"sequences": ("int32", *STEPS)}) for name in ("LSTM", "GRU", "SimpleRNN")),
    *((name, {"units": 2, "dtype": "int32"}, {"sequences": STEPS}) for name in ("LSTM", "GRU", "SimpleRNN")),
    ("RNN", {"cell": {"type": "LSTMCell", "units": 2}}, {"sequences": ("string", *STEPS)}),
    ("RNN", {"cell": {"type": "LSTMCell", "units": 2}, "dtype": "complex64"}, {"sequences": STEPS}),
    ("Bidirectional", {"layer": GRU}, {"sequences": ("complex64", *STEPS)}),
    ("LSTM", {"units": 2}, {"sequences": STEPS, "initial_state": [("string", 2, 2)] * 2}),
    ("GRUCell", {"units": 2}, {"inputs": (2, 3), "states": [("int32", 2, 2)]}),
    ("GRUCell", {"units": 2}, {"inputs": ("complex64", 2, 3), "states": [(2, 2)]}),
    ("SimpleRNNCell", {"units": 2}, {"sequence": ("string", 2, 3), "states": [(2, 2)]}),
    ("SimpleRNNCell", {"units": 2, "recurrent_dropout": 0.5}, {"sequence": (2, 3), "states": [("int32", 2, 2)]}),
    ("Dense", {"units": 2, "activity_regularizer": ORTHOGONAL}, {"inputs": STEPS}),
    ("Dense", {"units": 2, "activity_regularizer": ORTHOGONAL, "dtype": "mixed_float16"}, {"inputs": (2, 3)}),
    ("Hashing", {"num_bins": 2, "activity_regularizer": ORTHOGONAL}, {"inputs": ("string", 2, 3)}),
    ("Dense", {"units": 2, "bias_regularizer": ORTHOGONAL}, {"inputs": (2, 3)}),
    ("Dense", {"units": 2, "bias_constraint": {"type": "MaxNorm", "axis": 1}}, {"inputs": (2, 3)}),
    ("Conv1D", {"filters": 2, "kernel_size": 2, "kernel_regularizer": ORTHOGONAL}, {"inputs": STEPS}),
    ("DepthwiseConv1D", {"kernel_size": 2, "depthwise_constraint": {"type": "UnitNorm", "axis": [0, 3]}}, {"inputs": STEPS}),
    ("Identity", {"activity_regularizer": "L2"}, {"inputs": ("string", 2, 3)}),
    ("Flatten", {"activity_regularizer": "L1", "dtype": "uint8"}, {"inputs": ("uint8", 2, 3)}),
    ("AdditiveAttention", {}, {"inputs": [STEPS, ("int32", *STEPS)]}),
    ("AdditiveAttention", {"dtype": "float16"}, {"inputs": [("int32", *STEPS)] * 2}),
    ("RandomHue", {"factor": 0.2, "value_range": [0, 1], "dtype": "uint8"}, {"data": (2, 8, 8, 3)}),
    ("RandomPosterization", {"factor": 4, "value_range": [0, 1], "dtype": "uint8"}, {"data": (2, 8, 8, 3)}),
]  # fmt: skip

TAKEN = [
    ("TimeDistributed", {"layer": {**GRU, "return_sequences": True}}, {"inputs": (2, 4, 5, 3)}),
    ("Sequential", {"layers": [GRU, DENSE]}, {"inputs": STEPS}),
    ("LSTM", {"units": 2, "recurrent_dropout": 0.5}, {"sequences": ("int32", *STEPS)}),
    ("LSTM", {"units": 2}, {"sequences": STEPS, "initial_state": [("int32", 2, 2)] * 2}),
    ("RNN", {"cell": [{"type": "GRUCell", "units": 2}, {"type": "LSTMCell", "units": 3}]}, {"sequences": ("bool", *STEPS)}),
    ("GRUCell", {"units": 2}, {"inputs": ("int32", 2, 3), "states": [(2, 2)]}),
    ("SimpleRNNCell", {"units": 2}, {"sequence": (2, 3), "states": [("int32", 2, 2)]}),
    ("Dense", {"units": 2, "activity_regularizer": ORTHOGONAL, "kernel_regularizer": ORTHOGONAL}, {"inputs": (2, 3)}),
    ("Dense", {"units": 2, "kernel_regularizer": ORTHOGONAL, "dtype": "mixed_float16"}, {"inputs": (2, 3)}),
    ("Dense", {"units": 2, "bias_regularizer": ORTHOGONAL, "trainable": False}, {"inputs": (2, 3)}),
    ("Dense", {"units": 2, "kernel_constraint": {"type": "MaxNorm", "axis": -1}}, {"inputs": (2, 3)}),
    ("DepthwiseConv1D", {"kernel_size": 2, "depthwise_constraint": {"type": "UnitNorm", "axis": [0, 2]}}, {"inputs": STEPS}),
    ("AdditiveAttention", {}, {"inputs": [STEPS, ("int32", *STEPS), STEPS]}),
    ("AdditiveAttention", {}, {"inputs": [("int32", *STEPS)] * 2}),
    ("RandomHue", {"factor": 0.2, "dtype": "uint8"}, {"data": (2, 8, 8, 3)}),
    ("RandomPosterization", {"factor": 4, "dtype": "uint8"}, {"data": (2, 8, 8, 3)}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), REFUSED)
def test_what_keras_cannot_run_is_refused(name, arguments, inputs):
    with pytest.raises((ValidationError, RuleError)):
        make(name, arguments).apply(**types(inputs))
    trains = name not in ("Identity", "Flatten", "Hashing")
    assert not runs(name, arguments, types(inputs), {}, trains=trains)


def test_rows_are_held_against_each_other_only_where_their_number_is_known():
    regularizer = {"type": ORTHOGONAL}
    call = {"inputs": (None, 3)}
    with pytest.raises(RuleError, match="known number of rows"):
        make("Dense", {"units": 2, "activity_regularizer": regularizer}).apply(**types(call))
    make("Dense", {"units": 2, "activity_regularizer": {**regularizer, "mode": "columns"}}).apply(**types(call))
    inputs = keras.Input((3,))
    model = keras.Model(
        inputs, keras.layers.Dense(2, activity_regularizer=keras.regularizers.OrthogonalRegularizer())(inputs)
    )
    with pytest.raises(TypeError, match="num_rows"):
        model.predict(np.zeros((5, 3)), batch_size=2, verbose=0)


def test_a_mean_of_whole_numbers_under_a_mask_is_refused():
    """Keras states the dtype of the layer for it, and gives float64."""
    call = {"inputs": (None, 4, 3), "mask": ("bool", None, 4)}
    with pytest.raises(RuleError, match="lets through"):
        make("GlobalAveragePooling1D", {"dtype": "int32"}).apply(**types(call))
    make("GlobalAveragePooling1D", {}).apply(**types(call))
    given = keras.layers.GlobalAveragePooling1D(dtype="int32")(np.ones((2, 4, 3), "int32"), mask=np.ones((2, 4), bool))
    assert given.dtype.name == "float64"


@pytest.mark.parametrize(("name", "arguments", "inputs"), TAKEN)
def test_what_is_nearest_to_it_and_runs_is_taken(name, arguments, inputs):
    check(name, arguments, types(inputs))
    assert runs(name, arguments, types(inputs), {})
