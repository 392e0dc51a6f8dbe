"""The lints about layers that stand wrongly to each other, and about what is declared and not used."""

from __future__ import annotations

import pytest

from tests.marked import expect, expect_lint, underlined

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_a_bias_that_is_asked_for_right_before_a_normalization_is_doubtful():
    report = expect_lint(
        "SC608",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [8, 8, 3]}
          a: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, inputs: x}  # SC608
          a_norm: {type: BatchNormalization, inputs: a}
          b: {type: Dense, units: 4, use_bias: true, inputs: x}  # SC608
          b_norm: {type: BatchNormalization, axis: 3, inputs: b}
        outputs: [a_norm, b_norm]
    """,
    )
    assert underlined(report) == [("SC608", "true")] * 2
    assert {found.fix for found in report} == {"false"}


def test_a_bias_that_a_normalization_does_not_take_away_is_fine():
    expect_lint(
        "SC608",
        """
        spec: 1
        layers:
          shared: {type: Dense, units: 4, use_bias: true}
        nodes:
          x: {type: Input, shape: [8, 8, 3]}
          by_default: {type: Conv2D, filters: 4, kernel_size: 3, inputs: x}
          n1: {type: BatchNormalization, inputs: by_default}
          without: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: false, inputs: x}
          n2: {type: BatchNormalization, inputs: without}
          activated: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, activation: relu, inputs: x}
          n3: {type: BatchNormalization, inputs: activated}
          two_ways: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, inputs: x}
          n4: {type: BatchNormalization, inputs: two_ways}
          n4_sum: {type: add, inputs: [two_ways, n4]}
          uncentered: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, inputs: x}
          n5: {type: BatchNormalization, center: false, inputs: uncentered}
          of_steps: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, inputs: x}
          n6: {type: LayerNormalization, inputs: of_steps}
          other_axis: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, inputs: x}
          n7: {type: BatchNormalization, axis: 1, inputs: other_axis}
          frozen: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, trainable: false, inputs: x}
          n8: {type: BatchNormalization, inputs: frozen}
          inferring: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, inputs: x}
          n9: {type: BatchNormalization, call: {training: false}, inputs: inferring}
          once: {use: shared, inputs: x}
          n10: {type: BatchNormalization, inputs: once}
          twice: {use: shared, inputs: x}
          out: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: true, inputs: x}
          n11: {type: BatchNormalization, inputs: out}
        outputs: [n1, n2, n3, n4_sum, n5, n6, n7, n8, n9, n10, twice, out, n11]
    """,
    )


def test_a_dropout_right_before_an_output_is_doubtful():
    expect_lint(
        "SC609",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 3, inputs: x}
          dropped: {type: Dropout, rate: 0.5, inputs: a}  # SC609
          b: {type: Activation, activation: softmax, inputs: dropped}
          noisy: {type: GaussianDropout, rate: 0.5, inputs: a}  # SC609
        outputs:
          b: {loss: categorical_crossentropy}
          noisy: {loss: mse}
    """,
    )


def test_a_dropout_that_a_layer_with_weights_follows_or_that_is_not_trained_on_is_fine():
    expect_lint(
        "SC609",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          dropped: {type: Dropout, rate: 0.5, inputs: x}
          a: {type: Dense, units: 3, inputs: dropped}
          none: {type: Dropout, rate: 0.0, inputs: a}
        outputs:
          none: {loss: mse}
    """,
    )
    expect_lint(
        "SC609",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 3, inputs: x}
          features: {type: Dropout, rate: 0.5, inputs: a}
        outputs: [features]
    """,
    )


def test_an_activation_twice_in_a_row_is_doubtful():
    expect_lint(
        "SC610",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 3, activation: relu, inputs: x}
          a2: {type: ReLU, inputs: a}  # SC610
          b: {type: Dense, units: 3, activation: softmax, inputs: x}
          b2: {type: Softmax, inputs: b}  # SC610
          c: {type: Dense, units: 3, activation: sigmoid, inputs: x}
          c2: {type: Activation, activation: sigmoid, inputs: c}  # SC610
          d: {type: Activation, activation: tanh, inputs: x}
          d2: {type: ops.tanh, inputs: d}  # SC610
        outputs: [a2, b2, c2, d2]
    """,
    )


def test_other_activations_in_a_row_are_fine():
    expect_lint(
        "SC610",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 3]}
          a: {type: Dense, units: 3, activation: relu, inputs: x}
          a2: {type: Softmax, inputs: a}
          b: {type: Dense, units: 3, activation: relu, inputs: a}
          c: {type: add, inputs: [a, b]}
          c2: {type: ReLU, inputs: c}
          d: {type: Dense, units: 3, activation: softmax, inputs: x}
          d2: {type: Softmax, axis: 1, inputs: d}
          e: {type: LSTM, units: 3, inputs: x}
          e2: {type: Activation, activation: tanh, inputs: e}
          f: {type: Dense, units: 3, activation: linear, inputs: x}
          f2: {type: Activation, activation: linear, inputs: f}
          g: {type: ReLU, max_value: 6.0, inputs: a}
        outputs: [a2, c2, d2, e2, f2, g]
    """,
    )


