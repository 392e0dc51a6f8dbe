"""The calls of Keras 2, which are lists of `[layer, call, output, options]`, in the form of Keras 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.keras_config.deserialize import ConfigPath, NoConfigError
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.lifting.keras_model import SEQUENTIAL


class OldCalls:
    """Rewrites calls that are lists of `[layer, call, output, options]`.

    Args:
        counted: The layers by name, and whether Keras 2 counts their calls from 1.
        is_recurrent: Whether further tensors are initial states.
    """

    def __init__(self, counted: Mapping[str, bool], is_recurrent: bool) -> None:
        self._counted = counted
        self._is_recurrent = is_recurrent

    def call(self, node: list[Any], path: ConfigPath) -> ConfigData:
        """A call: `args` and `kwargs`.

        Raises:
            NoConfigError: It has another form.
        """
        items = [node] if node and isinstance(node[0], str) else node
        options: ConfigData = {}
        tensors = []
        for item in items:
            if not (isinstance(item, list) and len(item) in (3, 4)):
                raise NoConfigError("a call has another form", path)
            tensors.append(self.source(item, path))
            if len(item) == 4 and isinstance(item[3], dict):
                options |= item[3]
        kwargs = {name: self.option(value, path) for name, value in options.items()}
        if self._is_recurrent and len(tensors) > 1:
            return {"args": tensors[:1], "kwargs": {**kwargs, "initial_state": tensors[1:]}}
        return {"args": tensors if len(tensors) == 1 else [tensors], "kwargs": kwargs}

    def source(self, item: list[Any], path: ConfigPath) -> Any:
        """A tensor, or a constant in its place."""
        name, call, output = item[:3]
        if name == "_CONSTANT_VALUE":
            return output
        if not (isinstance(name, str) and type(call) is int and type(output) is int):
            raise NoConfigError("a call has another form", path)
        history = [name, max(call - 1, 0) if self._counted.get(name) else call, output]
        return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}

    def option(self, value: Any, path: ConfigPath) -> Any:
        """An option of a call, which may be a tensor or a list of them."""
        match value:
            case [str(name), int(), int()] if name in self._counted:
                return self.source(value, path)
            case list():
                return [self.option(item, path) for item in value]
        return value


def recounted(ends: Any, layers: list[Any]) -> Any:
    """The outputs of a model: Keras 2 counts the calls of a `Sequential` inside it from 1, and Keras 3 from 0."""
    chains = {
        name_of(each)
        for each in layers
        if isinstance(each, dict) and each.get("class_name") == SEQUENTIAL and calls_are_lists(each)
    }

    def recount(value: Any) -> Any:
        match value:
            case [str(name), int(call), int(output)]:
                return [name, max(call - 1, 0) if name in chains else call, output]
            case list():
                return [recount(item) for item in value]
            case dict():
                return {key: recount(item) for key, item in value.items()}
        return value

    return recount(ends)


def calls_are_lists(layer: ConfigData) -> bool:
    """Whether the calls of a layer are lists."""
    nodes = layer.get("inbound_nodes")
    return isinstance(nodes, list) and any(isinstance(node, list) for node in nodes)


def name_of(layer: ConfigData) -> str:
    """The name of a layer, wherever it stands; empty if it has none."""
    config = layer.get("config")
    name = layer.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return name if isinstance(name, str) else ""
