"""The lints about what flows: bounds, gradients, the batch, and what stands in the way of learning."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect, expect_lint

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_a_loss_of_half_precision_is_doubtful():
    expect_lint(
        "SC630",
        """
        spec: 1
        dtype_policy: mixed_float16
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}
          b: {type: Dense, units: 2, dtype: float32, inputs: x}
          c: {type: Dense, units: 2, dtype: mixed_bfloat16, inputs: x}
          d: {type: Dense, units: 2, inputs: x}
        outputs:
          a: {loss: mse}  # SC630
          b: {loss: mse}
          c: {loss: mse}
          d: {loss: null}
    """,
    )


IMAGE = """
spec: 1
nodes:
  image: {{type: Input, shape: [28, 28, 1]}}
  {body}
  y: {{type: Dense, units: 10, activation: softmax, inputs: {last}}}{mark}
outputs: {{y: {{loss: {loss}}}}}
"""


@pytest.mark.parametrize(
    ("body", "last", "loss", "mark"),
    [
        ("a: {type: MaxPooling2D, inputs: image}", "a", "sparse_categorical_crossentropy", "  # SC631"),
        ("a: {type: Conv2D, filters: 2, kernel_size: 3, inputs: image}", "a", "categorical_crossentropy", "  # SC631"),
        ("a: {type: Dense, units: 9, activation: relu, inputs: image}", "a", "sparse_categorical_crossentropy", ""),
        (
            "a: {type: Conv2D, filters: 2, kernel_size: 3, padding: same, inputs: image}",
            "a",
            "categorical_crossentropy",
            "",
        ),
        ("a: {type: GlobalMaxPooling2D, inputs: image}", "a", "sparse_categorical_crossentropy", ""),
        ("a: {type: MaxPooling2D, inputs: image}", "a", "mse", ""),
        ("a: {type: Reshape, target_shape: [28, 28], inputs: image}", "a", "categorical_crossentropy", ""),
    ],
)
def test_a_dense_answer_for_each_place_of_a_smaller_image_is_doubtful(body, last, loss, mark):
    expect_lint("SC631", IMAGE.format(body=body, last=last, loss=loss, mark=mark))


def test_a_dense_answer_for_each_row_alone_is_doubtful():
    text = """
        spec: 1
        nodes:
          rows: {type: Input, shape: [28, 28]}
          a: {type: Dense, units: 64, activation: relu, inputs: rows}
          drop: {type: Dropout, rate: 0.2, inputs: a}
          digit: {type: Dense, units: 10, activation: softmax, inputs: drop}  # SC631
        outputs: {digit: {loss: sparse_categorical_crossentropy}}
    """
    expect_lint("SC631", text)
    mixed = text.replace(
        "{type: Dropout, rate: 0.2, inputs: a}", "{type: LSTM, units: 8, return_sequences: true, inputs: a}"
    )
    expect_lint("SC631", mixed.replace("  # SC631", ""))
    expect_lint("SC631", text.replace("[28, 28]", "[null, 28]").replace("  # SC631", ""))


def test_sequences_of_one_step_are_doubtful():
    expect_lint(
        "SC632",
        """
        spec: 1
        layers: {shared: {type: GRU, units: 3}}
        nodes:
          x: {type: Input, shape: [1, 8]}
          many: {type: Input, shape: [7, 8]}
          h: {type: Input, shape: [3]}
          a: {type: LSTM, units: 3, inputs: x}  # SC632
          b: {type: Bidirectional, layer: {type: GRU, units: 3}, inputs: x}  # SC632
          c: {type: MultiHeadAttention, num_heads: 1, key_dim: 4, inputs: [many, x]}  # SC632
          d: {type: Attention, inputs: [x, many]}
          e: {type: Attention, inputs: [many, x]}  # SC632
          f: {type: GRU, units: 3, inputs: {sequences: x, initial_state: [h]}}
          g: {use: shared, inputs: x}
          i: {use: shared, inputs: many}
        outputs: [a, b, c, d, e, f, g, i]
    """,
    )


def test_linear_layers_in_a_row_are_doubtful():
    expect_lint(
        "SC633",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [10]}
          a: {type: Dense, units: 64, inputs: x}  # SC633
          b: {type: Dense, units: 32, inputs: a}
          c: {type: Dense, units: 4, inputs: b}
          narrow: {type: Dense, units: 2, inputs: x}
          wide: {type: Dense, units: 10, inputs: narrow}
          bent: {type: Dense, units: 64, activation: relu, inputs: x}
          d: {type: Dense, units: 8, inputs: bent}
          twice: {type: Dense, units: 64, inputs: x}
          e: {type: Dense, units: 8, inputs: twice}
          f: {type: Dense, units: 8, inputs: twice}
          seen: {type: Dense, units: 64, inputs: x}
          g: {type: Dense, units: 8, inputs: seen}
          normal: {type: Dense, units: 64, inputs: x}
          n: {type: BatchNormalization, inputs: normal}
          h: {type: Dense, units: 8, inputs: n}
        outputs: {c: {loss: mse}, wide: {}, d: {}, e: {}, f: {}, g: {}, seen: {}, h: {}}
    """,
    )


