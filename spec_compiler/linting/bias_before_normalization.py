"""SC608: a bias that the normalization right behind it takes away again.

Only one that is asked for: well-known models (ResNet50 of Keras) have the bias that is there by default.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from spec_compiler.catalog.activations import LINEAR
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.graph import Node
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find layers with `use_bias: true` that only a `BatchNormalization` of the same axis takes from."""
    if not any(layer.operation is not None and layer.operation.removes_mean for layer in graph.layers.values()):
        return
    calls: defaultdict[str, list[str]] = defaultdict(list)
    for node in graph.nodes.values():
        calls[node.layer].append(node.name)
    ends = {end.node for end in graph.ends.values()}
    for key, names in calls.items():
        layer = graph.layers[key]
        config: Any = layer.operation
        if config is None or not config.affine or not getattr(config, "use_bias", False) or not config.trainable:
            continue
        if "use_bias" not in config.model_fields_set:
            continue
        if config.activation not in (None, LINEAR) or any(name in ends for name in names):
            continue
        takers = [taker for name in names for taker in graph.consumers.get(name, ())]
        rank = graph.results[names[0]].outputs[0].rank
        if takers and all(_cancels(graph, graph.nodes[taker], _axis(config, rank), rank) for taker in takers):
            yield Finding(
                codes.BIAS_BEFORE_NORMALIZATION,
                f"`{key}` adds a bias, and `{takers[0]}` takes it away again with the mean",
                layer.place / "use_bias",
                hint=f"write `use_bias: false` on `{key}`",
                fix=False,
                related=(Remark(graph.nodes[takers[0]].place.key(), f"`{takers[0]}` normalizes"),),
                scope=layer.scope,
            )


def _axis(config: Any, rank: int) -> int:
    """The axis along which there is a bias."""
    return 1 if getattr(config, "data_format", None) == "channels_first" else rank - 1


def _cancels(graph: TypedGraph, node: Node, axis: int, rank: int) -> bool:
    """Whether a node takes the mean along an axis away from what it gets, in training."""
    config: Any = graph.layers[node.layer].operation
    return (
        config is not None
        and config.removes_mean
        and config.center
        and config.trainable
        and config.axis % rank == axis
        and node.flags.get("training") is not False
    )


RULE = Rule(codes.BIAS_BEFORE_NORMALIZATION, check)
