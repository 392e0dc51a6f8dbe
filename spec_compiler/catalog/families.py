"""What Keras offers by name besides layers and ops, in one table a family: each class and its other names.

A test holds every table against Keras.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from spec_compiler.catalog.objects import Family

ACTIVATIONS = (
    "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
    "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid",
    "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax",
    "squareplus", "swish", "tanh", "tanh_shrink", "threshold",
)  # fmt: skip

INITIALIZERS: dict[str, dict[str, tuple[str, ...]]] = {
    "constant": {
        "Constant": ("constant",),
        "Identity": ("identity", "IdentityInitializer"),
        "Ones": ("ones", "one"),
        "Zeros": ("zeros", "zero"),
    },
    "distributions": {
        "RandomNormal": ("random_normal", "normal"),
        "RandomUniform": ("random_uniform", "uniform"),
        "TruncatedNormal": ("truncated_normal",),
    },
    "fourier": {"STFT": ("stft", "STFTInitializer")},
    "glorot": {"GlorotNormal": ("glorot_normal",), "GlorotUniform": ("glorot_uniform",)},
    "he": {"HeNormal": ("he_normal",), "HeUniform": ("he_uniform",)},
    "lecun": {"LecunNormal": ("lecun_normal",), "LecunUniform": ("lecun_uniform",)},
    "orthogonal": {"Orthogonal": ("orthogonal", "OrthogonalInitializer")},
    "variance_scaling": {"VarianceScaling": ("variance_scaling",)},
}
"""The classes of initializers and their other names, by the module that has them: a spec that names one does not load
the others. So it is with the other families that have more than one module."""

REGULARIZERS: dict[str, dict[str, tuple[str, ...]]] = {
    "norms": {"L1": ("l1",), "L1L2": ("l1l2", "l1_l2"), "L2": ("l2",)},
    "orthogonal": {"OrthogonalRegularizer": ("orthogonal_regularizer",)},
}

CONSTRAINTS: dict[str, dict[str, tuple[str, ...]]] = {
    "norms": {"MaxNorm": ("max_norm",), "MinMaxNorm": ("min_max_norm",), "UnitNorm": ("unit_norm",)},
    "signs": {"NonNeg": ("non_neg",)},
}

LOSSES = {
    "crossentropy": ("BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"),
    "focal": ("BinaryFocalCrossentropy", "CategoricalFocalCrossentropy"),
    "hinge": ("CategoricalHinge", "Hinge", "SquaredHinge"),
    "probabilistic": ("KLDivergence", "Poisson"),
    "regression": (
        "Huber", "LogCosh", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
        "MeanSquaredLogarithmicError",
    ),
    "robust": ("CategoricalGeneralizedCrossEntropy",),
    "segmentation": ("Dice", "Tversky"),
    "sequences": ("CTC",),
    "similarity": ("Circle", "CosineSimilarity"),
}  # fmt: skip

LOSS_FUNCTIONS = (
    "BCE", "KLD", "MAE", "MAPE", "MSE", "MSLE", "bce", "binary_crossentropy", "binary_focal_crossentropy",
    "categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge", "ce", "circle",
    "cosine_similarity", "crossentropy", "ctc", "dice", "hinge", "huber", "kl_divergence", "kld", "log_cosh", "mae",
    "mape", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error",
    "mean_squared_logarithmic_error", "mse", "msle", "poisson", "sparse_categorical_crossentropy", "squared_hinge",
    "tversky",
)  # fmt: skip
"""Losses that take no arguments. For `crossentropy` and `ce`, Keras looks at targets and predictions."""

METRICS = {
    "accuracy": (
        "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy",
        "SparseTopKCategoricalAccuracy", "TopKCategoricalAccuracy",
    ),
    "confusion": (
        "AUC", "F1Score", "FBetaScore", "FalseNegatives", "FalsePositives", "Precision", "PrecisionAtRecall",
        "Recall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity", "TrueNegatives",
        "TruePositives",
    ),
    "probabilistic": (
        "BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalHinge", "Hinge", "KLDivergence", "Poisson",
        "SparseCategoricalCrossentropy", "SquaredHinge",
    ),
    "regression": (
        "ConcordanceCorrelation", "CosineSimilarity", "LogCoshError", "MeanAbsoluteError",
        "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogarithmicError", "PearsonCorrelation",
        "R2Score", "RootMeanSquaredError",
    ),
    "segmentation": (
        "BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU",
    ),
}  # fmt: skip

METRIC_FUNCTIONS = (
    "Accuracy", "BCE", "MAE", "MAPE", "MSE", "MSLE", "acc", "accuracy", "auc", "bce", "binary_accuracy",
    "binary_crossentropy", "binary_io_u", "categorical_accuracy", "categorical_crossentropy", "categorical_hinge",
    "concordance_correlation", "cosine_similarity", "f1_score", "f_beta_score", "false_negatives", "false_positives",
    "hinge", "kl_divergence", "log_cosh_error", "mae", "mape", "mean_absolute_error",
    "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error", "mse", "msle",
    "pearson_correlation", "poisson", "precision", "r2_score", "recall", "root_mean_squared_error",
    "sparse_categorical_accuracy", "sparse_categorical_crossentropy", "sparse_top_k_categorical_accuracy",
    "squared_hinge", "top_k_categorical_accuracy", "true_negatives", "true_positives",
)  # fmt: skip
"""Metrics that take no arguments. For `accuracy`, `acc` and `Accuracy`, Keras looks at targets and predictions:
the metric of exactly equal values is written `{type: Accuracy}`."""

SHORT_NAMES = {
    "acc": "accuracy",
    "bce": "binary_crossentropy",
    "ce": "crossentropy",
    "kld": "kl_divergence",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}
"""The functions of losses and metrics that have short names, in lower case."""

CHOSEN = frozenset(("accuracy", "crossentropy"))
"""The names of losses and metrics for which Keras takes one of several functions, after targets and predictions."""

OPTIMIZERS: dict[str, dict[str, tuple[str, ...]]] = {
    "adadelta": {"Adadelta": ("adadelta",)},
    "adafactor": {"Adafactor": ("adafactor",)},
    "adagrad": {"Adagrad": ("adagrad",)},
    "adam": {
        "Adam": ("adam",),
        "AdamW": ("adamw",),
        "Adamax": ("adamax",),
        "Lamb": (),
        "Nadam": ("nadam",),
        "ScheduleFreeAdamW": ("schedulefreeadamw",),
    },
    "composite": {"LossScaleOptimizer": ("lossscaleoptimizer",), "MultiOptimizer": ("multioptimizer",)},
    "ftrl": {"Ftrl": ("ftrl",)},
    "lion": {"Lion": ("lion",)},
    "muon": {"Muon": ("muon",)},
    "rmsprop": {"RMSprop": ("rmsprop",)},
    "sgd": {"SGD": ("sgd",)},
}

SCHEDULES = (
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay",
    "PolynomialDecay",
)  # fmt: skip

CALLBACKS = {
    "early_stopping": ("EarlyStopping",),
    "reduce_lr_on_plateau": ("ReduceLROnPlateau",),
    "swap_ema_weights": ("SwapEMAWeights",),
    "terminate_on_nan": ("TerminateOnNaN",),
}

_ABSTRACT = "it is a base for classes of one's own"

EXCLUDED: dict[str, dict[str, str]] = {
    "initializer": {"Initializer": _ABSTRACT},
    "regularizer": {"Regularizer": _ABSTRACT},
    "constraint": {"Constraint": _ABSTRACT},
    "loss": {
        "Loss": _ABSTRACT,
        "LossFunctionWrapper": "it wraps a function of Python",
        "categorical_generalized_cross_entropy": "it needs an argument: `CategoricalGeneralizedCrossEntropy` has it",
    },
    "metric": {
        "Metric": _ABSTRACT,
        "MeanMetricWrapper": "it wraps a function of Python",
        "Mean": "it takes values alone, and fails on targets and predictions",
        "Sum": "it takes values alone, and fails on targets and predictions",
    },
    "optimizer": {"Optimizer": _ABSTRACT},
    "learning rate schedule": {"LearningRateSchedule": _ABSTRACT},
    "callback": {
        "BackupAndRestore": "it writes files",
        "CSVLogger": "it writes files",
        "Callback": _ABSTRACT,
        "CallbackList": "it is what Keras itself keeps callbacks in",
        "History": "Keras adds it to every training",
        "LambdaCallback": "it runs code",
        "LearningRateScheduler": "it runs code; a schedule is an optimizer's `learning_rate`",
        "ModelCheckpoint": "it writes files",
        "OrbaxCheckpoint": "it writes files",
        "ProgbarLogger": "Keras adds it to every training",
        "RemoteMonitor": "it opens a connection",
        "TensorBoard": "it writes files",
    },
}
"""What Keras offers and a spec cannot say, by the kind of the thing, and why."""


def _every_name(table: Mapping[str, Mapping[str, tuple[str, ...]]]) -> dict[str, str]:
    """The class of each name, of a table by modules."""
    classes = {name: others for inside in table.values() for name, others in inside.items()}
    return {name: class_name for class_name, others in sorted(classes.items()) for name in (class_name, *others)}


def _own_names(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _modules(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The module of each class, of a table by modules."""
    return {name: module for module, names in table.items() for name in names}


