"""SC632: a layer for sequences that gets sequences of one step."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph, tensors_of
from spec_compiler.inferring.input_shape import input_of
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find recurrent layers and attention over one step, which have nothing to remember, or to choose from.

    A loop that begins with a state of another one is a step of a decoder, and one that is shared may have more steps
    elsewhere.
    """
    for name in graph.table(CallsByClass).of(lambda kind: kind.attends or kind.loop is not Operation.loop):
        node, call = graph.nodes[name], graph.calls[name]
        layer = graph.layers[node.layer]
        config = layer.operation
        if config is None or layer.shared or graph.whole is not None or graph.graph.parts:
            continue
        loop = config.loop
        if loop is not None and not loop.stateful and "initial_state" not in call:
            source = call.get("sequences")
        elif config.attends:
            source = list(tensors_of(call, "inputs"))[1:2][0] if "inputs" in call else call.get("value")
        else:
            continue
        if not isinstance(source, TensorRef) or graph.type_of(source).rank < 3 or graph.type_of(source).shape[1] != 1:
            continue
        x = graph.type_of(source)
        origin = input_of(graph.type_of, graph.graph, graph.calls, source)
        given = graph.layers[origin.layer].config if origin is not None else None
        hint = None
        if loop is not None and x.rank == 3 and isinstance(given, Input) and given.shape is not None and origin:
            hint = f"for {x.shape[-1]} steps of one feature, write `shape: [{x.shape[-1]}, 1]` on `{origin.name}`"
        yield Finding(
            codes.ONE_STEP,
            f"`{name}` is for sequences, and `{graph.tensor_name(source)}` has one step, (batch, 1, {x.shape[-1]})",
            node.place.key(),
            hint=hint,
            related=(Remark(graph.nodes[source.node].place.key(), f"`{source.node}` gives one step"),),
            scope=node.scope,
        )


RULE = Rule(codes.ONE_STEP, check)
