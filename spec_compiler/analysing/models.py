"""The models of a spec: the main one, and those of parts of the graph, each cut out of the graph of the whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

from spec_compiler.analysing.sharing import uses
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.graph.flat import FlatOperand, NumberOperand, OutputRef
from spec_compiler.graph.graph import Graph, Layer, Node, Part
from spec_compiler.graph.typed import CallOperands, Operand, Result, TensorRef, TypedGraph
from spec_compiler.inferring.parts import input_name, needed


def model_names(graph: TypedGraph) -> tuple[str, ...]:
    """The names of all models of a spec, the main one first."""
    return (graph.name, *(part.name for part in graph.graph.parts))


def main_model(graph: TypedGraph) -> TypedGraph:
    """The graph of the main model: without what only parts need."""
    if not graph.graph.parts:
        return graph
    leading, _ = needed(graph.calls, (), list(graph.ends.values()))
    leading |= set(graph.inputs)
    called = [name for name in graph.nodes if name in leading]
    used = graph.table(uses)
    by_parts_alone = {key for name in graph.nodes if name not in leading for key in used.get(name, ())}
    by_parts_alone -= {key for name in called for key in used.get(name, ())}
    kept = [key for key in graph.layers if key not in by_parts_alone]
    inner = _restricted(graph.graph, called, kept)
    return replace(_typed(graph, inner, called, kept), ends=graph.ends, whole=graph)


def part_model(graph: TypedGraph, name: str) -> TypedGraph:
    """The graph of a part: what it takes are its inputs, whatever makes it in the whole.

    Raises:
        KeyError: There is no such part.
    """
    part = next(part for part in graph.graph.parts if part.name == name) if name in graph.parts else None
    if part is None:
        raise KeyError(name)
    inputs, ends = graph.parts[name]
    names, _ = needed(graph.calls, inputs, list(ends.values()))
    used, order = graph.table(uses), graph.table(_order)
    called = sorted(names, key=order.nodes.__getitem__)
    kept = sorted({key for each in called for key in used.get(each, ())}, key=order.layers.__getitem__)
    cut = _Cut(graph, part, inputs, names)
    whole = _restricted(graph.graph, called, kept)
    inner = replace(
        whole,
        name=part.name,
        description=None,
        layers={**cut.layers, **whole.layers},
        nodes={**cut.nodes, **{key: cut.node(node) for key, node in whole.nodes.items()}},
        inputs=tuple(cut.nodes),
        outputs=part.outputs,
        compile=part.compile,
        fit=None,
        unused=(),
    )
    typed = _typed(graph, inner, called, kept)
    return replace(
        typed,
        calls={**{key: {} for key in cut.nodes}, **{key: cut.call(call) for key, call in typed.calls.items()}},
        results={**cut.results, **typed.results},
        ends={key: cut.tensor(end) for key, end in ends.items()},
    )


class _Order(NamedTuple):
    """Where each node, each layer and its weights stand in the whole."""

    nodes: Mapping[str, int]
    layers: Mapping[str, int]
    weights: Mapping[str, int]


def _order(graph: TypedGraph) -> _Order:
    tables = (graph.nodes, graph.layers, graph.weights)
    return _Order(*({key: place for place, key in enumerate(each)} for each in tables))


def _restricted(graph: Graph, called: Collection[str], layers: Collection[str]) -> Graph:
    """A graph of some of the nodes, which has no parts."""
    return replace(
        graph,
        nodes={name: graph.nodes[name] for name in called},
        layers={key: graph.layers[key] for key in layers},
        constants=frozenset(name for name in called if name in graph.constants),
        held_layers=frozenset(key for key in layers if key in graph.held_layers),
        parts=(),
        dead={},
    )


def _typed(graph: TypedGraph, inner: Graph, called: Collection[str], layers: Collection[str]) -> TypedGraph:
    """The types of some of the nodes."""
    held = sorted((key for key in layers if key in graph.weights), key=graph.table(_order).weights.__getitem__)
    return TypedGraph(
        inner,
        {name: graph.calls[name] for name in called if name in graph.calls},
        {name: graph.results[name] for name in called if name in graph.results},
        {key: graph.weights[key] for key in held},
        {},
        {key: graph.models[key] for key in layers if key in graph.models},
    )


class _Cut:
    """The inputs of a part: an `Input` for each tensor that it takes, in the place of what makes it in the whole."""

    def __init__(self, graph: TypedGraph, part: Part, inputs: tuple[TensorRef, ...], called: Collection[str]) -> None:
        self._graph = graph
        self._tensors: dict[TensorRef, TensorRef] = {}
        self.nodes: dict[str, Node] = {}
        self.layers: dict[str, Layer] = {}
        self.results: dict[str, Result] = {}
        for ref, reference, tensor in zip(part.inputs, part.references, inputs, strict=True):
            node = graph.nodes[tensor.node]
            layer = graph.graph.layer_of(node)
            name = input_name(graph.graph, reference, tensor)
            if not isinstance(layer.config, Input):
                node, layer = self._input(name, ref, tensor, called)
            self.nodes[node.name] = node
            self.layers[layer.key] = layer
            self.results[node.name] = Result((graph.type_of(tensor),))
            self._tensors[tensor] = TensorRef(node.name, 0)

    def _input(self, keras_name: str, ref: OutputRef, tensor: TensorRef, called: Collection[str]) -> tuple[Node, Layer]:
        """An `Input` for a tensor that is made inside the whole."""
        stated = self._graph.type_of(tensor)
        config = Input(batch_shape=stated.shape, dtype=stated.dtype, sparse=stated.sparse, ragged=stated.ragged)
        scope = self._graph.graph.scopes[0]
        name = keras_name
        while name in called or name in self.nodes:
            name += "_"
        layer = Layer(name, keras_name, "Input", config, False, ref.place, scope)
        return Node(name, name, (), {}, ref.place, scope), layer

    def tensor(self, tensor: TensorRef) -> TensorRef:
        """A tensor of the whole in the part."""
        return self._tensors.get(tensor, tensor)

    def call(self, call: CallOperands) -> CallOperands:
        """What a call takes."""
        return {name: self._operand(value) for name, value in call.items()}

    def _operand(self, value: Operand | tuple[Operand, ...]) -> Operand | tuple[Operand, ...]:
        if isinstance(value, tuple):
            return tuple(self.tensor(each) if isinstance(each, TensorRef) else each for each in value)
        return self.tensor(value) if isinstance(value, TensorRef) else value

    def node(self, node: Node) -> Node:
        """A node, of which what flows in is the part's."""
        call = self._graph.calls.get(node.name, {})
        tensors = {each for value in call.values() for each in (value if isinstance(value, tuple) else (value,))}
        if tensors.isdisjoint(self._tensors):
            return node
        arguments = tuple(
            replace(each, sources=self._sources(call[each.name], node)) if each.name in call else each
            for each in node.arguments
        )
        return replace(node, arguments=arguments)

    def _sources(self, value: Operand | tuple[Operand, ...], node: Node) -> tuple[FlatOperand, ...]:
        place = node.place / "inputs"
        sources: list[FlatOperand] = []
        for operand in value if isinstance(value, tuple) else (value,):
            if isinstance(operand, TensorRef):
                found = self.tensor(operand)
                results = self.results.get(found.node) or self._graph.results[found.node]
                output = str(found.output) if len(results.outputs) > 1 else None
                sources.append(OutputRef(found.node, output, place))
            elif isinstance(operand, (int, float)):
                sources.append(NumberOperand(operand, place))
            else:
                sources.append(operand)
        return tuple(sources)


def all_models(graph: TypedGraph) -> Mapping[str, TypedGraph]:
    """The graphs of all models of a spec by name, the main one first."""
    return {graph.name: main_model(graph), **{part.name: part_model(graph, part.name) for part in graph.graph.parts}}
