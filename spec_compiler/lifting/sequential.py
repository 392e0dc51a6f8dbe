"""A sequential model as the functional model of its name: the layers in a chain, behind an input."""

from __future__ import annotations

from typing import Any

from spec_compiler.catalog.keras_config.deserialize import NoConfigError, UnreadableConfigError
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.lifting.keras_model import FUNCTIONAL, entry

_INPUT = "InputLayer"


def as_functional(data: ConfigData) -> ConfigData:
    """The configuration of a functional model that computes the same; its layers stand at the same places.

    Raises:
        UnreadableConfigError: The model does not say what it takes.
    """
    config = entry(data, "config", dict, ())
    layers = entry(config, "layers", list, ("config",))
    names = [_name(layer, index) for index, layer in enumerate(layers)]
    if not layers:
        raise UnreadableConfigError("the model has no layers", ("config", "layers"))
    chained = []
    before = None if layers[0]["class_name"] == _INPUT else _free("input_layer", names)
    first = before if before is not None else names[0]
    for name, layer in zip(names, layers, strict=True):
        calls = [_call_on(before)] if before is not None else []
        chained.append({**layer, "name": name, "inbound_nodes": calls})
        before = name
    if first not in names:
        chained.append(_input(first, data, config))
    return {
        **data,
        "class_name": FUNCTIONAL,
        "config": {**config, "layers": chained, "input_layers": [[first, 0, 0]], "output_layers": [[before, 0, 0]]},
    }


def _name(layer: Any, index: int) -> str:
    path = ("config", "layers", index)
    entry(layer, "class_name", str, path)
    name: str = entry(entry(layer, "config", dict, path), "name", str, (*path, "config"))
    return name


def _free(name: str, taken: list[str]) -> str:
    number = 1
    found = name
    while found in taken:
        found = f"{name}_{number}"
        number += 1
    return found


def _call_on(name: str) -> ConfigData:
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}
    return {"args": [tensor], "kwargs": {}}


def _input(name: str, data: ConfigData, config: ConfigData) -> ConfigData:
    """The input of a model that was built for a shape and has no input of its own."""
    built = data.get("build_config")
    shape = config.get("build_input_shape") or (built.get("input_shape") if isinstance(built, dict) else None)
    if not isinstance(shape, list):
        raise UnreadableConfigError(
            "the model does not say what it takes: it has no `InputLayer`, and was saved before it was called",
            ("config", "layers"),
            "call the model, or its `build`, before it is saved",
        )
    if any(isinstance(length, (list, dict)) for length in shape):
        raise NoConfigError("the model was built for a shape of another form", ("config", "build_input_shape"))
    keras_config = {"name": name, "batch_shape": shape, "dtype": "float32", "sparse": False, "ragged": False}
    return {
        "module": "keras.layers",
        "class_name": _INPUT,
        "config": keras_config,
        "registered_name": None,
        "name": name,
        "inbound_nodes": [],
    }
