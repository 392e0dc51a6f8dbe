"""SC617: attention over what is the last step of a sequence alone.

Most layers for sequences refuse it; attention takes two axes as well, and then attends over the batch.
"""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.masks import ATTENTION, tensors
from spec_compiler.graph.sequence_hint import last_step_of
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Doubt, Rule


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find attention on tensors without steps that come from a recurrent layer without `return_sequences`."""
    for name, call in graph.calls.items():
        node = graph.nodes[name]
        if graph.layers[node.layer].kind not in ATTENTION:
            continue
        for tensor in tensors(call):
            loop = last_step_of(graph.graph, graph.calls, tensor)
            if loop is None or graph.type_of(tensor).rank != 2:
                continue
            layer = graph.layers[loop.layer]
            owner = f"the `layer` of `{layer.key}`" if layer.kind == "Bidirectional" else f"`{layer.key}`"
            yield Doubt(
                f"`{name}` attends over steps, and `{tensor.node}` has the last one alone",
                node.place / "inputs",
                hint=f"write `return_sequences: true` on {owner}",
                related=(Remark(loop.place.key(), f"`{loop.name}` gives its last step"), *node.asked),
            )
            break


RULE = Rule(codes.LAST_STEP_ALONE, look)
