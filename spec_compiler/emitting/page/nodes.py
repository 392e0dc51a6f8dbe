"""What the page tells of each node, of each block, and of the types that they are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec_compiler.analysing.cost import GraphCost, NodeCost, cost
from spec_compiler.catalog.describe import Description, of_type, prose
from spec_compiler.emitting.graph_json import cost_data
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.node import NodeReport
from spec_compiler.emitting.origin import Origin
from spec_compiler.emitting.page.texts import Texts
from spec_compiler.emitting.summary import bytes_text, spec_text
from spec_compiler.graph.graph import Layer
from spec_compiler.graph.typed import TypedGraph

_LONGEST = 400
"""The longest value of an argument that is shown whole: a vocabulary may have a hundred thousand words."""


def node_table(graph: TypedGraph, texts: Texts, costs: GraphCost, prefix: str = "") -> dict[str, JsonObject]:
    """All that is known of each node, of those inside shared blocks too, by the full names that pictures have."""
    table = {
        f"{prefix}{each.node}": _node(NodeReport(graph, each.node, each, None), prefix, texts) for each in costs.nodes
    }
    for key, model in graph.models.items():
        table |= node_table(model, texts, cost(model, costs.batch_size, costs.length), f"{prefix}{key}.")
    return table


def _node(report: NodeReport, prefix: str, texts: Texts) -> JsonObject:
    layer = report.layer
    data: JsonObject = {
        "type": layer.type,
        "arguments": [[name, _short(value), says] for name, value, says in report.given_arguments()],
        "takes": [[*taken[:4], None if taken.node is None else prefix + taken.node] for taken in report.taken()],
        "gives": [list(given) for given in report.given()],
        "weights": [list(held) for held in report.held()],
        "mask": report.mask(),
        "gradient": report.gradient(),
        "cost": cost_data(report.cost),
        "bytes": _bytes(report.cost),
        "parameters": sum(weight.size for weight in report.graph.weights.get(layer.key, ())),
        "places": list(texts.places_of(report.places())),
    }
    return {**data, "layer": prefix + layer.key} if layer.shared else data


def _bytes(found: NodeCost) -> JsonObject:
    activations = found.activation_bytes
    return {
        "weights": bytes_text(found.weight_bytes),
        "activations": None if activations is None else bytes_text(activations),
    }


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def block_table(graph: TypedGraph, origin: Origin | None, texts: Texts) -> dict[str, JsonObject]:
    """What is known of each copy of a block, by its name: which block, its arguments, and where it is asked for."""
    about = _block_descriptions(origin)
    found: dict[str, JsonObject] = {}
    for prefix, scope_graph in _graphs(graph):
        for scope in scope_graph.graph.scopes:
            if scope.kind == "block":
                found.setdefault(
                    f"{prefix}{scope.name}",
                    {
                        "block": scope.block,
                        "about": about.get(scope.block or "", ""),
                        "arguments": [[name, _short(spec_text(value))] for name, value in scope.arguments.items()],
                        "places": list(texts.places_of([(scope.place, f"`{scope.name}` is made here")])),
                    },
                )
    return found


def _graphs(graph: TypedGraph, prefix: str = "") -> Iterator[tuple[str, TypedGraph]]:
    yield prefix, graph
    for key, model in graph.models.items():
        yield from _graphs(model, f"{prefix}{key}.")


def _block_descriptions(origin: Origin | None) -> dict[str, str]:
    """What the documents say of their blocks."""
    found: dict[str, str] = {}
    for document in origin.documents.values() if origin is not None else ():
        blocks = document.data.get("blocks") if isinstance(document.data, Mapping) else None
        for name, block in blocks.items() if isinstance(blocks, Mapping) else ():
            text = block.get("description") if isinstance(block, Mapping) else None
            if isinstance(text, str):
                found.setdefault(str(name), text.strip())
    return found


def type_table(graph: TypedGraph) -> dict[str, JsonObject]:
    """The documentation of each type that a node is of."""
    found: dict[str, JsonObject] = {}
    for _, each in _graphs(graph):
        for layer in each.layers.values():
            if layer.type not in found:
                found[layer.type] = _type(layer)
    return found


def _type(layer: Layer) -> JsonObject:
    try:
        description: Description | None = of_type(layer.type)
    except KeyError:
        description = None
    if description is None:
        return {"kind": "block" if layer.model is not None else "layer", "text": _own_text(layer), "arguments": {}}
    fields = (*description.fields, *description.general)
    return {
        "kind": description.kind,
        "text": description.text,
        "arguments": {field.name: [field.takes, field.default, field.text] for field in fields},
    }


def _own_text(layer: Layer) -> str:
    """What is said of a shared block, or of a layer of the calling program."""
    if layer.model is not None:
        return f"A block of {len(layer.model.graph.nodes):,} nodes that is a shared layer."
    return prose(type(layer.operation).__doc__ or "")
