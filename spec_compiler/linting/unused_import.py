"""SC635: an imported file of which no block is used."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find imports that nothing takes a block from."""
    for found in graph.graph.unused:
        if found.kind == "import":
            yield Finding(
                codes.UNUSED_IMPORT,
                f"no node is of a block of `{found.name}`",
                found.place,
                hint="leave the import out, or make a copy of one of its blocks",
            )


RULE = Rule(codes.UNUSED_IMPORT, check)
