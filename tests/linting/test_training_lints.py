"""The lints about what a model is trained for: losses, metrics, the learning rate."""

from __future__ import annotations

import pytest

from tests.marked import expect_lint, underlined

pytestmark = pytest.mark.usefixtures("stand_ins")


def trained(head: str, options: str) -> str:
    return f"""
        spec: 1
        nodes:
          x: {{type: Input, shape: [4]}}
          y: {{inputs: x, {head}}}
        outputs:
          y: {options}
    """


@pytest.mark.parametrize(
    ("head", "loss"),
    [
        ("type: Dense, units: 5, activation: softmax", "binary_crossentropy"),
        ("type: Dense, units: 5, activation: softmax", "bce"),
        ("type: Dense, units: 5, activation: softmax", "{type: BinaryFocalCrossentropy, gamma: 1.0}"),
        ("type: Dense, units: 5, activation: sigmoid", "categorical_crossentropy"),
        ("type: Dense, units: 5, activation: sigmoid", "sparse_categorical_crossentropy"),
        ("type: Dense, units: 5, activation: softmax", "{type: CategoricalCrossentropy, from_logits: true}"),
        ("type: Dense, units: 5, activation: softmax", "{type: SparseCategoricalCrossentropy, from_logits: true}"),
        ("type: Dense, units: 1, activation: sigmoid", "{type: BinaryCrossentropy, from_logits: true}"),
        ("type: Dense, units: 1", "binary_crossentropy"),
        ("type: Dense, units: 5, activation: linear", "SparseCategoricalCrossentropy"),
        ("type: Dense, units: 5", "crossentropy"),
        ("type: Dense, units: 1, activation: sigmoid", "sparse_categorical_crossentropy"),
        ("type: Dense, units: 1, activation: sigmoid", "categorical_crossentropy"),
        ("type: Softmax", "binary_crossentropy"),
        ("type: ops.sigmoid", "categorical_crossentropy"),
        ("type: Sequential, layers: [{type: Dense, units: 3}]", "categorical_crossentropy"),
        ("type: Dense, units: 1, activation: tanh", "binary_crossentropy"),
        ("type: Dense, units: 5, activation: relu", "categorical_crossentropy"),
        ("type: Dense, units: 5, activation: relu", "{type: SparseCategoricalCrossentropy, from_logits: true}"),
        ("type: Dense, units: 1, activation: tanh", "{type: BinaryCrossentropy, from_logits: true}"),
        ("type: ops.tanh", "{type: BinaryCrossentropy, from_logits: true}"),
        ("type: Dense, units: 1", "poisson"),
        ("type: Dense, units: 1, activation: relu", "poisson"),
        ("type: Dense, units: 1", "msle"),
        ("type: Dense, units: 5", "kl_divergence"),
        ("type: Dense, units: 5", "dice"),
        ("type: Dense, units: 1, activation: sigmoid", "hinge"),
        ("type: Dense, units: 5, activation: softmax", "categorical_hinge"),
        ("type: Dense, units: 1", "cosine_similarity"),
    ],
)
def test_an_activation_that_does_not_fit_the_loss_is_doubtful(head, loss):
    expect_lint("SC605", trained(head, f"{{loss: {loss}}}  # SC605"))


@pytest.mark.parametrize(
    ("head", "loss"),
    [
        ("type: Dense, units: 5, activation: softmax", "categorical_crossentropy"),
        ("type: Dense, units: 5, activation: softmax", "sparse_categorical_crossentropy"),
        ("type: Dense, units: 5, activation: softmax", "kl_divergence"),
        ("type: Dense, units: 5, activation: softmax", "mse"),
        ("type: Dense, units: 5, activation: log_softmax", "{type: CategoricalCrossentropy, from_logits: true}"),
        ("type: Dense, units: 5, activation: sigmoid", "binary_crossentropy"),
        ("type: Dense, units: 1, activation: sigmoid", "crossentropy"),
        ("type: Dense, units: 5", "{type: SparseCategoricalCrossentropy, from_logits: true}"),
        ("type: Dense, units: 1", "{type: BinaryCrossentropy, from_logits: true}"),
        ("type: Dense, units: 1", "mse"),
        ("type: ops.exp", "categorical_crossentropy"),
        ("type: Dense, units: 1, activation: exponential", "poisson"),
        ("type: Dense, units: 1, activation: softplus", "poisson"),
        ("type: Dense, units: 1, activation: relu", "msle"),
        ("type: Dense, units: 1, activation: tanh", "hinge"),
        ("type: Dense, units: 1", "squared_hinge"),
        ("type: Dense, units: 5", "cosine_similarity"),
        ("type: Dense, units: 5, kernel_constraint: non_neg", "kl_divergence"),
        ("type: Dense, units: 1, activation: hard_sigmoid", "binary_crossentropy"),
        ("type: LayerNormalization", "binary_crossentropy"),
    ],
)
def test_an_activation_that_fits_the_loss_or_cannot_be_told_is_fine(head, loss):
    expect_lint("SC605", trained(head, f"{{loss: {loss}}}"))


