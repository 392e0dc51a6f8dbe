"""Masks that come along with a tensor, to layers that take them or cannot run with them."""

from __future__ import annotations

import pytest

from tests.marked import expect

pytestmark = pytest.mark.usefixtures("stand_ins")


@pytest.mark.parametrize(
    ("user", "code"),
    [
        ("{type: Softmax, inputs: vectors}", "  # SC407"),
        ("{type: LSTM, units: 3, inputs: vectors}", ""),
        ("{type: Bidirectional, layer: {type: GRU, units: 3}, inputs: vectors}", ""),
        ("{type: GlobalAveragePooling1D, inputs: vectors}", ""),
        ("{type: MultiHeadAttention, num_heads: 2, key_dim: 3, inputs: [vectors, vectors]}", ""),
        ("{type: Dense, units: 3, inputs: vectors}", ""),
    ],
)
def test_a_layer_gets_the_mask_of_a_sequence(user, code):
    expect(f"""
        spec: 1
        nodes:
          words: {{type: Input, shape: [6], dtype: int32}}
          vectors: {{type: Embedding, input_dim: 50, output_dim: 6, mask_zero: true, inputs: words}}
          result: {user}{code}
        outputs: [result]
    """)


def test_a_mask_of_words_does_not_fit_a_sequence_of_sentences():
    report = expect("""
        spec: 1
        nodes:
          words: {type: Input, shape: [4, 6], dtype: int32}
          vectors: {type: Embedding, input_dim: 50, output_dim: 5, mask_zero: true, inputs: words}
          sentences: {type: TimeDistributed, layer: {type: GRU, units: 3}, inputs: vectors}
          text: {type: GRU, units: 2, inputs: sentences}  # SC407
          both: {type: Bidirectional, layer: {type: GRU, units: 2}, inputs: sentences}  # SC407
        outputs: [text, both]
    """)
    assert report.diagnostics[0].message == (
        "`text` (GRU) gets a mask (None, 4, 6) bool of `vectors` along with `sentences`, which is (None, 4, 3) "
        "float32, and cannot run with it"
    )


def test_a_mask_that_is_given_by_hand_is_the_one_that_counts():
    expect("""
        spec: 1
        nodes:
          words: {type: Input, shape: [4, 6], dtype: int32}
          counted: {type: Input, shape: [4], dtype: bool}
          vectors: {type: Embedding, input_dim: 50, output_dim: 5, mask_zero: true, inputs: words}
          sentences: {type: TimeDistributed, layer: {type: GRU, units: 3}, inputs: vectors}
          text: {type: GRU, units: 2, inputs: {sequences: sentences, mask: counted}}
        outputs: [text]
    """)


def test_the_mask_of_what_is_concatenated_is_as_long_as_it():
    report = expect("""
        spec: 1
        nodes:
          title: {type: Input, shape: [6], dtype: int32}
          body: {type: Input, shape: [9], dtype: int32}
          title_vectors: {type: Embedding, input_dim: 50, output_dim: 5, mask_zero: true, inputs: title}
          body_vectors: {type: Embedding, input_dim: 50, output_dim: 5, inputs: body}
          text: {type: concatenate, axis: 1, inputs: [title_vectors, body_vectors]}
          read: {type: LSTM, units: 3, inputs: text}
          pages: {type: Reshape, target_shape: [5, 3, 5], inputs: text}
          weighted: {type: Softmax, inputs: text}  # SC407
        outputs: [read, weighted, pages]
    """)
    assert "gets a mask (None, 15) bool of `title_vectors` along with `text`" in report.diagnostics[0].message


def test_a_layer_with_a_block_inside_is_asked_by_its_rule():
    expect("""
        spec: 1
        blocks:
          half: {inputs: [a], nodes: {d: {type: Dense, units: 4, inputs: a}}, outputs: [d]}
        layers: {h: {type: half}}
        nodes:
          x: {type: Input, shape: [2, 5, 4]}
          masked: {type: Masking, inputs: x}
          y: {type: TimeDistributed, layer: {type: Sequential, layers: [{use: h}, {type: ReLU}]}, inputs: masked}
        outputs: [y]
    """)
