"""The lint that finds what is written out again and again, and could be `repeat` or a block."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect_lint

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_a_chain_of_one_node_written_out_is_doubtful():
    report = expect_lint(
        "SC616",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [9, 4]}
          a1: {type: Dense, units: 4, inputs: x}  # SC616
          a2: {type: Dense, units: 4, inputs: a1}
          a3: {type: Dense, units: 4, inputs: a2}
          b1: {type: LSTM, units: 4, return_sequences: true, call: {training: true}, inputs: a3}  # SC616
          b2: {type: LSTM, units: 4, return_sequences: true, call: {training: true}, inputs: {sequences: b1}}
          b3: {type: LSTM, units: 4, return_sequences: true, call: {training: true}, inputs: b2}
          b4: {type: LSTM, units: 4, return_sequences: true, call: {training: true}, inputs: b3}
          c1: {type: Bidirectional, layer: {type: GRU, units: 2, return_sequences: true}, inputs: b4}  # SC616
          c2: {type: Bidirectional, layer: {type: GRU, units: 2, return_sequences: true}, inputs: c1}
          c3: {type: Bidirectional, layer: {type: GRU, units: 2, return_sequences: true}, inputs: c2}
          d1: {type: multiply, inputs: [c3, x]}  # SC616
          d2: {type: multiply, inputs: [d1, x]}
          d3: {type: multiply, inputs: [d2, x]}
        outputs: [d3]
    """,
    )
    assert [(found.message, found.hint) for found in report] == [
        ("`a1`, `a2` and `a3` are 3 times the same, one after the other", "write one node with `repeat: 3`"),
        ("`b1`, `b2`, `b3` and `b4` are 4 times the same, one after the other", "write one node with `repeat: 4`"),
        ("`c1`, `c2` and `c3` are 3 times the same, one after the other", "write one node with `repeat: 3`"),
        ("`d1`, `d2` and `d3` are 3 times the same, one after the other", "write one node with `repeat: 3`"),
    ]
    assert [[related.span.start.line for related in found.related] for found in report] == [[6], [10], [13], [16]]


def test_a_default_that_is_written_out_makes_no_difference_and_a_number_of_another_kind_does():
    report = expect_lint(
        "SC616",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a1: {type: Dense, units: 4, inputs: x}  # SC616
          a2: {type: Dense, units: 4, use_bias: true, inputs: a1}
          a3: {type: Dense, activation: null, units: 4, inputs: a2}
          b1: {type: ops.add, inputs: [a3, 1]}
          b2: {type: ops.add, inputs: [b1, 1.0]}
          b3: {type: ops.add, inputs: [b2, 1]}
        outputs: [b3]
    """,
    )
    assert [found.message for found in report] == ["`a1`, `a2` and `a3` are 3 times the same, one after the other"]


def test_what_is_said_to_be_a_repeat_is_one_and_the_same_model():
    written = """
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  d1: {type: multiply, inputs: [x, x]}
  d2: {type: Dense, units: 4, inputs: d1}
  d3: {type: Dense, units: 4, inputs: d2}
  d4: {type: Dense, units: 4, inputs: d3}
outputs: {y: {from: d4}}
"""
    said = (
        written.partition("  d2")[0] + "  d: {type: Dense, units: 4, repeat: 3, inputs: d1}\noutputs: {y: {from: d}}\n"
    )
    one, other = (sc.load_spec(sc.Source.text(text)) for text in (written, said))
    assert one.parameter_count == other.parameter_count
    assert [layer.config for layer in one.layers.values()] == [layer.config for layer in other.layers.values()]
    expect_lint("SC616", written.replace("inputs: d1}", "inputs: d1}  # SC616"))
    expect_lint("SC616", said)


def test_chains_that_repeat_does_not_make_are_fine():
    expect_lint(
        "SC616",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [9, 4]}
          # twice
          a1: {type: Dense, units: 4, inputs: x}
          a2: {type: Dense, units: 4, inputs: a1}
          # each different
          b1: {type: Dense, units: 3, inputs: a2}
          b2: {type: Dense, units: 5, inputs: b1}
          b3: {type: Dense, units: 6, inputs: b2}
          # other options of the call
          c1: {type: Dropout, rate: 0.1, inputs: b3}
          c2: {type: Dropout, rate: 0.1, call: {training: true}, inputs: c1}
          c3: {type: Dropout, rate: 0.1, inputs: c2}
          # steps between that are used elsewhere
          d1: {type: Dense, units: 4, inputs: c3}
          d2: {type: Dense, units: 4, inputs: d1}
          d3: {type: Dense, units: 4, inputs: d2}
          d: {type: concatenate, inputs: [d1, d2, d3]}
          # outputs between
          e1: {type: Dense, units: 3, inputs: d}
          e2: {type: Dense, units: 3, inputs: e1}
          e3: {type: Dense, units: 3, inputs: e2}
          # both inputs go on
          f1: {type: MultiHeadAttention, num_heads: 1, key_dim: 3, inputs: [e3, e3]}
          f2: {type: MultiHeadAttention, num_heads: 1, key_dim: 3, inputs: [f1, f1]}
          f3: {type: MultiHeadAttention, num_heads: 1, key_dim: 3, inputs: [f2, f2]}
          # side by side
          g1: {type: Dense, units: 2, inputs: f3}
          g2: {type: Dense, units: 2, inputs: f3}
          g3: {type: Dense, units: 2, inputs: f3}
          g: {type: average, inputs: [g1, g2, g3]}
          # names of their own
          h1: {type: Dense, name: first, units: 7, inputs: g}
          h2: {type: Dense, name: second, units: 7, inputs: h1}
          h3: {type: Dense, name: third, units: 7, inputs: h2}
        outputs: [e1, e2, h3]
    """,
    )


