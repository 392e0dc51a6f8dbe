"""SC620: an entry of `defaults` that no layer takes anything from."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find entries of the `defaults` of the spec and of its blocks that change nothing."""
    for found in graph.graph.unused:
        if found.kind == "default":
            where = "in the spec" if found.block is None else f"in the block `{found.block}`"
            yield Finding(
                codes.UNUSED_DEFAULT,
                f"nothing {where} takes the defaults of `{found.name}`",
                found.place.key(),
                hint="leave them out; they are for what is written in the same file, or in the same block, "
                "where it does not say the argument itself",
            )


RULE = Rule(codes.UNUSED_DEFAULT, check)
