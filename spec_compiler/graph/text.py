"""The text forms of what the stages make: everything that is in it, for people who build stages and for their tests.

    flat spec   what is left when the sugar is gone: calls with their arguments as they are written
    graph       layers with their configurations, calls with their edges
    typed graph the same with types and weights

Scopes are numbered, and each node names the one that it stands in. Of places, those of references are left out: each is
inside its node's. The forms are no interface: they may change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import InnerLayer
from spec_compiler.catalog.tensors import TensorType, Weight, format_shape
from spec_compiler.catalog.values import Scalar, TextVisitor
from spec_compiler.graph.flat import (
    Declaration,
    FlatInputs,
    FlatLayer,
    FlatNode,
    FlatOperand,
    FlatOutput,
    FlatPart,
    FlatSpec,
    NumberOperand,
    OutputRef,
)
from spec_compiler.graph.graph import Graph, Layer, Node, Output, Part
from spec_compiler.graph.scopes import Scope
from spec_compiler.graph.typed import Operand, TensorRef, TypedGraph
from spec_compiler.spans import Place, json_pointer


def flat_text(spec: FlatSpec) -> str:
    """A flat spec as text."""
    scopes = _Scopes(spec.scopes)
    lines = [f"spec {spec.name}", *_description(spec.description), *scopes.lines()]
    lines += _section("layers", _flat_layers(spec.layers, scopes))
    lines += _section("nodes", (_flat_node(node, scopes) for node in spec.nodes))
    if spec.inputs is not None:
        lines.append(f"inputs {', '.join(str(ref) if ref is not None else '?' for ref in spec.inputs)}")
    lines += _section("outputs", map(_flat_output, spec.outputs))
    lines += _section("parts", (line for part in spec.parts for line in _flat_part(part)))
    for name in ("compile", "fit", "seed", "dtype_policy"):
        value = getattr(spec, name)
        lines += [f"{name} {_data(value)}"] if value is not None else []
    lines += [f"phase {_data(phase)}" for phase in spec.phases or ()]
    lines += [f"blocks {', '.join(spec.blocks)}"] if spec.blocks else []
    lines += [f"default {each.type}({', '.join(each.arguments)}) at {_place(each.place)}" for each in spec.defaults]
    return "\n".join([*lines, *_ignored(spec.ignored_lints), *map(_unused, spec.unused)]) + "\n"


def graph_text(graph: Graph) -> str:
    """A graph as text."""
    return _graph_text(graph, None)


def typed_text(graph: TypedGraph) -> str:
    """A typed graph as text."""
    return _graph_text(graph.graph, graph)


class _Scopes:
    """Numbers for scopes, in order."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self._scopes = scopes
        self._numbers = {id(scope): number for number, scope in enumerate(scopes)}

    def at(self, scope: Scope, place: Place) -> str:
        """Where something stands, at the end of its line; the spec's own scope is not named."""
        inside = f" in #{self._numbers[id(scope)]}" if scope.parent is not None else ""
        return f"{inside} at {_place(place)}"

    def lines(self) -> list[str]:
        return _section("scopes", (self._line(scope, scope.parent) for scope in self._scopes if scope.parent))

    def _line(self, scope: Scope, parent: Scope) -> str:
        copied = f" = {scope.block}({_arguments(scope.arguments)})" if scope.block is not None else ""
        variables = f" with {_arguments(scope.variables)}" if scope.variables else ""
        says = " frozen" if scope.freezes else ""
        says += f" training={_data(scope.training)}" if scope.training is not None else ""
        at = self.at(parent, scope.place)
        return f"#{self._numbers[id(scope)]} {scope.kind} {scope.name}: {scope.key}{copied}{variables}{says}{at}"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"  {line}" for line in lines]
    return [title, *found] if found else []


def _place(place: Place) -> str:
    pointer = json_pointer(place.path) or "/"
    return f"{place.file}#{pointer}" if place.file else pointer


