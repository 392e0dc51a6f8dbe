"""The masks that Keras hands to layers by itself, held against what the layers take."""

from __future__ import annotations

from typing import Any

from spec_compiler.analysing.masks import Masks, masks, masks_inside
from spec_compiler.analysing.rules import rules
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.rules import RuleError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.graph.typed import CallOperands, Operand, TensorRef, TypedGraph, type_of_value

_BATCH = 7919
"""Stands for the length of a batch that is not known: that of no other axis."""


def check_implicit_masks(graph: TypedGraph, findings: Findings) -> None:
    """Refuse calls that get a mask along with a tensor and could not run with it, given by hand or not."""
    _check(graph, graph.table(masks), findings, set())


def _check(graph: TypedGraph, found: Masks, findings: Findings, seen: set[int]) -> None:
    """Refuse them in a graph, and in the models that it calls; each such graph is looked at once for the same masks."""
    if id(found) in seen:
        return
    seen.add(id(found))
    for name, call in graph.calls.items() if found or graph.models else ():
        node = graph.nodes[name]
        inside = masks_inside(graph, name, found)
        if inside is not None:
            _check(*inside, findings, seen)
            continue
        config = graph.table(rules).of(graph.layers[node.layer])
        if not isinstance(config, Operation) or any(argument.name in call for argument in config.mask_arguments()):
            continue
        for argument, tensor in _masked(config, call):
            mask = found.get(tensor)
            if mask is None or mask.lost is not None:
                continue
            x, of_mask = graph.type_of(tensor), TensorType(mask.shape, "bool")
            if _takes(graph, config, call, node.flags, argument, of_mask):
                continue
            findings.add(
                codes.MASK_MISMATCH,
                f"`{name}` ({graph.layers[node.layer].type}) gets a mask {of_mask} of `{mask.made}` along with "
                f"`{graph.tensor_name(tensor)}`, which is {x}, and cannot run with it",
                node.place.key(),
                hint=f"hand it a mask of its own as `{argument}`, or take none at `{mask.made}`",
                related=(Remark(graph.nodes[mask.made].place.key(), f"`{mask.made}` makes the mask"),),
                scope=node.scope,
            )


def _masked(config: Operation, call: CallOperands) -> list[tuple[str, TensorRef]]:
    """The arguments that Keras hands masks to, each with the tensor whose mask it is."""
    arguments = {argument.name for argument in config.mask_arguments() if argument.kind == "tensor"}
    pairs = []
    for name in config.masked_arguments():
        tensor = call.get(name)
        argument = f"{name}_mask" if f"{name}_mask" in arguments else "mask"
        if argument in arguments and isinstance(tensor, TensorRef):
            pairs.append((argument, tensor))
    return pairs


def _takes(
    graph: TypedGraph, config: Operation, call: CallOperands, flags: Any, argument: str, mask: TensorType
) -> bool:
    def type_of(operand: Operand) -> TensorType:
        return _of_some_batch(graph.type_of(operand)) if isinstance(operand, TensorRef) else type_of_value(operand)

    types: dict[str, Any] = {
        name: tuple(map(type_of, value)) if isinstance(value, tuple) else type_of(value) for name, value in call.items()
    }
    try:
        config.apply(**types, **{argument: _of_some_batch(mask)}, **flags)
    except RuleError:
        return False
    return True


def _of_some_batch(x: TensorType) -> TensorType:
    return TensorType((_BATCH, *x.shape[1:]), x.dtype, x.sparse, x.ragged) if x.shape[:1] == (None,) else x
