"""SC634: weights that begin at zero and cannot leave it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spec_compiler.catalog.activations import CUTTING, LINEAR
from spec_compiler.catalog.initializers.constant import is_zero
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule

_ODD = frozenset((None, LINEAR, *CUTTING, "tanh", "softsign", "elu", "selu", "gelu", "silu", "swish", "leaky_relu"))
"""Activations that make 0 of 0."""


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find layers all of whose numbers are 0 at the start, where that hides the gradient from them.

    That is so behind a rectifier, which has no slope there, and before another layer that begins with zeros: each is
    zero for the other. One such layer alone, as the last one of a branch, soon leaves zero.
    """
    begin = {key for key, layer in graph.layers.items() if _begins_at_zero(layer.operation)}
    if not begin:
        return
    for name, call in graph.calls.items():
        node = graph.nodes[name]
        if node.layer not in begin:
            continue
        layer = graph.layers[node.layer]
        config: Any = layer.operation
        if config.activation in CUTTING:
            why, related = f"`{config.activation}` has no slope there", []
        else:
            source = next(iter(call.values()), None)
            before = graph.nodes[source.node] if isinstance(source, TensorRef) else None
            if before is None or before.layer not in begin:
                continue
            why, related = f"so does `{before.name}` before it", [Remark(before.place.key(), "it does as well")]
        yield Finding(
            codes.ZERO_START,
            f"`{name}` begins with zeros, and {why}: no gradient comes to the weights, and they stay as they are",
            layer.place / "kernel_initializer",
            hint="leave out the `kernel_initializer`",
            related=tuple(related),
            scope=node.scope,
        )


def _begins_at_zero(operation: object) -> bool:
    """Whether a layer gives zeros alone before training, whatever it takes."""
    config: Any = operation
    return (
        config is not None
        and config.affine
        and "kernel_initializer" in config.model_fields_set  # It is never so by default.
        and config.trainable
        and is_zero(getattr(config, "kernel_initializer", None))
        and (not getattr(config, "use_bias", False) or is_zero(config.bias_initializer))
        and getattr(config, "lora_rank", None) is None
        and config.activation in _ODD
    )


RULE = Rule(codes.ZERO_START, check)
