"""SC602: an `Embedding` looks up rows by whole numbers."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.layers.core.embedding import EmbeddingTable
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find embeddings of floating-point numbers."""
    tables = {key for key, layer in graph.layers.items() if isinstance(layer.config, EmbeddingTable)}
    if not tables:
        return
    for name, call in graph.calls.items():
        node = graph.nodes[name]
        source = call.get("inputs")
        if node.layer not in tables or node.flags.get("reverse") or not isinstance(source, TensorRef):
            continue
        dtype = graph.type_of(source).dtype
        if is_float(dtype):
            origin = graph.nodes[source.node]
            is_input = isinstance(graph.layers[origin.layer].config, Input)
            yield Finding(
                codes.EMBEDDING_OF_FLOATS,
                f"`{name}` looks up rows by whole numbers, and `{source.node}` gives {dtype}",
                node.place / "inputs",
                hint=f"write `dtype: int32` on `{source.node}`" if is_input else None,
                related=(Remark(origin.place.key(), f"`{source.node}` gives {dtype}"),),
                scope=node.scope,
            )


RULE = Rule(codes.EMBEDDING_OF_FLOATS, check)
