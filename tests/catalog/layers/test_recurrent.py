"""Recurrent layers against Keras."""

from __future__ import annotations

import keras
import pytest
from pydantic import ValidationError

import spec_compiler as sc
from spec_compiler.catalog.registry import layers_of, operation
from tests.catalog.keras_contract.calls import make
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature

pytestmark = pytest.mark.tensorflow

SEQUENCE = (None, 7, 5)

ROWS = [
    ("LSTM", {"units": 4}, SEQUENCE),
    ("LSTM", {"units": 4, "return_sequences": True, "return_state": True}, (None, None, 5)),
    ("LSTM", {"units": 4, "use_bias": False, "dtype": "mixed_bfloat16"}, SEQUENCE),
    ("LSTM", {"units": 4}, {"sequences": SEQUENCE, "initial_state": [(None, 4), (None, 4)]}),
    ("GRU", {"units": 4, "return_state": True}, SEQUENCE),
    ("GRU", {"units": 4, "reset_after": False}, SEQUENCE),
    ("GRU", {"units": 4, "stateful": True}, (2, 7, 5)),
    ("SimpleRNN", {"units": 4, "trainable": False}, SEQUENCE),
    ("SimpleRNN", {"units": 4, "dropout": 0.2, "seed": 3, "unroll": True}, SEQUENCE),
    ("RNN", {"cell": {"type": "LSTMCell", "units": 4}, "return_state": True}, SEQUENCE),
    (
        "RNN",
        {"cell": [{"type": "LSTMCell", "units": 4}, {"type": "GRUCell", "units": 3}], "return_state": True},
        SEQUENCE,
    ),
    (
        "RNN",
        {
            "cell": {
                "type": "StackedRNNCells",
                "cells": [{"type": "GRUCell", "units": 4}, {"type": "SimpleRNNCell", "units": 3}],
            }
        },
        SEQUENCE,
    ),
    ("Bidirectional", {"layer": {"type": "LSTM", "units": 4}}, SEQUENCE),
    (
        "Bidirectional",
        {"layer": {"type": "LSTM", "units": 4, "return_sequences": True, "return_state": True}},
        SEQUENCE,
    ),
    ("Bidirectional", {"layer": {"type": "GRU", "units": 4}, "merge_mode": None}, SEQUENCE),
    (
        "Bidirectional",
        {
            "layer": {"type": "GRU", "units": 4},
            "backward_layer": {"type": "LSTM", "units": 4, "go_backwards": True},
            "merge_mode": "sum",
        },
        SEQUENCE,
    ),
    ("TimeDistributed", {"layer": {"type": "Dense", "units": 3}}, SEQUENCE),
    ("TimeDistributed", {"layer": {"type": "LSTM", "units": 3}}, (None, 2, 7, 5)),
    ("Sequential", {"layers": [{"type": "Dense", "units": 3}, {"type": "LSTM", "units": 2}]}, SEQUENCE),
    ("LSTMCell", {"units": 4}, {"inputs": (None, 5), "states": [(None, 4), (None, 4)]}),
]


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_computes(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("LSTM", {"units": 0}, SEQUENCE),
        ("LSTM", {"units": 4}, (None, 5)),
        ("LSTM", {"units": 4, "stateful": True}, SEQUENCE),
        ("Bidirectional", {"layer": {"type": "Dense", "units": 4}}, SEQUENCE),
        ("TimeDistributed", {"layer": {"type": "Dense", "units": 4}}, (None, 5)),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM"])
def test_a_loop_is_not_unrolled_without_end(kind):
    layer = {"type": kind, "units": 4, "unroll": True}
    assert check_layer(layer, [10_000, 2]) == []
    message = f"`y` ({kind}) is unrolled for at most 10,000 steps, and gets 10,001 (from `x`)"
    assert check_layer(layer, [10_001, 2]) == [("SC204", message)]
    assert check_layer({"type": "Bidirectional", "layer": layer}, [10_001, 2]) != []
    assert check_layer({**layer, "unroll": False}, [10_001, 2]) == []


def check_layer(layer, shape):
    """The codes and messages of the mistakes of a layer on an input."""
    nodes = {"x": {"type": "Input", "shape": shape}, "y": {**layer, "inputs": "x"}}
    report = sc.check_spec({"spec": 1, "nodes": nodes, "outputs": ["y"]})
    return [(d.code, d.message) for d in report.diagnostics if d.severity == "error"]


def test_an_unrolled_loop_needs_to_know_its_steps():
    refuses("GRU", {"units": 4, "unroll": True}, (None, None, 5), keras_builds=True)


def test_two_directions_with_states_of_their_own_numbers_are_refused():
    # Keras builds it, and takes half of the states for each direction when it is called.
    directions = {
        "layer": {"type": "GRU", "units": 2, "return_state": True},
        "backward_layer": {"type": "LSTM", "units": 2, "return_state": True, "go_backwards": True},
    }
    with pytest.raises(ValidationError, match="as many states each"):
        make("Bidirectional", directions)


@pytest.mark.parametrize("name", [*layers_of("recurrent"), "Bidirectional", "TimeDistributed"])
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    check_signature(operation(name), keras_class, excluded=EXCLUDED.get(name, ()))
    check_calls(operation(name), keras_class)


EXCLUDED = {"Bidirectional": ("weights",)}
"""Arrays of weights are no part of a spec."""
