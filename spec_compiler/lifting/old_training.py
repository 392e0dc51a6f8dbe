"""What older versions of Keras saved of the training → what Keras 3 saves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from spec_compiler.catalog import families
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.objects import Family, Named
from spec_compiler.lifting.notes import Notes
from spec_compiler.lifting.old_objects import is_of_old_keras, of_module

_ANY = object()

_DEAD_IN_OPTIMIZERS: Mapping[str, tuple[Any, ...]] = {
    "decay": (0, None), "is_legacy_optimizer": (_ANY,), "jit_compile": (_ANY,), "schedule_decay": (_ANY,),
    "exclude_from_weight_decay": (None,), "dynamic": (True,), "initial_decay": (_ANY,),
}  # fmt: skip


def compile_config(training: ConfigData, notes: Notes) -> ConfigData:
    """What an `.h5` file has of the training, in the form of a `.keras` file."""
    if "sample_weight_mode" in training:
        notes.add("`sample_weight_mode` is left out: Keras takes it from the shape of `sample_weight`", ())
    compiled = {key: value for key, value in training.items() if key not in ("optimizer_config", "sample_weight_mode")}
    return {**compiled, "optimizer": training.get("optimizer_config")}


def modern_training(compiled: ConfigData, notes: Notes) -> ConfigData:
    """A `compile_config` as Keras 3 would write it."""
    changed = dict(compiled)
    changed["optimizer"] = _optimizer(compiled.get("optimizer"), notes)
    changed["loss"] = _each(compiled.get("loss"), lambda value: _loss_or_metric(value, families.losses(), notes))
    for key in ("metrics", "weighted_metrics"):
        changed[key] = _each(compiled.get(key), lambda value: _loss_or_metric(value, families.metrics(), notes))
    return changed


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """Losses or metrics, in whatever lists and mappings they stand."""
    if isinstance(value, list):
        return [_each(item, change) for item in value]
    if isinstance(value, dict) and "class_name" not in value:
        return {key: _each(item, change) for key, item in value.items()}
    return change(value)


def _loss_or_metric(value: Any, family: Family, notes: Notes) -> Any:
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("config"), dict)
        or value.get("class_name") == "function"
    ):
        return value
    name, config = value.get("class_name"), value["config"]
    if name in ("MeanMetricWrapper", "SumOverBatchSizeMetricWrapper", "LossFunctionWrapper"):
        return _unwrapped(value, config, family, notes)
    if not isinstance(name, str) or name not in family.classes:
        return value
    changed = {key: item for key, item in config.items() if key != "fn"}
    if str(changed.get("reduction")).lower() == "auto":
        changed["reduction"] = "sum_over_batch_size"
        notes.add("`reduction: auto` is `sum_over_batch_size`", ())
    if isinstance(value.get("module"), str) and not is_of_old_keras(value["module"]):
        return {**value, "config": changed}
    return {**of_module(value, family, name), "config": changed}


def _unwrapped(value: ConfigData, config: ConfigData, family: Family, notes: Notes) -> Any:
    """A function that Keras has wrapped, as the function, or as the class of it if it has a name of its own."""
    function, name = config.get("fn"), config.get("name")
    if isinstance(function, dict):
        function = function.get("config")
    if not isinstance(function, str) or function not in family.functions:
        return value
    notes.add(f"a {family.kind} that wraps a function is that function", ())
    if name in ("accuracy", "acc", function, None):
        return name or function
    found = family.class_of(Named(function))
    if found is None:
        return function
    return {**of_module({}, family, found.keras_name), "config": {"name": name}}


def _optimizer(value: Any, notes: Notes) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("config"), dict):
        return value
    family = families.optimizers()
    name = str(value.get("class_name")).removeprefix("Custom>").removeprefix("Legacy")
    found = family.classes.get(name) or family.classes.get(name.lower())
    if found is None:
        return value
    config = dict(value["config"])
    if "lr" in config and "learning_rate" not in config:
        config["learning_rate"] = config.pop("lr")
        notes.add("`lr` of the optimizer is `learning_rate`", ())
    _decaying(config, notes)
    for key, harmless in _DEAD_IN_OPTIMIZERS.items():
        if key in config and (_ANY in harmless or config[key] in harmless):
            del config[key]
            notes.add(f"`{key}` of the optimizer is left out, which says nothing in Keras 3", ())
    if "inner_optimizer" in config:
        config["inner_optimizer"] = _optimizer(config["inner_optimizer"], notes)
    rate = config.get("learning_rate")
    if isinstance(rate, dict) and str(rate.get("class_name")) in families.schedules().classes:
        config["learning_rate"] = of_module(rate, families.schedules(), rate["class_name"])
    if config.get("name") == found:
        # Keras 2 calls an optimizer as its class is spelt, and Keras 3 in lower case.
        del config["name"]
    return {**of_module(value, family, found), "config": config}


def _decaying(config: ConfigData, notes: Notes) -> None:
    """A learning rate that falls with each step, which is a schedule now."""
    decay, rate = config.get("decay"), config.get("learning_rate")
    if not isinstance(decay, float) or decay == 0 or not isinstance(rate, (int, float)):
        return
    del config["decay"]
    config["learning_rate"] = {
        "class_name": "InverseTimeDecay",
        "config": {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay},
    }
    notes.add("`decay` of the optimizer is the schedule `InverseTimeDecay`", ())
