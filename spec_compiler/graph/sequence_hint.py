"""What to write where a layer needs a sequence, and a recurrent layer gives its last step alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.rules import RankError, RuleError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.graph.ir import Graph
from spec_compiler.graph.nested import NestedModel
from spec_compiler.graph.typed import Call, TensorRef

_LOOPS = frozenset(("Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"))


def sequence_hint(
    graph: Graph, config: Operation, call: Call, types: Mapping[str, Any], flags: Mapping[str, Any]
) -> str | None:
    """The hint for a call with a tensor of too few axes; none unless the call were fine with whole sequences."""
    if isinstance(config, NestedModel):
        return None
    wanted = dict(types)
    lasts = []
    for argument, value in call.items():
        if isinstance(value, tuple):
            whole = tuple(_sequence(graph, operand, kind) for operand, kind in zip(value, types[argument], strict=True))
            wanted[argument] = tuple(new or old for new, old in zip(whole, types[argument], strict=True))
            lasts += [operand for operand, new in zip(value, whole, strict=True) if new is not None]
        elif (sequence := _sequence(graph, value, types[argument])) is not None:
            wanted[argument] = sequence
            lasts.append(value)
    if not lasts:
        return None
    try:
        config.infer(**wanted, **flags)
    except RankError:
        return None
    except RuleError:
        pass  # Of another kind: one thing after the other.
    names = []
    for operand in lasts:
        assert isinstance(operand, TensorRef)
        layer = graph.layers[graph.node(operand.node).layer]
        owner = f"the `layer` of `{layer.key}`" if layer.kind == "Bidirectional" else f"`{layer.key}`"
        if owner not in names:
            names.append(owner)
    return f"write `return_sequences: true` on {' and '.join(names)}, to give every step on and not the last alone"


def _sequence(graph: Graph, operand: Any, kind: TensorType) -> TensorType | None:
    """The tensor that a recurrent layer would give with `return_sequences`, if it gives the last step alone."""
    if not isinstance(operand, TensorRef) or operand.output != 0:
        return None
    layer = graph.layers[graph.node(operand.node).layer]
    loop: Any = layer.config
    if layer.kind not in _LOOPS:
        return None
    if layer.kind == "Bidirectional":
        loop = loop.layer.config
    return None if loop.return_sequences else kind.with_shape((kind.shape[0], None, *kind.shape[1:]))
