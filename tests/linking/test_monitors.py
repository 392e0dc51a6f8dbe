"""What callbacks watch, held against what is logged, and against what Keras does."""

from __future__ import annotations

from functools import cache
from textwrap import dedent

import pytest

import spec_compiler as sc
from tests.marked import expect, expect_lint

pytestmark = pytest.mark.usefixtures("stand_ins")

TWO = """
    spec: 1
    nodes:
      x: {{type: Input, shape: [4]}}
      kind: {{type: Dense, units: 3, activation: softmax, inputs: x}}
      size: {{type: Dense, units: 1, inputs: x}}
    outputs:
      kind: {{loss: categorical_crossentropy, metrics: [accuracy, F1Score]}}
      size: {{loss: mse, metrics: [mae, mae]}}
    fit:
      epochs: 3
      callbacks:
        - {callback}
"""
ONE = """
    spec: 1
    nodes:
      x: {{type: Input, shape: [4]}}
      kind: {{type: Dense, units: 3, activation: softmax, inputs: x}}
    outputs:
      kind:
        loss: categorical_crossentropy
        metrics: [accuracy, {{type: FalseNegatives}}, auc, {{type: AUC, name: auc}}, {{type: F1Score, average: macro}}]
        weighted_metrics: [accuracy]
    fit:
      epochs: 3
      callbacks:
        - {callback}
"""


def watching(model, monitor, mode="auto", kind="EarlyStopping", mark=""):
    return model.format(callback=f"{{type: {kind}, monitor: {monitor}, mode: {mode}}}{mark}")


REFUSED = [
    (ONE, "val_acc", "SC520"),
    (ONE, "val_kind_accuracy", "SC520"),
    (ONE, "nothing", "SC520"),
    (ONE, "false_negatives", "SC521"),
    (ONE, "val_auc_1", "SC521"),
    (ONE, "weighted_accuracy", "SC521"),
    (TWO, "kind_loss", "SC521"),
    (TWO, "val_size_mae", "SC521"),
    (TWO, "size_mae_1", "SC521"),
]
NEVER_ACTS = [(TWO, "accuracy"), (TWO, "val_mae")]
FINE = [
    (ONE, "loss"), (ONE, "val_loss"), (ONE, "val_accuracy"), (ONE, "accuracy"), (ONE, "auc"), (ONE, "f1_score"),
    (TWO, "val_loss"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "monitor", "code"), REFUSED)
@pytest.mark.parametrize("kind", ["EarlyStopping", "ReduceLROnPlateau"])
def test_what_keras_cannot_compare_is_refused(model, monitor, code, kind):
    expect(watching(model, monitor, kind=kind, mark=f"  # {code}"))
    expect(watching(model, monitor, "max", kind=kind))


@pytest.mark.parametrize(("model", "monitor"), NEVER_ACTS)
def test_what_is_not_logged_and_not_refused_is_doubtful(model, monitor):
    expect_lint("SC650", watching(model, monitor, mark="  # SC650"))


@pytest.mark.parametrize("monitor", ["val_acc", "nothing", "kind_f1_score_1"])
def test_with_a_mode_what_is_not_logged_is_doubtful(monitor):
    expect_lint("SC650", watching(TWO, monitor, "min", mark="  # SC650"))


@pytest.mark.parametrize(("model", "monitor"), FINE)
def test_what_is_logged_can_be_watched(model, monitor):
    report = expect(watching(model, monitor))
    assert report.warnings == 0


def test_several_numbers_cannot_be_compared():
    expect(watching(TWO, "val_kind_F1Score", "max", mark="  # SC521"))
    expect(watching(ONE, "val_f1_score", "max"))


@pytest.mark.parametrize(
    ("monitor", "mode", "mark"),
    [
        ("val_loss", "max", "  # SC651"),
        ("size_mae", "max", "  # SC651"),
        ("kind_accuracy", "min", "  # SC651"),
        ("kind_accuracy", "max", ""),
        ("val_size_loss", "min", ""),
    ],
)
def test_a_mode_that_is_the_wrong_way_round_is_doubtful(monitor, mode, mark):
    expect_lint("SC651", watching(TWO, monitor, mode, mark=mark))