def test_zeros_that_hide_the_gradient_from_each_other_are_doubtful():
    expect_lint(
        "SC634",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [10]}
          a: {type: Dense, units: 8, activation: relu, kernel_initializer: zeros, inputs: x}  # SC634
          b: {type: Dense, units: 8, kernel_initializer: zeros, inputs: x}
          c: {type: Dense, units: 8, kernel_initializer: {type: Constant, value: 0.0}, inputs: b}  # SC634
          d: {type: Dense, units: 8, activation: relu, kernel_initializer: zeros, bias_initializer: ones, inputs: x}
          e: {type: Dense, units: 8, activation: sigmoid, kernel_initializer: zeros, inputs: x}
          f: {type: Conv1D, filters: 2, kernel_size: 1, kernel_initializer: zeros, trainable: false, activation: relu, inputs: s}
          s: {type: Reshape, target_shape: [5, 2], inputs: x}
        outputs: [a, c, d, e, f]
    """,
    )


def test_shares_over_the_batch_are_doubtful():
    expect_lint(
        "SC636",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [10]}
          a: {type: Softmax, axis: 0, inputs: x}  # SC636
          b: {type: ops.softmax, axis: 0, inputs: x}  # SC636
          c: {type: ops.softmax, axis: null, inputs: x}  # SC636
          d: {type: Softmax, axis: 1, inputs: x}
          turned: {type: ops.transpose, inputs: x}
          e: {type: ops.softmax, axis: 0, inputs: turned}
          f: {type: ops.transpose, inputs: e}
        outputs: [a, b, c, d, f]
    """,
    )


def test_one_result_of_the_whole_batch_is_doubtful_where_it_has_a_loss():
    expect_lint(
        "SC636",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [10]}
          p: {type: Dense, units: 1, inputs: x}
          a: {type: ops.mean, inputs: p}  # SC636
          b: {type: ops.mean, axis: 0, keepdims: true, inputs: p}  # SC636
          c: {type: ops.mean, axis: 0, keepdims: true, inputs: p}
        outputs: {a: {loss: mse}, b: {loss: mse}, c: {loss: null}, p: {loss: mse}}
    """,
    )


def test_losses_and_weights_that_do_not_come_together_are_doubtful():
    expect_lint(
        "SC637",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [10]}
          p: {type: Dense, units: 5, activation: softmax, inputs: x}
          number: {type: ops.argmax, axis: -1, inputs: p}
          before: {type: Dense, units: 5, inputs: x}  # SC637
          stopped: {type: ops.stop_gradient, inputs: before}
          y: {type: Dense, units: 1, inputs: stopped}
          frozen: {type: Dense, units: 5, trainable: false, inputs: x}
          held: {type: ops.stop_gradient, inputs: frozen}
          z: {type: Dense, units: 1, inputs: held}
          only_read: {type: Dense, units: 1, inputs: x}
        outputs: {p: {loss: mse}, number: {loss: mse}, y: {loss: mse}, z: {loss: mse}, only_read: {loss: null}}  # SC637
    """,
    )


