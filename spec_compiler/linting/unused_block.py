"""SC613: a block that nothing is a copy of."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find blocks that are declared and are the type of nothing."""
    for found in graph.graph.unused:
        if found.kind == "block":
            yield Finding(
                codes.UNUSED_BLOCK,
                f"no node is of the block `{found.name}`",
                found.place.key(),
                hint=f"make a copy of it with `type: {found.name}`, or leave it out; if other files import it, "
                "`lint: {ignore: [SC613]}`",
            )


RULE = Rule(codes.UNUSED_BLOCK, check)
