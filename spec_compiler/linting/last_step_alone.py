"""SC617: attention over what is the last step of a sequence alone.

Most layers for sequences refuse it; attention takes two axes as well, and then attends over the batch.
"""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TypedGraph, tensors
from spec_compiler.inferring.last_step import last_step_of, owner_of_loop
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find attention on tensors without steps that come from a recurrent layer without `return_sequences`."""
    for name, call in graph.calls.items():
        node = graph.nodes[name]
        config = graph.layers[node.layer].operation
        if config is None or not config.attends:
            continue
        for tensor in tensors(call):
            loop = last_step_of(graph.graph, graph.calls, tensor)
            if loop is None or graph.type_of(tensor).rank != 2:
                continue
            yield Finding(
                codes.LAST_STEP_ALONE,
                f"`{name}` attends over steps, and `{tensor.node}` has the last one alone",
                node.place / "inputs",
                hint=f"write `return_sequences: true` on {owner_of_loop(graph.layers[loop.layer])}",
                related=(Remark(loop.place.key(), f"`{loop.name}` gives its last step"),),
                scope=node.scope,
            )
            break


RULE = Rule(codes.LAST_STEP_ALONE, check)
