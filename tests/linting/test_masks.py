"""What becomes of masks in a graph, and the lint that finds those that are lost."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.analysing import masks
from spec_compiler.analysing.masks import Mask
from spec_compiler.graph.typed import TensorRef
from tests.marked import expect_lint

pytestmark = pytest.mark.usefixtures("stand_ins")

MODEL = """
spec: 1
nodes:
  tokens: {type: Input, shape: [6], dtype: int32}
  numbers: {type: Input, shape: [6, 4]}
  films: {type: Input, shape: [6, 4, 4, 1]}
  m: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: tokens}
  o: {type: Embedding, input_dim: 9, output_dim: 4, inputs: tokens}
  masking: {type: Masking, inputs: numbers}
  activation: {type: Activation, activation: relu, inputs: m}
  activity: {type: ActivityRegularization, l2: 0.1, inputs: m}
  alpha: {type: AlphaDropout, rate: 0.1, inputs: m}
  batch: {type: BatchNormalization, inputs: m}
  dense: {type: Dense, units: 4, inputs: m}
  dropout: {type: Dropout, rate: 0.1, inputs: m}
  elu: {type: ELU, inputs: m}
  gaussian: {type: GaussianDropout, rate: 0.1, inputs: m}
  noise: {type: GaussianNoise, stddev: 0.1, inputs: m}
  group: {type: GroupNormalization, groups: 2, inputs: m}
  identity: {type: Identity, inputs: m}
  layer: {type: LayerNormalization, inputs: m}
  leaky: {type: LeakyReLU, inputs: m}
  normal: {type: Normalization, mean: 0.0, variance: 1.0, inputs: m}
  prelu: {type: PReLU, inputs: m}
  relu: {type: ReLU, inputs: m}
  rescaling: {type: Rescaling, scale: 2.0, inputs: m}
  spatial: {type: SpatialDropout1D, rate: 0.1, inputs: m}
  distributed: {type: TimeDistributed, layer: {type: Dense, units: 4}, inputs: m}
  unit: {type: UnitNormalization, inputs: m}
  add: {type: add, inputs: [m, masking]}
  add_other: {type: add, inputs: [m, o]}
  average: {type: average, inputs: [m, masking]}
  maximum: {type: maximum, inputs: [m, masking]}
  minimum: {type: minimum, inputs: [m, masking]}
  multiply: {type: multiply, inputs: [m, masking]}
  multiply_other: {type: multiply, inputs: [m, o]}
  subtract: {type: subtract, inputs: [m, masking]}
  joined: {type: concatenate, inputs: [m, o]}
  joined_others: {type: concatenate, inputs: [o, numbers]}
  dotted: {type: dot, axes: 2, inputs: [m, masking]}
  lstm: {type: LSTM, units: 4, inputs: m}
  lstm_steps: {type: LSTM, units: 4, return_sequences: true, return_state: true, inputs: m}
  gru: {type: GRU, units: 4, return_sequences: true, inputs: masking}
  simple: {type: SimpleRNN, units: 4, return_sequences: true, inputs: m}
  rnn: {type: RNN, cell: {type: GRUCell, units: 4}, return_sequences: true, inputs: m}
  both: {type: Bidirectional, layer: {type: LSTM, units: 4, return_sequences: true}, inputs: m}
  both_last: {type: Bidirectional, layer: {type: LSTM, units: 4}, inputs: m}
  pair: {type: Bidirectional, merge_mode: null, layer: {type: LSTM, units: 4, return_sequences: true}, inputs: m}
  by_hand: {type: LSTM, units: 4, return_sequences: true, inputs: {sequences: o, mask: ones}}
  ones: {type: ops.not_equal, inputs: [tokens, 0]}
  attention: {type: Attention, inputs: [m, o]}
  additive: {type: AdditiveAttention, inputs: [m, m]}
  attention_other: {type: Attention, inputs: [o, m]}
  heads: {type: MultiHeadAttention, num_heads: 2, key_dim: 4, inputs: [m, o]}
  heads_other: {type: MultiHeadAttention, num_heads: 2, key_dim: 4, inputs: [o, m]}
  grouped: {type: GroupedQueryAttention, head_dim: 4, num_query_heads: 2, num_key_value_heads: 1, inputs: [m, m]}
  pooled: {type: AveragePooling1D, pool_size: 2, inputs: m}
  conv: {type: Conv1D, filters: 4, kernel_size: 3, inputs: m}
  conv_back: {type: Conv1DTranspose, filters: 4, kernel_size: 3, inputs: m}
  cropped: {type: Cropping1D, cropping: 1, inputs: m}
  depthwise: {type: DepthwiseConv1D, kernel_size: 3, inputs: m}
  einsum: {type: EinsumDense, equation: "abc,cd->abd", output_shape: [6, 4], inputs: m}
  flat: {type: Flatten, inputs: m}
  max_pooled: {type: MaxPooling1D, pool_size: 2, inputs: m}
  rms: {type: RMSNormalization, inputs: m}
  shaped: {type: Reshape, target_shape: [6, 2, 2], inputs: m}
  separable: {type: SeparableConv1D, filters: 4, kernel_size: 3, inputs: m}
  up: {type: UpSampling1D, inputs: m}
  padded: {type: ZeroPadding1D, inputs: m}
  mean: {type: GlobalAveragePooling1D, inputs: m}
  halved: {type: ops.multiply, inputs: [m, 0.5]}
  behind: {type: Dense, units: 4, inputs: conv}
  film_mask: {type: Masking, inputs: films}
  film_1: {type: Reshape, target_shape: [6, 16, 1], inputs: films}
  film_2: {type: Reshape, target_shape: [6, 4, 2, 2, 1], inputs: films}
  conv_lstm_1: {type: ConvLSTM1D, filters: 2, kernel_size: 3, return_sequences: true, inputs: {sequences: film_1, mask: ones}}
  conv_lstm_2: {type: ConvLSTM2D, filters: 2, kernel_size: 3, return_sequences: true, inputs: {sequences: films, mask: ones}}
  conv_lstm_3: {type: ConvLSTM3D, filters: 2, kernel_size: 1, return_sequences: true, inputs: {sequences: film_2, mask: ones}}
  conv_lstm_last: {type: ConvLSTM2D, filters: 2, kernel_size: 3, inputs: {sequences: films, mask: ones}}