def kind_named(name: str) -> str | None:
    """What a class of Keras that is no layer is, as in "a loss", by its name; None if there is no such class."""
    tables = {
        "a loss": _modules(LOSSES),
        "a metric": _modules(METRICS),
        "an optimizer": _modules(OPTIMIZERS),
        "a learning rate schedule": SCHEDULES,
        "a callback": _modules(CALLBACKS),
        "an initializer": _modules(INITIALIZERS),
        "a regularizer": _modules(REGULARIZERS),
        "a constraint": _modules(CONSTRAINTS),
    }
    return next((kind for kind, names in tables.items() if name in names), None)


@cache
def initializers() -> Family:
    """What a weight is before training."""
    return Family(
        "initializer",
        "spec_compiler.catalog.initializers",
        _every_name(INITIALIZERS),
        modules=_modules(INITIALIZERS),
    )


@cache
def regularizers() -> Family:
    """What is added to the loss for the size of a weight or of an output."""
    return Family(
        "regularizer", "spec_compiler.catalog.regularizers", _every_name(REGULARIZERS), modules=_modules(REGULARIZERS)
    )


@cache
def constraints() -> Family:
    """What a weight is forced into after each step of training."""
    return Family(
        "constraint", "spec_compiler.catalog.constraints", _every_name(CONSTRAINTS), modules=_modules(CONSTRAINTS)
    )


