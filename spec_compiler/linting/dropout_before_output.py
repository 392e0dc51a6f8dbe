"""SC609: a dropout whose result is what the model is trained on."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.ending import FARTHEST
from spec_compiler.linting.rule import Doubt, Rule

_DROPOUTS = frozenset(
    ("AlphaDropout", "Dropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
)
_WITHOUT_WEIGHTS = frozenset(("Activation", "Identity", "Softmax", "ops.sigmoid", "ops.softmax"))


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find dropouts between the last weights and an output with a loss."""
    told = set()
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        for _ in range(FARTHEST):
            if end is None or _kind(graph, end) not in _WITHOUT_WEIGHTS:
                break
            source = next(iter(graph.calls[end.node].values()), None)
            end = source if isinstance(source, TensorRef) else None
        if output.settings.loss is None or end is None or _kind(graph, end) not in _DROPOUTS or end.node in told:
            continue
        node = graph.nodes[end.node]
        if getattr(graph.layers[node.layer].config, "rate", 0):
            told.add(end.node)
            yield Doubt(
                f"`{node.name}` drops a part of the output `{output.name}` itself, and the loss counts that",
                node.place.key(),
                hint="put it before the last layer with weights",
                related=(Remark(output.place.key(), "the output"), *node.asked),
            )


def _kind(graph: TypedGraph, end: TensorRef) -> str:
    return graph.layers[graph.nodes[end.node].layer].kind


RULE = Rule(codes.DROPOUT_BEFORE_OUTPUT, look)