def test_a_block_that_begins_with_an_activation_may_be_fed_with_it():
    expect_lint(
        "SC610",
        """
        spec: 1
        blocks:
          before:
            inputs: [x]
            nodes:
              relu: {type: ReLU, inputs: x}
              conv: {type: Conv1D, filters: 3, kernel_size: 1, inputs: relu}
            outputs: [conv]
          around:
            inputs: [x]
            nodes:
              first: {type: ReLU, inputs: x}
              dense: {type: Dense, units: 3, activation: relu, inputs: first}
              again: {type: ReLU, inputs: dense}  # SC610
            outputs: [again]
        nodes:
          x: {type: Input, shape: [4, 3]}
          relu: {type: ReLU, inputs: x}
          a: {type: before, repeat: 2, inputs: relu}
          b: {type: around, repeat: 3, inputs: a}
        outputs: [b]
    """,
    )


def test_a_param_that_no_expression_uses_is_doubtful():
    report = expect_lint(
        "SC612",
        """
        spec: 1
        params:
          used: 4
          by_a_default: 2
          with_a_default: "${by_a_default + 1}"
          in_a_name: 2
          under_when: true
          in_fit: {default: 3, type: int}
          unused: {default: 5, type: int}  # SC612
          alone: 1  # SC612
        blocks:
          block:
            params: {width: 3, depth: 2}  # SC612
            inputs: [x]
            nodes:
              y: {type: Dense, units: "${width}", inputs: x}
            outputs: [y]
        nodes:
          x: {type: Input, shape: ["${used}"]}
          "b_${i}": {for: {i: "${in_a_name}"}, type: block, inputs: x}
          "c_${with_a_default}": {for: {i: [0]}, type: Dense, units: 1, when: "${under_when}", inputs: x}
        outputs:
          b_0: {loss: mse}
          b_1: {loss: mse}
          c_3: {loss: mse}
        fit: {epochs: "${in_fit}"}
    """,
    )
    assert [text for _, text in underlined(report)] == ["unused", "alone", "depth"]


def test_a_block_that_nothing_is_a_copy_of_is_doubtful():
    expect_lint(
        "SC613",
        """
        spec: 1
        blocks:
          inner: {inputs: [x], nodes: {y: {type: Dense, units: 2, inputs: x}}, outputs: [y]}
          outer: {inputs: [x], nodes: {y: {type: inner, inputs: x}}, outputs: [y]}
          shared: {inputs: [x], nodes: {y: {type: Dense, units: 2, inputs: x}}, outputs: [y]}
          bypassed: {inputs: [x], nodes: {y: {type: Dense, units: 2, inputs: x}}, outputs: [y]}
          unused: {inputs: [x], nodes: {y: {type: inner, inputs: x}}, outputs: [y]}  # SC613
        layers:
          pair: {type: shared}
        nodes:
          x: {type: Input, shape: [4]}
          z: {type: Input, shape: [4]}
          a: {type: outer, inputs: x}
          b: {use: pair, inputs: x}
          c: {use: pair, inputs: z}
          d: {type: bypassed, when: false, inputs: a}
        outputs:
          a: {loss: mse}
          b: {loss: mse}
          c: {loss: mse}
          last: {loss: mse, from: d}
    """,
    )


def test_a_block_that_an_expression_may_name_is_fine():
    expect_lint(
        "SC613",
        """
        spec: 1
        params: {kind: one}
        blocks:
          one: {inputs: [x], nodes: {y: {type: Dense, units: 2, inputs: x}}, outputs: [y]}
          two: {inputs: [x], nodes: {y: {type: Dense, units: 3, inputs: x}}, outputs: [y]}
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: "${kind}", inputs: x}
        outputs: {last: {from: a}}
    """,
    )


