"""What flows along the edges of a graph: data, data with a mask, states, and masks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from spec_compiler.analysing.masks import masks
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.emitting.pictures.diagram import EdgeKind
from spec_compiler.graph.typed import TensorRef, TypedGraph


class FlowIntoCall(NamedTuple):
    """A tensor that flows into a call: into which of its arguments, at which place of it, and as what."""

    tensor: TensorRef
    target: str
    argument: str
    place: int
    kind: EdgeKind


def flows(graph: TypedGraph) -> Iterator[FlowIntoCall]:
    """Yields what flows into each call, in the order of the nodes and their arguments."""
    masked = {tensor for tensor, mask in masks(graph).items() if mask.lost is None}
    for name, call in graph.calls.items():
        config = graph.layers[graph.nodes[name].layer].operation
        as_masks = () if config is None else tuple(each.name for each in config.mask_arguments())
        as_states = () if config is None else tuple(each.name for each in config.state_arguments())
        for argument, value in call.items():
            for place, operand in enumerate(value if isinstance(value, tuple) else (value,)):
                if not isinstance(operand, TensorRef):
                    continue
                kind: EdgeKind = "masked" if operand in masked else "data"
                if argument in as_masks:
                    kind = "mask"
                elif argument in as_states or is_state(graph, operand):
                    kind = "state"
                yield FlowIntoCall(operand, name, argument, place, kind)


def is_state(graph: TypedGraph, tensor: TensorRef) -> bool:
    """Whether a tensor is a state that a recurrent layer returns beside its result."""
    config = graph.layers[graph.nodes[tensor.node].layer].operation
    return config is not None and _returns_state(config) and tensor.output >= config.mask_rule_of().outputs


def _returns_state(config: Operation) -> bool:
    loop = getattr(config, "loop", None)
    return loop is not None and bool(loop.return_state)
