"""The configuration that an older Keras wrote → the form that Keras 3 writes, at the same places.

What is only spelt otherwise is rewritten, and said. What has no meaning any more is left out, and said, unless it asks
for something that Keras 3 does not do. A configuration of Keras 3 stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from spec_compiler.catalog import families
from spec_compiler.catalog.keras_config.deserialize import ConfigPath, NoConfigError, UnreadableConfigError
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.keras_config.layers import both_directions
from spec_compiler.catalog.keras_config.ops import CLASS_NAMES, MODULES, NUMPY
from spec_compiler.catalog.objects import Family
from spec_compiler.catalog.registry import FORBIDDEN, LAYERS, OPS
from spec_compiler.diagnostics import foreign
from spec_compiler.lifting.keras_model import FUNCTIONAL, SEQUENTIAL
from spec_compiler.lifting.lambda_ops import read_lambda_op
from spec_compiler.lifting.notes import Notes
from spec_compiler.lifting.old_calls import OldCalls, name_of, recounted
from spec_compiler.lifting.old_objects import is_of_old_keras, of_module
from spec_compiler.lifting.old_training import compile_config, modern_training

_LAYERS = frozenset(name for family in LAYERS if family != "applications" for name in LAYERS[family]) | {"InputLayer"}
_MODELS = {"Model": FUNCTIONAL, "Functional": FUNCTIONAL, "Sequential": SEQUENTIAL}
_MODULES = {FUNCTIONAL: "keras.src.models.functional", SEQUENTIAL: "keras"}
_LAYER_ARGUMENTS = ("layer", "cell", "cells", "layers", "backward_layer", "forward_layer")
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional")

_OBJECTS: Mapping[str, Callable[[], Family]] = {
    "initializer": families.initializers,
    "regularizer": families.regularizers,
    "constraint": families.constraints,
}
"""The objects among the arguments of layers, by how the names of the arguments end."""

_ANY = object()

_LOOP = {"implementation": (_ANY,), "time_major": (False, None), "input_dim": (_ANY,)}
_VOCABULARY = {"has_static_table": (_ANY,), "has_input_vocabulary": (_ANY,), "vocabulary_file": (None,)}
_CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")

_DEAD: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "*": {
        "batch_input_shape": (_ANY,), "input_shape": (_ANY,), "input_dtype": (_ANY,), "dynamic": (_ANY,),
        "autocast": (True, None), "input_length": (_ANY,),
    },
    "AdditiveAttention": {"causal": (False,)},
    "Attention": {"causal": (False,)},
    "BatchNormalization": {
        "fused": (_ANY,), "virtual_batch_size": (None,), "adjustment": (None,), "mode": (0, None),
    },
    "Dense": {"input_dim": (_ANY,)},
    "InputLayer": {"input_tensor": (None,), "type_spec": (None,)},
    "IntegerLookup": _VOCABULARY,
    "MultiHeadAttention": {"query_shape": (_ANY,), "key_shape": (_ANY,), "value_shape": (_ANY,)},
    "StringLookup": _VOCABULARY,
    "TextVectorization": _VOCABULARY,
    **dict.fromkeys((*_RECURRENT, *_CELLS), _LOOP),
}  # fmt: skip
"""Arguments that older versions of Keras saved and this one does not have, by class: the values that mean nothing."""

_RENAMED: Mapping[str, Mapping[str, str]] = {
    "InputLayer": {"batch_input_shape": "batch_shape"},
    "LeakyReLU": {"alpha": "negative_slope"},
}


def modernized(data: ConfigData, training: Any, version: str | None, notes: Notes) -> ConfigData:
    """A configuration as Keras 3 would write it.

    Args:
        data: The configuration.
        training: What an `.h5` file has of the training, beside it.
        version: The version of Keras that wrote it.
        notes: Where it is said what is otherwise.

    Raises:
        UnreadableConfigError: It is of Keras 1, or asks for what Keras 3 does not do.
    """
    if version is not None and version.startswith(("0.", "1.")):
        raise UnreadableConfigError(f"it was written by Keras {version}, whose layers and arguments were others")
    is_old = "module" not in data if version is None else version.startswith("2.")
    modern = _Modernizer(notes, is_old).model(data, ())
    compiled = compile_config(training, notes) if isinstance(training, dict) else modern.get("compile_config")
    if isinstance(compiled, dict) and compiled:
        modern = {**modern, "compile_config": modern_training(compiled, notes)}
    return modern


class _Modernizer:
    def __init__(self, notes: Notes, is_old: bool) -> None:
        self.notes = notes
        self.is_old = is_old

    def model(self, data: ConfigData, path: ConfigPath) -> ConfigData:
        """A functional or sequential model; anything else is left to whoever refuses it."""
        name = _MODELS.get(str(data.get("class_name")))
        config = data.get("config")
        if name is None:
            return data
        if isinstance(config, list):
            self.notes.add("a `Sequential` whose configuration is a list of layers is one with a name", path)
            config = {"name": data.get("name", "sequential"), "layers": config}
        if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
            return data
        if name == FUNCTIONAL and "input_layers" not in config:
            return data
        place = (*path, "config", "layers")
        changed = dict(config)
        if name == SEQUENTIAL:
            changed = self.with_input_shape(changed, place)
        layers = [self.layer(layer, (*place, index)) for index, layer in enumerate(changed["layers"])]
        changed["layers"] = self.wired(layers, place)
        if name == FUNCTIONAL:
            changed["output_layers"] = recounted(config.get("output_layers"), layers)
        return {"module": _MODULES[name], "registered_name": None, **data, "class_name": name, "config": changed}

    def with_input_shape(self, config: ConfigData, path: ConfigPath) -> ConfigData:
        """A chain of layers with what it takes, of which the first layer says it."""
        first, *others = config["layers"] or [None]
        arguments = first.get("config") if isinstance(first, dict) else None
        if not isinstance(arguments, dict) or "batch_input_shape" not in arguments or _is_input(first):
            return config
        self.notes.add("`batch_input_shape` of the first layer of a `Sequential` is an `Input`", (*path, 0))
        kept = {key: value for key, value in arguments.items() if key != "batch_input_shape"}
        shape = {"build_input_shape": arguments["batch_input_shape"]} | config
        return {**shape, "layers": [{**first, "config": kept}, *others]}

    # Layers

    def layer(self, layer: Any, path: ConfigPath) -> Any:
        """A layer, whatever it is inside."""
        if not isinstance(layer, dict) or not isinstance(layer.get("class_name"), str):
            return layer
        if layer["class_name"] in _MODELS:
            return self.model(layer, path)
        if not isinstance(layer.get("config"), dict):
            return layer
        layer = self.of_class(layer, path)
        name, config = layer["class_name"], dict(layer["config"])
        if layer.get("module") != "keras.layers":
            return layer
        self.rename(config, name, path)
        self.leave_out(config, name, path)
        for key, value in config.items():
            config[key] = self.argument(key, value, (*path, "config", key))
        self.settle(config, name, path)
        return {**layer, "config": config}

    def of_class(self, layer: ConfigData, path: ConfigPath) -> ConfigData:
        """A layer with its class as Keras 3 names it, and the module of that."""
        name = layer["class_name"]
        row = foreign.find("type", name, (), _LAYERS) if name not in _LAYERS else None
        if row is not None and row.fix is not None and row.source.startswith("Keras"):
            self.notes.add(f"`{name}` is `{row.fix}`", path)
            return {**layer, "class_name": row.fix, "module": "keras.layers", "registered_name": None}
        known = name in _LAYERS or name in FORBIDDEN
        module = layer.get("module")
        if isinstance(module, str) and not (known and is_of_old_keras(module)):
            return layer
        if known and not _looks_like_an_op(layer):
            return {**layer, "module": "keras.layers", "registered_name": layer.get("registered_name")}
        operation = _module_of_op(name)
        if operation is not None:
            return {**layer, "module": operation, "registered_name": name}
        package, dot, own = name.rpartition(">")
        return {"registered_name": name if dot else None, **layer, "module": package, "class_name": own or name}

    def rename(self, config: ConfigData, name: str, path: ConfigPath) -> None:
        for old, new in _RENAMED.get(name, {}).items():
            if old in config and new not in config:
                config[new] = config.pop(old)
                self.notes.add(f"`{old}` of `{name}` is `{new}`", path)

    def leave_out(self, config: ConfigData, name: str, path: ConfigPath) -> None:
        """Leave out arguments that say nothing; one that does is left to be refused."""
        for key, harmless in {**_DEAD["*"], **_DEAD.get(name, {})}.items():
            if key in config and (_ANY in harmless or config[key] in harmless):
                del config[key]
                self.notes.add(f"`{key}` of `{name}` is left out, which says nothing in Keras 3", path)

    def argument(self, key: str, value: Any, path: ConfigPath) -> Any:
        """An argument of a layer."""
        if key in _LAYER_ARGUMENTS:
            if isinstance(value, list):
                return [self.layer(item, (*path, index)) for index, item in enumerate(value)]
            return self.layer(value, path)
        if isinstance(value, dict) and value.get("class_name") == "Policy":
            self.notes.add("the `Policy` of a layer is its `dtype`", path)
            return {"module": "keras", "registered_name": None, **value, "class_name": "DTypePolicy"}
        family = _OBJECTS.get(key.rpartition("_")[2])
        return self.object(value, family(), path) if family is not None else value

    def object(self, value: Any, family: Family, path: ConfigPath) -> Any:
        """An initializer, a regularizer or a constraint."""
        if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
            return value
        found = family.classes.get(value["class_name"])
        config = value.get("config")
        if found is None or not isinstance(config, dict):
            return value
        changed = {key: item for key, item in config.items() if key != "dtype"}
        if found == "VarianceScaling" and config.get("distribution") == "normal":
            changed["distribution"] = "truncated_normal"
        if len(changed) < len(config):
            self.notes.add(f"`dtype` of an {family.kind} is left out: a weight has the dtype of its layer", path)
        return {**of_module(value, family, found), "config": changed}

    def settle(self, config: ConfigData, name: str, path: ConfigPath) -> None:
        """What is otherwise in certain layers."""
        axis = config.get("axis")
        if name == "BatchNormalization" and isinstance(axis, list) and len(axis) == 1:
            config["axis"] = axis[0]
            self.notes.add("`axis` of a `BatchNormalization` is a number, and no list", path)
        if name == "Bidirectional" and config.get("backward_layer") is None and isinstance(config.get("layer"), dict):
            self.settle_directions(config, path)
        for key in ("activation", "recurrent_activation"):
            if config.get(key) == "hard_sigmoid" and self.is_old:
                self.notes.add(
                    f"`{key}: hard_sigmoid` of `{name}` is another function in Keras 3: it is steeper at 0", path
                )

    def settle_directions(self, config: ConfigData, path: ConfigPath) -> None:
        try:
            config |= both_directions({"backward_layer": None, **config})
        except (AttributeError, KeyError, TypeError):
            raise NoConfigError("the layer inside `Bidirectional` has another form", path) from None

    # Calls

    def wired(self, layers: list[Any], path: ConfigPath) -> list[Any]:
        """Layers with their calls in the form of Keras 3."""
        counted = {name_of(each): str(each.get("class_name")) in _MODULES for each in layers if isinstance(each, dict)}
        return [self.with_calls(each, counted, (*path, index)) for index, each in enumerate(layers)]

    def with_calls(self, layer: Any, counted: Mapping[str, bool], path: ConfigPath) -> Any:
        nodes = layer.get("inbound_nodes") if isinstance(layer, dict) else None
        if not isinstance(nodes, list) or not any(isinstance(node, list) for node in nodes):
            return self.with_op(layer, path)
        self.notes.add("calls that are lists are mappings", path)
        wiring = OldCalls(counted, layer.get("class_name") in _RECURRENT)
        calls = []
        for index, node in enumerate(nodes):
            place = (*path, "inbound_nodes", index)
            calls.append(wiring.call(node, place) if isinstance(node, list) else node)
        return self.with_op({**layer, "inbound_nodes": calls}, path)

    def with_op(self, layer: Any, path: ConfigPath) -> Any:
        """A function of TensorFlow that Keras 2 kept as a layer, as the op that it is."""
        found = read_lambda_op(layer) if isinstance(layer, dict) else None
        if found is None:
            return layer
        self.notes.add(f"`{found.function}` of TensorFlow is `ops.{found.op}`", path)
        return found.data


def _is_input(layer: ConfigData) -> bool:
    return layer.get("class_name") == "InputLayer"


def _looks_like_an_op(layer: ConfigData) -> bool:
    """Whether something that has no module is an op: of these Keras saves the name alone, or little more."""
    config = layer["config"]
    is_op = _module_of_op(layer["class_name"]) is not None
    return is_op and "trainable" not in config and "dtype" not in config and layer["class_name"] != "InputLayer"


def _module_of_op(class_name: str) -> str | None:
    """The module of Keras that has the operation of a class."""
    for names in OPS.values():
        for name, own in names.items():
            if CLASS_NAMES.get(name, own) == class_name:
                return next((module for module, listed in MODULES.items() if name in listed), NUMPY)
    return None
