"""What to write where a layer needs a sequence, and a recurrent layer gives its last step alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.rules import RankError, RuleError, ShapeError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.graph.ir import Graph, Node
from spec_compiler.graph.masks import GIVES_ON, RECURRENT, tensors
from spec_compiler.graph.nested import NestedModel
from spec_compiler.graph.typed import Call, Operand, TensorRef

FARTHEST = 100
"""How many layers that work on each step are looked through."""

_ON_EACH_STEP = GIVES_ON - {"TimeDistributed"}


def sequence_hint(
    graph: Graph,
    calls: Mapping[str, Call],
    error: RuleError,
    config: Operation,
    call: Call,
    types: Mapping[str, Any],
    flags: Mapping[str, Any],
) -> str | None:
    """The hint for a refused call that gets a last step; none unless the call were fine with whole sequences."""
    if isinstance(config, NestedModel):
        return None
    wanted = dict(types)
    ranks: list[int] = []
    lasts: dict[str, None] = {}

    def whole(operand: Operand, kind: TensorType) -> TensorType:
        ranks.append(kind.rank)
        loop = last_step_of(graph, calls, operand)
        if loop is None:
            return kind
        layer = graph.layers[loop.layer]
        lasts[f"the `layer` of `{layer.key}`" if layer.kind == "Bidirectional" else f"`{layer.key}`"] = None
        return kind.with_shape((kind.shape[0], None, *kind.shape[1:]))

    for argument, value in call.items():
        kinds = types[argument]
        if isinstance(value, tuple):
            wanted[argument] = tuple(whole(operand, kind) for operand, kind in zip(value, kinds, strict=True))
        else:
            wanted[argument] = whole(value, kinds)
    if not lasts or not _may_be_for_want_of_steps(error, ranks):
        return None
    try:
        config.infer(**wanted, **flags)
    except RankError:
        return None
    except RuleError:
        if not isinstance(error, RankError):
            return None
        # Of another kind: one thing after the other.
    owners = " and ".join(lasts)
    return f"write `return_sequences: true` on {owners}, to give every step on and not the last alone"


def _may_be_for_want_of_steps(error: RuleError, ranks: list[int]) -> bool:
    """Whether a call is refused for its ranks, or for an axis, or for shapes of tensors of several ranks."""
    is_of_axes = isinstance(error, ShapeError) and (error.argument in ("axes", "axis") or len(set(ranks)) > 1)
    return isinstance(error, RankError) or is_of_axes


def last_step_of(graph: Graph, calls: Mapping[str, Call], operand: Operand | None) -> Node | None:
    """The call of a recurrent layer whose last step a tensor is, also through layers that work on each step."""
    for _ in range(FARTHEST):
        if not isinstance(operand, TensorRef) or operand.output != 0:
            return None
        node = graph.node(operand.node)
        layer = graph.layers[node.layer]
        if layer.kind in RECURRENT:
            loop: Any = layer.config
            steps: bool = (loop.layer.config if layer.kind == "Bidirectional" else loop).return_sequences
            return None if steps else node
        if layer.kind not in _ON_EACH_STEP:
            return None
        operand = next(tensors(calls.get(node.name, {})), None)
    return None
