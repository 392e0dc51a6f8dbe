"""`"expert_*"` as an item of a list: all other nodes of that pattern, in order of writing."""

from __future__ import annotations

import spec_compiler as sc
from tests.marked import expect

EXPERTS = """
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  expert_b: {type: Dense, units: 2, inputs: x}
  plain: {type: Dense, units: 2, inputs: x}
  expert_a: {type: Dense, units: 2, inputs: x}
  expert_all: {type: concatenate, inputs: ITEMS}
outputs: [expert_all, plain]
"""


def flows_into_all(items):
    graph = sc.load_spec(sc.Source.text(EXPERTS.replace("ITEMS", items)))
    return [tensor.node for tensor, target in graph.edges() if target == "expert_all"]


def test_a_pattern_stands_for_all_other_nodes_that_match_in_order_of_writing():
    assert flows_into_all('["expert_*"]') == ["expert_b", "expert_a"]


def test_a_pattern_stands_among_other_items():
    assert flows_into_all('[plain, "expert_*", plain]') == ["plain", "expert_b", "expert_a", "plain"]


def test_a_pattern_may_have_its_star_anywhere():
    assert flows_into_all('["*_b", "*_a", "p*n", "e*_*"]') == ["expert_b", "expert_a", "plain", "expert_b", "expert_a"]


def test_a_pattern_picks_an_output_of_each_node():
    graph = sc.load_spec(
        sc.Source.text("""
            spec: 1
            nodes:
              x: {type: Input, shape: [4, 3]}
              h_1: {type: LSTM, units: 2, return_state: true, inputs: x}
              h_2: {type: LSTM, units: 2, return_state: true, inputs: x}
              all: {type: concatenate, inputs: ["h_*.state_c"]}
            outputs: [all]
        """)
    )
    assert [graph.tensor_name(tensor) for tensor, target in graph.edges() if target == "all"] == [
        "h_1.state_c",
        "h_2.state_c",
    ]


def test_a_pattern_in_a_mapping_is_an_item_of_a_list_there():
    assert flows_into_all('{inputs: ["expert_*"]}') == ["expert_b", "expert_a"]


def test_a_pattern_that_matches_nothing_or_stands_in_no_list_is_an_error():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: concatenate, inputs: [x, "nothing_*"]}  # SC312
          only: {type: concatenate, inputs: ["onl*", x]}  # SC312
          b: {type: Dense, units: 2, inputs: "x*"}  # SC214
          c: {type: Dense, units: 2, inputs: {inputs: "x*"}}  # SC214
        outputs:
          a: {from: "a*"}  # SC214
    """)
