"""Initializers, losses, optimizers and the like in Keras's configuration: where each departs from the rules."""

from __future__ import annotations

from spec_compiler.catalog.keras_config.form import ConfigData, Form
from spec_compiler.catalog.keras_config.kinds import FLOAT32, NULL_IF_FALSE, SORTED, null_is_empty

NOT_SAVED = {"keras.losses": ("dtype",)}
"""Arguments that no class of a module saves."""


def _thresholds_counted(config: ConfigData) -> ConfigData:
    """Thresholds that are given are as many as there are, with the two ends that Keras adds."""
    return config | ({"num_thresholds": len(config["thresholds"]) + 2} if "thresholds" in config else {})


def _thresholds_uncounted(config: ConfigData) -> ConfigData:
    return {key: value for key, value in config.items() if key != "num_thresholds" or "thresholds" not in config}


def _scaled_together(config: ConfigData) -> ConfigData:
    """Keras gives each of the optimizers the factor of the whole."""
    return _with_factor(config, config["loss_scale_factor"])


def _scaled_apart(config: ConfigData) -> ConfigData:
    return _with_factor(config, None)


def _with_factor(config: ConfigData, factor: float | None) -> ConfigData:
    def scaled(optimizer: ConfigData) -> ConfigData:
        return {**optimizer, "config": {**optimizer["config"], "loss_scale_factor": factor}}

    chosen = config["optimizer_map"]
    inner = chosen["config"]
    optimizers = {
        "default_optimizer": scaled(inner["default_optimizer"]),
        "optimizer_map": {pattern: scaled(each) for pattern, each in inner["optimizer_map"].items()},
    }
    return {**config, "optimizer_map": {**chosen, "config": optimizers}}


_RATE = {"learning_rate": FLOAT32}

OBJECTS: dict[str, dict[str, Form]] = {
    "keras.initializers": {
        "Identity": Form(unsaved=("gain",)),
    },
    "keras.regularizers": {
        "L1": Form(kinds={"l1": FLOAT32}),
        "OrthogonalRegularizer": Form(kinds={"factor": FLOAT32}),
    },
    "keras.losses": {
        **dict.fromkeys(("CosineSimilarity", "SparseCategoricalCrossentropy"), Form(unsaved=("axis",))),
        "Huber": Form(unsaved=("delta",)),
    },
    "keras.metrics": {
        "AUC": Form(
            kinds={"thresholds": SORTED},
            if_set=("thresholds",),
            added={"label_weights": None},
            finish=_thresholds_counted,
            prepare=_thresholds_uncounted,
        ),
        "CosineSimilarity": Form(unsaved=("axis",)),
        "SparseTopKCategoricalAccuracy": Form(kinds={"from_sorted_ids": NULL_IF_FALSE}, if_set=("from_sorted_ids",)),
    },
    "keras.optimizers": {
        **dict.fromkeys(
            (
                "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Nadam",
                "RMSprop", "SGD", "ScheduleFreeAdamW",
            ),
            Form(kinds=_RATE),
        ),
        "Muon": Form(kinds={**_RATE, "exclude_layers": null_is_empty(tuple)}),
        "MultiOptimizer": Form(finish=_scaled_together, prepare=_scaled_apart),
        "OptimizerMap": Form(kinds={"optimizer_map": null_is_empty(dict)}),
    },
}  # fmt: skip
"""The objects that depart from the rules, by Keras's module and their names there."""
