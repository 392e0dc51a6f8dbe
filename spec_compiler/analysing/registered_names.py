"""The objects of the calling program that a graph is built of, and compiled with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import InnerLayer
from spec_compiler.catalog.objects import Named
from spec_compiler.catalog.registered import RegisteredConfig, function_named
from spec_compiler.catalog.values import Scalar, ValueVisitor
from spec_compiler.graph.graph import Graph, NestedModel
from spec_compiler.spans import Place

RegisteredNames = tuple[str, ...]


def registered_names(graph: Graph) -> dict[str, Place]:
    """The names under which the calling program registered them, each with where it is first written."""
    found: dict[str, Place] = {}
    visitor = _Registered()
    for value, place in _values(graph):
        for name in visitor.visit(value):
            found.setdefault(name, place)
    return found


def _values(graph: Graph) -> Iterator[tuple[Any, Place]]:
    for layer in graph.layers_in_use().values():
        if layer.model is not None:
            yield from _values(layer.model.graph)
        else:
            yield layer.config, layer.place.key()
    for output in graph.outputs:
        yield output.settings.loss, output.place / "loss"
        for section in ("metrics", "weighted_metrics"):
            for index, metric in enumerate(getattr(output.settings, section)):
                yield metric, output.place / section / index
    if graph.compile is not None:
        yield graph.compile.optimizer, Place(("compile", "optimizer"))


class _Registered(ValueVisitor[RegisteredNames]):
    """The registered names in a value, at any depth."""

    def scalar(self, value: Scalar) -> RegisteredNames:
        return (value,) if isinstance(value, str) and ">" in value and function_named(value) is not None else ()

    def named(self, value: Named) -> RegisteredNames:
        return self.scalar(value.name)

    def sequence(self, value: Sequence[Any]) -> RegisteredNames:
        return tuple(chain.from_iterable(map(self.visit, value)))

    def mapping(self, value: Mapping[Any, Any]) -> RegisteredNames:
        return self.sequence([*value.values()])

    def slice(self, value: slice) -> RegisteredNames:
        return ()

    def ellipsis(self) -> RegisteredNames:
        return ()

    def config(self, value: Config) -> RegisteredNames:
        own = (value.keras_name,) if isinstance(value, RegisteredConfig) else ()
        return own + self.mapping(value.arguments())

    def inner(self, value: InnerLayer) -> RegisteredNames:
        if isinstance(value.config, NestedModel):
            return tuple(registered_names(value.config.graph))
        return self.visit(value.config)
