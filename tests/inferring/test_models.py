"""A shared block, or a shared `Sequential`, is inferred once for each kind of input, however often it is called."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.catalog.layers.core.dense import Dense

DEPTH = 40
LIMITS = sc.Limits(nodes=2 ** (DEPTH + 5))
"""All calls of layers in layers count, as if each were written out."""


@pytest.fixture
def inferred(monkeypatch):
    """The shapes for which a `Dense` was inferred."""
    shapes: list[tuple[int | None, ...]] = []
    infer = Dense.infer

    def noting(self, inputs):
        shapes.append(inputs.shape)
        return infer(self, inputs)

    monkeypatch.setattr(Dense, "infer", noting)
    return shapes


def block(step):
    """A block that takes one step twice."""
    return {
        "inputs": ["x"],
        "layers": {"step": step},
        "nodes": {"a": {"use": "step", "inputs": "x"}, "b": {"use": "step", "inputs": "a"}},
        "outputs": ["b"],
    }


def blocks_in_blocks(*shapes):
    """A model whose block calls a block twice, which calls another one twice, and so on; called with each shape."""
    dense = {"type": "Dense", "units": 4}
    blocks = {"b0": block(dense), **{f"b{n}": block({"type": f"b{n - 1}"}) for n in range(1, DEPTH)}}
    inputs = {f"x{n}": {"type": "Input", "shape": shape} for n, shape in enumerate(shapes)}
    calls = {f"y{n}": {"use": "top", "inputs": f"x{n}"} for n in range(len(shapes))}
    layers = {"top": {"type": f"b{DEPTH - 1}"}}
    return {"spec": 1, "blocks": blocks, "layers": layers, "nodes": inputs | calls, "outputs": [*calls]}


def test_a_chain_of_shared_blocks_that_each_call_the_one_before_twice_is_inferred_once(inferred):
    graph = sc.load_spec(blocks_in_blocks([4]), limits=LIMITS)
    assert (graph.parameter_count, graph.results["y0"].outputs[0].shape) == (20, (None, 4))
    assert inferred == [(None, 4)]  # The innermost block calls its layer twice, each time on the same.


def test_it_is_inferred_once_for_each_kind_of_input_and_once_for_all_together(inferred):
    graph = sc.load_spec(blocks_in_blocks([3, 4], [5, 4], [3, 4]), limits=LIMITS)
    assert graph.models["top"].results["x"].outputs[0].shape == (None, None, 4)
    assert inferred == [(None, length, 4) for length in (3, 5, None)]


def test_a_chain_of_shared_sequentials_that_each_hold_the_one_before_twice_is_inferred_once(inferred):
    layers = {"s0": {"type": "Sequential", "layers": [{"type": "Dense", "units": 4}]}}
    for n in range(1, DEPTH):
        layers[f"s{n}"] = {"type": "Sequential", "layers": [{"use": f"s{n - 1}"}] * 2}
    nodes = {"x": {"type": "Input", "shape": [4]}, "y": {"use": f"s{DEPTH - 1}", "inputs": "x"}}
    graph = sc.load_spec({"spec": 1, "layers": layers, "nodes": nodes, "outputs": ["y"]}, limits=LIMITS)
    assert graph.parameter_count == 20
    assert inferred == [(None, 4)]


def test_a_shared_block_is_one_model_whose_calls_may_differ_in_a_dimension():
    dense = {"type": "Dense", "units": 8, "inputs": "x"}
    residual = {
        "inputs": ["x"],
        "nodes": {"a": dense, "sum": {"type": "add", "inputs": ["a", "x"]}, "aside": {**dense, "inputs": "sum"}},
        "outputs": ["sum"],
    }
    inputs = {name: {"type": "Input", "shape": shape} for name, shape in (("x", [8]), ("a", [3, 8]), ("b", [5, 8]))}
    nodes = {
        **inputs,
        "ra": {"use": "r", "inputs": "a"},
        "rb": {"use": "r", "inputs": "b"},
        "y": {"type": "concatenate", "axis": 1, "inputs": ["ra", "rb"]},
        "z": {"type": "Dense", "units": 1, "inputs": "x"},
    }
    spec = {"spec": 1, "blocks": {"residual": residual}, "layers": {"r": {"type": "residual"}}, "outputs": ["y", "z"]}
    graph = sc.load_spec({**spec, "nodes": nodes})
    assert graph.results["y"].outputs[0].shape == (None, 8, 8)
    assert graph.parameter_count == 72 + 9
    assert graph.models["r"].results["x"].outputs[0].shape == (None, None, 8)
    nodes |= {"rb": {"use": "r", "inputs": "x"}, "y": {**nodes["y"], "inputs": ["ra", "ra"]}}
    report = sc.check_spec(
        {**spec, "nodes": nodes | {"w": {"use": "r", "inputs": "b"}}, "outputs": ["y", "z", "rb", "w"]}
    )
    assert {found.code for found in report} == {"SC401"}
