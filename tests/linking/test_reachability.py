"""What leads to no output, and what the model's inputs are."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect_linking
from tests.stages.through import check, linked


def test_an_input_that_leads_to_no_output_is_an_error_and_any_other_node_a_warning():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          unused: {type: Input, shape: [4]}  # SC303
          lost: {type: Dense, units: 2, inputs: x}  # SC304
          more: {type: Dense, units: 2, inputs: lost}  # SC304
          y: {type: Dense, units: 2, inputs: x}
        outputs: [y]
    """)
    assert not report.ok


def test_what_leads_to_no_output_is_left_out_of_the_model():
    graph = linked(
        sc.Source.text("""
            spec: 1
            nodes:
              x: {type: Input, shape: [4]}
              lost: {type: Dense, units: 2, inputs: x}
              y: {type: Dense, units: 3, inputs: x}
            outputs: [y]
        """)
    )
    assert (list(graph.nodes), list(graph.dead)) == (["x", "y"], ["lost"])


def test_what_depends_on_a_mistake_is_silent():
    expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          other: {type: Input, shape: [4]}
          a: {type: Dense, units: "3", inputs: x}  # SC203
          b: {type: add, inputs: [a, x]}
          c: {type: concatenate, inputs: [b, othr]}  # SC301
          d: {type: Dense, units: 2, inputs: c}
        outputs: [d]
    """)


def test_what_a_number_in_the_place_of_a_tensor_stands_for_is_not_unused():
    expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Dense, units: 2, inputs: 1.0}  # SC203
        outputs: [y]
    """)


def test_a_node_without_inputs_is_one_mistake_and_an_empty_graph_is_another():
    expect_linking("""
        spec: 1
        nodes:
          a: {type: Dense, units: 2}  # SC308
        outputs: [a]
    """)
    expect_linking("""
        spec: 1
        nodes: {}  # SC313
        outputs: [a]
    """)


INPUTS = """
spec: 1
nodes:
  c: {type: concatenate, inputs: [b, a]}
  a: {type: Input, shape: [4]}
  b: {type: Input, shape: [3]}
outputs: [c]
"""


def test_the_models_inputs_stand_in_the_order_of_writing():
    assert linked(sc.Source.text(INPUTS)).inputs == ("a", "b")


def test_inputs_says_the_order_of_the_models_inputs():
    assert linked(sc.Source.text(INPUTS + "inputs: [b, a]\n")).inputs == ("b", "a")


@pytest.mark.parametrize(
    ("inputs", "codes"),
    [
        ("[a]", ["SC314"]),
        ("[a, b, a]", ["SC314"]),
        ("[a, b, c]", ["SC314"]),
        ("[a, bb]", ["SC301"]),
        ("[]", ["SC314", "SC314"]),
        ("[a, b.0]", []),
    ],
)
def test_inputs_lists_every_input_once_and_nothing_else(inputs, codes):
    report = check(sc.Source.text(INPUTS + f"inputs: {inputs}\n"))
    assert [found.code for found in report] == codes, str(report)


def test_an_input_may_be_an_output_too():
    graph = linked(sc.Source.text("spec: 1\nnodes: {x: {type: Input, shape: [4]}}\noutputs: [x]\n"))
    assert (graph.inputs, [output.name for output in graph.outputs]) == (("x",), ["x"])


def test_too_many_nodes_are_refused():
    nodes = {f"n{index}": {"type": "Input", "shape": [1]} for index in range(11)}
    report = check({"spec": 1, "nodes": nodes, "outputs": list(nodes)}, limits=sc.Limits(nodes=10))
    assert [(found.code, found.path) for found in report] == [("SC703", "/nodes/n10")]


def test_the_part_of_a_block_that_no_used_output_leads_to_is_left_out_whatever_it_takes():
    report = expect_linking("""
        spec: 1
        blocks:
          both:
            inputs: [x]
            nodes:
              image: {type: Conv2D, filters: 2, kernel_size: 3, inputs: x}
              vector: {type: Dense, units: 2, inputs: x}
            outputs: [vector, image]
        nodes:
          x: {type: Input, shape: [4]}
          b: {type: both, inputs: x}
        outputs: {y: {from: b.vector}}
    """)
    assert report.ok
