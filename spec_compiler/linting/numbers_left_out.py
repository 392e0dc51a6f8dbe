"""SC639: numbers that stand for rows or classes, some of which have none."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.ranges import LookedUp, numbers_looked_up, place_of_count
from spec_compiler.catalog.intervals import interval_of_dtype
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find numbers that may be too large for a table or an encoding, or below 0."""
    for found in numbers_looked_up(graph):
        whole = interval_of_dtype(found.graph.type_of(found.source).dtype)
        is_below = found.numbers.low < 0 and found.numbers.low > whole.low
        is_above = found.numbers.high >= found.taken.below and found.numbers.high < whole.high
        is_error = is_above and found.taken.fails and found.numbers.reached  # SC408
        if (is_below or is_above) and not is_error:
            yield _finding(found, is_above)


def _finding(found: LookedUp, is_above: bool) -> Finding:
    graph = found.graph
    node, origin = graph.nodes[found.node], graph.nodes[found.source.node]
    argument, source = found.taken.argument, graph.tensor_name(found.source)
    if is_above:
        becomes = "fail" if found.taken.fails else "are left out"
        place = place_of_count(found)
        message = (
            f"`{found.node}` takes numbers below {found.taken.below}, and `{source}` may give them up to "
            f"{found.numbers.high}: larger ones {becomes}"
        )
        hint = f"write `{argument}: {int(found.numbers.high) + 1}`, or bound the numbers"
    else:
        becomes = "counts from the last row back" if found.taken.fails else "is left out"
        place = node.place / "inputs"
        message = f"`{found.node}` takes numbers from 0, and `{source}` may give {found.numbers.low}, which {becomes}"
        hint = "add to the numbers what brings the least one to 0"
    related = (Remark(origin.place.key(), f"`{origin.name}` gives the numbers"),)
    return Finding(codes.NUMBERS_LEFT_OUT, message, place, hint=hint, related=related, scope=node.scope)


RULE = Rule(codes.NUMBERS_LEFT_OUT, check)
