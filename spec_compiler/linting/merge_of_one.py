"""SC641: a layer that merges tensors, and gets one."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.catalog.layers.base import LayerConfig
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.flat import OutputRef
from spec_compiler.graph.scopes import Scope
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find layers that merge a list of one. Copies that `for` makes may be one or many, and are none."""
    for node in graph.nodes.values():
        config = graph.layers[node.layer].operation
        if not (isinstance(config, LayerConfig) and config.merges):
            continue
        sources = [source for argument in node.arguments if argument.several for source in argument.sources]
        if len(sources) != 1 or not isinstance(source := sources[0], OutputRef):
            continue
        made_by = graph.nodes[source.node]
        inside = set(made_by.scope.path()) - set(node.scope.path())
        if not isinstance(source.place.path[-1], int) or _is_of(inside, "for"):
            continue
        hint = f"name the others, or leave `{node.name}` out, which hands on what it gets"
        if _is_of(inside, "repeat"):
            hint = (
                "of the copies that `repeat` makes, only the last can be referred to: to merge what all of them give, "
                "let each add to what the one before gives"
            )
        yield Finding(
            codes.MERGE_OF_ONE,
            f"`{node.name}` ({graph.layers[node.layer].type}) merges one tensor",
            source.place,
            hint=hint,
            related=(Remark(made_by.place.key(), f"`{source}` is made here"),),
            scope=node.scope,
        )


def _is_of(scopes: set[Scope], kind: str) -> bool:
    return any(scope.kind == kind for scope in scopes)


RULE = Rule(codes.MERGE_OF_ONE, check)
