"""What a spec says of training, held against the model."""

from __future__ import annotations

import pytest

from tests.marked import expect

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_class_weights_are_for_one_class_a_sample():
    report = expect("""
        spec: 1
        nodes:
          image: {type: Input, shape: [8, 8, 3]}
          mask: {type: Conv2D, filters: 3, kernel_size: 1, activation: softmax, inputs: image}
        outputs:
          mask: {loss: sparse_categorical_crossentropy}
        fit:
          class_weight: {0: 1.0, 1: 2.0}  # SC504
    """)
    assert report.diagnostics[0].message == (
        "`class_weight` is for one class a sample, and `mask` gives (None, 8, 8, 3) float32"
    )


@pytest.mark.parametrize("shape", ["[3]", "[1, 3]"])
def test_class_weights_of_one_class_a_sample_are_fine(shape):
    expect(f"""
        spec: 1
        nodes:
          x: {{type: Input, shape: {shape}}}
          kind: {{type: Dense, units: 3, activation: softmax, inputs: x}}
        outputs:
          kind: {{loss: sparse_categorical_crossentropy}}
        fit: {{class_weight: {{0: 1.0, 1: 2.0}}}}
    """)


def test_batches_of_another_length_than_an_input_takes_are_refused():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, batch_shape: [4, 5, 3]}
          memory: {type: LSTM, units: 5, stateful: true, inputs: x}
        outputs: {memory: {loss: mse}}
        fit:
          batch_size: 32  # SC504
    """)
    assert report.diagnostics[0].hint == "write `batch_size: 4`, or give `x` a `shape` in place of `batch_shape`"


@pytest.mark.parametrize("fit", ["{batch_size: 4}", "{epochs: 2}"])
def test_batches_of_the_length_that_an_input_takes_are_fine(fit):
    expect(f"""
        spec: 1
        nodes:
          x: {{type: Input, batch_shape: [4, 3]}}
          y: {{type: Dense, units: 5, inputs: x}}
        outputs: {{y: {{loss: mse}}}}
        fit: {fit}
    """)


@pytest.mark.parametrize(
    ("optimizer", "code"),
    [
        ("adam", "  # SC212"),
        ("{type: Adam, use_ema: true}", ""),
        ("{type: LossScaleOptimizer, inner_optimizer: {type: Adam, use_ema: true}}", ""),
        ("{type: LossScaleOptimizer, inner_optimizer: adam}", "  # SC212"),
    ],
)
def test_averages_are_swapped_in_where_the_optimizer_keeps_them(optimizer, code):
    expect(f"""
        spec: 1
        nodes:
          x: {{type: Input, shape: [3]}}
          y: {{type: Dense, units: 5, inputs: x}}
        outputs: {{y: {{loss: mse}}}}
        compile: {{optimizer: {optimizer}}}
        fit:
          callbacks:
            - {{type: SwapEMAWeights, swap_on_epoch: true}}{code}
    """)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("dtype: float16, activity_regularizer: L2", "  # SC505"),
        ("dtype: mixed_float16, activity_regularizer: L2", "  # SC505"),
        ("dtype: bfloat16, kernel_regularizer: L2", "  # SC505"),
        ("dtype: float64, bias_regularizer: L2", "  # SC505"),
        ("dtype: mixed_float16, kernel_regularizer: L2", ""),
        ("dtype: float16, bias_regularizer: L2, use_bias: false", ""),
        ("dtype: float16, kernel_regularizer: L2, trainable: false", ""),
        ("activity_regularizer: L2, kernel_regularizer: L1", ""),
    ],
)
def test_what_regularizers_give_has_the_dtype_of_losses(arguments, code):
    expect(f"""
        spec: 1
        nodes:
          x: {{type: Input, shape: [3]}}
          y: {{type: Dense, units: 5, {arguments}, inputs: x}}{code}
          z: {{type: Dense, units: 5, inputs: y}}
        outputs: {{z: {{loss: mse}}}}
    """)


def test_without_a_loss_a_regularizer_may_have_any_dtype():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [3]}
          y: {type: Dense, units: 5, dtype: float16, kernel_regularizer: L2, inputs: x}
        outputs: [y]
    """)


def test_regularizers_inside_other_layers_are_seen():
    expect("""
        spec: 1
        blocks:
          block:
            inputs: [x]
            nodes:
              y: {type: Dense, units: 3, dtype: float16, kernel_regularizer: L2, inputs: x}  # SC505
            outputs: [y]
        layers:
          shared: {type: block}
        nodes:
          x: {type: Input, shape: [3, 3]}
          a: {use: shared, inputs: x}
          b: {type: TimeDistributed, layer: {type: Dense, units: 3, dtype: float16, kernel_regularizer: L2}, inputs: x}  # SC505
          c: {type: ActivityRegularization, l2: 0.1, dtype: float16, inputs: x}  # SC505
          e: {type: Sequential, layers: [{type: Dropout, rate: 0.1, dtype: float16, activity_regularizer: L2}], inputs: x}  # SC505
          d: {type: add, inputs: [a, b, c, e]}
        outputs: {d: {loss: mse}}
    """)
