"""When layers are equal: the one meaning of it that lints, repetition and `diff` have."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.analysing.structure import call_key, comparable_key, operation_key

pytestmark = pytest.mark.usefixtures("stand_ins")


def layer(node, **head):
    nodes = {"x": {"type": "Input", "shape": [5, 4]}, "y": {**node, "inputs": "x"}}
    layers = {"cell": {"type": "Dense", "units": 2}, "other": {"type": "Dense", "units": 2}}
    used = {name: {"use": name, "inputs": "x"} for name in layers}
    spec = {"spec": 1, "layers": layers, "nodes": nodes | used, "outputs": ["y", "cell", "other"], **head}
    return sc.load_spec(spec).graph.layers["y"].operation


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"type": "Dense", "units": 4}, {"type": "Dense", "units": 4, "use_bias": True}, True),
        ({"type": "Dense", "units": 4}, {"type": "Dense", "units": 5}, False),
        ({"type": "Dense", "units": 4}, {"type": "Dense", "units": 4, "trainable": False}, False),
        ({"type": "ReLU"}, {"type": "ops.relu"}, False),
        (
            {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 2}},
            {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 2, "name": "inside"}},
            True,
        ),
        (
            {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 2}},
            {"type": "TimeDistributed", "layer": {"use": "cell"}},
            False,
        ),
    ],
)
def test_layers_are_equal_if_what_keras_makes_of_them_is(one, other, equal):
    assert (operation_key(layer(one)) == operation_key(layer(other))) is equal
    assert (comparable_key(layer(one), None) == comparable_key(layer(other), None)) is equal


def test_a_shared_layer_is_itself_in_one_graph_and_a_shared_layer_in_another():
    one, other = (layer({"type": "TimeDistributed", "layer": {"use": name}}) for name in ("cell", "other"))
    assert operation_key(one) != operation_key(other)
    assert comparable_key(one, None) == comparable_key(other, None)


def test_a_policy_of_the_spec_is_none_of_its_layers():
    node = {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 2}}
    under_policy = layer(node, dtype_policy="float16")
    assert operation_key(under_policy) != operation_key(layer(node))
    assert comparable_key(under_policy, "float16") == comparable_key(layer(node), None)


def test_numbers_of_a_call_are_equal_if_they_are_of_one_kind():
    keys = {call_key({}, [("x2", value)]) for value in (1, 1.0, True)} | {call_key({"training": True}, [])}
    assert len(keys) == 4
