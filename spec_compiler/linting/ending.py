"""What an output ends with: the activation that its numbers come from."""

from __future__ import annotations

from typing import Any, NamedTuple

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.graph.ir import Node, kind_of
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.spans import Place

LINEAR = "linear"
AFFINE = frozenset((
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "Dense", "DepthwiseConv1D",
    "DepthwiseConv2D", "EinsumDense", "SeparableConv1D", "SeparableConv2D",
))  # fmt: skip
"""Layers that apply a function to a weighted sum."""

FARTHEST = 100
"""How many layers that give on what they get are looked through."""

_GIVES_ON = frozenset(("ActivityRegularization", "Identity"))
_FOLDS = frozenset(("Flatten", "Reshape"))


class Ending(NamedTuple):
    """An activation, the node of the model that it is in, and where it is written; `linear` stands for none."""

    activation: str
    node: Node
    place: Place


def ending(graph: TypedGraph, end: TensorRef) -> Ending | None:
    """What a tensor ends with; none where that cannot be told."""
    folded = False
    for _ in range(FARTHEST):
        node = graph.nodes[end.node]
        layer = graph.layers[node.layer]
        if layer.config is None:
            return None
        if layer.key in graph.models and layer.kind == "NestedModel":
            inner = graph.models[layer.key]
            found = ending(inner, list(inner.ends.values())[end.output])
            return found and found._replace(node=node)
        activation = activation_of(layer.config, graph.type_of(end).rank)
        if activation is not None and (activation != LINEAR or layer.kind in AFFINE or layer.kind in _INSIDE):
            if folded and activation == "softmax":
                return None
            written = "activation" in layer.config.model_fields_set
            return Ending(activation, node, layer.place / "activation" if written else layer.place.key())
        source = next(iter(graph.calls[node.name].values()), None)
        gives_on = layer.kind in _GIVES_ON or layer.kind in _FOLDS or activation == LINEAR
        if not gives_on or not isinstance(source, TensorRef):
            return None
        folded = folded or layer.kind in _FOLDS
        end = source
    return None


_INSIDE = frozenset(("Sequential", "TimeDistributed"))


def activation_of(config: Operation, rank: int) -> str | None:
    """The activation that a layer or an op ends with, `linear` for none; none where that cannot be told.

    A softmax counts as one if it is over the last of `rank` axes.
    """
    kind, fields = kind_of(config), _fields(config)
    if kind in AFFINE:
        return fields.activation or LINEAR
    if kind == "Activation":
        return str(fields.activation)
    if kind in ("Softmax", "ops.softmax"):
        return "softmax" if fields.axis in (-1, rank - 1) else None
    if kind == "ops.sigmoid":
        return "sigmoid"
    if kind == "TimeDistributed":
        return activation_of(fields.layer.config, rank - 1)
    if kind == "Sequential":
        return activation_of(fields.layers[-1].config, rank)
    return None


def _fields(config: Operation) -> Any:
    """The arguments of a layer that its kind says it has."""
    return config
