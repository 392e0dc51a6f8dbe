"""Two typed graphs → what they differ in, by structure and not by text. Imports neither Keras nor TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec_compiler.analysing.edges import Edge, EdgeTable
from spec_compiler.analysing.structure import Detail, arguments_of, differences
from spec_compiler.comparing.comparison import (
    Brief,
    Changed,
    Comparison,
    MovedNode,
    Parameters,
    Renamed,
    Reshaped,
    Sharing,
)
from spec_compiler.comparing.match import match
from spec_compiler.comparing.settings import match_outputs, renamed_outputs, settings
from spec_compiler.comparing.weights import compare_weights, match_layers
from spec_compiler.graph.typed import TensorRef, TypedGraph


def compare(a: TypedGraph, b: TypedGraph) -> Comparison:
    """What two specs differ in. The names of the models, their descriptions and ignored lints do not count.

    Of specs with several models, the graphs of the whole are compared.
    """
    a, b = a.whole or a, b.whole or b
    edges_a, edges_b = EdgeTable(a), EdgeTable(b)
    nodes = match(a, b, edges_a, edges_b)
    layers = match_layers(a, b, nodes)
    outputs = match_outputs(a, b, nodes)
    inside = {
        key: compare(a.models[old], b.models[key]) for key, old in layers.items() if key in b.models and old in a.models
    }
    mapped = dict(_under_other_names(edges_a, nodes))
    present = dict.fromkeys(edge for edges in edges_b.into.values() for edge in edges)
    matched = set(nodes.values())
    return Comparison(
        added=tuple(_brief(b, name) for name in b.nodes if name not in matched),
        removed=tuple(_brief(a, name) for name in a.nodes if name not in nodes),
        renamed=tuple(Renamed(old, new) for old, new in nodes.items() if old != new),
        renamed_layers=tuple(_renamed_layers(a, b, layers)),
        renamed_outputs=renamed_outputs(outputs),
        changed=tuple(_changed(a, b, nodes, layers, inside, edges_a, edges_b)),
        moved=tuple(_moved(a, b, nodes, edges_a, edges_b)),
        reshaped=tuple(_reshaped(a, b, nodes)),
        edges_added=tuple(edge for edge in present if edge not in mapped),
        edges_removed=tuple(edge for under, edge in mapped.items() if under not in present),
        sharing=tuple(_sharing(a, b, nodes)),
        model=tuple(settings(a, b, nodes, outputs)),
        parameters=Parameters(
            a.parameter_count, b.parameter_count, a.trainable_parameter_count, b.trainable_parameter_count
        ),
        weights=tuple(compare_weights(a, b, layers, inside)),
    )


def _under_other_names(wiring: EdgeTable, nodes: Mapping[str, str]) -> Iterator[tuple[Edge, Edge]]:
    """Each edge as it would be in the other graph, and as it is; a node that is not there keeps its name, marked."""
    for edges in wiring.into.values():
        for edge in edges:
            source, target = (nodes.get(name, f"{name}/") for name in (edge.source, edge.target))
            yield edge._replace(source=source, target=target), edge


def _brief(graph: TypedGraph, name: str) -> Brief:
    key = graph.nodes[name].layer
    return Brief(name, graph.layers[key].type, graph.layer_parameters(key))


def _renamed_layers(a: TypedGraph, b: TypedGraph, layers: Mapping[str, str]) -> Iterator[Renamed]:
    """The shared layers that have another name."""
    for new, old in layers.items():
        if old != new and a.layers[old].shared and b.layers[new].shared:
            yield Renamed(old, new)


def _changed(
    a: TypedGraph,
    b: TypedGraph,
    nodes: Mapping[str, str],
    layers: Mapping[str, str],
    inside: Mapping[str, Comparison],
    edges_a: EdgeTable,
    edges_b: EdgeTable,
) -> Iterator[Changed]:
    """What each node, and each shared layer, is now; a shared layer once, however many nodes call it."""
    for new, old in layers.items():
        if b.layers[new].shared:
            change = _layer_change(a, b, old, new, inside.get(new))
            if change is not None:
                yield change
    for before, after in nodes.items():
        old, new = a.nodes[before].layer, b.nodes[after].layer
        change = None
        if not b.layers[new].shared:
            change = _layer_change(a, b, old, new, inside.get(new))
        called = (*differences(_call(a, before, edges_a), _call(b, after, edges_b)),)
        if change is not None or called:
            kinds, arguments, within = (change.type, change.arguments, change.inside) if change else (None, (), None)
            yield Changed(after, False, kinds, (*arguments, *called), within)


def _layer_change(a: TypedGraph, b: TypedGraph, old: str, new: str, inside: Comparison | None) -> Changed | None:
    before, after = a.layers[old], b.layers[new]
    if inside is not None:
        return None if inside.same else Changed(new, after.shared, None, (), inside)
    if before.kind != after.kind:
        return Changed(new, after.shared, Renamed(before.type, after.type), ())
    if before.operation is None or after.operation is None:
        return None
    arguments = tuple(
        differences(
            arguments_of(before.operation, before.keras_name, a.graph.dtype_policy),
            arguments_of(after.operation, after.keras_name, b.graph.dtype_policy),
        )
    )
    names = [layer.keras_name if layer.keras_name != layer.key else None for layer in (before, after)]
    if names[0] != names[1]:
        arguments = (Detail("name", *names), *arguments)
    return Changed(new, after.shared, None, arguments) if arguments else None


def _call(graph: TypedGraph, name: str, wiring: EdgeTable) -> dict[str, object]:
    """What a call is made with besides tensors."""
    flags = graph.nodes[name].flags
    return {**{f"call.{flag}": value for flag, value in flags.items()}, **wiring.constants[name]}


def _moved(
    a: TypedGraph, b: TypedGraph, nodes: Mapping[str, str], edges_a: EdgeTable, edges_b: EdgeTable
) -> Iterator[MovedNode]:
    for before, after in nodes.items():
        mapped = [edge._replace(source=nodes.get(edge.source, ""), target=after) for edge in edges_a.into[before]]
        if mapped != list(edges_b.into[after]):
            yield MovedNode(after, _references(a, edges_a.into[before]), _references(b, edges_b.into[after]))


def _references(graph: TypedGraph, edges: tuple[Edge, ...]) -> tuple[str, ...]:
    return tuple(graph.tensor_name(TensorRef(edge.source, edge.output)) for edge in edges)


def _reshaped(a: TypedGraph, b: TypedGraph, nodes: Mapping[str, str]) -> Iterator[Reshaped]:
    for before, after in nodes.items():
        old, new = a.results[before].outputs, b.results[after].outputs
        if old != new:
            yield Reshaped(after, tuple(map(str, old)), tuple(map(str, new)))


def _sharing(a: TypedGraph, b: TypedGraph, nodes: Mapping[str, str]) -> Iterator[Sharing]:
    """The layers that are called more than once in one graph, and in the other by not the same nodes together."""
    back = {after: before for before, after in nodes.items()}
    for layer, names in _calls(b).items():
        if len({a.nodes[back[name]].layer for name in names if name in back}) > 1:
            yield Sharing(layer, names, True)
    for layer, names in _calls(a).items():
        if len({b.nodes[nodes[name]].layer for name in names if name in nodes}) > 1:
            yield Sharing(layer, names, False)


def _calls(graph: TypedGraph) -> dict[str, tuple[str, ...]]:
    """The nodes that call each layer."""
    calls: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        calls.setdefault(node.layer, []).append(node.name)
    return {layer: tuple(names) for layer, names in calls.items()}
