"""SC608: a bias that the normalization right behind it takes away again.

Only one that is asked for: well-known models (ResNet50 of Keras) have the bias that is there by default.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.ir import Node
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.ending import AFFINE
from spec_compiler.linting.rule import Doubt, Rule


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find layers with `use_bias: true` that only a `BatchNormalization` of the same axis takes from."""
    if not any(layer.kind == "BatchNormalization" for layer in graph.layers.values()):
        return
    calls: defaultdict[str, list[str]] = defaultdict(list)
    for node in graph.nodes.values():
        calls[node.layer].append(node.name)
    ends = {end.node for end in graph.ends.values()}
    for key, names in calls.items():
        layer = graph.layers[key]
        config: Any = layer.config
        if layer.kind not in AFFINE or not getattr(config, "use_bias", False) or not config.trainable:
            continue
        if "use_bias" not in config.model_fields_set:
            continue
        if config.activation not in (None, "linear") or any(name in ends for name in names):
            continue
        takers = [taker for name in names for taker in graph.consumers.get(name, ())]
        rank = graph.results[names[0]].outputs[0].rank
        if takers and all(_cancels(graph, graph.nodes[taker], _axis(config, rank), rank) for taker in takers):
            yield Doubt(
                f"`{key}` adds a bias, and `{takers[0]}` takes it away again with the mean",
                layer.place / "use_bias",
                hint=f"write `use_bias: false` on `{key}`",
                fix=False,
                related=(Remark(graph.nodes[takers[0]].place.key(), f"`{takers[0]}` normalizes"), *layer.asked),
            )


def _axis(config: Any, rank: int) -> int:
    """The axis along which there is a bias."""
    return 1 if getattr(config, "data_format", None) == "channels_first" else rank - 1


def _cancels(graph: TypedGraph, node: Node, axis: int, rank: int) -> bool:
    """Whether a node takes the mean along an axis away from what it gets, in training."""
    layer = graph.layers[node.layer]
    config: Any = layer.config
    return (
        layer.kind == "BatchNormalization"
        and config.center
        and config.trainable
        and config.axis % rank == axis
        and node.flags.get("training") is not False
    )


RULE = Rule(codes.BIAS_BEFORE_NORMALIZATION, look)
