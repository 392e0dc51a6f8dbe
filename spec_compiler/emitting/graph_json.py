"""A typed graph as JSON, for programs: its nodes, its outputs, what training logs, and what it wants of its data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from spec_compiler.analysing.cost import GraphCost, NodeCost
from spec_compiler.analysing.data_contract import DataContract, WantedData, data_contract
from spec_compiler.analysing.sharing import sharing
from spec_compiler.catalog.logs import TrainingLogs
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.facts import bound_data, fact_data
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.summary import name_of, operand_text
from spec_compiler.graph.graph import Output
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linking.logs import logs


def graph_json(graph: TypedGraph, facts: tuple[str, ...] = (), cost: GraphCost | None = None) -> str:
    """The text; `facts` are what to say of each node besides, as in `show`, and `cost` has what it costs."""
    return "".join(graph_json_pieces(graph, facts, cost))


def graph_json_pieces(graph: TypedGraph, facts: tuple[str, ...] = (), cost: GraphCost | None = None) -> Iterator[str]:
    """The same text piece by piece, so that of a large graph no more than a node is held at once."""
    nodes = _node_pieces(graph, facts, cost)
    for index, (key, value) in enumerate(_graph_data(graph).items()):
        yield f"{',' if index else '{'}\n {json.dumps(key)}: "
        if value is _NODES:
            yield from nodes
        else:
            yield _indented(value, 1)
    yield "\n}"


def _node_pieces(graph: TypedGraph, facts: tuple[str, ...], cost: GraphCost | None) -> Iterator[str]:
    costs = {each.node: each for each in cost.nodes} if cost is not None else {}
    for index, name in enumerate(graph.nodes):
        data = {**node_data(graph, name), **fact_data(graph, name, facts)}
        if name in costs:
            data["cost"] = cost_data(costs[name])
        yield f"{',' if index else '['}\n  {_indented(data, 2)}"
    yield "\n ]"


def _indented(data: Any, depth: int) -> str:
    """Data as text that stands at a depth in other data; no line of it ends within a string."""
    return _ENCODER.encode(data).replace("\n", "\n" + depth * " ")


def contract_json(graph: TypedGraph) -> str:
    """What a graph wants of its data, and what training logs."""
    return text_of(
        {"model": graph.name, "data": contract_data(data_contract(graph)), "logs": logs_data(logs(graph.graph))}
    )


_NODES = object()
"""Where the nodes stand in the data of a graph."""
_PIECES = 10_000
_ENCODER = json.JSONEncoder(indent=1, ensure_ascii=False, allow_nan=False)


def text_of(data: JsonObject) -> str:
    """Plain data as text."""
    pieces = _ENCODER.iterencode(data)
    # All at once, as `dumps` has them, they take ten times the room of the text.
    return "".join(iter(lambda: "".join(islice(pieces, _PIECES)), ""))


def _graph_data(graph: TypedGraph) -> JsonObject:
    """A graph as plain data, but for its nodes."""
    total, trained = graph.parameter_count, graph.trainable_parameter_count
    return {
        "model": graph.name,
        "nodes": _NODES,
        "parameters": {"total": total, "trainable": trained, "bytes": graph.weight_bytes},
        "shared": [
            {"layer": each.layer, "nodes": list(each.nodes), "parameters": each.parameters, "saved": each.saved}
            for each in sharing(graph)
        ],
        "outputs": [_output(graph, output) for output in graph.outputs],
        "optimizer": None if graph.graph.compile is None else name_of(graph.graph.compile.optimizer),
        "data": contract_data(data_contract(graph)),
        "logs": logs_data(logs(graph.graph)),
    }


def node_data(graph: TypedGraph, name: str) -> JsonObject:
    """A node: what it calls, on what, and what that gives."""
    node = graph.nodes[name]
    layer = graph.layers[node.layer]
    return {
        "name": name,
        "type": layer.type,
        "layer": layer.key,
        "inputs": [operand_text(source) for source in node.sources()],
        "outputs": [tensor_data(tensor) for tensor in graph.results[name].outputs],
        "parameters": graph.layer_parameters(layer.key),
    }


def cost_data(cost: NodeCost) -> JsonObject:
    """What a node costs."""
    return {
        "weight_bytes": cost.weight_bytes,
        "activation_bytes": cost.activation_bytes,
        "multiply_adds": cost.multiply_adds,
    }


def tensor_data(x: TensorType) -> JsonObject:
    """The type of a tensor."""
    return {"shape": list(x.shape), "dtype": x.dtype, "sparse": x.sparse, "ragged": x.ragged}


def _output(graph: TypedGraph, output: Output) -> JsonObject:
    settings = output.settings
    return {
        "name": output.name,
        "from": graph.tensor_name(graph.ends[output.name]),
        "loss": None if settings.loss is None else name_of(settings.loss),
        "loss_weight": settings.weight_in_total,
        "metrics": [name_of(metric) for metric in settings.metrics],
        "weighted_metrics": [name_of(metric) for metric in settings.weighted_metrics],
    }


def logs_data(logs: TrainingLogs) -> JsonObject:
    """What training logs."""
    values = [
        {
            "name": log.name,
            "kind": log.kind,
            "output": log.output,
            "metric": log.metric,
            "weighted": log.weighted,
            "validation": log.validation,
            "better": log.better,
        }
        for log in logs.values()
    ]
    return {"values": values, "complete": logs.complete}


def contract_data(contract: DataContract) -> JsonObject:
    """What a model wants of its data."""
    return {
        "inputs": list(map(_wanted, contract.inputs)),
        "targets": list(map(_wanted, contract.targets)),
        "needs": [{"kind": need.kind, "name": need.name, "message": need.message} for need in contract.needs],
    }


def _wanted(wanted: WantedData) -> JsonObject:
    return {
        "name": wanted.name,
        "shape": None if wanted.shape is None else list(wanted.shape),
        "dtype": wanted.dtype,
        "kind": wanted.kind.value,
        "low": bound_data(wanted.interval.low),
        "high": bound_data(wanted.interval.high),
        "meaning": wanted.meaning,
        "required": wanted.required,
        "for": wanted.because,
    }