outputs: [OUTPUTS]
"""


def whole() -> str:
    names = [line.strip().split(":")[0] for line in MODEL.splitlines() if line.startswith("  ")]
    inputs = {"tokens", "numbers", "films"}
    listed = ", ".join(f"out_{name}: {{from: {name}}}" for name in names if name not in inputs | {"lstm_steps", "pair"})
    more = "steps_out: {from: lstm_steps.0}, pair_out: {from: pair.0}"
    return MODEL.replace("[OUTPUTS]", f"{{{listed}, {more}}}")


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask")
def test_what_has_a_mask_has_one_in_keras():
    from keras.src import backend

    from spec_compiler.emitting.keras_model.build import _Builder

    graph = sc.load_spec(sc.Source.text(whole()))
    builder = _Builder(graph, None)
    builder.call_all()
    in_keras = {
        TensorRef(name, index)
        for name in graph.nodes
        for index, tensor in enumerate(builder.tensors[name])
        if backend.get_keras_mask(tensor) is not None
    }
    ours = {tensor for tensor, mask in masks.masks(graph).items() if mask.lost is None}
    assert ours == in_keras


def test_a_mask_is_followed_to_where_it_is_lost():
    graph = sc.load_spec(
        sc.Source.text("""
spec: 1
nodes:
  x: {type: Input, shape: [6], dtype: int32}
  m: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
  dense: {type: Dense, units: 4, inputs: m}
  conv: {type: Conv1D, filters: 4, kernel_size: 3, inputs: dense}
  relu: {type: ReLU, inputs: conv}
  last: {type: LSTM, units: 4, inputs: dense}
  top: {type: GlobalMaxPooling1D, inputs: relu}
