"""What an item of a picture is, so that two can be told to be the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from spec_compiler.analysing.structure import operand_key, operation_key
from spec_compiler.emitting.pictures.items import Item
from spec_compiler.graph.graph import Layer, NestedModel
from spec_compiler.graph.typed import TensorRef, TypedGraph


class Likeness(NamedTuple):
    """What an item is, and the tensors that it takes from elsewhere, in the order in which it takes them."""

    form: Hashable
    taken: tuple[TensorRef, ...]


def likeness(graph: TypedGraph, item: Item, *, strict: bool) -> Likeness:
    """What an item is, with the arguments of its layers or without."""
    places = {name: at for at, leaf in enumerate(item.leaves()) for name in leaf.names}
    taken: dict[TensorRef, int] = {}
    form: list[Hashable] = []
    for leaf in item.leaves():
        node = graph.nodes[leaf.name]
        wiring = tuple(
            (argument, tuple(_operand(operand, places, taken) for operand in _operands(value)))
            for argument, value in graph.calls[leaf.name].items()
        )
        form.append((_layer_key(graph.layers[node.layer], strict=strict), leaf.times, wiring))
    return Likeness(tuple(form), tuple(taken))


def _operands(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _operand(operand: Any, places: Mapping[str, int], taken: dict[TensorRef, int]) -> Hashable:
    if not isinstance(operand, TensorRef):
        return ("value", operand_key(operand))
    if operand.node in places:
        return ("inside", places[operand.node], operand.output)
    return ("outside", taken.setdefault(operand, len(taken)))


def _layer_key(layer: Layer, *, strict: bool) -> Hashable:
    """What a call calls: a shared layer is like no other."""
    if layer.shared or layer.config is None or isinstance(layer.config, NestedModel):
        return ("layer", layer.key)
    return operation_key(layer.config) if strict else ("kind", layer.kind)