def test_a_shared_layer_with_one_call_is_doubtful():
    report = expect_lint(
        "SC614",
        """
        spec: 1
        layers:
          once: {type: Dense, units: 3}  # SC614
          twice: {type: Dense, units: 3}
        nodes:
          x: {type: Input, shape: [3]}
          a: {use: once, inputs: x}
          b: {use: twice, inputs: x}
          c: {use: twice, inputs: a}
        outputs: [b, c]
    """,
    )
    (found,) = report
    assert [related.span.start.line for related in found.related] == [7]


def test_a_shared_layer_that_is_held_counted_or_a_model_may_have_one_call():
    expect_lint(
        "SC614",
        """
        spec: 1
        params: {n: 1}
        blocks:
          block: {inputs: [x], nodes: {y: {type: Dense, units: 3, inputs: x}}, outputs: [y]}
        layers:
          held: {type: Dense, units: 3}
          repeated: {type: Dense, units: 3}
          counted: {type: Dense, units: 3}
          model: {type: block}
        nodes:
          x: {type: Input, shape: [5, 3]}
          a: {type: TimeDistributed, layer: {use: held}, inputs: x}
          b: {use: repeated, repeat: "${n}", inputs: x}
          "c_${i}": {for: {i: "${n}"}, use: counted, inputs: x}
          d: {use: model, inputs: x}
        outputs: {a: {}, b1: {from: b}, c: {from: c_0}, d1: {from: d}}
    """,
    )


def test_identical_towers_that_meet_are_doubtful():
    report = expect_lint(
        "SC615",
        """
        spec: 1
        nodes:
          left: {type: Input, shape: [20], dtype: int32}
          right: {type: Input, shape: [20], dtype: int32}
          words_left: {type: Embedding, input_dim: 100, output_dim: 8, inputs: left}
          words_right: {type: Embedding, input_dim: 100, output_dim: 8, inputs: right}
          read_left: {type: Bidirectional, layer: {type: LSTM, units: 8}, inputs: words_left}
          read_right: {type: Bidirectional, layer: {type: LSTM, units: 8}, inputs: words_right}  # SC615
          both: {type: concatenate, inputs: [read_left, read_right]}
          same: {type: Dense, units: 1, activation: sigmoid, inputs: both}
        outputs: {same: {loss: binary_crossentropy}}
    """,
    )
    (found,) = report
    assert "from `left` to `read_left` and from `right` to `read_right`" in found.message
    assert [related.span.start.line for related in found.related] == [7, 9]


def test_identical_towers_that_branch_or_are_copies_of_a_block_are_doubtful():
    report = expect_lint(
        "SC615",
        """
        spec: 1
        blocks:
          tower:
            inputs: [x]
            nodes:
              a: {type: Dense, units: 4, inputs: x}
              b: {type: Dense, units: 4, inputs: a}
              sum: {type: add, inputs: [a, b]}
            outputs: [sum]
        nodes:
          anchor: {type: Input, shape: [4]}
          near: {type: Input, shape: [4]}
          far: {type: Input, shape: [4]}
          of_anchor: {type: tower, inputs: anchor}
          of_near: {type: tower, inputs: near}
          of_far: {type: tower, inputs: far}  # SC615
          all: {type: concatenate, inputs: [of_anchor, of_near, of_far]}
        outputs: [all]
    """,
    )
    (found,) = report
    assert "declare the block under `layers`" in found.hint


def test_towers_that_differ_or_are_meant_to_be_several_are_fine():
    expect_lint(
        "SC615",
        """
        spec: 1
        layers:
          table: {type: Embedding, input_dim: 100, output_dim: 8}
        nodes:
          user: {type: Input, shape: [20], dtype: int32}
          item: {type: Input, shape: [20], dtype: int32}
          # a shared table, and towers of their own
          user_words: {use: table, inputs: user}
          item_words: {use: table, inputs: item}
          user_mean: {type: GlobalAveragePooling1D, inputs: user_words}
          item_mean: {type: GlobalAveragePooling1D, inputs: item_words}
          user_hidden: {type: Dense, units: 8, inputs: user_mean}
          item_hidden: {type: Dense, units: 8, inputs: item_mean}
          user_code: {type: Dense, units: 8, inputs: user_hidden}
          item_code: {type: Dense, units: 8, inputs: item_hidden}
          score: {type: dot, axes: 1, inputs: [user_code, item_code]}
          # of different widths
          user_rows: {type: Embedding, input_dim: 100, output_dim: 8, inputs: user}
          item_rows: {type: Embedding, input_dim: 200, output_dim: 8, inputs: item}
          user_lstm: {type: LSTM, units: 8, inputs: user_rows}
          item_lstm: {type: LSTM, units: 8, inputs: item_rows}
          both: {type: concatenate, inputs: [user_lstm, item_lstm]}
          # one layer with weights
          user_vectors: {type: Embedding, input_dim: 100, output_dim: 8, inputs: user}
          item_vectors: {type: Embedding, input_dim: 100, output_dim: 8, inputs: item}
          sum: {type: add, inputs: [user_vectors, item_vectors]}
        outputs: [score, both, sum]
    """,
    )