@cache
def losses() -> Family:
    """What training makes small."""
    modules = _modules(LOSSES)
    return Family(
        "loss",
        "spec_compiler.catalog.losses",
        _own_names(modules),
        frozenset(LOSS_FUNCTIONS),
        SHORT_NAMES,
        CHOSEN,
        modules=modules,
    )


@cache
def metrics() -> Family:
    """What is measured while a model is trained and tested."""
    modules = _modules(METRICS)
    return Family(
        "metric",
        "spec_compiler.catalog.metrics",
        _own_names(modules),
        frozenset(METRIC_FUNCTIONS),
        SHORT_NAMES,
        CHOSEN,
        logged=True,
        modules=modules,
    )


@cache
def optimizers() -> Family:
    """How training changes the weights."""
    return Family(
        "optimizer", "spec_compiler.catalog.optimizers", _every_name(OPTIMIZERS), modules=_modules(OPTIMIZERS)
    )


@cache
def optimizer_maps() -> Family:
    """Which optimizer changes which weights."""
    return Family(
        "optimizer map",
        "spec_compiler.catalog.optimizers",
        _own_names(("OptimizerMap",)),
        modules={"OptimizerMap": "composite"},
    )


@cache
def schedules() -> Family:
    """Learning rates that change from step to step."""
    return Family("learning rate schedule", "spec_compiler.catalog.schedules", _own_names(SCHEDULES))


@cache
def callbacks() -> Family:
    """What happens between the epochs of training."""
    modules = _modules(CALLBACKS)
    return Family("callback", "spec_compiler.catalog.callbacks", _own_names(modules), modules=modules)
