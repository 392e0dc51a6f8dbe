"""Which layers are used more than once, and by what.

A node uses the layer that it calls, and the shared layers inside that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from spec_compiler.catalog.layers.base import Callee, Operation, Trainable, layers_in
from spec_compiler.graph.typed import TypedGraph


class SharedLayer(NamedTuple):
    """A layer that is used more than once: by which nodes, its parameters, and how many sharing it saves."""

    layer: str
    nodes: tuple[str, ...]
    parameters: int
    saved: int


def uses(graph: TypedGraph) -> Mapping[str, Mapping[str, int]]:
    """For each node, how often it uses each layer: its own first, then the shared ones inside that."""
    counter = _Counter(graph)
    return {
        node.name: {node.layer: 1, **counter.inside(graph.layers[node.layer].config)} for node in graph.nodes.values()
    }


def first_uses(graph: TypedGraph) -> Mapping[str, tuple[str, ...]]:
    """For each node, the layers that it is the first to use: its own, and the shared ones inside that."""
    seen: set[str] = set()
    found = {}
    for name, used in uses(graph).items():
        found[name] = tuple(key for key in used if key not in seen)
        seen.update(used)
    return found


def sharing(graph: TypedGraph) -> list[SharedLayer]:
    """The layers that are used more than once, by which nodes, and the parameters that this saves.

    What a shared block shares inside itself is named after it.
    """
    users: dict[str, dict[str, int]] = {}
    for name, used in uses(graph).items():
        for key, times in used.items():
            users.setdefault(key, {})[name] = times
    shared = []
    for key, nodes in users.items():
        times = sum(nodes.values())
        if times > 1:
            parameters = graph.layer_parameters(key)
            shared.append(SharedLayer(key, tuple(nodes), parameters, parameters * (times - 1)))
    for key, model in graph.models.items():
        for each in sharing(model):
            nodes_inside = tuple(f"{key}.{name}" for name in each.nodes)
            shared.append(each._replace(layer=f"{key}.{each.layer}", nodes=nodes_inside))
    return shared


class _Counter:
    """Counts the shared layers inside layers. What stands in several is counted through once."""

    def __init__(self, graph: TypedGraph) -> None:
        self._keys = {layer.keras_name: key for key, layer in graph.layers.items() if layer.shared}
        self._found: dict[int, Mapping[str, int]] = {}

    def inside(self, config: Callee | Operation | None) -> Mapping[str, int]:
        """How often each shared layer stands inside a layer, at any depth."""
        if not isinstance(config, Trainable) or not type(config).nested:
            return {}
        if id(config) not in self._found:
            counts: dict[str, int] = {}
            for inner in layers_in(config):
                if inner.shared:
                    key = self._keys[inner.name]
                    counts[key] = counts.get(key, 0) + 1
                for key, times in self.inside(inner.config).items():
                    counts[key] = counts.get(key, 0) + times
            self._found[id(config)] = counts
        return self._found[id(config)]
