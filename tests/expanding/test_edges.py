"""`edges`: the wiring as arrows."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.pipeline import analyse
from tests.marked import expect_linking, underlined
from tests.stages.through import expanded, flows

NODES = {
    "a": {"type": "Input", "shape": [4, 4]},
    "c": {"type": "Dense", "units": 4},
    "h": {"type": "LSTM", "units": 4, "return_state": True},
    "sum": {"type": "add"},
    "d": {"type": "Dense", "units": 4},
}


@pytest.mark.parametrize(
    ("edges", "flow"),
    [
        (["a -> c -> d"], {"c": ["a"], "d": ["c"]}),
        (["a->c->d"], {"c": ["a"], "d": ["c"]}),
        (["  a  ->c ->  d "], {"c": ["a"], "d": ["c"]}),
        (["c -> d", "a -> c"], {"c": ["a"], "d": ["c"]}),
        ([["a", "c"], ["c", "d"]], {"c": ["a"], "d": ["c"]}),
        (["a -> c", "a, c -> sum -> d"], {"c": ["a"], "sum": ["a", "c"], "d": ["sum"]}),
        (["c -> sum", "a -> sum", "a -> c", "sum -> d"], {"c": ["a"], "sum": ["c", "a"], "d": ["sum"]}),
        (["a -> c, sum", "c -> sum -> d"], {"c": ["a"], "sum": ["a", "c"], "d": ["sum"]}),
        (["a -> sum, c", "c -> sum", "sum -> d"], {"c": ["a"], "sum": ["a", "c"], "d": ["sum"]}),
        (["a -> h", "h.state_h, h.2 -> sum -> d"], {"h": ["a"], "sum": ["h.state_h", "h.2"], "d": ["sum"]}),
        (["a -> h", ["h.output", "d"]], {"h": ["a"], "d": ["h.output"]}),
    ],
)
def test_edges_wire_in_the_order_in_which_they_are_written(edges, flow):
    nodes = {name: node for name, node in NODES.items() if name in {"a", *flow}}
    spec = expanded({"spec": 1, "nodes": nodes, "edges": edges, "outputs": ["d"]})
    assert flows(spec) == {"a": [], **flow}


def test_edges_and_inputs_give_the_same_graph():
    head = "spec: 1\nnodes:\n  a: {type: Input, shape: [4]}\n  b: {type: Input, shape: [3]}\n"
    by_inputs = expanded(
        sc.Source.text(
            head + "  c: {type: concatenate, inputs: [a, b]}\n  d: {type: Dense, units: 2, inputs: c}\noutputs: [d]\n"
        )
    )
    by_edges = expanded(
        sc.Source.text(
            head + "  c: {type: concatenate}\n  d: {type: Dense, units: 2}\noutputs: [d]\nedges: ['a, b -> c -> d']\n"
        )
    )
    assert flows(by_inputs) == flows(by_edges) == {"a": [], "b": [], "c": ["a", "b"], "d": ["c"]}
    assert [(node.name, node.type, dict(node.arguments)) for node in by_inputs.nodes] == [
        (node.name, node.type, dict(node.arguments)) for node in by_edges.nodes
    ]


def test_a_pattern_may_stand_at_the_start_of_an_arrow():
    spec = expanded(
        sc.Source.text("""
            spec: 1
            nodes:
              x: {type: Input, shape: [4]}
              expert_0: {type: Dense, units: 2, inputs: x}
              other: {type: Dense, units: 2, inputs: x}
              expert_1: {type: Dense, units: 2, inputs: x}
              expert_sum: {type: add}
              last: {type: add}
            edges:
              - expert_* -> expert_sum
              - [expert_sum, last]
              - other -> last
            outputs: [last]
        """)
    )
    assert flows(spec)["expert_sum"] == ["expert_0", "expert_1"]
    assert flows(spec)["last"] == ["expert_sum", "other"]


def test_the_same_edge_twice_flows_twice():
    spec = expanded(
        sc.Source.text("""
            spec: 1
            nodes: {x: {type: Input, shape: [4]}, y: {type: multiply}}
            edges: [x -> y, x -> y]
            outputs: [y]
        """)
    )
    assert flows(spec)["y"] == ["x", "x"]


def test_nodes_with_inputs_and_nodes_with_edges_go_together():
    expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}
          b: {type: Dense, units: 2}
        edges: [a -> b]
        outputs: [b]
    """)


def test_a_node_that_is_wired_in_both_ways_is_an_error_that_shows_both():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}  # SC305
        edges:
          - x -> a
        outputs: [a]
    """)
    (found,) = report
    assert underlined(report) == [("SC305", "inputs")]
    assert [(*related.span.start, *related.span.end) for related in found.related] == [(6, 5, 6, 6)]


def test_what_is_no_edge_is_refused_where_it_stands():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 3]}
          h: {type: LSTM, units: 2, inputs: x}
        edges:
          - x  # SC215
          - x ->  # SC215
          - -> h  # SC215
          - x -> -> h  # SC215
          - x,, x -> h  # SC215
          - x => h  # SC215
          - x -> h.0  # SC215
          - x -> h*  # SC215
          - [x]  # SC215
          - []  # SC215
          - [x, 3]  # SC215
          - [x, [h]]  # SC215
          - {x: h}  # SC215
          - 3  # SC215
          -  # SC215
          - x y -> h  # SC215
        outputs: [h]
    """)
    assert ("SC215", "h.0") in underlined(report)
    assert ("SC215", "h*") in underlined(report)
    assert ("SC215", "x y") in underlined(report)


def test_beside_an_edge_with_a_mistake_what_takes_one_tensor_keeps_the_edge_that_it_has():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          c: {type: Dense, units: 4}
          lost: {type: Dense, units: 4}
          sum: {type: add}
        edges:
          - x -> c
          - c -> sum
          - c ->  # SC215
        outputs: [c, lost, sum]
    """)
    assert report.errors == 1


def test_beside_an_edge_with_a_mistake_it_is_known_what_flows_into_such_a_node():
    nodes = {"x": {"type": "Input", "shape": [4]}, "c": {"type": "Dense", "units": 4}, "s": {"type": "add"}}
    known = analyse({"spec": 1, "nodes": nodes, "edges": ["x -> c", "x -> s", 3], "outputs": ["c"]}).sound
    assert known is not None
    assert [*known.results] == ["x", "c"]


def test_an_edge_names_nodes_that_exist():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          hidden: {type: Dense, units: 2}
        edges:
          - xx -> hidden  # SC301
          - x -> hiden  # SC301
          - nothing_* -> hidden  # SC312
        outputs: [hidden]
    """)
    assert underlined(report) == [("SC301", "xx"), ("SC301", "hiden"), ("SC312", "nothing_*")]
    assert [found.fix for found in report] == ["x", "hidden", None]


def test_a_shared_layer_is_no_node_that_an_edge_could_name():
    expect_linking("""
        spec: 1
        layers: {shared: {type: Dense, units: 2}}
        nodes:
          x: {type: Input, shape: [4]}
          y: {use: shared}
        edges:
          - x -> shared  # SC301
          - x -> y
        outputs: [y]
    """)
