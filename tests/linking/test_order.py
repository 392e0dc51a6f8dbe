"""Order, cycles and reachability, held against networkx on random graphs."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.linking.order import find_cycles, is_in_order, reachable_from, topological_order
from tests.marked import expect_linking, underlined
from tests.stages.through import check, linked


@st.composite
def graphs(draw, cyclic):
    """The predecessors of each node, in any order of writing, with edges that may be doubled."""
    count = draw(st.integers(1, 9))
    names = [f"n{index}" for index in range(count)]
    edges = {
        name: tuple(draw(st.lists(st.sampled_from(names if cyclic else names[:index]), max_size=3)))
        if cyclic or index
        else ()
        for index, name in enumerate(names)
    }
    return {name: edges[name] for name in draw(st.permutations(names))}


def digraph(edges):
    graph = networkx.DiGraph()
    graph.add_nodes_from(edges)
    graph.add_edges_from((source, node) for node, sources in edges.items() for source in sources)
    return graph


@pytest.mark.slow
@given(graphs(cyclic=False))
def test_every_node_comes_after_all_that_it_uses_and_ties_go_by_the_order_of_writing(edges):
    order = topological_order(edges)
    position = list(edges)
    assert order == list(networkx.lexicographical_topological_sort(digraph(edges), key=position.index))
    assert is_in_order({node: edges[node] for node in order})


@pytest.mark.slow
@given(graphs(cyclic=True))
def test_cycles_are_found_where_networkx_finds_them(edges):
    graph = digraph(edges)
    cycles = find_cycles(edges)
    assert bool(cycles) == (not networkx.is_directed_acyclic_graph(graph))
    on_cycles = [
        component
        for component in networkx.strongly_connected_components(graph)
        if len(component) > 1 or graph.has_edge(*list(component) * 2)
    ]
    assert sorted(sorted(cycle.nodes) for cycle in cycles) == sorted(map(sorted, on_cycles))
    for nodes, path in cycles:
        assert nodes.issuperset(path)
        assert all(graph.has_edge(a, b) for a, b in zip(path, [*path[1:], path[0]], strict=True))
        assert len(path) == min(map(len, networkx.simple_cycles(graph.subgraph(nodes))))


@pytest.mark.slow
@given(graphs(cyclic=False), st.data())
def test_a_node_is_reached_if_it_leads_to_an_output(edges, data):
    outputs = data.draw(st.sets(st.sampled_from(list(edges)), min_size=1))
    graph = digraph(edges)
    expected = set(outputs).union(*(networkx.ancestors(graph, output) for output in outputs))
    assert reachable_from(edges, outputs) == expected


@pytest.mark.slow
@given(graphs(cyclic=True), st.data())
def test_the_graph_of_a_spec_is_ordered_cut_and_refused_as_networkx_says(edges, data):
    """Each node is an `add` of an input and what it uses."""
    outputs = data.draw(st.lists(st.sampled_from(list(edges)), min_size=1, unique=True))
    nodes = {name: {"type": "add", "inputs": ["x", *sources]} for name, sources in edges.items()}
    nodes = {**nodes, "x": {"type": "Input", "shape": [2]}}
    report = check({"spec": 1, "nodes": nodes, "outputs": outputs})
    graph = digraph({name: ("x", *sources) for name, sources in edges.items()} | {"x": ()})
    if networkx.is_directed_acyclic_graph(graph):
        alive = set(outputs).union(*(networkx.ancestors(graph, output) for output in outputs))
        assert {(found.code, found.path) for found in report} == {
            ("SC304", f"/nodes/{name}") for name in edges if name not in alive
        }
        written = list(nodes)
        typed = linked({"spec": 1, "nodes": nodes, "outputs": outputs})
        assert list(typed.nodes) == [
            name for name in networkx.lexicographical_topological_sort(graph, key=written.index) if name in alive
        ]
    else:
        assert {found.code for found in report if found.severity == "error"} == {"SC302"}


def test_a_cycle_is_printed_as_its_path_and_each_edge_of_it_is_shown():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: add, inputs: [x, c]}  # SC302
          b: {type: Dense, units: 4, inputs: a}
          c: {type: Dense, units: 4, inputs: b}
        outputs: [c]
    """)
    (found,) = report
    assert found.message.endswith("a -> b -> c -> a")
    assert underlined(report) == [("SC302", "c")]
    assert [(related.message, *related.span.start) for related in found.related] == [
        ("`a` flows into `b`", 5, 38),
        ("`b` flows into `c`", 6, 38),
    ]


def test_a_node_that_flows_into_itself_is_a_cycle():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: add, inputs: [x, a]}  # SC302
        outputs: [a]
    """)
    assert report.diagnostics[0].message.endswith("a -> a")


def test_each_group_of_cycles_is_one_mistake():
    expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: add, inputs: [x, b]}  # SC302
          b: {type: add, inputs: [x, a]}
          c: {type: add, inputs: [a, d]}  # SC302
          d: {type: add, inputs: [b, c]}
          e: {type: Dense, units: "1", inputs: x}  # SC203
        outputs: [d, e]
    """)


def test_the_nodes_of_a_graph_stand_in_topological_order_whatever_the_order_of_writing():
    graph = linked(
        sc.Source.text("""
            spec: 1
            nodes:
              d: {type: add, inputs: [b, c]}
              c: {type: Dense, units: 2, inputs: x}
              b: {type: Dense, units: 2, inputs: x}
              x: {type: Input, shape: [4]}
            outputs: [d]
        """)
    )
    assert list(graph.nodes) == ["x", "c", "b", "d"]


@pytest.mark.slow
@pytest.mark.parametrize("count", [3_000])
def test_a_long_chain_is_no_deep_recursion(count):
    nodes = {"n0": {"type": "Input", "shape": [2]}}
    nodes |= {f"n{i}": {"type": "Activation", "activation": "relu", "inputs": f"n{i - 1}"} for i in range(1, count)}
    for written in (nodes, dict(reversed(nodes.items()))):
        graph = linked({"spec": 1, "nodes": written, "outputs": [f"n{count - 1}"]})
        assert list(graph.nodes) == list(nodes)
    broken = {**nodes, "n0": {"type": "add", "inputs": ["x", f"n{count - 1}"]}, "x": {"type": "Input", "shape": [2]}}
    report = check({"spec": 1, "nodes": broken, "outputs": [f"n{count - 1}"]})
    assert [found.code for found in report] == ["SC302"]
