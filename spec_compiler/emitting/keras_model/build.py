"""TypedGraph → keras.Model, compiled.

The model is built in a thread of its own: Keras keeps its global state (name counters, dtype policy, seeds) for
each thread apart, so nothing of the caller's is read or changed, and the same spec gets the same names each time.
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import numpy as np

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.initializers.fans import FanInitializer
from spec_compiler.catalog.layers.base import InnerLayer, Operation, Trainable
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.tensors import Weight
from spec_compiler.emitting.keras_model.compile import compile_model
from spec_compiler.emitting.keras_model.objects import construct, keras_object
from spec_compiler.emitting.keras_model.ops import call_op, constant_results, operations_between
from spec_compiler.emitting.seeds import derived_seed
from spec_compiler.graph.flat import ConstantOperand
from spec_compiler.graph.graph import Layer, NestedModel, Node
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph
from spec_compiler.inferring.shared_sequential import shape_to_build

BuildProgress = Callable[[int, int], None]
"""Is told how many nodes of how many are built."""

_FRAMES_PER_LAYER = 6
_SHALLOW = 100


def keras_model(graph: TypedGraph, progress: BuildProgress | None = None) -> keras.Model:
    """The model of a graph, compiled if the spec trains it or has a `compile`."""
    (model,) = keras_models([graph], progress)
    return model


def keras_models(graphs: Sequence[TypedGraph], progress: BuildProgress | None = None) -> list[keras.Model]:
    """The models of several graphs of one spec: what is one layer in them is one in all of them."""
    outcome: dict[str, Any] = {"models": []}
    distribution = keras.distribution.distribution()

    def build() -> None:
        layers: dict[str, Any] = {}
        try:
            if distribution is not None:  # on which devices the weights are to be, for the caller's training
                keras.distribution.set_distribution(distribution)
            for graph in graphs:
                outcome["models"].append(_Builder(graph, progress, layers=layers).build())
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=build, name="spec_compiler")
    with _room_for_depth(sum(len(graph.nodes) for graph in graphs)):
        thread.start()
        thread.join()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["models"]  # type: ignore[no-any-return]


_depth_lock = threading.Lock()


@contextmanager
def _room_for_depth(nodes: int) -> Iterator[None]:
    """Keras walks a graph recursively, node by node: let it go as deep as the graph can be."""
    if nodes < _SHALLOW:
        yield
        return
    with _depth_lock:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, before + nodes * _FRAMES_PER_LAYER))
        try:
            yield
        finally:
            sys.setrecursionlimit(before)


@contextmanager
def _one_variable_name() -> Iterator[None]:
    """Give all TensorFlow variables one name: a name not seen before costs a kernel of its own.

    Keras's own paths and names, by which weights are saved and found, are not touched by it.
    """
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    def creator(create: Callable[..., Any], **arguments: Any) -> Any:
        return create(**{**arguments, "name": "variable/"})

    with tf.variable_creator_scope(creator):
        yield


@contextmanager
def _untouched_random() -> Iterator[None]:
    """Put Python's random numbers back where they were, if Keras drew a seed that no argument can set."""
    before = random.getstate()
    try:
        yield
    finally:
        if random.getstate() != before:
            random.setstate(before)


