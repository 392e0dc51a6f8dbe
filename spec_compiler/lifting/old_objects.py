"""Objects of Keras 2 besides layers: in what module Keras 3 has each."""

from __future__ import annotations

from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.objects import Family


def of_module(value: ConfigData, family: Family, class_name: str) -> ConfigData:
    """An object of a family, of a class that Keras 3 has."""
    module = {
        "initializer": "keras.initializers", "regularizer": "keras.regularizers", "constraint": "keras.constraints",
        "loss": "keras.losses", "metric": "keras.metrics", "optimizer": "keras.optimizers",
        "learning rate schedule": "keras.optimizers.schedules",
    }[family.kind]  # fmt: skip
    return {**value, "module": module, "class_name": class_name, "registered_name": None}


def is_of_old_keras(module: str) -> bool:
    """Whether a module is one of Keras's inside, which older versions wrote."""
    return module.startswith(("keras.src.", "keras.engine", "tensorflow.", "tf_keras", "tensorflow_core."))
