"""No lint speaks of models as they are usually written: the specs of the repository, and those of Keras's guides."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.goldens import example_specs

GUIDES = {
    "functional API: digits": """
        nodes:
          digits: {type: Input, shape: [784]}
          a: {type: Dense, units: 64, activation: relu, inputs: digits}
          b: {type: Dense, units: 64, activation: relu, inputs: a}
          y: {type: Dense, units: 10, inputs: b}
        outputs: {y: {loss: {type: SparseCategoricalCrossentropy, from_logits: true}, metrics: [accuracy]}}
    """,
    "functional API: ensemble": """
        blocks:
          model: {inputs: [x], nodes: {y: {type: Dense, units: 1, inputs: x}}, outputs: [y]}
        nodes:
          x: {type: Input, shape: [128]}
          "y${i}": {for: {i: 3}, type: model, inputs: x}
          mean: {type: average, inputs: ["y*"]}
        outputs: [mean]
    """,
    "functional API: ticket routing": """
        nodes:
          title: {type: Input, shape: [null], dtype: int32}
          body: {type: Input, shape: [null], dtype: int32}
          tags: {type: Input, shape: [12]}
          title_words: {type: Embedding, input_dim: 10000, output_dim: 64, inputs: title}
          body_words: {type: Embedding, input_dim: 10000, output_dim: 64, inputs: body}
          title_read: {type: LSTM, units: 128, inputs: title_words}
          body_read: {type: LSTM, units: 32, inputs: body_words}
          all: {type: concatenate, inputs: [title_read, body_read, tags]}
          priority: {type: Dense, units: 1, inputs: all}
          department: {type: Dense, units: 4, inputs: all}
        outputs:
          priority: {loss: {type: BinaryCrossentropy, from_logits: true}, loss_weight: 1.0}
          department: {loss: {type: CategoricalCrossentropy, from_logits: true}, loss_weight: 0.2}
    """,
    "functional API: toy ResNet": """
        nodes:
          image: {type: Input, shape: [32, 32, 3]}
          a: {type: Conv2D, filters: 32, kernel_size: 3, activation: relu, inputs: image}
          b: {type: Conv2D, filters: 64, kernel_size: 3, activation: relu, inputs: a}
          c: {type: MaxPooling2D, pool_size: 3, inputs: b}
          d: {type: Conv2D, filters: 64, kernel_size: 3, activation: relu, padding: same, inputs: c}
          e: {type: Conv2D, filters: 64, kernel_size: 3, activation: relu, padding: same, inputs: d}
          f: {type: add, inputs: [e, c]}
          g: {type: GlobalAveragePooling2D, inputs: f}
          h: {type: Dense, units: 256, activation: relu, inputs: g}
          i: {type: Dropout, rate: 0.5, inputs: h}
          y: {type: Dense, units: 10, inputs: i}
        outputs: {y: {loss: {type: CategoricalCrossentropy, from_logits: true}, metrics: [acc]}}
        compile: {optimizer: {type: RMSprop, learning_rate: 1e-3}}
        fit: {batch_size: 64, epochs: 1, validation_split: 0.2}
    """,
    "functional API: autoencoder": """
        blocks:
          code: {inputs: [x], nodes: {y: {type: Dense, units: 16, inputs: x}}, outputs: [y]}
        layers: {encoder: {type: code}}
        nodes:
          image: {type: Input, shape: [784]}
          code: {use: encoder, inputs: image}
          again: {type: Dense, units: 784, activation: sigmoid, inputs: code}
        outputs: {again: {loss: binary_crossentropy}}
    """,
    "functional API: shared embedding": """
        layers: {words: {type: Embedding, input_dim: 1000, output_dim: 128}}
        nodes:
          a: {type: Input, shape: [null], dtype: int32}
          b: {type: Input, shape: [null], dtype: int32}
          of_a: {use: words, inputs: a}
          of_b: {use: words, inputs: b}
        outputs: [of_a, of_b]
    """,
    "training: two inputs and two outputs": """
        nodes:
          image: {type: Input, shape: [32, 32, 3]}
          series: {type: Input, shape: [null, 10]}
          x1: {type: Conv2D, filters: 3, kernel_size: 3, inputs: image}
          x2: {type: GlobalMaxPooling2D, inputs: x1}
          t1: {type: Conv1D, filters: 3, kernel_size: 3, inputs: series}
          t2: {type: GlobalMaxPooling1D, inputs: t1}
          x: {type: concatenate, inputs: [x2, t2]}
          score: {type: Dense, units: 1, inputs: x}
          class: {type: Dense, units: 5, inputs: x}
        outputs:
          score: {loss: mse, metrics: [MeanAbsolutePercentageError, mae]}
          class: {loss: {type: CategoricalCrossentropy, from_logits: true}, metrics: [CategoricalAccuracy]}
    """,
    "training: a schedule": """
        nodes:
          x: {type: Input, shape: [784]}
          y: {type: Dense, units: 10, activation: softmax, inputs: x}
        outputs: {y: {loss: sparse_categorical_crossentropy, metrics: [sparse_categorical_accuracy]}}
        compile:
          optimizer:
            type: RMSprop
            learning_rate:
              {type: ExponentialDecay, initial_learning_rate: 0.1, decay_steps: 100000, decay_rate: 0.96, staircase: true}
        fit: {epochs: 2, batch_size: 64}
    """,
    "transfer learning": """
        nodes:
          image: {type: Input, shape: [150, 150, 3]}
          scaled: {type: Rescaling, scale: 0.00784, offset: -1.0, inputs: image}
          features: {type: Conv2D, filters: 8, kernel_size: 3, inputs: scaled}
          norm: {type: BatchNormalization, call: {training: false}, inputs: features}
          pooled: {type: GlobalAveragePooling2D, inputs: norm}
          dropped: {type: Dropout, rate: 0.2, inputs: pooled}
          y: {type: Dense, units: 1, inputs: dropped}
        outputs: {y: {loss: {type: BinaryCrossentropy, from_logits: true}, metrics: [BinaryAccuracy]}}
        compile: {optimizer: adam}
    """,
    "masking and padding": """
        nodes:
          tokens: {type: Input, shape: [null], dtype: int32}
          words: {type: Embedding, input_dim: 5000, output_dim: 16, mask_zero: true, inputs: tokens}
          read: {type: LSTM, units: 32, inputs: words}
          y: {type: Dense, units: 1, activation: sigmoid, inputs: read}
        outputs: {y: {loss: binary_crossentropy, metrics: [accuracy, AUC, Precision, Recall]}}
    """,
    "recurrent layers: rows of digits": """
        nodes:
          rows: {type: Input, shape: [28, 28]}
          read: {type: LSTM, units: 64, inputs: rows}
          norm: {type: BatchNormalization, inputs: read}
          y: {type: Dense, units: 10, inputs: norm}
        outputs: {y: {loss: {type: SparseCategoricalCrossentropy, from_logits: true}, metrics: [accuracy]}}
        compile: {optimizer: sgd}
    """,
    "recurrent layers: encoder and decoder": """
        nodes:
          source: {type: Input, shape: [null], dtype: int32}
          target: {type: Input, shape: [null], dtype: int32}
          source_words: {type: Embedding, input_dim: 1000, output_dim: 64, inputs: source}
          target_words: {type: Embedding, input_dim: 2000, output_dim: 64, inputs: target}
          encoder: {type: LSTM, units: 64, return_state: true, inputs: source_words}
          decoder:
            {type: LSTM, units: 64, inputs: {sequences: target_words, initial_state: [encoder.1, encoder.2]}}
          y: {type: Dense, units: 10, inputs: decoder}
        outputs: [y]
    """,
    "text: a Transformer": """
        nodes:
          tokens: {type: Input, shape: [80], dtype: int32}
          words: {type: Embedding, input_dim: 5000, output_dim: 32, mask_zero: true, inputs: tokens}
          attended: {type: MultiHeadAttention, num_heads: 2, key_dim: 32, inputs: [words, words]}
          sum: {type: add, inputs: [words, attended]}
          norm: {type: LayerNormalization, inputs: sum}
          wide: {type: Dense, units: 32, activation: relu, inputs: norm}
          mean: {type: GlobalAveragePooling1D, inputs: wide}
          dropped: {type: Dropout, rate: 0.1, inputs: mean}
          y: {type: Dense, units: 2, activation: softmax, inputs: dropped}
        outputs: {y: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}}
    """,
    "images: convolutions with a default bias and normalization": """
        nodes:
          image: {type: Input, shape: [64, 64, 3]}
          conv: {type: Conv2D, filters: 8, kernel_size: 3, inputs: image}
          norm: {type: BatchNormalization, inputs: conv}
          relu: {type: Activation, activation: relu, inputs: norm}
          next: {type: SeparableConv2D, filters: 8, kernel_size: 3, padding: same, activation: relu, inputs: relu}
          sum: {type: add, inputs: [next, relu]}
          again: {type: ReLU, inputs: sum}
          classes: {type: Conv2D, filters: 4, kernel_size: 3, activation: softmax, inputs: again}
        outputs: {classes: {loss: sparse_categorical_crossentropy, metrics: [{type: MeanIoU, num_classes: 4, sparse_y_pred: false}]}}
    """,
}


@pytest.mark.parametrize("spec", example_specs(), ids=lambda path: path.name)
def test_the_specs_of_the_repository_are_without_doubt(spec):
    assert list(sc.check_spec(spec)) == []


@pytest.mark.parametrize("guide", GUIDES)
def test_the_models_of_the_guides_are_without_doubt(guide):
    report = sc.check_spec(sc.Source.text(f"        spec: 1{GUIDES[guide]}"))
    assert list(report) == [], f"\n{report}"