def test_what_repeat_for_and_blocks_make_is_fine():
    expect_lint(
        "SC616",
        """
        spec: 1
        params: {n: 3}
        blocks:
          pair:
            inputs: [x]
            nodes:
              a: {type: Dense, units: 4, inputs: x}
              b: {type: BatchNormalization, inputs: a}
              c: {type: ReLU, inputs: b}
            outputs: [c]
          stack: {inputs: [x], nodes: {p: {type: pair, repeat: 4, inputs: x}}, outputs: [p]}
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 4, repeat: 5, inputs: x}
          b: {type: pair, repeat: "${n}", inputs: a}
          c: {type: stack, inputs: b}
          "d_${i}": {for: {i: 4}, type: pair, inputs: c}
          d: {type: average, inputs: ["d_*"]}
          e: {type: pair, inputs: d}
          f: {type: Dropout, rate: 0.1, inputs: e}
          g: {type: pair, inputs: f}
        outputs: [g]
    """,
    )


def test_nodes_of_a_block_in_a_chain_are_doubtful_and_so_are_calls_of_a_shared_layer():
    report = expect_lint(
        "SC616",
        """
        spec: 1
        blocks:
          unit: {inputs: [x], nodes: {a: {type: Dense, units: 4, inputs: x}, b: {type: ReLU, inputs: a}}, outputs: [b]}
        layers:
          step: {type: Dense, units: 4}
        nodes:
          x: {type: Input, shape: [4]}
          first: {type: unit, inputs: x}  # SC616
          second: {type: unit, inputs: first}
          third: {type: unit, inputs: second}
          one: {use: step, inputs: third}  # SC616
          two: {use: step, inputs: one}
          three: {use: step, inputs: two}
        outputs: [three]
    """,
    )
    assert [found.message.split(" are ")[0] for found in report] == [
        "`first`, `second` and `third`",
        "`one`, `two` and `three`",
    ]


def test_several_nodes_that_stand_again_and_again_are_doubtful():
    report = expect_lint(
        "SC616",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [16, 16, 8]}
          conv1: {type: Conv2D, filters: 8, kernel_size: 3, padding: same, inputs: x}  # SC616
          norm1: {type: BatchNormalization, inputs: conv1}
          sum1: {type: add, inputs: [x, norm1]}
          conv2: {type: Conv2D, filters: 8, kernel_size: 3, padding: same, inputs: sum1}
          norm2: {type: BatchNormalization, inputs: conv2}
          sum2: {type: add, inputs: [sum1, norm2]}
          conv3: {type: Conv2D, filters: 8, kernel_size: 3, padding: same, inputs: sum2}
          norm3: {type: BatchNormalization, inputs: conv3}
          sum3: {type: add, inputs: [sum2, norm3]}
        outputs: [sum3]
    """,
    )
    (found,) = report
    assert found.message == "`conv1`, `norm1` and `sum1` stand 3 times, with the same arguments"
    assert found.hint == "make them a block, and write one node of it with `repeat: 3`"
    assert [related.span.start.line for related in found.related] == [7, 10]


def test_they_need_not_follow_each_other():
    report = expect_lint(
        "SC616",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [64, 64, 3]}
          conv1: {type: Conv2D, filters: 8, kernel_size: 3, inputs: x}  # SC616
          norm1: {type: BatchNormalization, inputs: conv1}
          relu1: {type: ReLU, inputs: norm1}
          pool1: {type: MaxPooling2D, inputs: relu1}
          conv2: {type: Conv2D, filters: 8, kernel_size: 3, inputs: pool1}
          norm2: {type: BatchNormalization, inputs: conv2}
          relu2: {type: ReLU, inputs: norm2}
          drop2: {type: Dropout, rate: 0.1, inputs: relu2}
          conv3: {type: Conv2D, filters: 8, kernel_size: 3, inputs: drop2}
          norm3: {type: BatchNormalization, inputs: conv3}
          relu3: {type: ReLU, inputs: norm3}
        outputs: [relu3]
    """,
    )
    (found,) = report
    assert found.hint == "make them a block, and write 3 nodes of it"