def test_a_gradient_that_is_zero_everywhere_is_doubtful():
    expect_lint(
        "SC638",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [10]}
          p: {type: Dense, units: 1, inputs: x}
          side: {type: ops.sign, inputs: p}
          both: {type: ops.add, inputs: [side, p]}
          after: {type: Dense, units: 1, inputs: side}
        outputs:
          side: {loss: hinge}  # SC638
          both: {loss: mse}
          after: {loss: mse}
    """,
    )


def test_numbers_that_may_have_no_row_or_class_are_doubtful():
    expect_lint(
        "SC639",
        """
        spec: 1
        nodes:
          word: {type: Input, shape: [3], dtype: string}
          given: {type: Input, shape: [3], dtype: int32}
          id: {type: StringLookup, vocabulary: [a, b, c], inputs: word}
          less: {type: ops.subtract, inputs: [id, 1]}
          bounded: {type: ops.clip, x_min: 0, x_max: 2, inputs: id}
          a: {type: CategoryEncoding, num_tokens: 3, inputs: id}  # SC639
          b: {type: CategoryEncoding, num_tokens: 4, inputs: id}
          c: {type: ops.one_hot, num_classes: 3, inputs: id}  # SC639
          d: {type: ops.one_hot, num_classes: 3, inputs: bounded}
          e: {type: Embedding, input_dim: 4, output_dim: 2, inputs: less}  # SC639
          f: {type: Embedding, input_dim: 4, output_dim: 2, inputs: given}
          learnt: {type: StringLookup, max_tokens: 100, inputs: word}
          g: {type: Embedding, input_dim: 50, output_dim: 2, inputs: learnt}  # SC639
          h: {type: Embedding, input_dim: 100, output_dim: 2, inputs: learnt}
        outputs: [a, b, c, d, e, f, g, h]
    """,
    )


def test_a_rectifier_right_before_a_softmax_is_doubtful():
    expect_lint(
        "SC640",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [10]}
          cut: {type: Dense, units: 5, activation: relu, inputs: x}
          a: {type: Softmax, inputs: cut}  # SC640
          b: {type: Activation, activation: softmax, inputs: cut}  # SC640
          c: {type: ops.softmax, inputs: cut}  # SC640
          d: {type: Dense, units: 5, activation: softmax, inputs: cut}
          bent: {type: Dense, units: 5, activation: tanh, inputs: x}
          e: {type: Softmax, inputs: bent}
          sums: {type: Dense, units: 5, inputs: x}
          cut_later: {type: ReLU, inputs: sums}
          f: {type: Softmax, inputs: cut_later}  # SC640
          cut_by_op: {type: ops.relu, inputs: sums}
          g: {type: ops.softmax, inputs: cut_by_op}  # SC640
          distances: {type: ops.abs, inputs: x}
          near: {type: ReLU, inputs: distances}
          h: {type: Softmax, inputs: near}
        outputs: [a, b, c, d, e, f, g, h]
    """,
    )


