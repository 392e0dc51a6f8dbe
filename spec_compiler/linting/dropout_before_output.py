"""SC609: a dropout whose result is what the model is trained on."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph, upstream
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find dropouts between the last weights and an output with a loss."""
    reported = set()
    for output in graph.outputs:
        if output.settings.loss is None or output.name not in graph.ends:
            continue
        before = upstream(graph.calls, graph.ends[output.name])
        end = next((tensor for tensor in before if not _is_without_weights(graph, tensor)), None)
        if end is None or end.node in reported:
            continue
        node = graph.nodes[end.node]
        config = _config(graph, end)
        if config is not None and config.drops and getattr(config, "rate", False):
            reported.add(end.node)
            yield Finding(
                codes.DROPOUT_BEFORE_OUTPUT,
                f"`{node.name}` drops a part of the output `{output.name}` itself, and the loss counts that",
                node.place.key(),
                hint="put it before the last layer with weights",
                related=(Remark(output.place.key(), "the output"),),
                scope=node.scope,
            )


def _config(graph: TypedGraph, end: TensorRef) -> Operation | None:
    return graph.layers[graph.nodes[end.node].layer].operation


def _is_without_weights(graph: TypedGraph, end: TensorRef) -> bool:
    """Whether a tensor comes straight from an activation, or from what passes values through."""
    config = _config(graph, end)
    if config is None or config.affine or (isinstance(config, Trainable) and config.nested):
        return False
    is_activation = config.applied_activation(graph.type_of(end).rank) is not None
    return config.passes_through or config.rearranges or is_activation


RULE = Rule(codes.DROPOUT_BEFORE_OUTPUT, check, of_outputs=True)
