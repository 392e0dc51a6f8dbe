"""SC610: one activation right after itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.ir import Layer
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.ending import AFFINE, LINEAR, activation_of
from spec_compiler.linting.rule import Doubt, Rule
from spec_compiler.spans import Place

_OF_THEIR_OWN = {"ops.relu": "relu", "ops.silu": "silu", "ops.gelu": "gelu", "ops.tanh": "tanh"}


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find layers that are an activation and nothing else, on what comes out of the same activation."""
    for name, call in graph.calls.items():
        node = graph.nodes[name]
        layer = graph.layers[node.layer]
        source = next(iter(call.values()), None)
        if layer.kind in AFFINE or not isinstance(source, TensorRef):
            continue
        rank = graph.type_of(source).rank
        activation = _activation(layer, rank)
        if activation is None:
            continue
        origin = graph.nodes[source.node]
        before = graph.layers[origin.layer]
        if _activation(before, rank) == activation and not _is_for_others_too(node.place, origin.place):
            yield Doubt(
                f"`{name}` applies `{activation}` to what `{source.node}` gives, which comes out of `{activation}`",
                node.place.key(),
                hint=f"leave `{name}` out, or the activation of `{source.node}`",
                related=(Remark(origin.place.key(), f"`{source.node}` applies `{activation}`"), *node.asked),
            )


def _is_for_others_too(place: Place, origin: Place) -> bool:
    """Whether a node of a block takes from outside the block: what comes in there may be something else elsewhere."""
    return place.path[0] == "blocks" and (place.file, place.path[:-1]) != (origin.file, origin.path[:-1])


def _activation(layer: Layer, rank: int) -> str | None:
    """The activation that a layer ends with, if it is one that counts when it comes twice."""
    config: Any = layer.config
    if layer.kind == "ReLU":
        plain = config.max_value is None and not config.negative_slope and not config.threshold
        return "relu" if plain else None
    if layer.kind in _OF_THEIR_OWN:
        return _OF_THEIR_OWN[layer.kind]
    if config is None or layer.kind in ("Sequential", "TimeDistributed"):
        return None
    found = activation_of(config, rank)
    return None if found == LINEAR else found


RULE = Rule(codes.ACTIVATION_TWICE, look)
