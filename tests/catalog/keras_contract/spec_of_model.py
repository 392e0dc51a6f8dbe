"""A functional Keras model → the spec that says the same: what Keras has built is read, not what we would build.

It serves to hold the catalogue against models that others wrote. A node of the spec is a call, as in Keras's graph: an
operation that is called once gives its name to its node, one that is called more often is a shared layer.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

import spec_compiler as sc
from spec_compiler.catalog.registry import operation

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Translation:
    """A spec, and what its names stand for in the model: the tensors by reference, the layers by key."""

    spec: dict[str, Any]
    tensors: dict[str, Any]
    layers: dict[str, Any]


def translate(model: keras.Model) -> Translation:
    """The spec of a functional model; its custom layers are registered.

    Raises:
        NotImplementedError: It has a Python object as an argument that has no place in a spec.
    """
    return _Translator(model).translation()


class _Translator:
    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.names: dict[int, str] = {}
        self.tensors: dict[str, Any] = {}
        self.made: dict[str, Any] = {}
        self.layers: dict[str, Any] = {}
        self.nodes: dict[str, Any] = {}

    def translation(self) -> Translation:
        calls = {id(node) for nodes in self.model._nodes_by_depth.values() for node in nodes}
        for made in self.model.operations:
            own = [node for node in made._inbound_nodes if id(node) in calls]
            for number, node in enumerate(own):
                self.call(made, node, number if len(own) > 1 else None)
        pairs = zip(self.model.output_names, self.model.outputs, strict=True)
        spec = {
            "spec": 1,
            "name": self.model.name,
            "layers": self.layers,
            "nodes": self.nodes,
            "inputs": [self.names[id(x)] for x in self.model.inputs],
            "outputs": {name: {"from": self.names[id(x)]} for name, x in pairs},
        }
        return Translation(spec, self.tensors, self.made)

    def call(self, made: Any, node: Any, number: int | None) -> None:
        """Write down one call; `number` says which, if the operation is called several times."""
        name = key = _formed(made.name)
        if isinstance(made, keras.layers.InputLayer):
            written = {"type": "Input", "batch_shape": list(made.batch_shape), "dtype": made.dtype}
        elif not isinstance(made, keras.layers.Layer):
            written = self.op(made, node)
        elif number is not None:
            self.layers[key] = layer_spec(made)
            written = {"use": key, **self.arguments(made, node)}
            name = f"{name}_call_{number}"
        else:
            written = {**layer_spec(made), **self.arguments(made, node)}
        if made.name != key:
            written["name"] = made.name
        assert name not in self.nodes, f"two nodes are named {name}"
        self.nodes[name] = written
        self.made[key] = made
        for index, output in enumerate(node.outputs):
            reference = name if len(node.outputs) == 1 else f"{name}.{index}"
            self.names[id(output)] = reference
            self.tensors[reference] = output

    def op(self, made: Any, node: Any) -> dict[str, Any]:
        """An operation of `keras.ops`: its tensors, and the arguments that it keeps as attributes."""
        type_name = "ops." + re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", type(made).__name__).lower()
        found = operation(type_name)
        assert found is not None, f"{type_name} is not in the catalogue"
        arguments = {
            field: plain(getattr(made, field))
            for field, about in found.model_fields.items()
            if not _same(getattr(made, field), about.default)
        }
        return {"type": type_name, **arguments, **self.arguments(made, node)}

    def arguments(self, made: Any, node: Any) -> dict[str, Any]:
        """The `inputs` of a call, and its `call`."""
        bound = inspect.signature(made.call).bind(*node.arguments.args, **node.arguments.kwargs).arguments
        inputs: dict[str, Any] = {}
        flags: dict[str, Any] = {}
        for argument, value in bound.items():
            if value is None:
                continue
            if isinstance(made, keras.layers.Layer) and isinstance(value, bool):
                flags[argument] = value
            else:
                inputs[argument] = self.operand(value)
        written: dict[str, Any] = {"inputs": next(iter(inputs.values())) if len(inputs) == 1 else inputs}
        return {**written, "call": flags} if flags else written

    def operand(self, value: Any) -> Any:
        """A reference, a number, or a list of them."""
        if isinstance(value, (list, tuple)):
            return [self.operand(item) for item in value]
        return self.names[id(value)] if isinstance(value, keras.KerasTensor) else value


def layer_spec(layer: Any) -> dict[str, Any]:
    """A layer's type, and those of its arguments that are not the catalogue's defaults."""
    if isinstance(layer, keras.Sequential):
        return {"type": "Sequential", "layers": [{**layer_spec(each), "name": each.name} for each in layer.layers]}
    type_name = type(layer).__name__
    found = operation(type_name)
    if found is None:
        type_name = sc.register_layer(type(layer))
        fields: Mapping[str, Any] = {
            name: parameter.default
            for name, parameter in inspect.signature(type(layer).__init__).parameters.items()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and name != "self"
        }
    else:
        fields = {name: about.default for name, about in found.model_fields.items()}
    configured = {
        name: plain(value) for name, value in layer.get_config().items() if name in fields and name != "dtype"
    }
    written = {name: value for name, value in configured.items() if not _same(value, fields[name])}
    if layer.dtype_policy.name != "float32":
        written["dtype"] = layer.dtype_policy.name
    return {"type": type_name, **written}


def _same(value: Any, default: Any) -> bool:
    """Whether a value is the default, which may be one number for several alike."""
    if isinstance(value, (list, tuple)) and not isinstance(default, (list, tuple)):
        return len(value) > 0 and all(item == default for item in value)
    return list(value) == list(default) if isinstance(value, (list, tuple)) else value == default


def plain(value: Any) -> Any:
    """A value of a configuration as a spec says it: an object of Keras is a name, or a mapping with `type`."""
    if isinstance(value, Mapping) and "class_name" in value:
        arguments = {key: plain(item) for key, item in value["config"].items() if item is not None}
        return {"type": value["class_name"], **arguments} if arguments else _snake_case(value["class_name"])
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "tolist"):
        return value.tolist()
    raise NotImplementedError(f"{value!r} has no place in a spec")


def _formed(name: str) -> str:
    """A name as those of a spec are formed."""
    return name if _NAME.fullmatch(name) else re.sub(r"[^A-Za-z0-9_-]", "_", f"_{name}")


def _snake_case(name: str) -> str:
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
