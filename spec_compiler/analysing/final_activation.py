"""What an output ends with: the activation that its numbers come from."""

from __future__ import annotations

from typing import NamedTuple

from spec_compiler.graph.graph import Node
from spec_compiler.graph.typed import TensorRef, TypedGraph, upstream
from spec_compiler.spans import Place


class FinalActivation(NamedTuple):
    """An activation, the node of the model that it is in, and where it is written; `linear` stands for none."""

    activation: str
    node: Node
    place: Place


def final_activation(graph: TypedGraph, end: TensorRef) -> FinalActivation | None:
    """Returns what a tensor ends with, or None if that cannot be told."""
    folded = False
    for tensor in upstream(graph.calls, end):
        node = graph.nodes[tensor.node]
        layer = graph.layers[node.layer]
        if layer.model is not None:
            inner = graph.models[layer.key]
            found = final_activation(inner, list(inner.ends.values())[tensor.output])
            return found and found._replace(node=node)
        config = layer.operation
        if config is None:
            return None
        if not config.passes_through and not config.rearranges:
            activation = config.applied_activation(graph.type_of(tensor).rank)
            if activation is None or (folded and activation == "softmax"):
                return None
            is_given = "activation" in config.model_fields_set
            return FinalActivation(activation, node, layer.place / "activation" if is_given else layer.place.key())
        folded = folded or config.rearranges
    return None