def test_a_softmax_over_one_unit_is_said_once():
    text = """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 1, activation: softmax, inputs: x}  # SC601
          b: {type: Dense, units: 1, activation: softmax, inputs: x}  # SC601
        outputs:
          a: {loss: binary_crossentropy}
          b: {loss: sparse_categorical_crossentropy}
    """
    expect_lint("SC601", text)
    expect_lint("SC605", text)


def test_of_a_length_no_activation_can_be_left_out():
    report = expect_lint("SC605", trained("type: ops.norm, axis: -1, keepdims: true", "{loss: hinge}  # SC605"))
    assert "activation" not in str(report)


def test_the_activation_is_found_behind_layers_that_give_it_on_and_in_blocks():
    report = expect_lint(
        "SC605",
        """
        spec: 1
        blocks:
          head:
            inputs: [x]
            nodes:
              y: {type: Dense, units: 6, activation: sigmoid, inputs: x}
            outputs: [y]
        layers:
          head: {type: head}
        nodes:
          x: {type: Input, shape: [4]}
          z: {type: Input, shape: [4]}
          raw: {type: Dense, units: 6, inputs: x}
          folded: {type: Reshape, target_shape: [3, 2], inputs: raw}
          same: {type: Identity, inputs: folded}
          a: {use: head, inputs: x}
          b: {use: head, inputs: z}
        outputs:
          same: {loss: binary_crossentropy}  # SC605
          a: {loss: categorical_crossentropy}  # SC605
          b: {loss: binary_crossentropy}
    """,
    )
    assert [related.span.start.line for found in report for related in found.related] == [13, 6]
    assert [text for _, text in underlined(report)] == ["binary_crossentropy", "categorical_crossentropy"]


@pytest.mark.parametrize(
    ("head", "loss", "metric"),
    [
        ("units: 5, activation: softmax", "categorical_crossentropy", "sparse_categorical_accuracy"),
        ("units: 5, activation: softmax", "categorical_crossentropy", "SparseTopKCategoricalAccuracy"),
        ("units: 5, activation: softmax", "categorical_crossentropy", "binary_accuracy"),
        ("units: 5, activation: softmax", "sparse_categorical_crossentropy", "categorical_accuracy"),
        ("units: 5, activation: softmax", "sparse_categorical_crossentropy", "{type: TopKCategoricalAccuracy, k: 3}"),
        ("units: 5, activation: softmax", "sparse_categorical_crossentropy", "AUC"),
        ("units: 5, activation: softmax", "sparse_categorical_crossentropy", "precision"),
        ("units: 5, activation: softmax", "sparse_categorical_crossentropy", "mae"),
        ("units: 1, activation: sigmoid", "binary_crossentropy", "categorical_accuracy"),
        ("units: 5, activation: sigmoid", "binary_crossentropy", "sparse_categorical_accuracy"),
        ("units: 1", "mse", "AUC"),
        ("units: 1", "huber", "precision"),
        ("units: 1", "MeanAbsoluteError", "accuracy"),
        ("units: 1, activation: relu", "msle", "binary_accuracy"),
    ],
)
def test_a_metric_that_does_not_fit_is_doubtful(head, loss, metric):
    options = f"{{loss: {loss}, metrics: [{metric}], weighted_metrics: [{metric}]}}  # SC606 SC606"
    expect_lint("SC606", trained(f"type: Dense, {head}", options))


