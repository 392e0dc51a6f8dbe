"""What each class of an op says of the op, for those that ask about a graph."""

from __future__ import annotations

from functools import reduce
from typing import get_args

import pytest

import spec_compiler as sc
from spec_compiler.analysing.masks import tensors
from spec_compiler.catalog.activations import ALONG_AN_AXIS
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.families import ACTIVATIONS
from spec_compiler.catalog.ops.base import OpPattern
from spec_compiler.catalog.registry import OPS, operation
from spec_compiler.catalog.shapes import broadcast

CLASSES = {
    name: operation(f"ops.{name}")
    for module, names in OPS.items()
    for name in names
    if module != "numpy.constants"  # they have no tensors whose elements their results could depend on
}


def named(pattern):
    return {name for name, found in CLASSES.items() if found.op_pattern == pattern}


def test_every_op_states_how_its_result_depends_on_its_tensors():
    assert [
        name for name, found in CLASSES.items() if getattr(found, "op_pattern", None) not in get_args(OpPattern)
    ] == []


def test_every_op_states_an_example():
    assert [name for name, found in CLASSES.items() if not getattr(found, "example", None)] == []


def test_the_ops_that_give_what_they_take_are_these():
    assert named("identity") == {"array", "cast", "convert_to_tensor", "copy", "saturate_cast", "stop_gradient"}


def test_what_combines_tensors_or_broadcasts_them_merges():
    assert all(CLASSES[name].merges for name in ("add", "concatenate", "dot", "einsum", "maximum", "where"))
    assert not any(CLASSES[name].merges for name in ("relu", "softmax", "reshape", "conv", "batch_normalization"))


def test_what_gives_the_same_elements_in_other_places_rearranges():
    assert {name for name, found in CLASSES.items() if found.rearranges} == named("movement")


def test_an_op_of_the_name_of_an_activation_is_that_activation():
    named_so = {name for name in ACTIVATIONS if name in CLASSES} - {"threshold"}
    found = {name: CLASSES[name]().applied_activation(3) for name in named_so}
    assert found == {name: name for name in named_so}


@pytest.mark.parametrize(
    ("name", "arguments", "activation"),
    [
        ("leaky_relu", {"negative_slope": 0.1}, None),
        ("leaky_relu", {"negative_slope": 0.2}, "leaky_relu"),
        ("softmax", {"axis": 2}, "softmax"),
        ("softmax", {"axis": 1}, None),
        ("softmax", {"axis": None}, None),
        ("threshold", {"threshold": 0.0, "default_value": 0.0}, None),
        ("sqrt", {}, None),
    ],
)
def test_an_op_with_other_arguments_is_no_activation(name, arguments, activation):
    assert CLASSES[name](**arguments).applied_activation(3) == activation


def test_an_activation_along_an_axis_is_no_elementwise_op():
    assert {name for name in ACTIVATIONS if name in CLASSES and CLASSES[name].op_pattern != "elementwise"} == set(
        ALONG_AN_AXIS
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSES)
def test_the_shapes_of_an_example_bear_out_what_its_op_states(name):
    found = example(f"ops.{name}")
    graph = sc.load_spec(sc.Source.text(found.text))
    taken = [graph.type_of(tensor).shape for tensor in tensors(graph.calls[found.node])]
    given = [output.shape for output in graph.results[found.node].outputs]
    assert CLASSES[name].several_outputs == (len(given) > 1)
    match CLASSES[name].op_pattern:
        case "identity":
            assert given == taken
        case "elementwise":
            assert given == [reduce(broadcast, taken)]
        case "axiswise":
            assert [len(shape) for shape in given] == [len(taken[0])]
        case "reduction":
            assert all(len(shape) < len(taken[0]) or shape[0] != taken[0][0] for shape in given)
        case "combination":
            assert len(taken) > 1
