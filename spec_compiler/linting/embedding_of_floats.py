"""SC602: an `Embedding` looks up rows by whole numbers."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.layers.core import Embedding, Input
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Doubt, Rule


def look(graph: TypedGraph) -> Iterator[Doubt]:
    """Find embeddings of floating-point numbers."""
    tables = {key for key, layer in graph.layers.items() if type(layer.config) is Embedding}
    if not tables:
        return
    for name, call in graph.calls.items():
        node = graph.nodes[name]
        source = call.get("inputs")
        if node.layer not in tables or not isinstance(source, TensorRef):
            continue
        dtype = graph.type_of(source).dtype
        if is_float(dtype):
            origin = graph.nodes[source.node]
            is_input = isinstance(graph.layers[origin.layer].config, Input)
            yield Doubt(
                f"`{name}` looks up rows by whole numbers, and `{source.node}` gives {dtype}",
                node.place / "inputs",
                hint=f"write `dtype: int32` on `{source.node}`" if is_input else None,
                related=(Remark(origin.place.key(), f"`{source.node}` gives {dtype}"), *node.asked),
            )


RULE = Rule(codes.EMBEDDING_OF_FLOATS, look)