outputs: [last, top]
""")
    )
    assert masks.masks(graph) == {
        TensorRef("m", 0): Mask("m", (None, 6)),
        TensorRef("dense", 0): Mask("m", (None, 6)),
        TensorRef("conv", 0): Mask("m", (None, 6), "conv"),
        TensorRef("relu", 0): Mask("m", (None, 6), "conv"),
    }


def test_a_mask_that_is_lost_before_a_layer_that_would_use_it_is_doubtful():
    report = expect_lint(
        "SC607",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [6], dtype: int32}
          steps: {type: Input, shape: [6, 4]}
          m: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
          conv: {type: Conv1D, filters: 4, kernel_size: 3, inputs: m}  # SC607
          dropped: {type: Dropout, rate: 0.1, inputs: conv}
          a: {type: LSTM, units: 4, inputs: dropped}
          again: {type: GRU, units: 4, inputs: conv}
          positions: {type: add, inputs: [m, steps]}  # SC607
          b: {type: MultiHeadAttention, num_heads: 2, key_dim: 2, inputs: [positions, positions]}
          scaled: {type: ops.multiply, inputs: [m, 2.0]}  # SC607
          c: {type: Bidirectional, layer: {type: LSTM, units: 4}, inputs: scaled}
          flat: {type: Flatten, inputs: m}  # SC607
          folded: {type: Reshape, target_shape: [6, 4], inputs: flat}
          d: {type: Attention, inputs: [folded, folded]}
          counted: {type: Masking, inputs: steps}
          short: {type: MaxPooling1D, inputs: counted}  # SC607
          e: {type: SimpleRNN, units: 4, inputs: short}
        outputs: [a, again, b, c, d, e]
    """,
    )
    found = {each.message.split("`")[1]: each for each in report}
    assert [related.span.start.line for related in found["conv"].related] == [5, 8]
    assert "`{type: ops.not_equal, inputs: [x, 0]}`, the `mask` of `c`" in found["scaled"].hint
    assert "the `value_mask` of `b`" in found["positions"].hint


