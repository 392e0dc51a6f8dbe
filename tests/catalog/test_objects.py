"""Initializers, regularizers, constraints, losses, metrics, optimizers, schedules and callbacks against Keras."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import warnings
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from spec_compiler.catalog import families
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.dtypes import FLOATS
from spec_compiler.catalog.families import ACTIVATIONS, EXCLUDED
from spec_compiler.catalog.metrics.segmentation import COUNTING_DTYPES
from spec_compiler.catalog.objects import Family, Named
from spec_compiler.emitting.keras_model.objects import keras_object
from tests.conftest import ROOT

pytestmark = pytest.mark.tensorflow

FAMILIES: dict[str, tuple[Family, Any]] = {
    "initializer": (families.initializers(), keras.initializers),
    "regularizer": (families.regularizers(), keras.regularizers),
    "constraint": (families.constraints(), keras.constraints),
    "loss": (families.losses(), keras.losses),
    "metric": (families.metrics(), keras.metrics),
    "optimizer": (families.optimizers(), keras.optimizers),
    "learning rate schedule": (families.schedules(), keras.optimizers.schedules),
    "callback": (families.callbacks(), keras.callbacks),
}
CLASSES = [(kind, name) for kind, (family, _) in FAMILIES.items() for name in sorted(set(family.classes.values()))]
CLASSES += [("optimizer map", "OptimizerMap")]

LEFT_OUT = {
    ("metric", "AUC"): {
        # Keras saves them as a tensor and then cannot load the model.
        "label_weights"
    },
}
"""Arguments that cannot be said."""

PUBLIC_FUNCTIONS = {"deserialize", "get", "serialize"}

FUNCTIONS_THAT_GET_REFUSES = {
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "huber",
    "log_cosh",
}
"""Functions in `keras.metrics` that `keras.metrics.get`, and so `compile`, does not take by name."""


def family_of(kind: str) -> tuple[Family, Any]:
    return FAMILIES.get(kind) or (families.optimizer_maps(), keras.optimizers)


def thing_class(kind: str, name: str) -> type[Config]:
    found = family_of(kind)[0].get(name)
    assert found is not None
    return found


# The tables


@pytest.mark.parametrize("kind", FAMILIES)
def test_everything_public_in_keras_is_in_a_family_or_excluded_with_a_reason(kind):
    family, module = FAMILIES[kind]
    public = {name for name in dir(module) if not name.startswith("_") and not inspect.ismodule(getattr(module, name))}
    public -= PUBLIC_FUNCTIONS
    if kind == "metric":
        public -= FUNCTIONS_THAT_GET_REFUSES
    if kind == "optimizer":
        public -= set(families.optimizer_maps().classes)
    assert public - set(family.names) - set(EXCLUDED.get(kind, ())) == set()
    assert all(EXCLUDED[kind].values())


@pytest.mark.parametrize("kind", FAMILIES)
def test_nothing_is_both_in_a_family_and_excluded(kind):
    assert set(FAMILIES[kind][0].names) & set(EXCLUDED[kind]) == set()


def test_every_activation_is_in_the_table():
    public = {name for name in dir(keras.activations) if not name.startswith("_")} - PUBLIC_FUNCTIONS
    assert public == set(ACTIVATIONS)
    for name in ACTIVATIONS:
        assert callable(keras.activations.get(name))


NAMES_OF_KERAS = {
    "initializer": "keras.src.initializers",
    "regularizer": "keras.src.regularizers",
    "constraint": "keras.src.constraints",
    "loss": "keras.src.losses",
    "metric": "keras.src.metrics",
    "optimizer": "keras.src.optimizers",
}


@pytest.mark.parametrize("kind", NAMES_OF_KERAS)
def test_every_name_that_get_takes_is_in_the_table(kind):
    __import__(NAMES_OF_KERAS[kind])
    table = sys.modules[NAMES_OF_KERAS[kind]].ALL_OBJECTS_DICT
    family, _ = FAMILIES[kind]
    excluded = {name.lower().replace("_", "") for name in EXCLUDED[kind]} | {"optimizermap"}
    for name, found in table.items():
        if name.lower().replace("_", "") in excluded:
            continue
        needed = inspect.isclass(found) and any(
            p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
            for p in list(inspect.signature(found.__init__).parameters.values())[1:]
        )
        # What needs arguments is written with its class's name: `get` fails on its bare name.
        assert name in family.names or (needed and found.__name__ in family.classes), name


@pytest.mark.parametrize("kind", NAMES_OF_KERAS)
def test_every_name_in_the_table_is_one_of_keras(kind):
    family, module = FAMILIES[kind]
    for name in family.names:
        if name in family.functions:
            if name not in {"acc", "ce", "crossentropy"}:
                assert callable(module.get(name)), name
        elif not family.get(name).required_arguments():
            try:
                module.get(name)
            except (ValueError, KeyError, ImportError):
                assert inspect.isclass(getattr(module, name)), name
        else:
            assert hasattr(module, family.classes[name])


@pytest.mark.parametrize("loss", ["crossentropy", "ce"])
@pytest.mark.parametrize("metric", ["accuracy", "acc", "Accuracy"])
def test_keras_resolves_the_special_names_when_it_compiles(loss, metric):
    assert families.losses().parse(loss) == Named(loss)
    assert families.metrics().parse(metric) == Named(metric)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss=keras_object(Named(loss)), metrics=[keras_object(Named(metric))])
    result = model.evaluate(np.ones((2, 2)), np.ones((2, 1)), verbose=0, return_dict=True)
    assert metric in result


@pytest.mark.parametrize("name", families.METRIC_FUNCTIONS)
def test_a_metric_by_name_measures(name):
    if name in ("accuracy", "acc"):
        return  # see above: what they stand for is known only when a model is compiled
    metric = keras.metrics.get(name)
    sparse = name.startswith("sparse")
    predictions = np.random.default_rng(0).dirichlet(np.ones(6), 6).astype("float32")
    metric.update_state(np.arange(6) if sparse else np.eye(6), predictions)
    assert np.isfinite(np.array(metric.result())).all()


@pytest.mark.parametrize("name", ["Mean", "Sum"])
def test_a_metric_of_values_alone_fails_in_a_model(name):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=[name])
    with pytest.raises(TypeError):
        model.evaluate(np.ones((2, 2)), np.ones((2, 1)), verbose=0)


def test_functions_are_found_without_importing_the_classes():
    code = (
        "import sys; from spec_compiler.catalog import families;"
        "families.losses().parse('binary_crossentropy'); families.metrics().parse('accuracy');"
        "assert not {'spec_compiler.catalog.losses', 'spec_compiler.catalog.metrics', 'keras'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_spec_loads_the_classes_that_it_names_and_not_those_beside_them():
    code = (
        "import sys, spec_compiler as sc; assert sc.check_spec('specs/news.yaml').ok;"
        "loaded = {name.removeprefix('spec_compiler.catalog.') for name in sys.modules};"
        "assert {'losses.crossentropy', 'optimizers.rmsprop', 'layers.recurrent.lstm'} <= loaded;"
        "others = {'losses.focal', 'optimizers.adam', 'layers.recurrent.gru', 'layers.merging.dot', 'initializers.lecun'};"
        "assert not others & loaded, others & loaded"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


# The arguments


@pytest.mark.parametrize(("kind", "name"), CLASSES)
def test_arguments_and_defaults_are_those_of_keras(kind, name):
    ours = thing_class(kind, name)
    theirs = inspect.signature(getattr(family_of(kind)[1], name).__init__).parameters
    arguments = {
        p.name: p.default
        for p in theirs.values()
        if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self" and p.name not in LEFT_OUT.get((kind, name), ())
    }
    assert set(ours.model_fields) == set(arguments)
    for argument, default in arguments.items():
        field = ours.model_fields[argument]
        assert field.is_required() == (default is inspect.Parameter.empty), argument
        if not field.is_required():
            assert field.default == default, argument
            assert isinstance(field.default, bool) == isinstance(default, bool), argument
        assert field.description, argument


@pytest.mark.parametrize(("kind", "name"), CLASSES)
def test_each_class_says_what_it_is(kind, name):
    documentation = thing_class(kind, name).__doc__
    assert documentation
    assert documentation != thing_class(kind, name).__mro__[1].__doc__


@pytest.mark.parametrize("kind", sorted(set(FAMILIES) - {"optimizer"}))
def test_a_json_schema_can_be_made(kind):
    for name in set(FAMILIES[kind][0].classes.values()):
        schema = thing_class(kind, name).model_json_schema()
        assert set(schema.get("properties", ())) == set(thing_class(kind, name).model_fields)


@pytest.mark.parametrize(
    ("kind", "name", "field", "schema"),
    [
        ("loss", "Dice", "axis", [{"type": "array", "items": {"type": "integer"}}, {"type": "integer"}, {"type": "null"}]),
        ("metric", "AUC", "thresholds", [{"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 1}, {"type": "null"}]),
    ],
)  # fmt: skip
def test_the_json_schema_has_the_ranges(kind, name, field, schema):
    assert thing_class(kind, name).model_json_schema()["properties"][field]["anyOf"] == schema


# What is made of a spec

CLIPPED = {"clipnorm": 1.0, "use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 5}
COSINE = {"type": "CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 100}

ROWS: list[tuple[str, str, dict[str, Any]]] = [
    ("initializer", "Constant", {"value": 3}),
    ("initializer", "Constant", {"value": [1, 0.5, -2]}),
    ("initializer", "Constant", {"value": [[1, 2.5, 3], [4, 5, 6], [7, 8, 9]]}),
    ("initializer", "Identity", {"gain": 2.0}),
    ("initializer", "STFT", {"side": "imag", "window": None, "scaling": "spectrum", "periodic": True}),
    ("initializer", "STFT", {"window": None, "scaling": None}),
    ("initializer", "RandomNormal", {"mean": 1.0, "stddev": 0.0, "seed": 3}),
    ("initializer", "RandomUniform", {"minval": 0.0, "maxval": 1, "seed": 0}),
    ("initializer", "TruncatedNormal", {"mean": -1.0, "stddev": 0.5}),
    ("initializer", "VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "untruncated_normal"}),
    ("initializer", "GlorotUniform", {"seed": 1, "input_axes": [0], "output_axes": [1]}),
    ("initializer", "GlorotNormal", {"input_axes": [0, 1], "output_axes": [-1]}),
    ("initializer", "HeUniform", {"seed": 1}),
    ("initializer", "HeNormal", {"seed": 1}),
    ("initializer", "LecunUniform", {"seed": 1}),
    ("initializer", "LecunNormal", {"seed": 1}),
    ("initializer", "Orthogonal", {"gain": 0.5, "seed": 2}),
    ("initializer", "Ones", {}),
    ("initializer", "Zeros", {}),
    ("regularizer", "L1", {"l1": 0.5}),
    ("regularizer", "L2", {"l2": 0}),
    ("regularizer", "L1L2", {"l1": 0.25, "l2": 0.5}),
    ("regularizer", "OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
    ("constraint", "MaxNorm", {"max_value": 3, "axis": [0, 1]}),
    ("constraint", "MinMaxNorm", {"min_value": 0.5, "max_value": 2.0, "rate": 0.25, "axis": None}),
    ("constraint", "NonNeg", {}),
    ("constraint", "UnitNorm", {"axis": 1}),
    ("loss", "MeanSquaredError", {"reduction": "sum", "name": "error", "dtype": "float64"}),
    ("loss", "MeanAbsoluteError", {"reduction": None}),
    ("loss", "MeanAbsolutePercentageError", {"reduction": "none"}),
    ("loss", "MeanSquaredLogarithmicError", {"reduction": "mean"}),
    ("loss", "CosineSimilarity", {"axis": 1}),
    ("loss", "Huber", {"delta": 2, "reduction": "mean_with_sample_weight"}),
    ("loss", "LogCosh", {}),
    ("loss", "Hinge", {}),
    ("loss", "SquaredHinge", {}),
    ("loss", "CategoricalHinge", {}),
    ("loss", "KLDivergence", {}),
    ("loss", "Poisson", {}),
    ("loss", "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1, "axis": 1}),
    ("loss", "CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 1, "axis": 1}),
    ("loss", "SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": -1}),
    ("loss", "BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.5, "gamma": 1}),
    ("loss", "CategoricalFocalCrossentropy", {"alpha": [0.25, 0.5], "gamma": 0}),
    ("loss", "CategoricalFocalCrossentropy", {"alpha": 2}),
    ("loss", "CategoricalGeneralizedCrossEntropy", {"q": 0.7}),
    ("loss", "CTC", {}),
    ("loss", "Dice", {"axis": [1, 2]}),
    ("loss", "Tversky", {"alpha": 0.25, "beta": 0.75, "axis": -1}),
    ("loss", "Circle", {"gamma": 64, "margin": 0.25, "remove_diagonal": False}),
    ("metric", "Accuracy", {"name": "hits", "dtype": "float16"}),
    ("metric", "Accuracy", {"name": "die größten / top-5: _hits"}),
    ("metric", "BinaryAccuracy", {"threshold": 0}),
    ("metric", "CategoricalAccuracy", {}),
    ("metric", "SparseCategoricalAccuracy", {}),
    ("metric", "TopKCategoricalAccuracy", {"k": 3}),
    ("metric", "SparseTopKCategoricalAccuracy", {"k": 3, "from_sorted_ids": True}),
    ("metric", "TruePositives", {"thresholds": 0.25}),
    ("metric", "TrueNegatives", {"thresholds": [0.25]}),
    ("metric", "FalsePositives", {"thresholds": [0, 0.5, 1]}),
    ("metric", "FalseNegatives", {"name": None}),
    ("metric", "Precision", {"thresholds": [0.25, 0.5], "top_k": 2, "class_id": 0}),
    ("metric", "Recall", {"thresholds": 1, "class_id": 3}),
    ("metric", "SensitivityAtSpecificity", {"specificity": 0.5, "num_thresholds": 1}),
    ("metric", "SpecificityAtSensitivity", {"sensitivity": 1}),
    ("metric", "PrecisionAtRecall", {"recall": 0, "class_id": 1}),
    ("metric", "RecallAtPrecision", {"precision": 0.5}),
    ("metric", "AUC", {"num_thresholds": 2, "curve": "PR", "summation_method": "minoring", "from_logits": True}),
    ("metric", "AUC", {"thresholds": [0.25, 0.75], "curve": "PRGAIN", "summation_method": "majoring"}),
    ("metric", "AUC", {"thresholds": [0.5], "num_thresholds": 3, "multi_label": True, "num_labels": 4}),
    ("metric", "F1Score", {"average": "macro", "threshold": 0.5}),
    ("metric", "FBetaScore", {"average": "weighted", "beta": 2, "threshold": 1}),
    ("metric", "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
    ("metric", "CategoricalCrossentropy", {"label_smoothing": 0.1, "axis": 1}),
    ("metric", "SparseCategoricalCrossentropy", {"ignore_class": 255, "axis": 1}),
    ("metric", "KLDivergence", {}),
    ("metric", "Poisson", {}),
    ("metric", "Hinge", {}),
    ("metric", "SquaredHinge", {}),
    ("metric", "CategoricalHinge", {}),
    ("metric", "MeanSquaredError", {}),
    ("metric", "RootMeanSquaredError", {"dtype": "float64"}),
    ("metric", "MeanAbsoluteError", {}),
    ("metric", "MeanAbsolutePercentageError", {}),
    ("metric", "MeanSquaredLogarithmicError", {}),
    ("metric", "CosineSimilarity", {"axis": 1}),
    ("metric", "LogCoshError", {}),
    ("metric", "R2Score", {"class_aggregation": None, "num_regressors": 2}),
    ("metric", "PearsonCorrelation", {"axis": 0}),
    ("metric", "ConcordanceCorrelation", {"axis": 0}),
    ("metric", "IoU", {"num_classes": 3, "target_class_ids": [0, 2], "ignore_class": 1, "sparse_y_true": False}),
    ("metric", "MeanIoU", {"num_classes": 3, "sparse_y_pred": False, "axis": 1, "dtype": "float32"}),
    ("metric", "OneHotIoU", {"num_classes": 3, "target_class_ids": [1], "sparse_y_pred": True}),
    ("metric", "OneHotMeanIoU", {"num_classes": 1}),
    ("metric", "BinaryIoU", {"target_class_ids": [1], "threshold": 0.25}),
    ("learning rate schedule", "ExponentialDecay", {"initial_learning_rate": 1, "decay_steps": 5, "decay_rate": 0.5, "staircase": True}),
    ("learning rate schedule", "InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0}),
    ("learning rate schedule", "PiecewiseConstantDecay", {"boundaries": [0, 5], "values": [1, 0.5, 0], "name": "steps"}),
    ("learning rate schedule", "PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "end_learning_rate": 0, "power": 2, "cycle": True}),
    ("learning rate schedule", "CosineDecay", {"initial_learning_rate": 0, "decay_steps": 5, "alpha": 0.1, "warmup_target": 0.5, "warmup_steps": 2}),
    ("learning rate schedule", "CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 1, "m_mul": 0.5, "alpha": 0.1}),
    ("optimizer", "SGD", {"learning_rate": 1, "momentum": 1, "nesterov": True, "weight_decay": 0.25, "clipvalue": 2, "name": "step"}),
    ("optimizer", "SGD", {"learning_rate": COSINE, "global_clipnorm": 1.0}),
    ("optimizer", "RMSprop", {"rho": 0.5, "momentum": 0.25, "epsilon": 0, "centered": True, **CLIPPED}),
    ("optimizer", "Adagrad", {"initial_accumulator_value": 0, "epsilon": 1e-3, "loss_scale_factor": 8}),
    ("optimizer", "Adadelta", {"rho": 0.5, "epsilon": 1e-3, "gradient_accumulation_steps": 2}),
    ("optimizer", "Adafactor", {"beta_2_decay": -0.5, "epsilon_1": 1e-20, "epsilon_2": 0.1, "clip_threshold": 2, "relative_step": False}),
    ("optimizer", "Adam", {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3, "amsgrad": True, **CLIPPED}),
    ("optimizer", "AdamW", {"weight_decay": 0.5, "beta_1": 0, "amsgrad": True}),
    ("optimizer", "Adamax", {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3}),
    ("optimizer", "Nadam", {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3}),
    ("optimizer", "Lamb", {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3, "weight_decay": 0.1}),
    ("optimizer", "ScheduleFreeAdamW", {"beta_1": 1, "warmup_steps": 5}),
    ("optimizer", "Lion", {"beta_1": 1, "beta_2": 0.5}),
    ("optimizer", "Ftrl", {"learning_rate_power": 0, "initial_accumulator_value": 0, "l1_regularization_strength": 1, "l2_regularization_strength": 2, "l2_shrinkage_regularization_strength": 3, "beta": 0.5}),
    ("optimizer", "Muon", {"exclude_layers": ["^out", "head/.*"], "exclude_embeddings": False, "muon_a": 1, "muon_b": 2, "muon_c": 3, "adam_lr_ratio": 2, "momentum": 0.5, "ns_steps": 2, "nesterov": False, "rms_rate": None}),
    ("optimizer", "Muon", {"adam_beta_1": 0.5, "adam_beta_2": 0.75, "adam_weight_decay": None, "weight_decay": None, "epsilon": 1e-3}),
    ("optimizer", "LossScaleOptimizer", {"inner_optimizer": "adam", "initial_scale": 4, "dynamic_growth_steps": 2}),
    ("optimizer", "LossScaleOptimizer", {"inner_optimizer": {"type": "SGD", "learning_rate": COSINE}}),
    ("optimizer", "MultiOptimizer", {"optimizer_map": {"type": "OptimizerMap", "default_optimizer": "sgd", "optimizer_map": {"a/.*": {"type": "Adam", "learning_rate": COSINE}, "b/kernel": "adam"}}, "loss_scale_factor": 2}),
    ("optimizer", "MultiOptimizer", {"optimizer_map": {"type": "OptimizerMap", "default_optimizer": "sgd"}}),
    ("optimizer", "LossScaleOptimizer", {"inner_optimizer": {"type": "MultiOptimizer", "optimizer_map": {"type": "OptimizerMap", "default_optimizer": "sgd"}}}),
    ("callback", "EarlyStopping", {"monitor": "val_auc", "min_delta": 0.25, "patience": 3, "verbose": 1, "mode": "max", "baseline": 0.5, "restore_best_weights": True, "start_from_epoch": 2}),
    ("callback", "ReduceLROnPlateau", {"monitor": "loss", "factor": 0.5, "patience": 3, "verbose": 1, "mode": "min", "min_delta": 0.25, "cooldown": 2, "min_lr": 0.125}),
    ("callback", "TerminateOnNaN", {"raise_error": True}),
    ("callback", "SwapEMAWeights", {"swap_on_epoch": True}),
]  # fmt: skip


def state(made: Any) -> Any:
    """All that was given to an object of Keras, in a form that can be compared."""
    known = made.get_config() if hasattr(made, "get_config") else {}
    known = {**known, **{f"_{key}": value for key, value in getattr(made, "_fn_kwargs", {}).items()}}
    if isinstance(made, keras.callbacks.Callback):
        known = {key: value for key, value in vars(made).items() if not key.startswith("_")}
    if isinstance(made, keras.losses.Loss):
        known["dtype"] = made.dtype
    return flat(known)


def flat(value: Any) -> Any:
    if isinstance(value, Mapping):
        # Keras counts the objects of a class within another; we name them all alike.
        return {key: re.sub(r"_\d+$", "", item) if key == "name" else flat(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [flat(item) for item in value]
    return pytest.approx(value) if isinstance(value, float) else value


def by_hand(kind: str, name: str, arguments: Mapping[str, Any]) -> Any:
    """The same object as a person would write it in Python."""
    module = family_of(kind)[1]
    values: dict[str, Any] = {}
    for key, value in arguments.items():
        if key == "optimizer_map" and "type" in value:
            inner = dict(value)
            values[key] = by_hand("optimizer map", inner.pop("type"), inner)
        elif key == "optimizer_map":
            values[key] = {pattern: nested("optimizer", each) for pattern, each in value.items()}
        elif key in ("inner_optimizer", "default_optimizer"):
            values[key] = nested("optimizer", value)
        elif key == "learning_rate" and isinstance(value, dict):
            values[key] = nested("learning rate schedule", value)
        elif type(value) is int and key in ("learning_rate", "momentum", "beta", "threshold"):
            values[key] = float(value)
        else:
            values[key] = value
    return getattr(module, name)(**values)


def nested(kind: str, value: Any) -> Any:
    inner = {"type": value} if isinstance(value, str) else dict(value)
    return by_hand(kind, FAMILIES[kind][0].classes[inner.pop("type")], inner)


@pytest.fixture(autouse=True)
def _names_begin_anew():
    keras.backend.clear_session(free_memory=False)


@pytest.mark.parametrize(("kind", "name", "arguments"), ROWS)
def test_keras_gets_exactly_what_the_spec_says(kind, name, arguments):
    config = family_of(kind)[0].parse({"type": name, **arguments})
    ours = state(keras_object(config))
    keras.backend.clear_session(free_memory=False)
    assert ours == state(by_hand(kind, name, arguments))


def test_every_class_has_a_row():
    assert {(kind, name) for kind, name, _ in ROWS} | {("optimizer map", "OptimizerMap")} == set(CLASSES)


NOT_SAVED_BY_KERAS = {
    ("loss", "CosineSimilarity"): {"_axis"},
    ("loss", "Huber"): {"_delta"},
    ("loss", "SparseCategoricalCrossentropy"): {"_axis"},
    ("metric", "CosineSimilarity"): {"_axis"},
}
"""Arguments that Keras leaves out of a saved model, besides the dtype of every loss."""


@pytest.mark.parametrize(("kind", "name", "arguments"), [row for row in ROWS if row[0] != "callback"])
def test_keras_can_load_what_was_made(kind, name, arguments):
    made = keras_object(family_of(kind)[0].parse({"type": name, **arguments}))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(made))
    assert type(again) is type(made)
    lost = NOT_SAVED_BY_KERAS.get((kind, name), set()) | ({"dtype"} if kind == "loss" else set())
    before, after = state(made), state(again)
    assert {key: after[key] for key in after if key not in lost} == {
        key: before[key] for key in before if key not in lost
    }


@pytest.mark.parametrize(("kind", "name"), [c for c in CLASSES if c[0] in ("metric", "optimizer", "loss")])
def test_names_and_dtypes_do_not_come_from_the_global_state(kind, name):
    arguments = next(row[2] for row in ROWS if row[:2] == (kind, name))
    config = family_of(kind)[0].parse({"type": name, **arguments, "name": None})
    first, second = keras_object(config), keras_object(config)
    assert first.name == second.name
    keras.backend.clear_session(free_memory=False)
    by_keras = by_hand(kind, name, {**arguments, "name": None})
    assert first.name == by_keras.name
    if kind == "metric":
        assert first.dtype == by_keras.dtype


@pytest.mark.parametrize(("kind", "name", "arguments"), [row for row in ROWS if row[0] == "learning rate schedule"])
def test_a_schedule_gives_a_rate_at_every_step(kind, name, arguments):
    schedule = keras_object(families.schedules().parse({"type": name, **arguments}))
    rates = np.array([schedule(step) for step in (0, 1, 5, 100)])
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()


@pytest.mark.parametrize(
    ("kind", "name", "arguments"), [row for row in ROWS if row[0] in ("constraint", "regularizer", "initializer")]
)
def test_what_acts_on_weights_can_act(kind, name, arguments):
    made = keras_object(family_of(kind)[0].parse({"type": name, **arguments}))
    if kind == "initializer":
        shape = (4, 1, 3) if name == "STFT" else (3, 3, 3) if arguments.get("input_axes") == [0, 1] else (3, 3)
        assert made(shape).shape == shape
    else:
        result = np.array(made(np.ones((2, 2), "float32")))
        assert np.isfinite(result).all()


def data_for(name: str) -> tuple[Any, Any]:
    """Targets and predictions that a loss or a metric can be computed of."""
    predictions = np.random.default_rng(0).dirichlet(np.ones(6), 6).astype("float32")
    if name == "CTC":
        return np.array([[1, 2]]), np.ones((1, 5, 4), "float32")
    if "IoU" in name:
        numbers = np.array([0, 1, 0, 0])
        return (np.eye(2)[numbers], np.eye(2)[numbers]) if name.startswith("OneHot") else (numbers, numbers)
    if name.startswith("Sparse") or name in ("CategoricalGeneralizedCrossEntropy", "Circle"):
        return np.arange(6), predictions
    return np.eye(6, dtype="float32"), predictions


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("kind", "name"), [c for c in CLASSES if c[0] in ("loss", "metric")])
def test_losses_and_metrics_can_be_computed_in_every_dtype(kind, name, dtype):
    arguments = next(row[2] for row in ROWS if row[:2] == (kind, name))
    needed = {argument: arguments[argument] for argument in thing_class(kind, name).required_arguments()}
    made = keras_object(family_of(kind)[0].parse({"type": name, **needed, "dtype": dtype}))
    result = np.array(keras.ops.cast(made(*data_for(name)), "float32"))
    assert not np.isnan(result).any()


@pytest.mark.parametrize("dtype", COUNTING_DTYPES)
def test_overlaps_can_be_counted_in_every_dtype(dtype):
    made = keras_object(families.metrics().parse({"type": "MeanIoU", "num_classes": 2, "dtype": dtype}))
    assert float(made(*data_for("MeanIoU"))) == pytest.approx(1)


def trained(optimizer: Any) -> keras.Model:
    x = keras.Input((2,))
    model = keras.Model(x, keras.layers.Dense(1, name="b")(keras.layers.Dense(3, name="a")(x)))
    model.compile(optimizer=optimizer, loss="mse", run_eagerly=True)
    model.fit(np.ones((4, 2)), np.ones((4, 1)), batch_size=2, verbose=0)
    return model


@pytest.mark.parametrize(("kind", "name", "arguments"), [row for row in ROWS if row[0] == "optimizer"])
def test_an_optimizer_can_train(kind, name, arguments, tmp_path):
    model = trained(keras_object(families.optimizers().parse({"type": name, **arguments})))
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    if name == "MultiOptimizer":
        model.save(tmp_path / "model.keras")
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            loaded = keras.models.load_model(tmp_path / "model.keras")
        assert state(loaded.optimizer) == state(model.optimizer)


# What is refused

REFUSED_BY_BOTH: list[tuple[str, str, dict[str, Any]]] = [
    ("initializer", "Constant", {"size": 3}),
    ("initializer", "STFT", {"side": None}),
    ("initializer", "STFT", {"window": None, "scaling": "power"}),
    ("initializer", "VarianceScaling", {"scale": 0}),
    ("initializer", "VarianceScaling", {"mode": "fan"}),
    ("initializer", "VarianceScaling", {"distribution": "cauchy"}),
    ("initializer", "HeNormal", {"seed": 0.5}),
    ("regularizer", "L1", {"l1": -1}),
    ("regularizer", "L2", {"l2": float("nan")}),
    ("regularizer", "L1L2", {"l1": "0.1"}),
    ("regularizer", "OrthogonalRegularizer", {"mode": "both"}),
    ("constraint", "NonNeg", {"axis": 0}),
    ("loss", "MeanSquaredError", {"reduction": "average"}),
    ("loss", "MeanSquaredError", {"dtype": "float31"}),
    ("loss", "CategoricalGeneralizedCrossEntropy", {"q": 1}),
    ("loss", "CategoricalGeneralizedCrossEntropy", {"q": 0}),
    ("loss", "Huber", {"axis": 0}),
    ("metric", "Precision", {"thresholds": 1.5}),
    ("metric", "Recall", {"thresholds": [0.5, -0.5]}),
    ("metric", "TruePositives", {"thresholds": [None]}),
    ("metric", "PrecisionAtRecall", {}),
    ("metric", "PrecisionAtRecall", {"recall": 1.5}),
    ("metric", "RecallAtPrecision", {"precision": -0.5}),
    ("metric", "SensitivityAtSpecificity", {"specificity": 2}),
    ("metric", "SpecificityAtSensitivity", {"sensitivity": 0.5, "num_thresholds": 0}),
    ("metric", "AUC", {"num_thresholds": 1}),
    ("metric", "AUC", {"curve": "DET"}),
    ("metric", "AUC", {"summation_method": "trapezoid"}),
    ("metric", "AUC", {"num_labels": 3}),
    ("metric", "F1Score", {"average": "mean"}),
    ("metric", "F1Score", {"threshold": 0.0}),
    ("metric", "FBetaScore", {"threshold": 1.5}),
    ("metric", "FBetaScore", {"beta": -1.0}),
    ("metric", "R2Score", {"class_aggregation": "mean"}),
    ("metric", "R2Score", {"num_regressors": -1}),
    ("metric", "IoU", {"num_classes": 2, "target_class_ids": [2]}),
    ("metric", "IoU", {"num_classes": 2, "target_class_ids": []}),
    ("metric", "IoU", {"num_classes": 2}),
    ("metric", "OneHotIoU", {"num_classes": 2, "target_class_ids": [0, 5]}),
    ("metric", "MeanIoU", {"num_classes": 2, "target_class_ids": [0]}),
    ("metric", "MeanIoU", {"num_classes": 2, "dtype": "int8"}),
    ("metric", "BinaryIoU", {"target_class_ids": [2]}),
    ("learning rate schedule", "CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 0}),
    ("learning rate schedule", "CosineDecay", {"decay_steps": 10}),
    ("learning rate schedule", "CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 0}),
    ("learning rate schedule", "ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": -1, "decay_rate": 0.5}),
    ("learning rate schedule", "InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": 0.5}),
    ("learning rate schedule", "PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 0}),
    ("learning rate schedule", "PiecewiseConstantDecay", {"boundaries": [1], "values": [0.1]}),
    ("learning rate schedule", "PiecewiseConstantDecay", {"boundaries": [1], "values": [0.1, 0.2, 0.3]}),
    ("optimizer", "SGD", {"momentum": 1.5}),
    ("optimizer", "SGD", {"momentum": -0.5}),
    ("optimizer", "SGD", {"learning_rate": "fast"}),
    ("optimizer", "SGD", {"learning_rate": None}),
    ("optimizer", "SGD", {"decay_rate": 0.5}),
    ("optimizer", "Adam", {"clipnorm": 1.0, "clipvalue": 1.0}),
    ("optimizer", "Adam", {"clipvalue": 1.0, "global_clipnorm": 1.0}),
    ("optimizer", "Adam", {"gradient_accumulation_steps": 1}),
    ("optimizer", "Adam", {"use_ema": True, "ema_momentum": 1.5}),
    ("optimizer", "Adam", {"use_ema": True, "ema_momentum": -0.5}),
    ("optimizer", "Adam", {"use_ema": True, "ema_overwrite_frequency": -1}),
    ("optimizer", "Adam", {"use_ema": True, "ema_overwrite_frequency": 0.5}),
    ("optimizer", "AdamW", {"weight_decay": None}),
    ("optimizer", "Lion", {"beta_1": 0}),
    ("optimizer", "Lion", {"beta_1": 1.5}),
    ("optimizer", "Ftrl", {"learning_rate_power": 0.5}),
    ("optimizer", "Ftrl", {"initial_accumulator_value": -1}),
    ("optimizer", "Ftrl", {"l1_regularization_strength": -1}),
    ("optimizer", "Ftrl", {"l2_regularization_strength": -1}),
    ("optimizer", "Ftrl", {"l2_shrinkage_regularization_strength": -1}),
    ("optimizer", "LossScaleOptimizer", {}),
    ("optimizer", "LossScaleOptimizer", {"inner_optimizer": "sgd", "clipnorm": 1.0}),
    ("optimizer", "LossScaleOptimizer", {"inner_optimizer": "sgd", "loss_scale_factor": 2.0}),
    ("optimizer", "MultiOptimizer", {}),
    ("callback", "ReduceLROnPlateau", {"factor": 1}),
    ("callback", "EarlyStopping", {"baseline": 0.5, "threshold": 0.5}),
]  # fmt: skip

REFUSED_BY_US_ALONE: list[tuple[str, str, dict[str, Any]]] = [
    # Keras makes these without a word; they fail later, do nothing, or do what nobody wants.
    ("initializer", "RandomUniform", {"minval": 1.0, "maxval": 0.0}),
    ("initializer", "RandomNormal", {"stddev": -1}),
    ("initializer", "Constant", {"value": True}),
    ("initializer", "Constant", {"value": []}),
    ("initializer", "Constant", {"value": [[1, 2], [3]]}),
    ("initializer", "Constant", {"value": [1, [2]]}),
    ("initializer", "Constant", {"value": [True]}),
    ("initializer", "GlorotUniform", {"input_axes": 0, "output_axes": 1}),
    ("initializer", "GlorotUniform", {"input_axes": [0]}),
    ("initializer", "Orthogonal", {"seed": True}),
    ("constraint", "MaxNorm", {"max_value": -1}),
    ("constraint", "MinMaxNorm", {"min_value": 2.0}),
    ("constraint", "MinMaxNorm", {"rate": 2.0}),
    ("constraint", "UnitNorm", {"axis": "first"}),
    ("loss", "BinaryCrossentropy", {"label_smoothing": 7}),
    ("loss", "CategoricalCrossentropy", {"label_smoothing": -0.1}),
    ("loss", "CategoricalCrossentropy", {"axis": True}),
    ("loss", "CategoricalFocalCrossentropy", {"alpha": []}),
    ("loss", "CategoricalFocalCrossentropy", {"alpha": [0.5, -0.5]}),
    ("loss", "Huber", {"delta": 0}),
    ("loss", "Circle", {"margin": 2}),
    ("loss", "MeanSquaredError", {"dtype": "int32"}),
    ("loss", "MeanSquaredError", {"name": "mean error"}),
    ("metric", "Accuracy", {"name": ""}),
    ("metric", "Precision", {"thresholds": []}),
    ("metric", "Precision", {"class_id": -1}),
    ("metric", "Precision", {"top_k": 0}),
    ("metric", "TopKCategoricalAccuracy", {"k": 0}),
    ("metric", "AUC", {"thresholds": [2.0]}),
    ("metric", "AUC", {"thresholds": [0.5], "num_thresholds": 100}),
    ("metric", "IoU", {"num_classes": 2, "target_class_ids": [-1]}),
    ("learning rate schedule", "CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "warmup_target": 0.5}),
    ("learning rate schedule", "CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "warmup_steps": 5}),
    ("learning rate schedule", "CosineDecay", {"initial_learning_rate": 0, "decay_steps": 5}),
    ("learning rate schedule", "CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "alpha": 2}),
    ("learning rate schedule", "CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 0.5}),
    ("learning rate schedule", "PiecewiseConstantDecay", {"boundaries": [], "values": [0.1]}),
    ("learning rate schedule", "PiecewiseConstantDecay", {"boundaries": [5, 5], "values": [0.1, 0.2, 0.3]}),
    ("learning rate schedule", "ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": -1}),
    ("learning rate schedule", "PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "name": "a b"}),
    ("optimizer", "SGD", {"learning_rate": 0.0}),
    ("optimizer", "SGD", {"learning_rate": -0.1}),
    ("optimizer", "SGD", {"learning_rate": float("inf")}),
    ("optimizer", "SGD", {"clipnorm": 0}),
    ("optimizer", "SGD", {"weight_decay": -0.1}),
    ("optimizer", "SGD", {"name": "a b"}),
    ("optimizer", "Adam", {"beta_1": 1}),
    ("optimizer", "Adam", {"beta_2": -0.5}),
    ("optimizer", "Adam", {"ema_momentum": 2}),
    ("optimizer", "Muon", {"exclude_layers": ["(a+)+$"]}),
    ("optimizer", "Muon", {"exclude_layers": [".*a.*a.*a.*a"]}),
    ("optimizer", "Muon", {"exclude_layers": [""]}),
    ("optimizer", "LossScaleOptimizer", {"inner_optimizer": {"type": "LossScaleOptimizer", "inner_optimizer": "sgd"}}),
    ("optimizer", "LossScaleOptimizer", {"inner_optimizer": {"type": "SGD", "loss_scale_factor": 2.0}}),
    ("optimizer", "MultiOptimizer", {"optimizer_map": {"type": "OptimizerMap", "default_optimizer": {"type": "LossScaleOptimizer", "inner_optimizer": "sgd"}}}),
    ("optimizer", "MultiOptimizer", {"optimizer_map": {"type": "OptimizerMap", "default_optimizer": "sgd", "optimizer_map": {"a": {"type": "SGD", "loss_scale_factor": 2.0}}}}),
    ("optimizer", "MultiOptimizer", {"optimizer_map": {"type": "OptimizerMap", "default_optimizer": "sgd", "optimizer_map": {"(a|b)*": "sgd"}}}),
    ("callback", "EarlyStopping", {"patience": -1}),
    ("callback", "EarlyStopping", {"mode": "up"}),
    ("callback", "EarlyStopping", {"monitor": ""}),
    ("callback", "EarlyStopping", {"verbose": True}),
    ("callback", "ReduceLROnPlateau", {"factor": 0}),
    ("callback", "ReduceLROnPlateau", {"epsilon": 0.1}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "arguments"), REFUSED_BY_BOTH)
def test_what_keras_refuses_is_refused(kind, name, arguments):
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever Keras raises
        by_hand(kind, name, arguments)
    with pytest.raises(ValidationError):
        thing_class(kind, name).model_validate(arguments)


@pytest.mark.parametrize(("kind", "name", "arguments"), REFUSED_BY_US_ALONE)
def test_what_makes_no_sense_is_refused(kind, name, arguments):
    by_hand(kind, name, arguments)
    with pytest.raises(ValidationError):
        thing_class(kind, name).model_validate(arguments)


def test_an_optimizer_is_named_in_any_way_of_writing_that_the_table_has():
    parse = families.optimizers().parse
    assert parse("adam") == parse("Adam") == parse({"type": "adam"})
    with pytest.raises(PydanticCustomError):
        parse("adma")


def test_a_bare_name_of_what_needs_arguments_says_which():
    with pytest.raises(PydanticCustomError) as caught:
        families.metrics().parse("MeanIoU")
    assert caught.value.type == "object_needs_arguments"
    assert caught.value.context["missing"] == ("num_classes",)


def test_the_metric_of_equal_values_is_written_with_type():
    config = families.metrics().parse({"type": "Accuracy"})
    assert isinstance(keras_object(config), keras.metrics.Accuracy)