@pytest.mark.parametrize(
    ("model", "monitor", "mode", "hint", "fix"),
    [
        (ONE, "val_acc", "auto", "did you mean `val_accuracy`?", "val_accuracy"),
        (ONE, "val_acuracy", "auto", "did you mean `val_accuracy`?", "val_accuracy"),
        (ONE, "val_AUC", "auto", "did you mean `val_auc`?", "val_auc"),
        (ONE, "val_kind_accuracy", "auto", "did you mean `val_accuracy`?", "val_accuracy"),
        (TWO, "val_acc", "max", "did you mean `val_kind_accuracy`?", "val_kind_accuracy"),
        (TWO, "val_accuracy", "auto", "did you mean `val_kind_accuracy`, with `mode: max`?", None),
        (TWO, "mean_absolute_error", "min", "did you mean `size_mae`?", "size_mae"),
        (TWO, "val_loss_of_all", "min", "what is logged: `kind_F1Score`,", None),
        (ONE, "val_recall", "auto", "give an output the metric, `metrics: [recall]`, or watch one of", None),
        (ONE, "perplexity", "auto", "what is logged: `accuracy`, `auc`, `auc_1`,", None),
    ],
)
def test_what_may_have_been_meant_is_proposed(model, monitor, mode, hint, fix):
    (found,) = [each for each in expect_any(watching(model, monitor, mode)) if each.code in ("SC520", "SC650")]
    assert found.hint.startswith(hint)
    assert found.fix == fix


def expect_any(text):
    return sc.check_spec(sc.Source.text(dedent(text).removeprefix("\n")))


def test_a_learning_rate_is_logged_once_a_callback_lowers_it():
    lowering = "{type: ReduceLROnPlateau, monitor: loss}"
    stopping = "{type: EarlyStopping, monitor: learning_rate, mode: min}"
    first = ONE.format(callback=f"{stopping}  # SC650\n        - {lowering}")
    expect_lint("SC650", first)
    expect_lint("SC650", ONE.format(callback=f"{lowering}\n        - {stopping}"))


def test_without_a_loss_nothing_is_said_of_callbacks():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Dense, units: 1, inputs: x}
        outputs: [y]
        fit: {callbacks: [{type: EarlyStopping, monitor: nothing}]}  # SC503
    """)


def test_a_wrong_output_makes_no_second_mistake_of_what_watches_it():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Dense, units: 1, inputs: x}
          z: {type: Dense, units: 1, inputs: x}
        outputs:
          y: {loss: mse, metrics: [acuracy]}  # SC211
          z: {loss: mse}
        fit: {callbacks: [{type: EarlyStopping, monitor: val_y_acuracy, mode: max}]}
    """)


@pytest.mark.tensorflow
def test_keras_refuses_the_same():
    for model, monitor, _ in REFUSED:
        with pytest.raises(ValueError, match="able to automatically determine"):
            fitted(model, monitor)
    for model, monitor in NEVER_ACTS:
        with pytest.warns(UserWarning, match="not available"):
            fitted(model, monitor)
    for model, monitor in FINE:
        fitted(model, monitor)
    with pytest.raises(ValueError, match="more than one element"):
        fitted(TWO, "val_kind_F1Score", "max")


@cache
def compiled(text):
    """The model of a spec, which runs step by step: to trace it takes longer than its few steps."""
    model = sc.compile_spec(sc.Source.text(dedent(text.format(callback="TerminateOnNaN"))))
    model.run_eagerly = True
    return model


def fitted(text, monitor, mode="auto"):
    import keras
    import numpy as np

    model = compiled(text)
    x, kinds, sizes = np.random.rand(6, 4), np.eye(3)[[0, 1, 2, 0, 1, 2]], np.random.rand(6, 1)
    y = [kinds, sizes] if len(model.outputs) > 1 else kinds
    callback = keras.callbacks.EarlyStopping(monitor, mode=mode, patience=5)
    model.fit(x, y, epochs=2, validation_data=(x, y), callbacks=[callback], verbose=0)
