"""SC601: a softmax over one unit is always 1."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.catalog.shapes import volume
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find operations whose results are the only share of 1."""
    for node in graph.nodes.values():
        layer = graph.layers[node.layer]
        if layer.operation is None or node.name not in graph.results:
            continue
        output = graph.results[node.name].outputs[0]
        if 1 not in output.shape:
            continue
        axes = layer.operation.shares_along(output.rank)
        if axes and volume(tuple(output.shape[axis] for axis in axes)) == 1:
            is_given = "activation" in layer.operation.model_fields_set
            # Of scores, one a step, shares are wanted over the steps.
            longer = next((axis for axis in range(output.rank - 1, 0, -1) if output.shape[axis] != 1), None)
            hint = "for a yes or no, write `activation: sigmoid`; for several classes, as many units"
            if longer is not None and output.rank > 2:
                hint += f"; for shares of the steps, as in attention, `{{type: Softmax, axis: {longer}}}`"
            yield Finding(
                codes.SINGLE_UNIT_SOFTMAX,
                f"the softmax of `{node.name}` is over one unit, and so always 1",
                layer.place / "activation" if is_given else layer.place.key(),
                hint=hint,
                scope=node.scope,
            )


RULE = Rule(codes.SINGLE_UNIT_SOFTMAX, check)
