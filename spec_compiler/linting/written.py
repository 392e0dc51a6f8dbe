"""The graph as it is written: what came of one node of the spec, by `repeat`, `for` or a block, is one unit again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from spec_compiler.catalog.layers.core import Input
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.graph.ir import Layer, Node
from spec_compiler.graph.typed import Call, TensorRef, TypedGraph
from spec_compiler.linting.described import described
from spec_compiler.spans import Path, Place

OUTSIDE = -1
"""The unit of what does not come from the same scope."""

NONE = -1
MANY = -2

Source = tuple[int, Any]
"""A unit, and which of its tensors; what comes from outside has the tensor's own name there."""

_PLAIN = frozenset((str, int, float, bool, type(None)))


class Unit(NamedTuple):
    """A node of the spec: the nodes of the graph that came of it.

    Units of one `likeness` are the same but for what flows in; there is none where a unit is like no other. `bound`
    says that it calls a shared layer.
    """

    name: str
    likeness: int | None
    sources: list[Source]
    nodes: list[str]
    bound: bool


class Scope(NamedTuple):
    """The units of the spec's `nodes`, or of those of a block, in topological order.

    `kinds` has for each likeness a number, the same for those that differ in the arguments of their layers only.
    `users` has for each unit the one that takes from it: `NONE` if none does, `MANY` if several do, or something
    outside of the scope, or if it is an output. `homes` has the unit of each node; `depth` is how many blocks are
    around.
    """

    graph: TypedGraph
    units: list[Unit]
    kinds: list[int]
    users: list[int]
    homes: Mapping[str, int]
    depth: int

    def place(self, unit: int) -> Place:
        """Where a unit is written."""
        node = self.graph.nodes[self.units[unit].nodes[0]]
        return node.asked[self.depth].place if self.depth < len(node.asked) else node.place.key()


def scopes(graph: TypedGraph) -> Iterator[Scope]:
    """The nodes of the spec, and those of each block in one of its copies."""
    seen: set[tuple[str, Path]] = set()
    for each in (graph, *graph.models.values()):
        yield from _scopes(each, seen)


def _scopes(graph: TypedGraph, seen: set[tuple[str, Path]]) -> Iterator[Scope]:
    top: dict[Path, list[str]] = {}
    inner: dict[tuple[str, Path], tuple[tuple[Remark, ...], dict[Path, list[str]]]] = {}
    for name, node in graph.nodes.items():
        asked = node.asked
        if not asked:
            top.setdefault(node.place.path, []).append(name)
            continue
        top.setdefault(asked[0].place.path, []).append(name)
        for depth in range(1, len(asked) + 1):
            place = asked[depth].place if depth < len(asked) else node.place
            if place.path == asked[depth - 1].place.path:
                continue  # A copy that `repeat` made.
            definition = place.file, place.path[:-1]
            copy, members = inner.setdefault(definition, (asked[:depth], {}))
            if copy == asked[:depth] and definition not in seen:
                members.setdefault(place.path, []).append(name)
    seen.update(inner)
    yield _scope(graph, top, 0)
    for copy, members in inner.values():
        if members:
            yield _scope(graph, members, len(copy))


def _scope(graph: TypedGraph, members: Mapping[Path, list[str]], depth: int) -> Scope:
    homes = {name: number for number, names in enumerate(members.values()) for name in names}
    places = {name: at for names in members.values() if len(names) > 1 for at, name in enumerate(names)}
    reading = _Reading(graph, homes, places)
    units = [reading.unit(str(path[-1]), number, names) for number, (path, names) in enumerate(members.items())]
    users = [NONE] * len(units)
    for number, unit in enumerate(units):
        for source, _ in unit.sources:
            if source != OUTSIDE and users[source] != number:
                users[source] = number if users[source] == NONE else MANY
    for end in graph.ends.values():
        if end.node in homes:
            users[homes[end.node]] = MANY
    if len(homes) < len(graph.nodes):
        for name, number in homes.items():
            if any(taker not in homes for taker in graph.consumers.get(name, ())):
                users[number] = MANY
    return Scope(graph, units, reading.kinds, users, homes, depth)


class _Reading:
    """The units of one scope as they are numbered: equal ones get one number.

    `homes` has the unit of each node, `places` where it stands among the nodes of a unit of several.
    """

    def __init__(self, graph: TypedGraph, homes: Mapping[str, int], places: Mapping[str, int]) -> None:
        self._graph = graph
        self._homes = homes
        self._places = places
        self._numbers: dict[Any, int] = {}
        self._kind_numbers: dict[Any, int] = {}
        self._values: dict[str, Any] | None = None
        self._given: tuple[Any, ...] = ()
        self.kinds: list[int] = []

    def unit(self, name: str, number: int, nodes: list[str]) -> Unit:
        """The unit of certain nodes."""
        graph = self._graph
        sources: list[Source] = []
        parts: list[Any] = []
        bound = alone = False
        for each in nodes:
            node = graph.nodes[each]
            layer = graph.layers[node.layer]
            arguments = self._arguments(layer, node)
            parts += (type(layer.config), self._wiring(number, graph.calls[each], sources), arguments)
            if layer.shared:
                bound = True
            if arguments is None:
                alone = True
        return Unit(name, None if alone else self._likeness(parts), sources, nodes, bound)

    def _wiring(self, number: int, call: Call, sources: list[Source]) -> Any:
        """How a node is called: what it takes from its own unit; what it takes from elsewhere goes to `sources`."""
        wiring: list[Any] = []
        for argument, value in call.items():
            if len(call) == 1 and type(value) is TensorRef and (home := self._homes.get(value.node)) != number:
                # Nearly all calls are of this form.
                place = value.node if home is None else self._places.get(value.node, 0)
                sources.append((OUTSIDE if home is None else home, (place, value.output)))
                return argument
            wiring.append(argument)
            for operand in value if type(value) is tuple else (value,):
                if not isinstance(operand, TensorRef):
                    wiring.append(operand)
                    continue
                home = self._homes.get(operand.node, OUTSIDE)
                place = self._places.get(operand.node, 0) if home != OUTSIDE else operand.node
                if home == number:
                    wiring.append((place, operand.output))
                else:
                    sources.append((home, (place, operand.output)))
        return tuple(wiring)

    def _likeness(self, parts: list[Any]) -> int:
        found = self._numbers.setdefault(tuple(parts), len(self._numbers))
        if found == len(self.kinds):
            kind = tuple(part for at, part in enumerate(parts) if at % 3 < 2)
            self.kinds.append(self._kind_numbers.setdefault(kind, len(self._kind_numbers)))
        return found

    def _arguments(self, layer: Layer, node: Node) -> Any:
        """What a call says of its layer; none if that is like no other: an input, a name of its own, a mistake."""
        config = layer.config
        if config is None or type(config) is Input:
            return None
        if layer.shared:
            return layer.key
        if layer.keras_name != layer.key:
            return None
        values = config.__dict__
        if values != self._values:  # Often the layer before had the same.
            given: list[Any] = sorted(config.model_fields_set)
            for field in tuple(given):
                value = values[field]
                given.append(value if type(value) in _PLAIN else described(value))
            self._values, self._given = values, tuple(given)
        return (self._given, described(dict(node.flags))) if node.flags else self._given
