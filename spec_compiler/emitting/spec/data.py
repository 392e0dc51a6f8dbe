"""TypedGraph → the data of a spec: everything written out, and every default shown.

Names below a copy (`stage.1.conv`) are no names of nodes: such a node is called `stage_1_conv` and keeps its Keras
name as `name`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from spec_compiler.catalog.layers.base import CallSignature, Operation
from spec_compiler.catalog.spec_values import SpecData, SpecValues
from spec_compiler.graph.flat import ConstantOperand, Nested
from spec_compiler.graph.graph import Layer, Node, Output, Part
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph
from spec_compiler.language.names import node_name_of


def spec_data(graph: TypedGraph, *, defaults: bool = True) -> SpecData:
    """The data of a spec that gives the same graph, with nothing left to expand.

    Args:
        graph: The graph.
        defaults: Whether arguments and options are written that are as by default.
    """
    return _Renderer(graph.whole or graph, defaults).spec()


def layer_arguments(graph: TypedGraph, layer: Layer) -> SpecData:
    """The arguments of a layer, with every default; none of a block that is a shared layer."""
    operation = layer.operation
    return {} if operation is None else _Renderer(graph, defaults=True).arguments(operation, layer.keras_name)


class _Renderer:
    def __init__(self, graph: TypedGraph, defaults: bool, blocks: SpecData | None = None) -> None:
        self.graph = graph
        self.defaults = defaults
        names = [*graph.nodes, *(k for k, layer in graph.layers.items() if layer.shared)]
        self.keys = _keys(names, self.names_as_inputs())
        self.blocks: SpecData = {} if blocks is None else blocks
        self.shared = {layer.keras_name: key for key, layer in graph.layers.items() if layer.shared}

    def spec(self) -> SpecData:
        graph = self.graph.graph
        layers = self.layers()
        data: SpecData = {"spec": 1, "name": graph.name}
        if graph.description is not None:
            # Free text: no expression stands in it.
            data["description"] = graph.description
        data |= {"blocks": self.blocks} if self.blocks else {}
        data |= {"layers": layers} if layers else {}
        data |= {
            "nodes": self.nodes(),
            "inputs": [self.keys[name] for name in graph.inputs],
            "outputs": self.outputs(self.graph.outputs, self.graph.ends),
        }
        data |= {"models": {part.name: self.part(part) for part in graph.parts}} if graph.parts else {}
        if graph.compile is not None:
            data["compile"] = self.values().visit(graph.compile)
        if graph.fit is not None:
            fit = {key: value for key, value in self.values().visit(graph.fit).items() if value is not None}
            data["fit"] = {key: value for key, value in fit.items() if key != "epochs" or not graph.phases}
        if graph.phases:
            written = map(self.values().visit, graph.phases)
            data["phases"] = [{key: value for key, value in each.items() if value is not None} for each in written]
        data |= {"seed": graph.seed} if graph.seed is not None else {}
        data |= {"dtype_policy": graph.dtype_policy} if graph.dtype_policy is not None else {}
        if graph.ignored_lints:
            data["lint"] = {"ignore": sorted(graph.ignored_lints)}
        return data

    def names_as_inputs(self) -> dict[str, str]:
        """What parts call the nodes that they take as inputs: the reference, which may be to a copy of a block."""
        return {
            tensor.node: node_name_of(reference)
            for part in self.graph.graph.parts
            for reference, tensor in zip(part.references, self.graph.parts[part.name][0], strict=True)
            if len(self.graph.results[tensor.node].outputs) == 1
        }

    def layers(self) -> SpecData:
        """The shared layers that something calls or holds."""
        used = self.graph.graph.layers_in_use()
        return {self.keys[key]: self.layer(key, layer) for key, layer in used.items() if layer.shared}

    def layer(self, key: str, layer: Layer) -> SpecData:
        name = {"name": layer.keras_name} if layer.keras_name != self.keys[key] else {}
        if layer.model is not None:
            kind = self.block(key)
            return {"type": kind, **name} | ({} if layer.model.trainable else {"trainable": False})
        assert layer.operation is not None
        return {"type": layer.type, **name, **self.arguments(layer.operation, layer.keras_name)}

    def block(self, key: str) -> str:
        """Write out a block that is a shared layer, and return its name."""
        inner = self.graph.models[key]
        rendered = _Renderer(inner, self.defaults, self.blocks)
        name = _free(f"{self.keys[key]}_block", self.blocks)
        self.blocks[name] = {}  # its place is before those of the blocks inside it, and its name is taken
        layers = rendered.layers()
        inputs = inner.inputs
        nodes = {k: v for k, v in rendered.nodes().items() if k not in {rendered.keys[each] for each in inputs}}
        ends: Any = {output: rendered.reference(end) for output, end in inner.ends.items()}
        if not self.defaults and all(output == end for output, end in ends.items()):
            ends = list(ends)
        self.blocks[name] = {
            "inputs": [rendered.keys[each] for each in inputs],
            **({"layers": layers} if layers else {}),
            "nodes": nodes,
            "outputs": ends,
        }
        return name

    def nodes(self) -> SpecData:
        return {self.keys[name]: self.node(node) for name, node in self.graph.nodes.items()}

    def node(self, node: Node) -> SpecData:
        layer = self.graph.layers[node.layer]
        assert layer.config is not None
        if layer.shared:
            data: SpecData = {"use": self.keys[node.layer]}
        else:
            assert layer.operation is not None
            data = {"type": layer.type}
            data |= {"name": layer.keras_name} if layer.keras_name != self.keys[node.name] else {}
            data |= self.arguments(layer.operation, layer.keras_name)
        inputs = self.inputs(self.graph.calls[node.name], layer.config.signature())
        if inputs is not None:
            data["inputs"] = inputs
        if node.flags:
            data["call"] = dict(node.flags)
        return data

    def inputs(self, call: Mapping[str, Operand | tuple[Operand, ...]], signature: CallSignature) -> Any:
        """What flows in: the one tensor, the list, or a mapping by call argument."""
        if not call:
            return None
        written = {name: self.operands(value) for name, value in call.items()}
        first = signature.calls[0].name
        if list(written) == [first]:
            return written[first]
        positional = signature.positional
        in_order = list(written) == [call.name for call in positional]
        if in_order and not self.defaults and all(call.kind == "tensor" for call in positional):
            return list(written.values())
        return written

    def operands(self, value: Operand | tuple[Operand, ...]) -> Any:
        if isinstance(value, tuple) and [type(each) for each in value] != [ConstantOperand]:
            return [self.operands(each) for each in value]
        if isinstance(value, tuple):
            (value,) = value  # A list of lists of numbers is one constant.
        if isinstance(value, ConstantOperand):
            return _as_lists(value.value)
        return self.reference(value) if isinstance(value, TensorRef) else value

    def reference(self, tensor: TensorRef) -> str:
        """A tensor as a reference names it."""
        name = self.keys[tensor.node]
        full = self.graph.tensor_name(tensor)
        return name + full[len(tensor.node) :]

    def part(self, part: Part) -> SpecData:
        """A part of the graph that is a model of its own."""
        inputs, ends = self.graph.parts[part.name]
        data: SpecData = {
            "inputs": [self.reference(each) for each in inputs],
            "outputs": self.outputs(part.outputs, ends),
        }
        return data | ({"compile": self.values().visit(part.compile)} if part.compile is not None else {})

    def outputs(self, outputs_of: Sequence[Output], ends: Mapping[str, TensorRef]) -> SpecData | list[str]:
        outputs: SpecData = {}
        for output in outputs_of:
            source = self.reference(ends[output.name])
            settings = output.settings
            options: SpecData = {} if source == output.name else {"from": source}
            if settings.loss is not None:
                options["loss"] = self.values().visit(settings.loss)
                if self.defaults or settings.weight_in_total != 1:
                    options["loss_weight"] = 1.0 if settings.loss_weight is None else settings.loss_weight
            elif "loss" in settings.model_fields_set:
                options["loss"] = None
            for key in ("metrics", "weighted_metrics"):
                found = getattr(settings, key)
                options |= {key: [self.values().visit(each) for each in found]} if found else {}
            outputs[output.name] = options
        return list(outputs) if not self.defaults and not any(outputs.values()) else outputs

    def arguments(self, config: Operation, owner: str) -> SpecData:
        """The arguments of a layer or op. `owner` is its Keras name."""
        return self.values(owner).arguments(config)

    def values(self, owner: str = "") -> SpecValues:
        """What writes values; the layers inside a layer are named after it."""
        return SpecValues(defaults=self.defaults, shared=lambda name: self.keys[self.shared[name]], owner=owner)


def _as_lists(value: Nested) -> Any:
    """The elements of a constant, in lists."""
    return [_as_lists(item) for item in value] if isinstance(value, tuple) else value


def _keys(names: list[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """A name for each node that is formed as names are: its own if it is, else the wanted one if there is any."""
    keys: dict[str, str] = {}
    taken = {name for name in names if "." not in name}
    for name in names:
        key = _free(wanted.get(name, node_name_of(name)), taken) if "." in name else name
        taken.add(key)
        keys[name] = key
    return keys


def _free(name: str, taken: Collection[str]) -> str:
    """A name, with a number if it is taken."""
    number = 2
    key = name
    while key in taken:
        key = f"{name}_{number}"
        number += 1
    return key
