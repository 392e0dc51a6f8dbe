"""The nodes of a graph in units: what came of one node of the spec, by `repeat`, `for` or a block, is one again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

from spec_compiler.analysing.structure import call_key, operand_key, operation_key, structural_key
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.graph.graph import Layer, Node
from spec_compiler.graph.scopes import Scope
from spec_compiler.graph.typed import CallOperands, TensorRef, TypedGraph
from spec_compiler.spans import Path, Place

OUTSIDE = -1
"""The unit of what does not come from the same scope."""

NONE = -1
MANY = -2

UnitTensor = tuple[int, Any]
"""A unit, and which of its tensors; what comes from outside has the tensor's own name there."""

_PLAIN = frozenset((str, int, type(None)))
"""The types whose values are equal only if they are the same argument: true is 1, and so is 1.0."""


class Unit(NamedTuple):
    """A node of the spec: the nodes of the graph that came of it.

    Units of one `likeness` are the same but for what flows in; there is none where a unit is like no other. `bound`
    says that it calls a shared layer.
    """

    place: Place
    likeness: int | None
    sources: list[UnitTensor]
    nodes: list[str]
    bound: bool

    @property
    def name(self) -> str:
        """The node's name as it is written."""
        return str(self.place.path[-1])


class UnitGraph(NamedTuple):
    """The units of the spec's `nodes`, or of those of a block in one of its copies, in topological order.

    `kinds` has for each likeness a number, the same for those that differ in the arguments of their layers only.
    `users` has for each unit the one that takes from it: `NONE` if none does, `MANY` if several do, or something
    outside, or if it is an output. `homes` has the unit of each node.
    """

    graph: TypedGraph
    units: list[Unit]
    kinds: list[int]
    users: list[int]
    homes: Mapping[str, int]

    def place(self, unit: int) -> Place:
        """Where a unit is written."""
        return self.units[unit].place.key()


def unit_graphs(graph: TypedGraph) -> Iterator[UnitGraph]:
    """The nodes of the spec as units, and those of each block in one of its copies."""
    seen: set[_Section] = set()
    for each in (graph, *graph.models.values()):
        yield from _unit_graphs(each, seen)


_Section = tuple[str, Path]
"""Where nodes are written together: the file, and the path of the `nodes` of the spec or of a block."""


def _unit_graphs(graph: TypedGraph, seen: set[_Section]) -> Iterator[UnitGraph]:
    own: dict[Place, list[str]] = {}
    copies: dict[_Section, tuple[Scope, dict[Place, list[str]]]] = {}
    for name, node in graph.nodes.items():
        for scope, place in _written_in(node):
            if scope.kind != "block":
                own.setdefault(place, []).append(name)
                continue
            section = place.file, place.path[:-1]
            if section not in seen:
                copy, members = copies.setdefault(section, (scope, {}))
                if copy is scope:
                    members.setdefault(place, []).append(name)
    seen.update(copies)
    yield _unit_graph(graph, own)
    for _, members in copies.values():
        yield _unit_graph(graph, members)


def _written_in(node: Node) -> Iterator[tuple[Scope, Place]]:
    """The graphs that a node is written in, from the innermost block to the model's own: each with the place there."""
    place = node.place
    scope: Scope | None = node.scope
    while scope is not None:
        if scope.kind in ("spec", "block", "shared"):
            yield scope, place
        if scope.kind == "shared":
            return
        place = scope.place
        scope = scope.parent


def _unit_graph(graph: TypedGraph, members: Mapping[Place, list[str]]) -> UnitGraph:
    homes = {name: number for number, names in enumerate(members.values()) for name in names}
    places = {name: at for names in members.values() if len(names) > 1 for at, name in enumerate(names)}
    reading = _Reading(graph, homes, places)
    units = [reading.unit(place, number, names) for number, (place, names) in enumerate(members.items())]
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
    return UnitGraph(graph, units, reading.kinds, users, homes)


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
        self._counts = Counter(type(graph.layers[graph.nodes[name].layer].config) for name in homes)
        self._values: tuple[type, dict[str, Any], set[str]] | None = None
        self._key: Hashable = None
        self._keys: dict[Hashable, Hashable] = {}
        self.kinds: list[int] = []

    def unit(self, place: Place, number: int, nodes: list[str]) -> Unit:
        """The unit of certain nodes."""
        graph = self._graph
        sources: list[UnitTensor] = []
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
        return Unit(place, None if alone else self._likeness(parts), sources, nodes, bound)

    def _wiring(self, number: int, call: CallOperands, sources: list[UnitTensor]) -> Any:
        """How a node is called: what it takes from its own unit; what it takes from elsewhere goes to `sources`."""
        wiring: list[Any] = []
        for argument, value in call.items():
            if len(call) == 1 and type(value) is TensorRef and (home := self._homes.get(value.node)) != number:
                # Nearly all calls are of this form.
                place = value.node if home is None else self._places.get(value.node, 0)
                sources.append((OUTSIDE if home is None else home, (place, value.output)))
                return argument
            wiring.append(argument)
            for operand in value if isinstance(value, tuple) else (value,):
                if not isinstance(operand, TensorRef):
                    wiring.append(operand_key(operand))
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
        """What a call says of its layer; None if that is like no other: an input, a name of its own, a mistake."""
        if layer.shared and layer.config is not None:
            return layer.key
        config = layer.operation
        if config is None or type(config) is Input:
            return None
        if layer.keras_name != layer.key:
            return None
        if self._counts[type(config)] == 1:
            return layer.key  # There is nothing to compare it with, and keys take long to make.
        values = type(config), config.__dict__, config.model_fields_set
        if values != self._values:  # Often the layer before had the same.
            given: list[Any] = sorted(config.model_fields_set)
            for field in tuple(given):
                value = config.__dict__[field]
                given.append(value if type(value) in _PLAIN else structural_key(value))
            known_by = type(config), *given
            if known_by not in self._keys:
                # What is given is quick to tell, and nearly always as much as has been seen; the defaults count too.
                self._keys[known_by] = operation_key(config)
            self._values, self._key = values, self._keys[known_by]
        return (self._key, call_key(node.flags, ())) if node.flags else self._key
