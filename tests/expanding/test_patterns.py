"""`"expert_*"` as an item of a list: all other nodes of that pattern, in order of writing."""

from __future__ import annotations

import spec_compiler as sc
from tests.marked import expect_linking
from tests.stages.through import expanded, flows, linked

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
    spec = expanded(sc.Source.text(EXPERTS.replace("ITEMS", items)))
    return flows(spec)["expert_all"]


def test_a_pattern_stands_for_all_other_nodes_that_match_in_order_of_writing():
    assert flows_into_all('["expert_*"]') == ["expert_b", "expert_a"]


def test_a_pattern_stands_among_other_items():
    assert flows_into_all('[plain, "expert_*", plain]') == ["plain", "expert_b", "expert_a", "plain"]


def test_a_pattern_may_have_its_star_anywhere():
    assert flows_into_all('["*_b", "*_a", "p*n", "e*_*"]') == ["expert_b", "expert_a", "plain", "expert_b", "expert_a"]


def test_a_pattern_picks_an_output_of_each_node():
    spec = expanded(
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
    assert flows(spec)["all"] == ["h_1.state_c", "h_2.state_c"]


def test_a_pattern_in_a_mapping_is_an_item_of_a_list_there():
    assert flows_into_all('{inputs: ["expert_*"]}') == ["expert_b", "expert_a"]


def test_a_pattern_that_matches_nothing_or_stands_in_no_list_is_an_error():
    expect_linking("""
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


HEADS = """
spec: 1
params: {tasks: [price, days]}
inputs: ["x_*"]
nodes:
  "x_${i}": {for: {i: 2}, type: Input, shape: [4]}
  both: {type: concatenate, inputs: ["x_*"]}
  "head_${task}": {for: {task: "${tasks}"}, type: Dense, units: 1, inputs: both}
outputs: OUTPUTS
models:
  tail: {inputs: INPUTS, outputs: PART}
"""


def heads(outputs="[both]", inputs="[x_0, x_1]", part="[both]"):
    text = HEADS.replace("OUTPUTS", outputs).replace("INPUTS", inputs).replace("PART", part)
    graph = linked(sc.Source.text(text))
    (part,) = graph.parts
    models = ((graph.inputs, graph.outputs), (part.references, part.outputs))
    return [(inputs, [output.name for output in outputs]) for inputs, outputs in models]


def test_patterns_and_expressions_stand_in_lists_of_outputs_and_in_those_of_a_part():
    tasks = ["head_price", "head_days"]
    expected = [(("x_0", "x_1"), tasks), (("x_0", "x_1"), tasks)]
    of_tasks = "\"${['head_' + task for task in tasks]}\""
    assert heads('["head_*"]', '["x_*"]', '["head_*"]') == expected
    assert heads(f"[{of_tasks}]", "\"${['x_' + str(i) for i in range(2)]}\"", f"[{of_tasks}]") == expected
    assert heads('["head_*", both]', "[both]", '["head_*"]') == [(("x_0", "x_1"), [*tasks, "both"]), (("both",), tasks)]


def test_the_same_mistakes_are_found_in_every_list_of_references():
    expect_linking("""
        spec: 1
        inputs: ["y_*"]  # SC312
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}
          b: {type: Dense, units: 2, inputs: x}
        outputs:
          - a
          - "z_*"  # SC312
          - "*"  # SC103
        models:
          one:
            inputs: ["y_*"]  # SC312
            outputs: [a]
          two:
            inputs: "${[1, 2]}"  # SC203 SC203
            outputs:
              - "z_*"  # SC312
              - "${[a]}"  # SC219
              - "${['a', 'a']}"  # SC103
    """)


def test_a_block_names_its_outputs_one_by_one():
    report = expect_linking("""
        spec: 1
        blocks:
          two:
            inputs: [x]
            nodes:
              "head_${i}": {for: {i: 2}, type: Dense, units: 2, inputs: x}
            outputs: ["head_*"]  # SC206
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: two, inputs: x}
          sum: {type: add, inputs: y}
        outputs: [sum]
    """)
    assert [found.hint for found in report] == ["a block names its outputs one by one"]
