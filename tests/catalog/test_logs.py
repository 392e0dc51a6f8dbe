"""What training logs, and under what names: held against the histories of Keras."""

from __future__ import annotations

import random
from itertools import count

import pytest

import spec_compiler as sc
from spec_compiler.catalog import families
from spec_compiler.catalog.logs import better

HEAD = {"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}}}


def spec(outputs, fit=None, optimizer=None, units=None):
    """A spec with an output of a unit for each name, or of as many as `units` says."""
    nodes = {
        "x": {"type": "Input", "shape": [4]},
        **{
            name: {"type": "Dense", "units": (units or {}).get(name, 1), "activation": "sigmoid", "inputs": "x"}
            for name in outputs
        },
    }
    compiled = {"compile": {"optimizer": optimizer or "sgd", "run_eagerly": True}}
    return {"spec": 1, "nodes": nodes, "outputs": outputs, **compiled, "fit": fit or {}}


def logs(outputs, **more):
    return list(sc.load_spec(spec(outputs, **more)).logs)


def test_one_output_is_not_named_in_its_logs():
    assert logs({"y": {"loss": "mse", "metrics": ["mae"]}}) == ["loss", "mae", "val_loss", "val_mae"]


def test_several_losses_are_logged_each_and_together():
    named = {"main": {"loss": "mse", "metrics": ["acc"]}, "aux": {"loss": "mae"}}
    train = ["aux_loss", "loss", "main_acc", "main_loss"]
    assert logs(named) == [*train, *(f"val_{name}" for name in train)]


def test_one_loss_of_two_outputs_is_logged_once():
    assert logs({"a": {"loss": "mse"}, "b": {"metrics": ["mae"]}}) == ["b_mae", "loss", "val_b_mae", "val_loss"]


def test_what_is_not_compiled_logs_nothing():
    graph = sc.load_spec({**HEAD, "nodes": HEAD["nodes"] | {"y": {"type": "ReLU", "inputs": "x"}}, "outputs": ["y"]})
    assert len(graph.logs) == 0


def test_a_log_says_what_it_is():
    graph = sc.load_spec(
        spec({"a": {"loss": "mse", "metrics": ["AUC"], "weighted_metrics": ["AUC"]}, "b": {"loss": "mse"}})
    )
    assert {name: str(log) for name, log in graph.logs.items() if not log.validation} == {
        "a_AUC": "`AUC` of `a`",
        "a_loss": "the loss of `a`",
        "a_weighted_AUC": "`AUC` of `a`, with sample weights",
        "b_loss": "the loss of `b`",
        "loss": "the loss",
    }
    assert str(graph.logs["val_a_AUC"]) == "`AUC` of `a`, of the validation data"
    assert {log.better for log in graph.logs.values() if log.metric} == {"higher"}
    assert graph.logs.complete
    assert "val_a_auc" not in graph.logs
    assert repr(sc.load_spec(spec({"y": {"loss": "mse"}})).logs) == "<TrainingLogs loss, val_loss>"


@pytest.mark.parametrize(
    ("fit", "validates"),
    [
        ({"epochs": 3, "validation_freq": 3}, True),
        ({"epochs": 2, "validation_freq": 3}, False),
        ({"epochs": 5, "initial_epoch": 3, "validation_freq": 3}, False),
        ({"epochs": 6, "initial_epoch": 3, "validation_freq": 3}, True),
        ({"epochs": 4, "validation_freq": [1]}, True),
        ({"epochs": 4, "validation_freq": [5, 6]}, False),
    ],
)
def test_values_of_validation_are_logged_if_an_epoch_ends_with_one(fit, validates):
    assert ("val_loss" in logs({"y": {"loss": "mse"}}, fit=fit)) is validates


# Keras

METRICS = [
    "accuracy", "acc", "mae", "MSE", "AUC", "auc", "Accuracy", "binary_accuracy", "BinaryAccuracy", "Precision",
    {"type": "AUC"}, {"type": "AUC", "name": "area"}, {"type": "AUC", "name": None}, {"type": "AUC", "curve": "PR"},
    {"type": "BinaryAccuracy", "threshold": 0.3}, {"type": "FalseNegatives"}, {"type": "Recall", "name": "loss"},
    {"type": "MeanSquaredError", "name": "a_loss"}, {"type": "MeanSquaredError", "name": "weighted_mae"},
    {"type": "Precision", "thresholds": [0.5, 0.7]}, {"type": "IoU", "num_classes": 2, "target_class_ids": [0]},
    {"type": "BinaryIoU"}, {"type": "F1Score", "name": None}, {"type": "R2Score", "name": "mae_1"},
]  # fmt: skip
LOSSES = ["mse", "binary_crossentropy", "bce", {"type": "Huber", "delta": 0.5}, {"type": "Poisson", "name": "mine"}]
OPTIMIZERS = [
    "sgd",
    {"type": "LossScaleOptimizer", "inner_optimizer": "sgd"},
    {
        "type": "MultiOptimizer",
        "optimizer_map": {"type": "OptimizerMap", "default_optimizer": "sgd", "optimizer_map": {"a/.*": "adam"}},
    },
]


def drawn(number):
    """A spec whose outputs have drawn losses, metrics and weighted metrics, and whose `fit` may have callbacks."""
    draw = random.Random(number)
    names = draw.sample(["a", "b", "main_output", "loss_of"], draw.choice([1, 1, 2, 3]))
    outputs = {
        name: {
            "loss": draw.choice([*LOSSES, None]),
            "metrics": draw.choices(METRICS, k=draw.randrange(4)),
            "weighted_metrics": draw.choices(METRICS, k=draw.choice([0, 0, 1, 3])),
        }
        for name in names
    }
    optimizer = draw.choice(OPTIMIZERS)
    for name in names if optimizer is OPTIMIZERS[-1] else names[:1]:  # each of several optimizers wants gradients
        outputs[name]["loss"] = outputs[name]["loss"] or "mse"
    lowering = {"callbacks": [{"type": "ReduceLROnPlateau", "monitor": "loss", "mode": "min"}]}
    fit = draw.choice([{}, {}, lowering, {"epochs": 2, "validation_freq": 3}, {"epochs": 2, "validation_freq": 2}])
    return spec(outputs, fit, optimizer)


def history(source, *, validated):
    """What `fit` logs of a spec's model, with its own callbacks."""
    import keras
    import numpy as np

    graph, model = sc.load_spec(source), sc.compile_spec(source)
    numbers = np.random.default_rng(0)
    x = numbers.random((6, 4), dtype="float32")
    y = [numbers.integers(0, 2, (6, 1)).astype("float32") for _ in graph.outputs]
    callbacks = [
        getattr(keras.callbacks, each.keras_name)(**each.arguments())
        for each in (graph.fit.callbacks if graph.fit else ())
    ]
    done = model.fit(
        x, y, epochs=graph.fit.epochs, validation_freq=graph.fit.validation_freq, verbose=0, callbacks=callbacks,
        validation_data=(x, y) if validated else None,
    )  # fmt: skip
    return list(done.history)


@pytest.mark.tensorflow
@pytest.mark.parametrize("number", range(40))
def test_drawn_settings_are_logged_as_keras_logs_them(number):
    source = drawn(number)
    found = sc.load_spec(source).logs
    assert list(found) == history(source, validated=True)
    if number % 4 == 0:
        assert [name for name, log in found.items() if not log.validation] == history(source, validated=False)


@pytest.mark.tensorflow
def test_every_metric_of_keras_says_which_values_are_better():
    import keras

    for name in families.metrics().classes:
        family = families.metrics().get(name)
        needed = {
            "num_classes": 2,
            "target_class_ids": [0],
            **dict.fromkeys(("specificity", "sensitivity", "recall", "precision"), 0.5),
        }
        arguments = {key: needed[key] for key in family.required_arguments()}
        direction = getattr(getattr(keras.metrics, name)(**arguments), "_direction", None)
        assert better(family.model_validate(arguments)) == {"up": "higher", "down": "lower", None: None}[direction], (
            name
        )


@pytest.mark.tensorflow
def test_what_is_registered_is_logged_under_its_names():
    import keras

    package = f"logs{next(count())}"

    @sc.register
    @keras.saving.register_keras_serializable(package=package)
    def furthest(y_true, y_pred):
        return keras.ops.max(keras.ops.abs(y_true - y_pred), axis=-1)

    @sc.register
    @keras.saving.register_keras_serializable(package=package)
    class TotalError(keras.metrics.MeanAbsoluteError):
        pass

    @sc.register
    @keras.saving.register_keras_serializable(package=package)
    class Nameless(keras.metrics.Sum):
        def __init__(self):
            super().__init__(name="chosen_inside")

        def update_state(self, y_true, y_pred, sample_weight=None):
            return super().update_state(y_pred, sample_weight)

    known = spec({"y": {"loss": "mse", "metrics": [f"{package}>furthest", f"{package}>TotalError"]}})
    assert list(sc.load_spec(known).logs) == history(known, validated=True)
    assert sc.load_spec(known).logs.complete

    unknown = spec({"y": {"loss": "mse", "metrics": [f"{package}>Nameless", "mae"]}})
    found = sc.load_spec(unknown).logs
    assert not found.complete
    assert set(found) == set(history(unknown, validated=True)) - {"chosen_inside", "val_chosen_inside"}
