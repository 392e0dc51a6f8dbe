"""TypedGraph → the model that Keras would make of it: its operations, their calls, and all names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.keras_config.masks import ADDED, MaskSettings, as_seen, made, mask_of_result, result_of
from spec_compiler.catalog.keras_config.names import AutomaticNames
from spec_compiler.catalog.keras_config.serialize import envelope, serialize, serialize_call
from spec_compiler.catalog.keras_config.table import keras_class
from spec_compiler.catalog.layers.base import InnerLayer, Operation
from spec_compiler.catalog.layers.core.identity import Identity
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_file.configuration import configuration
from spec_compiler.emitting.keras_file.constants import Constants, serialized
from spec_compiler.emitting.keras_file.layers import LayerWriter
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.emitting.keras_file.order import in_order
from spec_compiler.emitting.keras_file.states import State, States
from spec_compiler.emitting.keras_file.traced import TracedCall, TracedModel, TracedOperation, TracedTensor
from spec_compiler.emitting.seeds import derived_seed
from spec_compiler.graph.flat import ConstantOperand
from spec_compiler.graph.graph import Layer, NestedModel, Node
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.inferring.shared_sequential import shape_to_build


def trace(graph: TypedGraph) -> TracedModel:
    """The model that Keras would make of a graph.

    Raises:
        OnlyKerasCanError: It has something that only Keras can write.
    """
    return _Tracer(graph, AutomaticNames()).model()


class _Tracer:
    """Follows what Keras does as the model is built: each layer is made where it is called for the first time.

    Args:
        graph: The graph.
        names: The counter of names.
        within: The names of the models that the graph's stands in, and its own.
        frozen: Whether it stands in a model that is not trained.
    """

    def __init__(
        self, graph: TypedGraph, names: AutomaticNames, within: tuple[str, ...] = (), *, frozen: bool = False
    ) -> None:
        self.graph = graph
        self.names = names
        self.within = within
        self.frozen = frozen
        self.operations: dict[str, TracedOperation] = {}
        self.results: dict[str, list[TracedTensor]] = {}
        self.constants = Constants(graph)
        self.masks: dict[TracedTensor, TracedTensor] = {}
        self.data: dict[str, ConfigData] = {}
        self.models: dict[str, TracedModel] = {}
        self.states: dict[str, State] = {}
        self.keys = {layer.keras_name: key for key, layer in graph.layers.items()}
        self.writer = LayerWriter(names, self.seed if graph.graph.seed is not None else None, self.shared_data)

    def seed(self, layer: str, argument: str) -> int:
        """The seed for an argument of a layer."""
        assert self.graph.graph.seed is not None
        return derived_seed(self.graph.graph.seed, *self.within, layer, argument)

    # The model

    def model(self) -> TracedModel:
        """The model of the graph."""
        for node in self.graph.nodes.values():
            if node.name in self.constants:
                self.constants.add(node)
            else:
                self.results[node.name] = self.call(node)
        nested = bool(self.within)
        ends = self.graph.ends
        outputs = [
            self.tensor(ends[name]) if nested else self.output(name, ends[name])
            for name in (ends if nested else [output.name for output in self.graph.outputs])
        ]
        inputs = tuple(self.results[name][0] for name in self.graph.inputs)
        operations, calls = in_order(inputs, outputs)
        self.check_names(operations)
        states = tuple(operation.state for operation in operations if operation.state is not None)
        name = self.within[-1] if nested else self.graph.name
        state = State("Functional", name, children=(("layers", states),))
        return TracedModel(name, not self.frozen, operations, calls, inputs, tuple(outputs), nested, state)

    def output(self, name: str, end: TensorRef) -> TracedTensor:
        """The tensor of an output, through an `Identity` if what makes it is not called so."""
        tensor: TracedTensor = self.tensor(end)
        if self.graph.layers[self.graph.nodes[end.node].layer].keras_name == name:
            return tensor
        dtype = tensor.type.dtype if is_float(tensor.type.dtype) else "float32"
        config = Identity.model_validate({"dtype": dtype})
        types = {"inputs": tensor.type}
        state = States(self.within, self.names, self.shared_state).of(config, name, ())
        operation = TracedOperation(name, self.writer.write(config, name, types), state)
        (found,) = self.record(operation, [tensor], {}, (tensor.type,))
        return found

    def check_names(self, operations: tuple[TracedOperation, ...]) -> None:
        """Leave it to Keras where an operation of its own would be called as a node."""
        names = [operation.name for operation in operations]
        if len(set(names)) < len(names):
            raise OnlyKerasCanError("a node with the name of an operation for masks")

    # Layers

    def operation(self, node: Node, arguments: Mapping[str, Any]) -> TracedOperation:
        """What a node calls, made if it was not called before."""
        layer = self.graph.layers[node.layer]
        if layer.key not in self.operations:
            types = {name: _types(value) for name, value in arguments.items()}
            self.operations[layer.key] = self.made(layer, types)
        return self.operations[layer.key]

    def made(self, layer: Layer, types: Mapping[str, Any]) -> TracedOperation:
        """A layer, or a model, that is called for the first time."""
        if layer.model is not None:
            model = self.nested(layer, layer.model)
            return TracedOperation(layer.keras_name, {}, model.state, model)
        return TracedOperation(layer.keras_name, self.data_of(layer, types), self.state_of(layer))

    def nested(self, layer: Layer, config: NestedModel) -> TracedModel:
        """The model of a block, made once however often it is called."""
        if layer.key not in self.models:
            name = layer.keras_name
            frozen = self.frozen or not config.trainable
            tracer = _Tracer(self.graph.models[layer.key], self.names, (*self.within, name), frozen=frozen)
            self.models[layer.key] = tracer.model()
        return self.models[layer.key]

    def data_of(self, layer: Layer, types: Mapping[str, Any]) -> ConfigData:
        """What is written for a layer, which was first called on some types."""
        if layer.key not in self.data:
            config = layer.operation
            assert config is not None
            shape = shape_to_build(self.graph, layer.key)
            if shape is not None:
                types = {"inputs": types["inputs"].with_shape(shape)}
            self.data[layer.key] = self.writer.write(config, layer.keras_name, types, frozen=self.frozen)
        return self.data[layer.key]

    def state_of(self, layer: Layer, around: tuple[str, ...] = ()) -> State:
        """What a layer holds, which was first built inside of others or by itself."""
        if layer.key not in self.states:
            config = layer.operation
            assert config is not None
            weights = [replace(weight, owner=None) for weight in self.graph.weights.get(layer.key, ())]
            states = States(self.within, self.names, self.shared_state, around)
            self.states[layer.key] = states.of(config, layer.keras_name, weights)
        return self.states[layer.key]

    def shared_data(self, inner: InnerLayer, kind: TensorType) -> ConfigData:
        """What is written for a shared layer inside another, which builds it if it was not called before."""
        key = self.keys[inner.name]
        layer = self.graph.layers[key]
        if layer.model is not None:
            model = self.nested(layer, layer.model)
            return self.data.setdefault(key, configuration(model, {}))
        if key not in self.data:
            assert layer.operation is not None
            argument = layer.operation.calls[0].name
            self.data[key] = self.writer.write(layer.operation, layer.keras_name, {argument: kind}, frozen=self.frozen)
        return self.data[key]

    def shared_state(self, inner: InnerLayer, around: tuple[str, ...]) -> State:
        """What a shared layer inside another holds."""
        layer = self.graph.layers[self.keys[inner.name]]
        if layer.model is not None:
            return self.nested(layer, layer.model).state
        return self.state_of(layer, around)

    # Calls

    def call(self, node: Node) -> list[TracedTensor]:
        """Record a call, and return what it gives."""
        layer = self.graph.layers[node.layer]
        config = layer.config
        types = self.graph.results[node.name].outputs
        if isinstance(config, Input):
            operation = TracedOperation(
                layer.keras_name, serialize(config, layer.keras_name), State("InputLayer", layer.keras_name)
            )
            return self.record(operation, [], {}, types)
        arguments = {name: self.value(value) for name, value in self.graph.calls[node.name].items()}
        if isinstance(config, Op):
            return self.op(layer, config, arguments, types)
        operation = self.operation(node, arguments)
        if layer.model is not None:
            return self.model_call(operation, layer.model, arguments, node, types)
        assert layer.operation is not None
        return self.layer_call(operation, layer.operation, arguments, node, types)

    def value(self, value: Any) -> Any:
        """An argument with the tensors that it has."""
        if isinstance(value, TensorRef):
            return self.constants.serialized(value) if value.node in self.constants else self.tensor(value)
        if isinstance(value, ConstantOperand):
            return serialized(value.value, TensorType(value.shape, value.dtype))
        return [self.value(item) for item in value] if isinstance(value, tuple) else value

    def tensor(self, ref: TensorRef) -> TracedTensor:
        """The tensor that a node gives."""
        return self.results[ref.node][ref.output]

    def record(
        self, operation: TracedOperation, args: list[Any], kwargs: dict[str, Any], types: tuple[TensorType, ...]
    ) -> list[TracedTensor]:
        """Record a call of an operation, and return what it gives."""
        call = TracedCall(operation, args, kwargs, types)
        operation.calls.append(call)
        return [TracedTensor(call, index) for index in range(len(types))]

    def op(
        self, layer: Layer, config: Op, arguments: dict[str, Any], types: tuple[TensorType, ...]
    ) -> list[TracedTensor]:
        """Record a call of an op, which is an operation each time."""
        found = keras_class(type(config))
        self.names.next(found.class_name)
        operation = TracedOperation(layer.keras_name, serialize(config, layer.keras_name), None)
        call = serialize_call(config, arguments)
        return self.record(operation, call["args"], call["kwargs"], types)

    def model_call(
        self,
        operation: TracedOperation,
        config: NestedModel,
        arguments: dict[str, Any],
        node: Node,
        types: tuple[TensorType, ...],
    ) -> list[TracedTensor]:
        """Record a call of a model, which takes its inputs as they are."""
        first, _ = config.as_called(arguments)
        assert operation.model is not None
        # No mask comes out of a model, whatever layers in it make of those that flow in.
        return self.record(operation, [first], {**node.flags, "mask": self.mask_of(first)}, types)

    def layer_call(
        self,
        operation: TracedOperation,
        config: Operation,
        arguments: dict[str, Any],
        node: Node,
        types: tuple[TensorType, ...],
    ) -> list[TracedTensor]:
        """Record a call of a layer with all that Keras adds, and hand on the masks."""
        first, kwargs = config.as_called(arguments)
        kwargs |= node.flags
        seen, _ = config.as_called(self.converted(config, arguments))
        kwargs |= self.added(config, first, kwargs, arguments)
        outputs = self.record(operation, [first], kwargs, types)
        if config.attaches_masks:
            self.hand_on(config, seen, arguments, node, outputs)
        return outputs

    def converted(self, config: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as a layer sees them: Keras casts them by operations, which a mask may be made of."""
        return {name: self.cast(config, value) for name, value in arguments.items()}

    def cast(self, config: Operation, value: Any) -> Any:
        """An argument as a layer sees it."""
        if isinstance(value, list):
            return [self.cast(config, item) for item in value]
        if not isinstance(value, TracedTensor):
            return value
        return made(as_seen(config, value, value.type.dtype), self.operation_of_keras)

    def added(
        self, config: Operation, value: Any, kwargs: dict[str, Any], arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What Keras adds to the arguments of a call and records, because it has not copied them to convert them."""
        copies = config.converts_inputs and (
            bool(kwargs)
            or not isinstance(value, TracedTensor)
            or value.type.dtype != getattr(config, "compute_dtype", "float32")
        )
        if copies:
            return {}
        added: dict[str, Any] = {}
        if config.default_training is not None and "training" not in kwargs:
            added["training"] = config.default_training
        takes_mask = any(call.name == "mask" for call in config.calls)
        if takes_mask and len(arguments) == 1:
            added["mask"] = self.mask_of(value)
        return added

    # Masks

    def mask_of(self, value: Any) -> Any:
        """The masks of tensors."""
        return [self.mask_of(item) for item in value] if isinstance(value, list) else self.masks.get(value)

    def hand_on(
        self, config: Operation, seen: Any, arguments: Mapping[str, Any], node: Node, outputs: list[TracedTensor]
    ) -> None:
        """Give the results of a call the masks that Keras gives them; `seen` is what the layer sees of its input."""
        rule = config.mask_rule_of(**node.flags)
        given = arguments.get("mask", self.mask_of(arguments[config.calls[0].name]))
        mask = made(mask_of_result(config, rule.result, seen, given, _rank), self.operation_of_keras)
        if mask is not None:
            self.masks.update((output, mask) for output in outputs[: rule.outputs])

    def operation_of_keras(self, class_name: str, args: tuple[Any, ...], settings: MaskSettings) -> TracedTensor:
        """What an operation gives that Keras adds."""
        name = self.names.next(class_name)
        data = envelope(ADDED[class_name], {"name": name, **dict(settings)})
        kind = result_of(class_name, [_types(value) for value in args], settings)
        (found,) = self.record(TracedOperation(name, data, None), list(args), {}, (kind,))
        return found


def _types(value: Any) -> Any:
    return tuple(each.type for each in value) if isinstance(value, (list, tuple)) else getattr(value, "type", None)


def _rank(tensor: TracedTensor) -> int:
    return tensor.type.rank
