"""SC601: a softmax over one unit is always 1."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Doubt, Rule


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find activations that make one number out of one."""
    for node in graph.nodes.values():
        config = graph.layers[node.layer].config
        if getattr(config, "activation", None) != "softmax" or node.name not in graph.results:
            continue
        if graph.results[node.name].outputs[0].shape[-1:] == (1,):
            yield Doubt(
                f"the softmax of `{node.name}` is over one unit, and so always 1",
                graph.layers[node.layer].place / "activation",
                hint="for a yes or no, write `activation: sigmoid`; for several classes, as many units",
                related=node.asked,
            )


RULE = Rule(codes.SINGLE_UNIT_SOFTMAX, look)
