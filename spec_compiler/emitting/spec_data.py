"""TypedGraph → the data of a spec: everything written out, and every default shown.

Names below a copy (`stage.1.conv`) are no names of nodes: such a node is called `stage_1_conv` and keeps its Keras
name as `name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.custom import CustomLayer
from spec_compiler.catalog.layers.base import Inner, Operation
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.thing import Thing
from spec_compiler.graph.ir import Layer, Node
from spec_compiler.graph.nested import NestedModel
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph
from spec_compiler.language.names import model_name_of

Data = dict[str, Any]


def spec_data(graph: TypedGraph) -> Data:
    """The data of a spec that gives the same graph, with nothing left to expand."""
    return _Renderer(graph).spec()


class _Renderer:
    def __init__(self, graph: TypedGraph) -> None:
        self.graph = graph
        self.keys = _keys([*graph.nodes, *(k for k, layer in graph.layers.items() if layer.shared)])
        self.blocks: Data = {}
        self.shared = {layer.keras_name: key for key, layer in graph.layers.items() if layer.shared}

    def spec(self) -> Data:
        graph = self.graph.graph
        layers = self.layers()
        data: Data = {"spec": 1, "name": graph.name}
        if graph.description is not None:
            data["description"] = _literal(graph.description, "${" in graph.description)
        data |= {"blocks": self.blocks} if self.blocks else {}
        data |= {"layers": layers} if layers else {}
        data |= {"nodes": self.nodes(), "inputs": [self.keys[name] for name in graph.inputs], "outputs": self.outputs()}
        if graph.compile is not None:
            data["compile"] = _fields(graph.compile)
        if graph.fit is not None:
            data["fit"] = {key: value for key, value in _fields(graph.fit).items() if value is not None}
        data |= {"seed": graph.seed} if graph.seed is not None else {}
        data |= {"dtype_policy": graph.dtype_policy} if graph.dtype_policy is not None else {}
        if graph.ignored_lints:
            data["lint"] = {"ignore": sorted(graph.ignored_lints)}
        return data

    def layers(self) -> Data:
        """The shared layers that something calls or holds."""
        return {self.keys[key]: self.layer(key, layer) for key, layer in self.graph.layers.items() if layer.shared}

    def layer(self, key: str, layer: Layer) -> Data:
        config = layer.config
        assert config is not None
        name = {"name": layer.keras_name} if layer.keras_name != self.keys[key] else {}
        if isinstance(config, NestedModel):
            kind = self.block(key)
            return {"type": kind, **name}
        return {"type": layer.type, **name, **self.arguments(config, layer.keras_name)}

    def block(self, key: str) -> str:
        """Write out a block that is a shared layer, and return its name."""
        inner = self.graph.models.get(key)
        name = f"{self.keys[key]}_block"
        if inner is None:
            # Nothing calls it: a block that gives on what it gets stands for it.
            self.blocks[name] = {"inputs": ["x"], "nodes": {"y": {"type": "Identity", "inputs": "x"}}, "outputs": ["y"]}
            return name
        rendered = _Renderer(inner)
        layers = rendered.layers()
        inputs = inner.inputs
        nodes = {k: v for k, v in rendered.nodes().items() if k not in {rendered.keys[each] for each in inputs}}
        ends = {output: rendered.reference(end) for output, end in inner.ends.items()}
        self.blocks |= rendered.blocks
        self.blocks[name] = {
            "inputs": [rendered.keys[each] for each in inputs],
            **({"layers": layers} if layers else {}),
            "nodes": nodes,
            "outputs": ends,
        }
        return name

    def nodes(self) -> Data:
        return {self.keys[name]: self.node(node) for name, node in self.graph.nodes.items()}

    def node(self, node: Node) -> Data:
        layer = self.graph.layers[node.layer]
        config = layer.config
        assert config is not None
        if layer.shared:
            data: Data = {"use": self.keys[node.layer]}
        else:
            data = {"type": layer.type}
            data |= {"name": layer.keras_name} if layer.keras_name != self.keys[node.name] else {}
            data |= self.arguments(config, layer.keras_name)
        inputs = self.inputs(self.graph.calls[node.name], config)
        if inputs is not None:
            data["inputs"] = inputs
        if node.flags:
            data["call"] = dict(node.flags)
        return data

    def inputs(self, call: Mapping[str, Operand | tuple[Operand, ...]], config: Operation) -> Any:
        """What flows in: the one tensor, the list, or a mapping by call argument."""
        if not call:
            return None
        written = {name: self.operands(value) for name, value in call.items()}
        first = config.calls[0].name
        if list(written) == [first]:
            return written[first]
        return written

    def operands(self, value: Operand | tuple[Operand, ...]) -> Any:
        if isinstance(value, tuple):
            return [self.operands(each) for each in value]
        return self.reference(value) if isinstance(value, TensorRef) else value

    def reference(self, tensor: TensorRef) -> str:
        """A tensor as a reference names it."""
        name = self.keys[tensor.node]
        full = self.graph.tensor_name(tensor)
        return name + full[len(tensor.node) :]

    def outputs(self) -> Data:
        outputs: Data = {}
        for output in self.graph.outputs:
            source = self.reference(self.graph.ends[output.name])
            settings = output.settings
            options: Data = {} if source == output.name else {"from": source}
            if settings.loss is not None:
                weight = 1.0 if settings.loss_weight is None else settings.loss_weight
                options |= {"loss": _value(settings.loss), "loss_weight": weight}
            elif "loss" in settings.model_fields_set:
                options["loss"] = None
            for key in ("metrics", "weighted_metrics"):
                found = getattr(settings, key)
                options |= {key: [_value(each) for each in found]} if found else {}
            outputs[output.name] = options
        return outputs

    def arguments(self, config: Operation, owner: str) -> Data:
        """All arguments of a layer or op, the defaults too."""
        if isinstance(config, CustomLayer):
            return {name: _value(value) for name, value in config.arguments().items()}
        return {
            name: self.argument(getattr(config, name), f"{owner}.{name}")
            for name in _own_first(type(config))
            if name in config.model_fields_set or not _is_left_out(config, name)
        }

    def argument(self, value: Any, place: str) -> Any:
        if isinstance(value, Inner):
            return self.inner(value, place)
        if isinstance(value, tuple) and value and isinstance(value[0], Inner):
            return [self.inner(each, f"{place}.{index}") for index, each in enumerate(value)]
        return _value(value)

    def inner(self, inner: Inner, place: str) -> Data:
        """A layer inside another."""
        if inner.shared:
            return {"use": self.keys[self.shared[inner.name]]}
        name = {"name": inner.name} if inner.name != place else {}
        return {"type": _type_name(inner.config), **name, **self.arguments(inner.config, inner.name)}


def _own_first(found: type[Thing]) -> list[str]:
    """The arguments of a class, its own before those that it has in common with others."""
    fields = found.model_fields
    return list(
        dict.fromkeys(
            name for each in found.__mro__ for name in vars(each).get("__annotations__", {}) if name in fields
        )
    )


def _is_left_out(config: Operation, name: str) -> bool:
    """Whether an argument is not written: an unset one that Keras takes only instead of another."""
    return isinstance(config, Op) and getattr(config, name) is None


def _type_name(config: Operation) -> str:
    return f"ops.{config.keras_name}" if isinstance(config, Op) else config.keras_name


def _keys(names: list[str]) -> dict[str, str]:
    """A name for each node that is formed as names are, the node's own if it is."""
    keys: dict[str, str] = {}
    taken = {name for name in names if "." not in name}
    for name in names:
        key = name
        if "." in name:
            key = base = model_name_of(name)
            number = 2
            while key in taken:
                key = f"{base}_{number}"
                number += 1
        taken.add(key)
        keys[name] = key
    return keys


def _fields(form: Any) -> Data:
    return {name: _value(getattr(form, name)) for name in type(form).model_fields}


def _value(value: Any) -> Any:
    """A value of the catalogue as a spec writes it."""
    if isinstance(value, Named):
        return value.name
    if isinstance(value, Thing):
        return {"type": value.keras_name, **{name: _value(getattr(value, name)) for name in _own_first(type(value))}}
    if isinstance(value, slice):
        return _slice(value)
    if value is ...:
        return "..."
    if isinstance(value, (list, tuple)):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    return _literal(value, True) if isinstance(value, str) else value


def _slice(value: slice) -> str:
    parts = [value.start, value.stop] + ([value.step] if value.step is not None else [])
    return ":".join("" if part is None else str(part) for part in parts)


def _literal(text: str, escaped: bool) -> str:
    """A text that is no expression."""
    return text.replace("${", "$${") if escaped else text
