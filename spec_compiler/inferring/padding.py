"""What to write where tensors do not go together, since a window without padding has made one of them shorter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from spec_compiler.catalog.layers.base import LayerConfig, Operation
from spec_compiler.catalog.rules import RuleError, ShapeError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.graph.graph import Graph
from spec_compiler.graph.typed import CallOperands, Operand, TensorRef
from spec_compiler.inferring.input_shape import FARTHEST, TypeOf
from spec_compiler.inferring.models import ModelRule


class _Padded(NamedTuple):
    """What a tensor would be if some nodes before it padded what they take."""

    type: TensorType
    nodes: tuple[str, ...]


def padding_hint(
    type_of: TypeOf,
    graph: Graph,
    calls: Mapping[str, CallOperands],
    error: RuleError,
    config: Operation | ModelRule,
    call: CallOperands,
    types: Mapping[str, Any],
    flags: Mapping[str, Any],
) -> str | None:
    """The hint for a refused call of several tensors that would go together if one were padded; None if none would."""
    if not isinstance(error, ShapeError) or error.route or not isinstance(config, Operation):
        return None
    for argument, operand in call.items():
        operands = operand if isinstance(operand, tuple) else (operand,)
        for number, ref in enumerate(operands):
            others = [each for value in call.values() for each in (value if isinstance(value, tuple) else (value,))]
            taken = {name for each in others if each != ref for name in _before(calls, each)}
            padded = _padded(type_of, graph, calls, ref, taken)
            if padded is None:
                continue
            given = types[argument]
            fitting: Any = padded.type
            if isinstance(operand, tuple):
                fitting = (*given[:number], padded.type, *given[number + 1 :])
            try:
                config.infer(**{**types, argument: fitting}, **flags)
            except RuleError:
                continue
            names = " and ".join(f"`{name}`" for name in padded.nodes)
            return f"they go together with `padding: same` on {names}, which keeps the length"
    return None


def _padded(
    type_of: TypeOf,
    graph: Graph,
    calls: Mapping[str, CallOperands],
    operand: Operand,
    taken: set[str],
    left: int = FARTHEST,
) -> _Padded | None:
    """What a tensor would be with padding in the layers before it, up to where others are made of the same."""
    if not isinstance(operand, TensorRef) or operand.node in taken or not left:
        return None
    node = graph.node(operand.node)
    layer = graph.layers[node.layer]
    config, before = layer.config, _source(calls, node.name)
    if before is None or layer.shared or not isinstance(config, LayerConfig):
        return None
    argument, source = before
    deeper = _padded(type_of, graph, calls, source, taken, left - 1)
    x, nodes = (type_of(source), ()) if deeper is None else deeper
    if getattr(config, "padding", None) == "valid":
        config, nodes = type(config).model_construct(**{**dict(config), "padding": "same"}), (*nodes, node.name)
    if not nodes:
        return None
    try:
        return _Padded(config.infer(**{argument: x}, **node.flags).outputs[operand.output], nodes)
    except RuleError:
        return None


def _before(calls: Mapping[str, CallOperands], operand: Operand) -> Iterator[str]:
    """The nodes that a tensor is made by, as long as each takes one tensor."""
    for _ in range(FARTHEST):
        if not isinstance(operand, TensorRef):
            return
        yield operand.node
        before = _source(calls, operand.node)
        if before is None:
            return
        operand = before[1]


def _source(calls: Mapping[str, CallOperands], node: str) -> tuple[str, TensorRef] | None:
    """The one tensor that a node takes, with the argument of the call; None if it takes none, or several."""
    values = list(calls[node].items())
    if len(values) != 1 or not isinstance(values[0][1], TensorRef):
        return None
    return values[0][0], values[0][1]
