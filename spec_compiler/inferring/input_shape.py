"""What to write where a layer does not fit the `shape` of an `Input`: with the batch, without channels, turned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.layers.base import LayerConfig, Operation
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.rules import EmptyResultError, RankError, RuleError, ShapeError
from spec_compiler.catalog.tensors import Shape, TensorType
from spec_compiler.graph.graph import Graph, Node
from spec_compiler.graph.typed import CallOperands, Operand, TensorRef
from spec_compiler.inferring.models import ModelRule

FARTHEST = 10
"""How many layers that keep the shape are looked through."""
_CHANNELS = (1, 2, 3, 4)
"""How many channels an image has that is not yet features."""


class _Other(NamedTuple):
    """Another shape of an `Input`, and why it may be meant."""

    shape: Shape
    why: str


TypeOf = Callable[[TensorRef], TensorType]
"""Gives the type of a tensor."""


def input_shape_hint(
    type_of: TypeOf,
    graph: Graph,
    calls: Mapping[str, CallOperands],
    error: RuleError,
    config: Operation | ModelRule,
    call: CallOperands,
    types: Mapping[str, Any],
    flags: Mapping[str, Any],
) -> str | None:
    """The hint for a refused call of one tensor, whose `Input` would fit with another shape; None if none would."""
    argument, operand = next(iter(call.items()), (None, None))
    if argument is None or len(call) > 1 or error.route or not isinstance(config, LayerConfig):
        return None
    source = input_of(type_of, graph, calls, operand) if isinstance(operand, TensorRef) else None
    given = graph.layers[source.layer].config if source is not None else None
    if not isinstance(given, Input) or given.shape is None:
        return None
    x: TensorType = types[argument]
    for other in _others(error, x.shape[1:], is_float(x.dtype)):
        try:
            config.infer(**{argument: x.with_shape((x.shape[0], *other.shape))}, **flags)
        except RuleError:
            continue
        lengths = ", ".join("null" if length is None else str(length) for length in other.shape)
        return f"{other.why}: `shape: [{lengths}]`"
    return None


def _others(error: RuleError, shape: Shape, numbers: bool) -> Iterator[_Other]:
    """The shapes that may be meant by one that is refused."""
    if isinstance(error, RankError):
        if len(shape) > 1:
            yield _Other(shape[1:], "`shape` is that of one sample, without the batch")
        if numbers and shape:
            yield _Other((*shape, 1), "the channels, or features, are an axis of their own, also if there is one")
    elif isinstance(error, (EmptyResultError, ShapeError)) and len(shape) > 2 and shape[0] in _CHANNELS:
        yield _Other((*shape[1:], shape[0]), "the channels come last")


def input_of(type_of: TypeOf, graph: Graph, calls: Mapping[str, CallOperands], operand: Operand) -> Node | None:
    """The `Input` that a tensor comes from, perhaps through layers that keep its shape; None if it comes from none."""
    for _ in range(FARTHEST):
        if not isinstance(operand, TensorRef):
            return None
        node = graph.node(operand.node)
        config = graph.layers[node.layer].config
        if isinstance(config, Input):
            return node
        values = list(calls[node.name].values())
        if len(values) != 1:
            return None
        before = values[0]
        if isinstance(before, tuple):
            return None
        if not isinstance(before, TensorRef) or type_of(before).shape != type_of(operand).shape:
            return None
        operand = before
    return None