def test_towers_over_one_input_over_many_or_made_by_for_are_fine():
    expect_lint(
        "SC615",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a1: {type: Dense, units: 4, inputs: x}
          a2: {type: Dense, units: 1, inputs: a1}
          b1: {type: Dense, units: 4, inputs: x}
          b2: {type: Dense, units: 1, inputs: b1}
          ensemble: {type: average, inputs: [a2, b2]}
          "field_${i}": {for: {i: 2}, type: Input, shape: [3]}
          "hidden_${i}": {for: {i: 2}, type: Dense, units: 4, inputs: "field_${i}"}
          "code_${i}": {for: {i: 2}, type: Dense, units: 4, inputs: "hidden_${i}"}
          fields: {type: concatenate, inputs: ["code_*"]}
        outputs: [ensemble, fields]
    """,
    )


def test_a_recurrent_layer_that_gives_its_last_step_to_one_that_takes_all_is_helped():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [9, 4]}
          first: {type: LSTM, units: 8, inputs: x}
          second: {type: GRU, units: 8, inputs: first}  # SC401
          both: {type: Bidirectional, layer: {type: LSTM, units: 8}, inputs: x}
          attend: {type: MultiHeadAttention, num_heads: 2, key_dim: 4, inputs: [both, both]}  # SC401
          flat: {type: Dense, units: 8, inputs: first}
          third: {type: LSTM, units: 8, inputs: flat}  # SC401
          image: {type: Conv2D, filters: 3, kernel_size: 1, inputs: first}  # SC401
        outputs: [second, attend, third, image]
    """)
    end = ", to give every step on and not the last alone"
    assert [found.hint for found in report] == [
        f"write `return_sequences: true` on `first`{end}",
        f"write `return_sequences: true` on the `layer` of `both`{end}",
        f"write `return_sequences: true` on `first`{end}",
        None,
    ]


LOOPS = {
    "an LSTM": ("{type: LSTM, units: 8, inputs: x}", "`last`"),
    "a Bidirectional": ("{type: Bidirectional, layer: {type: GRU, units: 8}, inputs: x}", "the `layer` of `last`"),
    "an RNN of cells": ("{type: RNN, cell: {type: GRUCell, units: 8}, inputs: x}", "`last`"),
    "what is chained": ("{type: Dense, units: 8, repeat: 2, inputs: lstm}", "`lstm`"),
}
SEQUENCES = {
    "an LSTM": ("{type: LSTM, units: 8, inputs: last}", "SC401"),
    "a Bidirectional": ("{type: Bidirectional, layer: {type: GRU, units: 8}, inputs: last}", "SC401"),
    "a convolution": ("{type: Conv1D, filters: 8, kernel_size: 3, inputs: last}", "SC401"),
    "pooling": ("{type: GlobalMaxPooling1D, inputs: last}", "SC401"),
    "attention of heads": ("{type: MultiHeadAttention, num_heads: 2, key_dim: 4, inputs: [last, last]}", "SC401"),
    "attention to a sequence": ("{type: AdditiveAttention, inputs: [last, x]}", "SC402"),
    "a layer for each step": ("{type: TimeDistributed, layer: {type: Dense, units: 3}, inputs: last}", "SC401"),
    "joining with a sequence": ("{type: concatenate, inputs: [x, last]}", "SC401"),
    "the mean of the steps": ("{type: ops.mean, axis: 2, inputs: last}", "SC402"),
}


