"""TypedGraph → Keras code with one call a line, everything expanded."""

from __future__ import annotations

from collections.abc import Mapping

from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.layers.base import Callee, InnerLayer, Operation
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.ops.base import Op
from spec_compiler.emitting.python.calls import (
    arguments_of_call,
    constant_array,
    constant_call,
    input_call,
    op_call,
    stands_alone,
    structure,
)
from spec_compiler.emitting.python.code import Bracketed, Fragment, call, list_of, statement, text_of
from spec_compiler.emitting.python.identifiers import Identifiers
from spec_compiler.emitting.python.training import TrainingCode
from spec_compiler.emitting.python.values import PythonValues, class_name
from spec_compiler.graph.flat import ConstantOperand
from spec_compiler.graph.graph import Layer, Node
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph
from spec_compiler.inferring.shared_sequential import shape_to_build


def flat_body(graph: TypedGraph) -> list[str]:
    """The lines of the function that builds a model."""
    writer = _Writer(graph, Identifiers())
    inputs = writer.calls()
    outputs = [writer.output(output.name, graph.ends[output.name]) for output in graph.outputs]
    writer.add("model = ", call("keras.Model", list_of(inputs), list_of(outputs), name=text_of(graph.name)))
    compiled = TrainingCode(graph.graph).compile_call("model")
    if compiled is not None:
        writer.add("", compiled)
    writer.add("return ", "model")
    return writer.lines


def _one_or_list(items: list[Fragment]) -> Fragment:
    return items[0] if len(items) == 1 else list_of(items)


class _Writer:
    """Writes the calls of one graph; those of a nested model are written where it is made."""

    def __init__(self, graph: TypedGraph, identifiers: Identifiers, lines: list[str] | None = None) -> None:
        self.graph = graph
        self.identifiers = identifiers
        self.lines: list[str] = [] if lines is None else lines
        self.variables: dict[str, str] = {}
        self.layers: dict[str, str] = {}
        self.keys = {layer.keras_name: key for key, layer in graph.layers.items()}

    def add(self, prefix: str, code: Fragment) -> None:
        self.lines += statement(prefix, code)

    def calls(self) -> list[Fragment]:
        """Write all calls, and return the inputs."""
        for node in self.graph.nodes.values():
            code = self.call(node)
            variable = self.variables[node.name] = self.identifiers.new(node.name)
            self.add(f"{variable} = ", code)
        self.freeze()
        return [self.variables[name] for name in self.graph.inputs]

    def call(self, node: Node) -> Fragment:
        layer = self.graph.layers[node.layer]
        config = layer.config
        if isinstance(config, Input):
            return input_call(config, text_of(layer.keras_name))
        operands = {name: self.operand(name, value, config) for name, value in self.graph.calls[node.name].items()}
        if isinstance(config, Op):
            result = op_call(config, operands)
            is_constant = node.name in self.graph.graph.constants
            return constant_call(result) if is_constant else call("named", result, text_of(layer.keras_name))
        made = self.layer(layer)
        assert config is not None
        positional, named = arguments_of_call(config, operands)
        flags = {name: PythonValues().visit(value) for name, value in node.flags.items()}
        return call(made, *positional, **named, **flags)

    def operand(self, name: str, value: Operand | tuple[Operand, ...], config: Callee | Operation | None) -> Fragment:
        if isinstance(value, tuple):
            items = [self.operand(name, each, config) for each in value]
            if isinstance(config, Operation):
                return structure(config.arrange(name, items))
            return list_of(items)
        if isinstance(value, ConstantOperand):
            return constant_array(value)
        return self.tensor(value) if isinstance(value, TensorRef) else repr(value)

    def tensor(self, tensor: TensorRef) -> str:
        variable = self.variables[tensor.node]
        several = len(self.graph.results[tensor.node].outputs) > 1
        return f"{variable}[{tensor.output}]" if several else variable

    # Layers

    def layer(self, layer: Layer) -> str | Bracketed:
        """A layer: made in its call, or before it where it has other calls or things to be said of it."""
        if layer.key in self.layers:
            return self.layers[layer.key]
        assert layer.config is not None
        shape = shape_to_build(self.graph, layer.key)
        if not layer.shared and shape is None and stands_alone(layer.config):
            return self.made(layer)
        return self.declare(layer)

    def declare(self, layer: Layer) -> str:
        code = self.made(layer)
        suffix = "" if layer.shared else "_layer"
        variable = self.layers[layer.key] = self.identifiers.new(layer.key + suffix)
        self.add(f"{variable} = ", code)
        shape = shape_to_build(self.graph, layer.key)
        if shape is not None:
            self.add("", call(f"{variable}.build", repr(shape)))
        return variable

    def made(self, layer: Layer) -> Bracketed:
        if layer.model is not None:
            return self.nested(self.graph.models[layer.key], layer.keras_name)
        assert layer.operation is not None
        return self.constructed(layer.operation, layer.keras_name)

    def constructed(self, config: Operation, name: str) -> Bracketed:
        values = PythonValues(self.inner)
        return call(
            class_name(type(config)), *values.positional(config), **values.named_arguments(config), name=text_of(name)
        )

    def inner(self, inner: InnerLayer) -> Fragment:
        if not inner.shared:
            return self.constructed(inner.layer, inner.name)
        layer = self.graph.layers[self.keys[inner.name]]
        return self.layers[layer.key] if layer.key in self.layers else self.declare(layer)

    def nested(self, graph: TypedGraph, name: str) -> Bracketed:
        writer = _Writer(graph, self.identifiers, self.lines)
        inputs = writer.calls()
        ends: list[Fragment] = [writer.tensor(end) for end in graph.ends.values()]
        return call("keras.Model", _one_or_list(inputs), _one_or_list(ends), name=text_of(name))

    def freeze(self) -> None:
        """What is not trained says so once it is called: only then has it all of its layers."""
        for key, variable in self.layers.items():
            callee = self.graph.layers[key].callee
            if callee is not None and not callee.trainable:
                self.add(f"{variable}.trainable = ", "True")
                self.add(f"{variable}.trainable = ", "False")

    # Outputs

    def output(self, name: str, tensor: TensorRef) -> Fragment:
        layer = self.graph.layers[self.graph.nodes[tensor.node].layer]
        found = self.tensor(tensor)
        if layer.keras_name == name:
            return found
        dtype = self.graph.type_of(tensor).dtype
        policy: Mapping[str, Fragment] = {"dtype": text_of(dtype if is_float(dtype) else "float32")}
        return call(call("layers.Identity", **policy, name=text_of(name)), found)
