"""SC656: a layer that a processor computes only as XLA compiles it."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.catalog.layers.base import LayerConfig, Operation, layers_in
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find layers of dtypes that TensorFlow has no kernel for on a processor, where XLA compiles nothing."""
    compiling = graph.graph.compile
    if compiling is None or compiling.jit_compile is not True:
        yield from _check(graph)


def _check(graph: TypedGraph) -> Iterator[Finding]:
    for model in graph.models.values():
        yield from _check(model)
    for name in graph.table(CallsByClass).of(
        lambda kind: kind.needs_xla is not Operation.needs_xla or bool(kind.nested)
    ):
        node = graph.nodes[name]
        config = graph.layers[node.layer].operation
        dtype = _without_kernel(config, graph.results[name].outputs[0]) if config is not None else None
        if dtype is not None:
            yield Finding(
                codes.NEEDS_XLA,
                f"`{name}` is computed in {dtype}, for which TensorFlow has no kernel on a processor",
                node.place.key(),
                hint="write `dtype: float32` on it, or `jit_compile: true` under `compile`"
                + (", or run it on a GPU alone" if dtype == "float16" else ""),
                scope=node.scope,
            )


def _may_need(kind: type[Operation]) -> bool:
    return kind.needs_xla is not Operation.needs_xla or bool(kind.nested)


def _without_kernel(operation: Operation, result: TensorType) -> str | None:
    """The dtype of a call, or of a layer inside, that there is no kernel for; None if there is one for all."""
    if operation.needs_xla(result):
        return result.dtype
    seen: set[int] = set()
    inside = [*layers_in(operation)]
    while inside:
        config = inside.pop().config
        if isinstance(config, LayerConfig) and id(config) not in seen:
            seen.add(id(config))  # A shared layer may stand at any number of places.
            if config.needs_xla(TensorType(result.shape, config.compute_dtype)):
                return config.compute_dtype
            inside += layers_in(config)
    return None


RULE = Rule(codes.NEEDS_XLA, check)