@pytest.mark.parametrize(
    ("head", "loss", "metric"),
    [
        ("units: 5, activation: softmax", "categorical_crossentropy", "accuracy"),
        ("units: 5, activation: softmax", "categorical_crossentropy", "AUC"),
        ("units: 5, activation: softmax", "categorical_crossentropy", "{type: Precision, top_k: 2}"),
        ("units: 5, activation: softmax", "categorical_crossentropy", "mse"),
        ("units: 2, activation: softmax", "categorical_crossentropy", "binary_accuracy"),
        ("units: 5, activation: softmax", "sparse_categorical_crossentropy", "acc"),
        (
            "units: 5, activation: softmax",
            "sparse_categorical_crossentropy",
            "{type: MeanIoU, num_classes: 5, sparse_y_pred: false}",
        ),
        ("units: 5", "{type: SparseCategoricalCrossentropy, from_logits: true}", "sparse_categorical_accuracy"),
        ("units: 1", "{type: BinaryCrossentropy, from_logits: true}", "binary_accuracy"),
        ("units: 1, activation: sigmoid", "binary_crossentropy", "AUC"),
        ("units: 5, activation: sigmoid", "binary_crossentropy", "F1Score"),
        ("units: 5, activation: sigmoid", "binary_crossentropy", "categorical_accuracy"),
        ("units: 1, activation: sigmoid", "mse", "AUC"),
        ("units: 1, activation: tanh", "hinge", "binary_accuracy"),
        ("units: 1", "mse", "R2Score"),
        ("units: 1", "mse", "mae"),
    ],
)
def test_a_metric_that_fits_is_fine(head, loss, metric):
    expect_lint(
        "SC606", trained(f"type: Dense, {head}", f"{{loss: {loss}, metrics: [{metric}], weighted_metrics: [{metric}]}}")
    )


def test_metrics_without_a_loss_are_held_against_the_activation():
    expect_lint(
        "SC606",
        trained("type: Dense, units: 5, activation: softmax", "{metrics: [accuracy, binary_accuracy]}  # SC606"),
    )


def optimized(optimizer: str, fit: str = "{}") -> str:
    return f"""
        spec: 1
        nodes:
          x: {{type: Input, shape: [4]}}
          y: {{type: Dense, units: 1, inputs: x}}
        outputs:
          y: {{loss: mse}}
        compile:
          optimizer: {optimizer}
        fit: {fit}
    """


@pytest.mark.parametrize(
    ("optimizer", "fit"),
    [
        ("{type: Adam, learning_rate: 10}", "{}"),
        ("{type: LossScaleOptimizer, inner_optimizer: {type: Adam, learning_rate: 2.0}}", "{}"),
        ("{type: AdamW, learning_rate: {type: PiecewiseConstantDecay, boundaries: [5], values: [2, 1]}}", "{}"),
        (
            "{type: RMSprop, learning_rate: {type: ExponentialDecay, initial_learning_rate: 5, decay_steps: 9, decay_rate: 0.9}}",
            "{}",
        ),
        (
            "{type: SGD, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 50}}",
            "{epochs: 50}",
        ),
        (
            "{type: SGD, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 100}}",
            "{epochs: 10, steps_per_epoch: 500}",
        ),
        (
            "{type: SGD, learning_rate: {type: PolynomialDecay, initial_learning_rate: 0.1, decay_steps: 1}}",
            "{epochs: 5}",
        ),
        ("{type: SGD, learning_rate: {type: PolynomialDecay, initial_learning_rate: 1e-5, decay_steps: 1000}}", "{}"),
        (
            "{type: SGD, learning_rate: {type: ExponentialDecay, initial_learning_rate: 0.1, decay_steps: 1, decay_rate: 0.5}}",
            "{epochs: 100}",
        ),
        ("{type: SGD, learning_rate: {type: PiecewiseConstantDecay, boundaries: [9], values: [0, 0]}}", "{}"),
        (
            "{type: SGD, learning_rate: {type: PolynomialDecay, initial_learning_rate: 0, end_learning_rate: 0, decay_steps: 9}}",
            "{}",
        ),
    ],
)
def test_a_learning_rate_that_cannot_be_meant_is_doubtful(optimizer, fit):
    expect_lint("SC611", optimized(f"{optimizer}  # SC611", fit))