def _data(value: Any) -> str:
    """Data of a spec on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _arguments(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_data(value)}" for name, value in values.items())


def _description(text: str | None) -> list[str]:
    return [f"description {_data(text)}"] if text is not None else []


def _ignored(lints: Iterable[str]) -> list[str]:
    return [f"ignored {', '.join(sorted(lints))}"] if lints else []


def _unused(found: Declaration) -> str:
    owner = f" of {found.block}" if found.block is not None else ""
    return f"unused {found.kind} {found.name}{owner} at {_place(found.place)}"


def _titled(name: str, keras_name: str) -> str:
    """A name, and what Keras is told where that is another."""
    return name if keras_name == name else f"{name} as {_data(keras_name)}"


# Flat specs


def _flat_layers(layers: Sequence[FlatLayer], scopes: _Scopes) -> Iterator[str]:
    for layer in layers:
        called = f"{layer.type or '?'}({_arguments(layer.arguments)})"
        yield f"{_titled(layer.name, layer.keras_name)}: {called}{scopes.at(layer.scope, layer.place)}"
        if layer.model is not None:
            yield f"  inputs {', '.join(layer.model.inputs)}"
            yield from (f"  layer {line}" for line in _flat_layers(layer.model.layers, scopes))
            yield from (f"  {_flat_node(node, scopes)}" for node in layer.model.nodes)
            yield from (f"  output {name} <- {_flat_operand(source)}" for name, source in layer.model.outputs)


def _flat_node(node: FlatNode, scopes: _Scopes) -> str:
    called = node.type or "?" if node.use is None else f"use {node.use}"
    given = f"({_arguments(node.arguments)})" if node.use is None or node.arguments else ""
    call = f" call {_data(node.call)}" if node.call else ""
    inputs = f" <- {_flat_inputs(node.inputs)}" if node.inputs is not None else ""
    broken = " BROKEN" if node.broken else ""
    at = scopes.at(node.scope, node.place)
    return f"{_titled(node.name, node.keras_name)}: {called}{given}{inputs}{call}{broken}{at}"


def _flat_inputs(inputs: FlatInputs) -> str:
    if inputs is None:
        return ""
    if isinstance(inputs, Mapping):
        return ", ".join(f"{name}={_flat_inputs(value)}" for name, value in inputs.items())
    if isinstance(inputs, tuple):
        return f"[{', '.join(map(_flat_operand, inputs))}]"
    return _flat_operand(inputs)


def _flat_operand(source: FlatOperand) -> str:
    return repr(source.value) if isinstance(source, NumberOperand) else str(source)


def _flat_output(output: FlatOutput) -> str:
    options = {key: value for key, value in output.options.items() if key != "from"}
    return f"{output.name} <- {output.source or '?'}{f' {_data(options)}' if options else ''} at {_place(output.place)}"


def _flat_part(part: FlatPart) -> Iterator[str]:
    inputs = map(_input_of_part, [str(ref) if ref is not None else "?" for ref in part.inputs], part.references)
    yield f"{part.name}({', '.join(inputs)}) at {_place(part.place)}"
    yield from (f"  {_flat_output(output)}" for output in part.outputs)
    if part.compile is not None:
        yield f"  compile {_data(part.compile)}"


def _input_of_part(tensor: str, reference: str) -> str:
    """An input of a part, and what the spec calls it where that is another name."""
    return tensor if tensor == reference else f"{tensor} for {reference}"


# Graphs, with types and without


def _graph_text(graph: Graph, typed: TypedGraph | None) -> str:
    scopes = _Scopes(graph.scopes)
    lines = [f"graph {graph.name}", *_description(graph.description), *scopes.lines()]
    lines += _graph_lines(graph, typed, scopes)
    lines += _section("parts", (line for part in graph.parts for line in _part(part, typed)))
    for name in ("compile", "fit", "seed", "dtype_policy"):
        value = getattr(graph, name)
        lines += [f"{name} {_value(value)}"] if value is not None else []
    lines += [f"phase {_value(phase)}" for phase in graph.phases]
    return "\n".join([*lines, *_ignored(graph.ignored_lints), *map(_unused, graph.unused)]) + "\n"


def _graph_lines(graph: Graph, typed: TypedGraph | None, scopes: _Scopes) -> list[str]:
    """What a graph and the graph of a shared block have in common."""
    shared = [layer for layer in graph.layers.values() if layer.shared]
    lines = _section("layers", (line for layer in shared for line in _shared_layer(layer, graph, typed, scopes)))
    lines += _section("nodes", (line for node in graph.nodes.values() for line in _node(node, graph, typed, scopes)))
    lines += _section("dead", (line for node in graph.dead.values() for line in _node(node, graph, None, scopes)))
    lines.append(f"inputs {', '.join(graph.inputs)}")
    ends = typed.ends if typed is not None else {}
    return lines + _section("outputs", (_output(output, typed, ends) for output in graph.outputs))


def _shared_layer(layer: Layer, graph: Graph, typed: TypedGraph | None, scopes: _Scopes) -> Iterator[str]:
    held = " held" if layer.key in graph.held_layers else ""
    title = _titled(layer.key, layer.keras_name)
    yield f"{title}: {_configuration(layer)}{held}{scopes.at(layer.scope, layer.place)}"
    if layer.model is not None:
        model = typed.models.get(layer.key) if typed is not None else None
        yield from (f"  {line}" for line in _graph_lines(layer.model.graph, model, scopes))
    else:
        yield from _weights(layer, typed)


def _configuration(layer: Layer) -> str:
    """A layer with its arguments, and what the spec calls it where that is another name."""
    if layer.model is not None:
        return f"model of {layer.type}"
    if layer.config is None:
        return f"{layer.type}(?)"
    spelt = f"{layer.type} = " if layer.type != layer.kind else ""
    return f"{spelt}{'ops.' if layer.kind.startswith('ops.') else ''}{_value(layer.config)}"


def _weights(layer: Layer, typed: TypedGraph | None) -> Iterator[str]:
    yield from (f"  {_weight(weight)}" for weight in (typed.weights.get(layer.key, ()) if typed is not None else ()))


def _weight(weight: Weight) -> str:
    kind = "" if weight.trainable else " not trained"
    initializer = f" from {_value(weight.initializer)}" if weight.initializer is not None else ""
    return f"{weight.name} {format_shape(weight.shape)} {weight.dtype}{initializer}{kind}"


def _node(node: Node, graph: Graph, typed: TypedGraph | None, scopes: _Scopes) -> Iterator[str]:
    layer = graph.layers.get(node.layer)
    own = layer is not None and not layer.shared
    title = _titled(node.name, layer.keras_name) if layer is not None and own else node.name
    called = _configuration(layer) if layer is not None and own else node.layer
    arguments, result = _call(node, typed)
    flags = [f"{name}={_data(value)}" for name, value in node.flags.items()]
    says = " constant" if node.name in graph.constants else ""
    says += " BROKEN" if node.broken else ""
    at = scopes.at(node.scope, node.place)
    yield f"{title}: {called}({', '.join([*arguments, *flags])}){result}{says}{at}"
    if layer is not None and own:
        yield from _weights(layer, typed)


def _call(node: Node, typed: TypedGraph | None) -> tuple[list[str], str]:
    """What flows into a node, and what comes out where that is known."""
    if typed is None or node.name not in typed.calls:
        flowing = [
            f"{argument.name}={_several(map(_flat_operand, argument.sources), argument.several)}"
            for argument in node.arguments
        ]
        return flowing, ""
    result = typed.results[node.name]
    named = f" named {', '.join(result.names)}" if result.names else ""
    flowing = [f"{name}={_operands(value, typed)}" for name, value in typed.calls[node.name].items()]
    return flowing, f" -> {', '.join(map(_type, result.outputs))}{named}"


def _type(found: TensorType) -> str:
    return f"{found}{' sparse' if found.sparse else ''}{' ragged' if found.ragged else ''}"


def _several(items: Iterable[str], several: bool) -> str:
    text = ", ".join(items)
    return f"[{text}]" if several else text


def _operands(value: Operand | tuple[Operand, ...], typed: TypedGraph) -> str:
    if isinstance(value, tuple):
        return _several((_operands(each, typed) for each in value), True)
    return typed.tensor_name(value) if isinstance(value, TensorRef) else repr(value)


def _output(output: Output, typed: TypedGraph | None, ends: Mapping[str, TensorRef]) -> str:
    source = _tensor(output.source, ends.get(output.name), typed)
    settings = _value(output.settings)
    return f"{output.name} <- {source}{f' {settings}' if settings != '()' else ''} at {_place(output.place)}"


def _part(part: Part, typed: TypedGraph | None) -> Iterator[str]:
    found = typed.parts.get(part.name) if typed is not None else None
    inputs, ends = found if found is not None else ([None] * len(part.inputs), {})
    tensors = [_tensor(ref, tensor, typed) for ref, tensor in zip(part.inputs, inputs, strict=True)]
    yield f"{part.name}({', '.join(map(_input_of_part, tensors, part.references))}) at {_place(part.place)}"
    yield from (f"  {_output(output, typed, ends)}" for output in part.outputs)
    if part.compile is not None:
        yield f"  compile {_value(part.compile)}"


def _tensor(ref: OutputRef, tensor: TensorRef | None, typed: TypedGraph | None) -> str:
    """What a reference stands for, or the reference where that is not known."""
    return typed.tensor_name(tensor) if typed is not None and tensor is not None else str(ref)


class _Text(TextVisitor):
    """Values as they would be written in Python, with the arguments that are given."""

    def scalar(self, value: Scalar) -> str:
        return repr(value)

    def config(self, value: Config) -> str:
        return f"{value.keras_name}({self._given(value)})"

    def settings(self, value: BaseModel) -> str:
        return f"({self._given(value)})"

    def inner(self, value: InnerLayer) -> str:
        return f"use {value.name}" if value.shared else f"{value.name}: {self.visit(value.layer)}"

    def _given(self, value: BaseModel) -> str:
        given = [name for name in type(value).model_fields if name in value.model_fields_set]
        return ", ".join(f"{name}={self.visit(getattr(value, name))}" for name in given)


def _value(value: Any) -> str:
    return _Text().visit(value)
