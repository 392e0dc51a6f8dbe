"""A shared `Sequential` that is called with several shapes.

Keras builds a `Sequential` for the shape of its first call, and refuses any other. So it is built for all of them: what
the calls differ in is unknown to it, as to a block that is shared.
"""

from __future__ import annotations

from collections.abc import Iterable

from spec_compiler.catalog.layers.base import Callee, Operation
from spec_compiler.catalog.rules import RankError
from spec_compiler.catalog.tensors import Shape, TensorType, format_shape
from spec_compiler.graph.typed import TensorRef, TypedGraph


def is_chain(config: Callee | Operation | None) -> bool:
    """Whether a layer is a `Sequential`, told without importing that."""
    return config is not None and config.keras_name == "Sequential"


def require_one_rank(argument: str, first: TensorType, second: TensorType) -> None:
    """Refuse a call of a shared layer with a tensor of another rank than an earlier call's.

    Raises:
        RankError: The ranks differ.
    """
    if first.rank != second.rank:
        raise RankError(
            f"is shared, and gets {format_shape(second.shape)} here and {format_shape(first.shape)} in another "
            "call: all calls of it take tensors of one rank",
            argument,
        )


def merged_type(types: Iterable[TensorType]) -> TensorType:
    """The tensor of all calls together: a length in which they differ is unknown."""
    several = list(types)
    lengths = zip(*(each.shape for each in several), strict=True)
    return several[0].with_shape(tuple(each[0] if len(set(each)) == 1 else None for each in lengths))


def shape_to_build(graph: TypedGraph, key: str) -> Shape | None:
    """The shape that a shared `Sequential` is built for before it is called; None if its calls agree."""
    layer = graph.layers[key]
    if not (layer.shared and is_chain(layer.operation)):
        return None
    types = [
        graph.type_of(operand)
        for node in graph.nodes.values()
        if node.layer == key
        for operand in (graph.calls[node.name]["inputs"],)
        if isinstance(operand, TensorRef)
    ]
    return merged_type(types).shape if len({each.shape for each in types}) > 1 else None