@pytest.mark.parametrize(
    ("optimizer", "fit"),
    [
        ("adam", "{epochs: 100}"),
        ("{type: Adam, learning_rate: 1.0}", "{}"),
        ("{type: Adadelta, learning_rate: 2.0}", "{}"),
        ("{type: SGD, learning_rate: 5.0}", "{}"),
        (
            "{type: SGD, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 1000}}",
            "{epochs: 50}",
        ),
        (
            "{type: SGD, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 5000}}",
            "{epochs: 10, steps_per_epoch: 500}",
        ),
        ("{type: SGD, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 1}}", "{}"),
        (
            "{type: Adam, learning_rate: {type: CosineDecay, initial_learning_rate: 0, decay_steps: 900, warmup_target: 0.001, warmup_steps: 90}}",
            "{epochs: 10}",
        ),
        (
            "{type: SGD, learning_rate: {type: PolynomialDecay, initial_learning_rate: 0.1, decay_steps: 5, cycle: true}}",
            "{epochs: 50}",
        ),
        (
            "{type: SGD, learning_rate: {type: PolynomialDecay, initial_learning_rate: 1e-5, end_learning_rate: 1e-3, decay_steps: 1000}}",
            "{}",
        ),
        (
            "{type: SGD, learning_rate: {type: ExponentialDecay, initial_learning_rate: 0.1, decay_steps: 1, decay_rate: 0.96}}",
            "{epochs: 100}",
        ),
        (
            "{type: SGD, learning_rate: {type: ExponentialDecay, initial_learning_rate: 1e-6, decay_steps: 1, decay_rate: 1.5}}",
            "{epochs: 100}",
        ),
        (
            "{type: SGD, learning_rate: {type: InverseTimeDecay, initial_learning_rate: 0.1, decay_steps: 1, decay_rate: 0.5}}",
            "{epochs: 100}",
        ),
        (
            "{type: Adam, learning_rate: {type: CosineDecayRestarts, initial_learning_rate: 0.1, first_decay_steps: 10}}",
            "{epochs: 100}",
        ),
    ],
)
def test_a_learning_rate_that_can_be_meant_is_fine(optimizer, fit):
    expect_lint("SC611", optimized(optimizer, fit))


SCHEDULE = "{type: SGD, learning_rate: {type: ExponentialDecay, initial_learning_rate: 0.1, decay_steps: 1000, decay_rate: 0.9}}"


@pytest.mark.parametrize(
    ("optimizer", "callback"),
    [
        (SCHEDULE, "ReduceLROnPlateau"),
        (SCHEDULE, "{type: ReduceLROnPlateau, factor: 0.5}"),
        ("{type: SGD, learning_rate: 0.001}", "{type: ReduceLROnPlateau, min_lr: 0.01}"),
        ("adam", "{type: ReduceLROnPlateau, min_lr: 0.001}"),
    ],
)
def test_a_callback_that_cannot_lower_the_rate_is_doubtful(optimizer, callback):
    expect_lint("SC611", optimized(optimizer, f"{{epochs: 100, callbacks: [{callback}]}}  # SC611"))


@pytest.mark.parametrize(
    ("optimizer", "callback"),
    [
        ("adam", "ReduceLROnPlateau"),
        ("{type: SGD, learning_rate: 0.1}", "{type: ReduceLROnPlateau, min_lr: 0.01}"),
        (SCHEDULE, "EarlyStopping"),
    ],
)
def test_a_callback_that_can_lower_the_rate_is_fine(optimizer, callback):
    expect_lint("SC611", optimized(optimizer, f"{{epochs: 100, callbacks: [{callback}]}}"))


@pytest.mark.tensorflow
def test_keras_cannot_lower_the_rate_of_a_schedule_either():
    import keras
    import numpy as np

    model = keras.Sequential([keras.layers.Dense(1)])
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.9)
    model.compile(keras.optimizers.SGD(schedule), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=0, min_delta=9.0)
    with pytest.raises(TypeError, match="not settable"):
        model.fit(np.zeros((4, 2)), np.zeros((4, 1)), epochs=3, callbacks=[plateau], verbose=0)
