"""What to write where a layer needs a sequence, and a recurrent layer gives its last step alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.layers.base import Loop, Operation
from spec_compiler.catalog.mask_rules import ResultMask
from spec_compiler.catalog.rules import RankError, RuleError, ShapeError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.graph.graph import Graph, Layer, Node
from spec_compiler.graph.typed import CallOperands, Operand, TensorRef, upstream
from spec_compiler.inferring.models import ModelRule


def sequence_hint(
    graph: Graph,
    calls: Mapping[str, CallOperands],
    error: RuleError,
    config: Operation | ModelRule,
    call: CallOperands,
    types: Mapping[str, Any],
    flags: Mapping[str, Any],
) -> str | None:
    """Returns the hint for a refused call that gets a last step, or None unless it were fine with whole sequences."""
    if isinstance(config, ModelRule):
        return None
    wanted = dict(types)
    ranks: list[int] = []
    lasts: dict[str, None] = {}

    def whole(operand: Operand, kind: TensorType) -> TensorType:
        ranks.append(kind.rank)
        loop = last_step_of(graph, calls, operand)
        if loop is None:
            return kind
        lasts[owner_of_loop(graph.layers[loop.layer])] = None
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


def last_step_of(graph: Graph, calls: Mapping[str, CallOperands], operand: Operand | None) -> Node | None:
    """Returns the call of a recurrent layer whose last step a tensor is, also through layers that work on each step.

    Layers that work on each step are those whose result has the mask of the input.
    """
    if not isinstance(operand, TensorRef):
        return None
    for tensor in upstream(calls, operand):
        if tensor.output != 0:
            return None
        node = graph.node(tensor.node)
        config = graph.layers[node.layer].operation
        if config is None:
            return None
        if config.loop is not None:
            return None if config.loop.return_sequences else node
        if config.attends or config.mask_rule_of(**node.flags).result is not ResultMask.FIRST:
            return None
    return None


def owner_of_loop(layer: Layer) -> str:
    """Returns what the arguments of a layer's loop are written on, in words."""
    return f"`{layer.key}`" if isinstance(layer.config, Loop) else f"the `layer` of `{layer.key}`"
