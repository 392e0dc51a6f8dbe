"""SC619: an input that leads to no output, and is one of the model's all the same."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find inputs that no node takes and that are no output themselves."""
    used = {name for node in graph.nodes.values() for name in node.predecessors()}
    used |= {end.node for end in graph.ends.values()}
    for name in graph.inputs:
        if name not in used:
            yield Finding(
                codes.UNUSED_BUT_KEPT,
                f"the input `{name}` leads to no output, and is kept, as `inputs` names it",
                graph.nodes[name].place.key(),
                hint="use it, or leave it out here and under `inputs`",
                scope=graph.nodes[name].scope,
            )


RULE = Rule(codes.UNUSED_BUT_KEPT, check)
