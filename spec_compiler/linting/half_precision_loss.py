"""SC630: a loss that is taken of numbers of 16 bits."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.final_activation import final_activation
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule

_HALF = "float16"


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find outputs of float16 with a loss: small probabilities become 0 in it, and large scores infinite."""
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        if end is None or output.settings.loss is None:
            continue
        dtype = graph.type_of(end).dtype
        if dtype == _HALF:
            found = final_activation(graph, end)
            last = found.node.name if found is not None else end.node
            yield Finding(
                codes.HALF_PRECISION_LOSS,
                f"`{output.name}` is {dtype}, and its loss is taken of numbers that are rounded so",
                output.place.key(),
                hint=f"write `dtype: float32` on `{last}`",
                related=(Remark(graph.nodes[last].place.key(), f"`{last}` makes it"),),
            )


RULE = Rule(codes.HALF_PRECISION_LOSS, check, of_outputs=True)