def test_remainders_of_whole_numbers_are_below_the_divisor():
    expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [1], dtype: int32}
          last: {type: ops.mod, inputs: [x, 10]}
          kind: {type: CategoryEncoding, num_tokens: 10, inputs: last}
          y: {type: Dense, units: 1, inputs: kind}
        outputs: [y]
    """
    )


VOLUMES = """
        spec: 1
        blocks:
          halve: {inputs: [x], nodes: {y: {type: AveragePooling3D, pool_size: 2, dtype: float16, inputs: x}}, outputs: [y]}  # SC656
        layers:
          halve: {type: halve}
        nodes:
          x: {type: Input, shape: [8, 8, 8, 1]}
          most: {type: MaxPooling3D, pool_size: 2, dtype: float16, inputs: x}  # SC656
          mean: {type: AveragePooling3D, pool_size: 2, dtype: float64, inputs: x}  # SC656
          parts: {type: AdaptiveMaxPooling3D, output_size: 2, dtype: float16, inputs: x}  # SC656
          means: {type: AdaptiveAveragePooling3D, output_size: 2, dtype: float64, inputs: x}  # SC656
          half: {type: ops.cast, dtype: float16, inputs: x}
          op: {type: ops.max_pool, pool_size: 2, inputs: half}  # SC656
          other: {type: ops.average_pool, pool_size: 2, inputs: half}  # SC656
          inside: {type: Sequential, layers: [{type: MaxPooling3D, pool_size: 2, dtype: float16}], inputs: x}  # SC656
          shared: {use: halve, inputs: x}
          fine: {type: AveragePooling3D, pool_size: 2, dtype: bfloat16, inputs: x}
          whole: {type: GlobalAveragePooling3D, dtype: float16, inputs: x}
          conv: {type: Conv3D, filters: 1, kernel_size: 2, dtype: float16, inputs: x}
        outputs: [most, mean, parts, means, op, other, inside, shared, fine, whole, conv]
"""


def test_what_a_processor_has_no_kernel_for_is_doubtful():
    expect_lint("SC656", VOLUMES)


def test_xla_compiles_what_there_is_no_kernel_for():
    expect_lint("SC656", VOLUMES.replace("# SC656", "") + "        compile: {jit_compile: true}\n")


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("layer", "has_kernel"),
    [
        ("type: MaxPooling3D, pool_size: 2, dtype: float16", False),
        ("type: AveragePooling3D, pool_size: 2, dtype: float16", False),
        ("type: AveragePooling3D, pool_size: 2, dtype: float64", False),
        ("type: AdaptiveMaxPooling3D, output_size: 2, dtype: float16", False),
        ("type: AdaptiveAveragePooling3D, output_size: 2, dtype: float64", False),
        ("type: MaxPooling3D, pool_size: 2, dtype: bfloat16", True),
        ("type: AveragePooling3D, pool_size: 2, dtype: bfloat16", True),
        ("type: GlobalAveragePooling3D, dtype: float16", True),
        ("type: Conv3D, filters: 1, kernel_size: 2, dtype: float16", True),
    ],
)
def test_tensorflow_has_a_kernel_where_nothing_is_said(layer, has_kernel):
    import numpy as np
    import tensorflow as tf

    text = f"""
spec: 1
nodes:
  x: {{type: Input, shape: [4, 4, 4, 1]}}
  y: {{{layer}, inputs: x}}
