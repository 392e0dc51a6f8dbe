"""Layers of one class with the same arguments are one object, which is looked at once for each kind of input."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.catalog.layers.core.dense import Dense
from spec_compiler.catalog.layers.regularization import Dropout


def loaded(*calls):
    """A chain of calls."""
    nodes = {"x": {"type": "Input", "shape": [4]}}
    for number, call in enumerate(calls):
        nodes[f"h{number}"] = {**call, "inputs": [*nodes][-1]}
    return sc.load_spec({"spec": 1, "nodes": nodes, "outputs": [[*nodes][-1]]})


def configs(graph):
    return [layer.config for name, layer in graph.layers.items() if name != "x"]


def test_equal_layers_are_one_object_and_share_no_weights():
    call = {"type": "Dense", "units": 4, "activation": "relu"}
    graph = loaded(call, call, {**call, "name": "other"})
    first, second, third = configs(graph)
    assert first is second is third
    assert graph.parameter_count == 3 * 20


def errors(*calls):
    """The nodes with errors, of several that take the same."""
    nodes = {f"h{number}": {**call, "inputs": "x"} for number, call in enumerate(calls)}
    spec = {"spec": 1, "nodes": {"x": {"type": "Input", "shape": [8, 8, 3]}, **nodes}, "outputs": [*nodes]}
    return [each.path.split("/")[2] for each in sc.check_spec(spec) if each.severity == "error"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ({"type": "Dense", "units": 1}, {"type": "Dense", "units": True}),
        ({"type": "Dense", "units": 1, "use_bias": True}, {"type": "Dense", "units": 1, "use_bias": 1}),
        ({"type": "Conv2D", "filters": 2, "kernel_size": [1, 1]}, {"type": "Conv2D", "filters": 2, "kernel_size": [1, True]}),
        ({"type": "Dense", "units": 1, "activation": None}, {"type": "Dense", "units": 1, "activation": "None"}),
    ],
)  # fmt: skip
def test_arguments_that_python_takes_for_equal_are_told_apart(right, wrong):
    assert errors(right, wrong, right) == ["h1"]
    assert errors(wrong, right, wrong) == ["h0", "h2"]


def test_the_sign_of_a_zero_is_kept():
    first, second = configs(loaded({"type": "Dropout", "rate": 0.0}, {"type": "Dropout", "rate": -0.0}))
    assert (str(first.rate), str(second.rate)) == ("0.0", "-0.0")


def test_layers_inside_others_are_objects_of_their_own():
    call = {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 4}}
    nodes = {
        "x": {"type": "Input", "shape": [3, 4]},
        "a": {**call, "inputs": "x"},
        "b": {**call, "inputs": "a"},
    }
    graph = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": ["b"]})
    a, b = (graph.layers[name].config.layer for name in "ab")
    assert a.config == b.config
    assert a is not b
    assert a.config is not b.config


def test_what_is_refused_is_refused_of_each():
    assert errors(*[{"type": "Dense", "units": -4}] * 3) == ["h0", "h1", "h2"]
    assert errors(*[{"type": "Conv1D", "filters": 2, "kernel_size": 3}] * 3) == ["h0", "h1", "h2"]


@pytest.mark.parametrize("kind", [Dense, Dropout])
def test_equal_calls_are_worked_out_once(monkeypatch, kind):
    seen = []
    infer = kind.infer

    def noting(self, inputs, **flags):
        seen.append((self, inputs))
        return infer(self, inputs, **flags)

    monkeypatch.setattr(kind, "infer", noting)
    call = {"type": "Dense", "units": 4} if kind is Dense else {"type": "Dropout", "rate": 0.5}
    loaded(*[call] * 5, {"type": "Dense", "units": 3}, *[call] * 5)
    assert len([each for each in seen if each[1].shape == (None, 4)]) == (1 if kind is Dropout else 2)
    assert len(seen) == len(set(seen))
