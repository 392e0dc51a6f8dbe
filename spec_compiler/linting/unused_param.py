"""SC612: a param that no expression names changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find params of the spec and of its blocks that are declared and not used."""
    for found in graph.graph.unused:
        if found.kind == "param":
            owner = "" if found.block is None else f" of the block `{found.block}`"
            yield Finding(
                codes.UNUSED_PARAM,
                f"no expression uses the param `{found.name}`{owner}",
                found.place.key(),
                hint=f"write `${{{found.name}}}` where it is meant, or leave it out",
            )


RULE = Rule(codes.UNUSED_PARAM, check)