outputs: [y]
"""
    source = sc.Source.text(text)
    assert ("SC656" in {found.code for found in sc.check_spec(source)}) is not has_kernel
    model = sc.compile_spec(source)
    if has_kernel or tf.config.list_physical_devices("GPU"):
        model.predict(np.zeros((2, 4, 4, 4, 1), "float32"), verbose=0)
    else:
        with pytest.raises(tf.errors.InvalidArgumentError, match="OpKernel"):
            model.predict(np.zeros((2, 4, 4, 4, 1), "float32"), verbose=0)


def test_an_import_that_nothing_uses_is_doubtful():
    text = """
        spec: 1
        imports:
          - std/residual.yaml  # SC635
          - std/squeeze_excite.yaml
        nodes:
          x: {type: Input, shape: [8, 8, 4]}
          y: {type: squeeze_excite, filters: 4, inputs: x}
        outputs: [y]
    """
    expect_lint("SC635", text)


@pytest.mark.parametrize(
    ("units", "loss", "metric", "mark"),
    [
        ("units: 1", "{type: BinaryCrossentropy, from_logits: true}", "accuracy", "SC606"),
        ("units: 1", "{type: BinaryCrossentropy, from_logits: true}", "{type: Recall}", "SC606"),
        ("units: 1", "{type: BinaryCrossentropy, from_logits: true}", "{type: Recall, thresholds: 0.0}", ""),
        ("units: 1", "{type: BinaryCrossentropy, from_logits: true}", "{type: AUC, from_logits: true}", ""),
        ("units: 1", "{type: BinaryCrossentropy, from_logits: true}", "{type: BinaryAccuracy, threshold: 0.0}", ""),
        ("units: 5", "{type: CategoricalCrossentropy, from_logits: true}", "accuracy", ""),
        ("units: 5", "{type: CategoricalCrossentropy, from_logits: true}", "categorical_crossentropy", "SC606"),
        ("units: 1, activation: tanh", "hinge", "{type: AUC}", "SC606"),
        ("units: 1, activation: sigmoid", "binary_crossentropy", "{type: MeanIoU, num_classes: 2}", "SC606"),
        ("units: 1, activation: sigmoid", "binary_crossentropy", "{type: BinaryIoU}", ""),
        ("units: 5, activation: softmax", "categorical_crossentropy", "{type: OneHotMeanIoU, num_classes: 3}", "SC606"),
        ("units: 5, activation: softmax", "categorical_crossentropy", "{type: OneHotMeanIoU, num_classes: 5}", ""),
        ("units: 1", "mse", "cosine_similarity", "SC606"),
        ("units: 3", "mse", "cosine_similarity", ""),
    ],
)
def test_a_metric_of_other_numbers_than_an_output_gives_is_doubtful(units, loss, metric, mark):
    expect_lint(
        "SC606",
        f"""
        spec: 1
        nodes:
          x: {{type: Input, shape: [4]}}
          y: {{type: Dense, {units}, inputs: x}}
        outputs:
          y:
            loss: {loss}
            metrics: [{metric}]{f"  # {mark}" if mark else ""}
    """,
    )


def test_the_way_of_the_batch_may_lead_elsewhere_and_back():
    expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [6, 4]}
          rows: {type: ops.reshape, newshape: [-1, 4], inputs: x}
          a: {type: Dense, units: 3, inputs: rows}
          back: {type: ops.reshape, newshape: [-1, 6, 3], inputs: a}
          turned: {type: ops.transpose, axes: [1, 0, 2], inputs: x}
          again: {type: ops.transpose, axes: [1, 0, 2], inputs: turned}
          taken: {type: ops.get_item, key: [0], inputs: x}
          lost: {type: ops.swapaxes, axis1: 0, axis2: 1, inputs: x}  # SC530
          flat: {type: ops.ravel, inputs: x}  # SC530
        outputs: {back: {loss: mse}, again: {loss: mse}, taken: {loss: null}, lost: {loss: mse}, flat: {loss: mse}}
    """
    )


def test_a_metric_of_vectors_is_no_metric_of_maps():
    expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [6, 4]}
          y: {type: Dense, units: 3, activation: softmax, inputs: x}
        outputs:
          y:
            loss: categorical_crossentropy
            metrics:
              - {type: F1Score, average: macro}  # SC531
              - {type: R2Score}  # SC531
              - {type: OneHotMeanIoU, num_classes: 3}
    """
    )


def test_images_that_are_cut_in_training_alone_are_doubtful():
    expect_lint(
        "SC655",
        """
        spec: 1
        blocks:
          wide: {inputs: [a], nodes: {d: {type: Dense, units: 3, inputs: a}}, outputs: [d]}
        layers: {shared: {type: wide}}
        nodes:
          x: {type: Input, shape: [32, 32, 3]}
          any: {type: Input, shape: [null, null, 3]}
          a: {type: RandomCrop, height: 24, width: 24, inputs: x}  # SC655
          b: {type: RandomCrop, height: 32, width: 32, inputs: x}
          c: {type: Sequential, layers: [{use: shared}, {type: RandomCrop, height: 24, width: 24}], inputs: x}  # SC655
          d: {type: Pipeline, layers: [{type: RandomCrop, height: 24, width: 24}], inputs: x}  # SC655
          e: {type: CenterCrop, height: 24, width: 24, inputs: any}
        outputs: [a, b, c, d, e]
    """,
    )
