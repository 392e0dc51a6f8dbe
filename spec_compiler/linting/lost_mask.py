"""SC607: a mask that is made and lost before a layer that would use it."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.masks import Mask, has_steps, masks, users
from spec_compiler.catalog.layers.core.embedding import EmbeddingTable
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find layers that take a sequence whose mask is lost, and are given none by hand; once for each that lost it."""
    found = graph.table(masks)
    if not any(mask.lost for mask in found.values()):
        return
    reported: set[str] = set()
    for name, tensor, mask in users(graph, found):
        if mask.lost is not None and mask.lost not in reported and has_steps(graph, tensor):
            reported.add(mask.lost)
            yield _finding(graph, mask, mask.lost, name, tensor)


def _finding(graph: TypedGraph, mask: Mask, lost: str, user: str, tensor: TensorRef) -> Finding:
    maker, loser, taker = (graph.nodes[name] for name in (mask.made, lost, user))
    is_inside = mask.made == lost
    return Finding(
        codes.LOST_MASK,
        f"the layer inside `{lost}` makes a mask, which does not come out of it, and `{user}` would use it"
        if is_inside
        else f"`{lost}` loses the mask that `{mask.made}` makes, and `{user}` would use it",
        loser.place.key(),
        hint="put the layers of both into one `Sequential`, inside one wrapper"
        if is_inside
        else _hint(graph, mask.made, user, tensor),
        related=(
            Remark(maker.place.key(), f"`{mask.made}` makes the mask"),
            Remark(taker.place.key(), f"`{user}` would use it"),
        ),
        scope=loser.scope,
    )


def _hint(graph: TypedGraph, made: str, user: str, tensor: TensorRef) -> str:
    config = graph.layers[graph.nodes[user].layer].operation
    if config is None:
        return f"hand a mask on as a tensor, as an input of the block that `{user}` calls"
    maker = graph.layers[graph.nodes[made].layer].operation
    tokens = graph.calls[made].get("inputs")
    # Of query and value, padding is attended to in the value.
    arguments = [each for each in config.mask_arguments() if each.name in ("mask", "value_mask")]
    is_one = bool(arguments) and arguments[0].kind == "tensor"
    if isinstance(maker, EmbeddingTable) and isinstance(tokens, TensorRef) and is_one:
        same_steps = graph.type_of(tokens).shape[1:2] == graph.type_of(tensor).shape[1:2]
        if same_steps:
            mask = f"{{type: ops.not_equal, inputs: [{graph.tensor_name(tokens)}, 0]}}"
            return f"hand it on as a tensor: `{mask}`, the `{arguments[0].name}` of `{user}`"
    if isinstance(maker, EmbeddingTable):
        return "hand a mask on as a tensor, or leave `mask_zero` out if none is meant to reach that far"
    return f"hand a mask on as a tensor, the `{arguments[0].name}` of `{user}`" if arguments else "hand a mask on"


RULE = Rule(codes.LOST_MASK, check)