def test_every_layer_that_would_use_a_lost_mask_is_spoken_of():
    report = expect_lint(
        "SC607",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [6], dtype: int32}
          pages: {type: Input, shape: [3, 6], dtype: int32}
          m: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
          p: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: pages}
          conv: {type: Conv1D, filters: 4, kernel_size: 3, padding: same, inputs: m}  # SC607
          a: {type: GlobalAveragePooling1D, inputs: conv}
          rms: {type: RMSNormalization, inputs: m}  # SC607
          normal: {type: BatchNormalization, inputs: rms}
          b: {type: GlobalMaxPooling1D, inputs: normal}
          up: {type: UpSampling1D, inputs: m}  # SC607
          c: {type: Sequential, layers: [{type: Dense, units: 4}, {type: LSTM, units: 4}], inputs: up}
          scaled: {type: ops.multiply, inputs: [p, 2.0]}  # SC607
          each: {type: TimeDistributed, layer: {type: GlobalAveragePooling1D}, inputs: scaled}
          d: {type: Flatten, inputs: each}
          chain: {type: Sequential, layers: [{type: Conv1D, filters: 4, kernel_size: 3}, {type: ReLU}], inputs: m}  # SC607
          e: {type: GRU, units: 4, inputs: chain}
          steps: {type: LSTM, units: 4, return_sequences: true, inputs: {sequences: conv, mask: mask}}
          mask: {type: ops.not_equal, inputs: [x, 0]}
          again: {type: Cropping1D, cropping: 1, inputs: steps}  # SC607
          f: {type: GlobalAveragePooling1D, inputs: again}
        outputs: [a, b, c, d, e, f]
    """,
    )
    hints = {each.message.split("`")[1]: each.hint for each in report}
    assert hints == {
        "conv": "hand it on as a tensor: `{type: ops.not_equal, inputs: [x, 0]}`, the `mask` of `a`",
        "rms": "hand it on as a tensor: `{type: ops.not_equal, inputs: [x, 0]}`, the `mask` of `normal`",
        "up": "hand a mask on as a tensor, or leave `mask_zero` out if none is meant to reach that far",
        "scaled": "hand it on as a tensor: `{type: ops.not_equal, inputs: [pages, 0]}`, the `mask` of `each`",
        "chain": "hand a mask on as a tensor, or leave `mask_zero` out if none is meant to reach that far",
        "again": "hand a mask on as a tensor, the `mask` of `f`",
    }


def test_a_mask_that_a_chain_of_layers_propagates_is_not_spoken_of_and_one_that_is_lost_in_a_block_is():
    expect_lint(
        "SC607",
        """
        spec: 1
        blocks:
          scale:
            inputs: [x]
            nodes: {y: {type: ops.multiply, inputs: [x, 2.0]}}
            outputs: [y]
        layers:
          scaling: {type: scale}
        nodes:
          x: {type: Input, shape: [6], dtype: int32}
          m: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
          chain: {type: Sequential, layers: [{type: Dense, units: 4}, {type: ReLU}], inputs: m}
          a: {type: LSTM, units: 4, inputs: chain}
          scaled: {use: scaling, inputs: m}  # SC607
          b: {type: LSTM, units: 4, inputs: scaled}
          scaled_again: {use: scaling, inputs: chain}  # SC607
          d: {type: LSTM, units: 4, inputs: scaled_again}
          flat: {type: Flatten, inputs: m}
          dense: {type: Dense, units: 4, inputs: flat}
          c: {type: BatchNormalization, inputs: dense}
        outputs: [a, b, c, d]
    """,
    )


def test_a_mask_that_nothing_would_use_or_that_is_used_or_given_by_hand_is_fine():
    expect_lint(
        "SC607",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [6], dtype: int32}
          m: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: x}
          o: {type: Embedding, input_dim: 9, output_dim: 4, inputs: x}
          flat: {type: Flatten, inputs: m}
          a: {type: Dense, units: 4, inputs: flat}
          conv: {type: Conv1D, filters: 4, kernel_size: 3, padding: same, inputs: m}
          b: {type: GlobalMaxPooling1D, inputs: conv}
          mask: {type: ops.not_equal, inputs: [x, 0]}
          c: {type: LSTM, units: 4, inputs: {sequences: conv, mask: mask}}
          h: {type: MultiHeadAttention, num_heads: 2, key_dim: 2, inputs: {query: conv, value: conv, value_mask: mask}}
          plain: {type: Conv1D, filters: 4, kernel_size: 3, inputs: o}
          d: {type: LSTM, units: 4, inputs: plain}
          encoded: {type: LSTM, units: 4, inputs: m}
          held: {type: RepeatVector, n: 6, inputs: encoded}
          e: {type: LSTM, units: 4, inputs: held}
          steps: {type: LSTM, units: 4, return_sequences: true, inputs: m}
          f: {type: LSTM, units: 4, inputs: steps}
          best: {type: GlobalMaxPooling1D, inputs: m}
          spread: {type: RepeatVector, n: 6, inputs: best}
          g: {type: LSTM, units: 4, inputs: spread}
        outputs: [a, b, c, d, e, f, g, h]
    """,
    )


def test_a_mask_that_a_wrapper_keeps_to_itself_is_lost():
    report = expect_lint(
        "SC607",
        """
        spec: 1
        nodes:
          words: {type: Input, shape: [4, 6], dtype: int32}
          vectors: {type: TimeDistributed, layer: {type: Embedding, input_dim: 9, output_dim: 5, mask_zero: true}, inputs: words}  # SC607
          a: {type: TimeDistributed, layer: {type: LSTM, units: 3}, inputs: vectors}
          plain: {type: TimeDistributed, layer: {type: Embedding, input_dim: 9, output_dim: 5}, inputs: words}
          b: {type: TimeDistributed, layer: {type: LSTM, units: 3}, inputs: plain}
          c:
            type: TimeDistributed
            layer:
              type: Sequential
              layers: [{type: Embedding, input_dim: 9, output_dim: 5, mask_zero: true}, {type: LSTM, units: 3}]
            inputs: words
        outputs: [a, b, c]
    """,
    )
    (found,) = report
    assert found.hint == "put the layers of both into one `Sequential`, inside one wrapper"