class _Builder:
    def __init__(
        self,
        graph: TypedGraph,
        progress: BuildProgress | None,
        within: tuple[str, ...] = (),
        layers: dict[str, Any] | None = None,
    ) -> None:
        self.graph = graph
        self.within = within
        self.progress = progress
        self.layers: dict[str, Any] = {} if layers is None else layers
        self.tensors: dict[str, list[Any]] = {}
        # Layers that another model has made are known too: none of them is one that Keras has added.
        self.own_operations: set[int] = set(map(id, self.layers.values()))
        self.frozen: list[Any] = []
        self.keys_by_keras_name = {layer.keras_name: key for key, layer in graph.layers.items()}

    def build(self) -> keras.Model:
        if self.graph.graph.seed is None:
            return self.build_model()
        with _untouched_random():
            return self.build_model()

    def build_nested(self) -> keras.Model:
        """A model that is called as a layer: without outputs of their own names, and not compiled."""
        inputs = self.call_all()
        self.freeze()
        ends = [self.tensors[end.node][end.output] for end in self.graph.ends.values()]
        self.name_others(ends)
        return keras.Model(
            inputs if len(inputs) > 1 else inputs[0], ends if len(ends) > 1 else ends[0], name=self.graph.name
        )

    def call_all(self) -> list[Any]:
        """Make all calls, and return the inputs of the model."""
        for done, node in enumerate(self.graph.nodes.values()):
            self.tensors[node.name] = self.call(node)
            if self.progress is not None:
                self.progress(done + 1, len(self.graph.nodes))
        return [self.tensors[name][0] for name in self.graph.inputs]

    def build_model(self) -> keras.Model:
        with _one_variable_name():
            inputs = self.call_all()
            self.freeze()
            outputs = [self.output(output.name, self.graph.ends[output.name]) for output in self.graph.outputs]
            self.name_others(outputs)
            model = keras.Model(inputs, outputs, name=self.graph.name)
            compile_model(model, self.graph)
        return model

    # Layers

    def layer(self, layer: Layer) -> Any:
        if layer.key not in self.layers:
            self.layers[layer.key] = self.made(layer)
        return self.layers[layer.key]

    def made(self, layer: Layer) -> Any:
        if layer.model is None:
            assert layer.operation is not None
            return self.construct(layer.operation, layer.keras_name)
        inner = _Builder(self.graph.models[layer.key], None, (*self.within, layer.keras_name))
        made = inner.build_nested()
        self.own_operations.add(id(made))
        if not layer.model.trainable:
            self.frozen.append(made)
        return made

    def construct(self, config: Operation, name: str) -> Any:
        made = construct(config, name, self.inner, self.seeding(name))
        self.own_operations.add(id(made))
        if isinstance(config, Trainable) and not config.trainable:
            self.frozen.append(made)
        return made

    def inner(self, inner: InnerLayer) -> Any:
        if inner.shared:
            return self.layer(self.graph.layers[self.keys_by_keras_name[inner.name]])
        return self.construct(inner.layer, inner.name)

    def freeze(self) -> None:
        """What is inside a layer that is not trained is not trained either; but a shared layer says so itself.

        Keras's constructors do not tell the layers inside, so that a model would train these.
        """
        own = self.graph.layers
        shared = [made for key, made in self.layers.items() if key in own and own[key].shared]
        for made in self.frozen:
            inside = set(map(id, made._flatten_layers(include_self=False)))
            kept = [each for each in shared if id(each) in inside]
            states = [(part, part.trainable) for each in kept for part in each._flatten_layers()]
            states += [(variable, variable.trainable) for each in kept for variable in each.variables]
            # A value that is there already would not be passed on.
            made.trainable = True
            made.trainable = False
            for part, trainable in states:
                part.trainable = trainable

    def seeding(self, name: str) -> Callable[[str], int] | None:
        if self.graph.graph.seed is None:
            return None
        return lambda field: self.seed(name, field)

    def seed(self, *what: str) -> int:
        """A seed for one thing, which depends on the spec's seed and the thing's name alone."""
        assert self.graph.graph.seed is not None
        return derived_seed(self.graph.graph.seed, *self.within, *what)

    # Calls

    def call(self, node: Node) -> list[Any]:
        layer = self.graph.layers[node.layer]
        config = layer.config
        assert config is not None
        if isinstance(config, Input):
            tensor = keras.Input(
                batch_shape=config.full_shape,
                dtype=config.dtype or "float32",
                sparse=config.sparse,
                ragged=config.ragged,
                optional=config.optional,
                name=layer.keras_name,
            )
            self.own_operations.add(id(tensor._keras_history.operation))
            return [tensor]
        arguments = {name: self.value(name, value, config) for name, value in self.graph.calls[node.name].items()}
        if isinstance(config, Op) and node.name in self.graph.graph.constants:
            return constant_results(config, arguments, self.graph.results[node.name].outputs)
        if isinstance(config, Op):
            outputs = call_op(config, arguments, layer.keras_name)
            self.own_operations.update(map(id, operations_between(arguments, outputs)))
            return keras.tree.flatten(outputs)  # type: ignore[no-any-return]
        first_call = node.layer not in self.layers
        made = self.layer(layer)
        shape = shape_to_build(self.graph, node.layer) if not made.built else None
        if shape is not None:
            made.build(shape)
        first, named = config.as_called(arguments)
        outputs = made(first, **named, **node.flags)
        if first_call and layer.model is None and self.graph.graph.seed is not None:
            self.tell_apart(made, self.graph.weights.get(node.layer, ()), layer.keras_name)
        return keras.tree.flatten(outputs)  # type: ignore[no-any-return]

    def value(self, name: str, value: Operand | tuple[Operand, ...], config: Operation | NestedModel) -> Any:
        if isinstance(value, TensorRef):
            return self.tensors[value.node][value.output]
        if isinstance(value, tuple):
            values = [self.value(name, each, config) for each in value]
            return config.arrange(name, values)
        return np.array(value.value, value.dtype) if isinstance(value, ConstantOperand) else value

    def tell_apart(self, layer: Any, weights: tuple[Weight, ...], name: str) -> None:
        """Give weights of one layer that come from one random initializer different numbers.

        Keras copies the initializer of, say, an attention layer for each of its weights, with the seed: query,
        key and value would begin alike, as would the two directions of a bidirectional layer.
        """
        drawn = [
            w for w in weights if getattr(w.initializer, "random", False) and getattr(w.initializer, "seed", 0) is None
        ]
        sources = [_without_axes(w.initializer) for w in drawn]
        variables = {variable.path.removeprefix(f"{layer.name}/"): variable for variable in layer.weights}
        for weight, source in zip(drawn, sources, strict=True):
            if sources.count(source) > 1 and weight.initializer is not None:
                variable = variables[weight.name]
                make = keras_object(weight.initializer, partial(self.seed, name, weight.name))
                variable.assign(make(variable.shape, dtype=variable.dtype))

    # The model

    def output(self, name: str, tensor: TensorRef) -> Any:
        """The tensor of an output, through an `Identity` if what makes it is not called so."""
        layer = self.graph.layers[self.graph.nodes[tensor.node].layer]
        found = self.tensors[tensor.node][tensor.output]
        if layer.keras_name == name:
            return found
        # Under the dtype that the tensor has when the model runs, so that it is not cast: Keras may state another.
        dtype = self.graph.type_of(tensor).dtype
        identity = keras.layers.Identity(name=name, dtype=dtype if is_float(dtype) else "float32")
        self.own_operations.add(id(identity))
        return identity(found)

    def name_others(self, outputs: list[Any]) -> None:
        """Keras adds operations of its own (for masks); None of them may have the name of a node."""
        taken = {layer.keras_name for layer in self.graph.layers.values()}
        taken |= {output.name for output in self.graph.outputs}
        seen: set[int] = set()
        waiting = [tensor._keras_history for tensor in outputs]
        while waiting:
            operation, index, _ = waiting.pop()
            node = operation._inbound_nodes[index]
            if id(node) in seen:
                continue
            seen.add(id(node))
            waiting += [tensor._keras_history for tensor in node.input_tensors]
            if id(operation) not in self.own_operations and operation.name in taken:
                number = 1
                while f"{operation.name}_{number}" in taken:
                    number += 1
                operation.name = f"{operation.name}_{number}"
                taken.add(operation.name)


def _without_axes(initializer: Config | None) -> Config | None:
    """The initializer that a layer was given, of one that counts the units along certain axes of a weight."""
    if not isinstance(initializer, FanInitializer):
        return initializer
    return initializer.model_copy(update={"input_axes": None, "output_axes": None})