def stack(filters: list[int]) -> str:
    lines = ["spec: 1", "nodes:", "  relu0: {type: Input, shape: [64, 64, 3]}"]
    for number, count in enumerate(filters, 1):
        mark = "  # SC616" if number == 1 else ""
        lines += [
            f"  conv{number}: {{type: Conv2D, filters: {count}, kernel_size: 3, inputs: relu{number - 1}}}{mark}",
            f"  norm{number}: {{type: BatchNormalization, inputs: conv{number}}}",
            f"  relu{number}: {{type: ReLU, inputs: norm{number}}}",
        ]
    return "\n".join([*lines, f"outputs: [relu{len(filters)}]"])


def test_where_arguments_differ_a_block_is_proposed_if_it_makes_the_spec_shorter():
    (found,) = expect_lint("SC616", stack([8, 16, 32, 64, 128]))
    assert found.message == "`conv1`, `norm1` and `relu1` stand 5 times, the same but for `filters`"
    assert found.hint == (
        "make them a block with the param `filters`, and write one node of it with `repeat: 5`, which picks a value for "
        "each copy by `index`"
    )
    expect_lint("SC616", stack([8, 16, 32]).replace("  # SC616", ""))


def test_inside_a_block_it_is_said_once_for_all_copies():
    report = expect_lint(
        "SC616",
        """
        spec: 1
        blocks:
          deep:
            inputs: [x]
            nodes:
              a: {type: Dense, units: 4, inputs: x}  # SC616
              b: {type: Dense, units: 4, inputs: a}
              c: {type: Dense, units: 4, inputs: b}
            outputs: [c]
          held:
            inputs: [x]
            nodes:
              a: {type: Dense, units: 5, inputs: x}  # SC616
              b: {type: Dense, units: 5, inputs: a}
              c: {type: Dense, units: 5, inputs: b}
            outputs: [c]
        layers:
          model: {type: held}
        nodes:
          x: {type: Input, shape: [4]}
          one: {type: deep, inputs: x}
          two: {type: ReLU, inputs: one}
          three: {type: deep, repeat: 2, inputs: two}
          four: {use: model, inputs: x}
          five: {use: model, inputs: two}
        outputs: [three, four, five]
    """,
    )
    assert [found.hint for found in report] == ["write one node with `repeat: 3`"] * 2


def test_towers_over_inputs_of_their_own_are_left_to_the_lint_of_towers():
    text = """
        spec: 1
        nodes:
          x1: {type: Input, shape: [4]}
          x2: {type: Input, shape: [4]}
          x3: {type: Input, shape: [4]}
    """
    for tower in (1, 2, 3):
        text += f"""      a{tower}: {{type: Dense, units: 4, inputs: x{tower}}}
          b{tower}: {{type: LayerNormalization, inputs: a{tower}}}
          c{tower}: {{type: Dense, units: 2, inputs: b{tower}}}{"  # SC615" if tower == 3 else ""}
    """
    text += "      all: {type: concatenate, inputs: [c1, c2, c3]}\n        outputs: [all]\n"
    expect_lint("SC615", text)
    expect_lint("SC616", text)


def test_a_long_chain_is_one_finding():
    nodes = {"d0": {"type": "Input", "shape": [4]}}
    for number in range(1, 2001):
        nodes[f"d{number}"] = {"type": "Dense", "units": 4, "inputs": f"d{number - 1}"}
    report = sc.check_spec({"spec": 1, "nodes": nodes, "outputs": ["d2000"]})
    (found,) = (found for found in report if found.code == "SC616")
    assert (found.path, found.message, found.hint) == (
        "/nodes/d1",
        "`d1` to `d2000` are 2000 times the same, one after the other",
        "write one node with `repeat: 2000`",
    )