@pytest.mark.parametrize("taker", SEQUENCES)
@pytest.mark.parametrize("loop", LOOPS)
def test_a_layer_for_sequences_refuses_the_last_step_alone_and_says_what_to_write(loop, taker):
    (layer, owner), (node, code) = LOOPS[loop], SEQUENCES[taker]
    if taker == "attention to a sequence" and "Bidirectional" in layer:
        layer = layer.replace("units: 8", "units: 4")
    report = expect(f"""
        spec: 1
        nodes:
          x: {{type: Input, shape: [9, 8]}}
          lstm: {{type: LSTM, units: 8, inputs: x}}
          last: {layer}
          taker: {node}  # {code}
        outputs: [taker, lstm]
    """)
    (found,) = report
    assert found.hint == f"write `return_sequences: true` on {owner}, to give every step on and not the last alone"


def test_shapes_that_whole_sequences_would_not_mend_are_not_helped_so():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [9, 8]}
          y: {type: Input, shape: [5]}
          last: {type: LSTM, units: 8, inputs: x}
          a: {type: add, inputs: [last, y]}  # SC402
          b: {type: dot, axes: 1, inputs: [last, y]}  # SC402
          c: {type: concatenate, axis: 3, inputs: [last, y]}  # SC402
          kept: {type: LSTM, units: 8, return_sequences: true, inputs: x}
          d: {type: Conv2D, filters: 2, kernel_size: 1, inputs: kept}  # SC401
          turned: {type: Reshape, target_shape: [4, 2], inputs: last}
          e: {type: Conv2D, filters: 2, kernel_size: 1, inputs: turned}  # SC401
        outputs: [a, b, c, d, e]
    """)
    assert [found.hint for found in report if "return_sequences" in (found.hint or "")] == []


def test_attention_over_the_last_step_of_a_recurrent_layer_is_doubtful():
    report = expect_lint(
        "SC617",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [9, 8]}
          last: {type: LSTM, units: 8, inputs: x}
          dropped: {type: Dropout, rate: 0.1, inputs: last}
          both: {type: Bidirectional, layer: {type: GRU, units: 4}, inputs: x}
          a: {type: Attention, inputs: [last, last]}  # SC617
          b: {type: AdditiveAttention, inputs: [dropped, both]}  # SC617
          c: {type: Attention, inputs: [x, both]}  # SC617
        outputs: [a, b, c]
    """,
    )
    assert [found.hint for found in report] == [
        "write `return_sequences: true` on `last`",
        "write `return_sequences: true` on `last`",
        "write `return_sequences: true` on the `layer` of `both`",
    ]
    assert [[related.span.start.line for related in found.related] for found in report] == [[4], [4], [6]]


def test_attention_over_steps_or_over_what_comes_from_no_recurrent_layer_is_fine():
    expect_lint(
        "SC617",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [9, 8]}
          rows: {type: Input, shape: [8]}
          steps: {type: LSTM, units: 8, return_sequences: true, inputs: x}
          last: {type: LSTM, units: 8, inputs: x}
          one: {type: Reshape, target_shape: [1, 8], inputs: last}
          repeated: {type: RepeatVector, n: 9, inputs: last}
          a: {type: Attention, inputs: [steps, steps]}
          b: {type: Attention, inputs: [one, steps]}
          c: {type: AdditiveAttention, inputs: [repeated, steps]}
          d: {type: Attention, inputs: [rows, rows]}
        outputs: [a, b, c, d]
    """,
    )


def test_a_layer_that_merges_one_tensor_is_doubtful_unless_it_may_be_many():
    report = expect_lint(
        "SC641",
        """
        spec: 1
        params: {experts: 1}
        blocks:
          step:
            inputs: [x]
            nodes:
              skip: {type: Dense, units: 4, inputs: x}
              next: {type: add, inputs: [x, skip]}
              all: {type: concatenate, inputs: [next]}  # SC641
            outputs: [all, skip]
        nodes:
          x: {type: Input, shape: [4]}
          one: {type: concatenate, inputs: [x]}  # SC641
          step: {type: step, repeat: 3, inputs: x}
          skips: {type: add, inputs: [step.skip]}  # SC641
          layer: {type: Dense, units: 4, repeat: 2, inputs: x}
          all: {type: average, inputs: ["layer*"]}  # SC641
          "expert_${i}": {for: {i: "${experts}"}, type: Dense, units: 4, inputs: x}
          mixture: {type: add, inputs: ["expert_*"]}
          both: {type: add, inputs: [x, one]}
          stacked: {type: ops.stack, inputs: [x]}
        outputs: [one, skips, all, mixture, both, stacked]
    """,
    )
    hints = [found.hint.split(",")[0] for found in report]
    assert hints == ["name the others"] * 2 + ["of the copies that `repeat` makes"] * 2
