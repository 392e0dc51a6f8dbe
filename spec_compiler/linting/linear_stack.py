"""SC633: two linear layers in a row, which are no more than one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spec_compiler.catalog.activations import LINEAR
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.graph import Node
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find layers without an activation whose sums only a layer of the same kind takes.

    A layer that is narrower than what comes in and than what follows is a bottleneck, and meant.
    """
    if all(output.settings.loss is None for output in graph.outputs):
        return  # What is not trained here may be a part of something else.
    reported: set[str] = set()
    for first, second in _stacks(graph):
        reported.add(second.name)
        if first.name in reported:
            continue  # The stack is reported where it begins.
        yield Finding(
            codes.LINEAR_STACK,
            f"`{first.name}` has no activation, and with `{second.name}` after it is one linear step",
            first.place.key(),
            hint=f"write an `activation` on `{first.name}`, such as `relu`, or leave it out",
            related=(Remark(second.place.key(), f"`{second.name}` takes its sums"),),
            scope=first.scope,
        )


def _stacks(graph: TypedGraph) -> Iterator[tuple[Node, Node]]:
    """Yields each linear node whose sums nothing takes but one node that mixes them again, with that node."""
    linear = {key for key, layer in graph.layers.items() if not layer.shared and _is_linear(layer.operation)}
    kept = _kept(graph) if linear else set()
    for name, call in graph.calls.items():
        first, takers = graph.nodes[name], graph.consumers.get(name, ())
        if first.layer not in linear or name in kept or len(takers) != 1:
            continue
        second = graph.nodes[takers[0]]
        layer = graph.layers[second.layer]
        mixes = not layer.shared and layer.operation is not None and layer.operation.mixes_freely
        (source,) = list(call.values())[:1]
        if mixes and isinstance(source, TensorRef) and not _is_bottleneck(graph, source, name, second.name):
            yield first, second


def _kept(graph: TypedGraph) -> set[str]:
    """The nodes whose results are given out, by the model or by a part of it."""
    parts = (tensor for part in graph.parts.values() for tensor in (*part.inputs, *part.ends.values()))
    return {tensor.node for tensor in (*graph.ends.values(), *parts)}


def _is_bottleneck(graph: TypedGraph, source: TensorRef, first: str, second: str) -> bool:
    """Whether a layer is narrower than what comes in and than what follows, or how wide they are is not known."""
    into, width, out = (graph.type_of(each).shape[-1] for each in (source, TensorRef(first, 0), TensorRef(second, 0)))
    return into is None or width is None or out is None or (width < into and width < out)


def _is_linear(config: Operation | None) -> bool:
    """Whether a layer gives sums and nothing else, and learns them freely."""
    if config is None or not config.mixes_freely:
        return False
    found: Any = config
    return (
        found.activation in (None, LINEAR)
        and found.trainable
        and found.activity_regularizer is None
        and found.lora_rank is None
        and found.kernel_constraint is None
    )


RULE = Rule(codes.LINEAR_STACK, check)
