"""SC607: a mask that is made and lost before a layer that would use it."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.masks import ATTENTION, MAKES, RECURRENT, Mask, masks
from spec_compiler.graph.typed import Call, TensorRef, TypedGraph
from spec_compiler.linting.rule import Doubt, Rule

_BY_HAND = ("attention_mask", "key_mask", "mask", "query_mask", "value_mask")
_SEQUENCES = ("inputs", "key", "query", "sequences", "value")


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find layers that take a sequence whose mask is lost, and are given none by hand; once for each that lost it."""
    if not any(layer.kind in MAKES for layer in graph.layers.values()):
        return
    found = masks(graph)
    told: set[str] = set()
    for name, call in graph.calls.items():
        kind = graph.layers[graph.nodes[name].layer].kind
        if (kind not in RECURRENT and kind not in ATTENTION) or any(argument in call for argument in _BY_HAND):
            continue
        for tensor in _sequences(call):
            mask = found.get(tensor)
            if mask is not None and mask.lost is not None and mask.lost not in told:
                told.add(mask.lost)
                yield _doubt(graph, mask, mask.lost, name, kind, tensor)


def _sequences(call: Call) -> Iterator[TensorRef]:
    for argument in _SEQUENCES:
        value = call.get(argument)
        for operand in value if isinstance(value, tuple) else (value,):
            if isinstance(operand, TensorRef):
                yield operand


def _doubt(graph: TypedGraph, mask: Mask, lost: str, user: str, kind: str, tensor: TensorRef) -> Doubt:
    maker, loser, taker = (graph.nodes[name] for name in (mask.made, lost, user))
    return Doubt(
        f"`{lost}` loses the mask that `{mask.made}` makes, and `{user}` would use it",
        loser.place.key(),
        hint=_hint(graph, mask.made, user, kind, tensor),
        related=(
            Remark(maker.place.key(), f"`{mask.made}` makes the mask"),
            Remark(taker.place.key(), f"`{user}` would use it"),
            *loser.asked,
        ),
    )


def _hint(graph: TypedGraph, made: str, user: str, kind: str, tensor: TensorRef) -> str:
    tokens = graph.calls[made].get("inputs")
    is_table = graph.layers[graph.nodes[made].layer].kind not in ("Masking", "")
    argument = "value_mask" if kind in ("GroupQueryAttention", "MultiHeadAttention") else "mask"
    if is_table and isinstance(tokens, TensorRef) and kind not in ("AdditiveAttention", "Attention"):
        same_steps = graph.type_of(tokens).shape[1:2] == graph.type_of(tensor).shape[1:2]
        if same_steps:
            mask = f"{{type: ops.not_equal, inputs: [{graph.tensor_name(tokens)}, 0]}}"
            return f"hand it on as a tensor: `{mask}`, the `{argument}` of `{user}`"
    if is_table:
        return "hand a mask on as a tensor, or leave `mask_zero` out if none is meant to reach that far"
    return f"hand a mask on as a tensor, the `{argument}` of `{user}`"


RULE = Rule(codes.LOST_MASK, look)
