"""Two models as one diagram: the second one, with what only the first has put where it stood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from spec_compiler.comparing.comparison import Comparison
from spec_compiler.emitting.pictures.build import ALL_OPEN, build_diagram
from spec_compiler.emitting.pictures.diagram import Box, Diagram, DiagramEdge, Port
from spec_compiler.graph.typed import TypedGraph

Change = Literal["added", "removed", "changed"]

GONE = "removed:"
"""What the ids of boxes begin with that only the first model has."""


@dataclass(frozen=True)
class Both:
    """Two models in one.

    Attributes:
        diagram: The diagram.
        boxes: What has become of boxes, by their ids; those that are the same are not there.
        edges: What has become of edges, one for each edge of the diagram.
    """

    diagram: Diagram
    boxes: Mapping[str, Change]
    edges: tuple[Change | None, ...]


def both_diagrams(a: TypedGraph, b: TypedGraph, comparison: Comparison) -> Both:
    """The diagram of two models of which it is known what they differ in."""
    before, after = (build_diagram(graph, ALL_OPEN, joined=False) for graph in (a, b))
    return _Joining(before, after, _Ids(comparison), set(changed_names(comparison))).both()


def changed_names(found: Comparison, prefix: str = "") -> Iterator[str]:
    """The nodes and shared layers of the second model that are otherwise, by their full names."""
    yield from (prefix + each.after for each in (*found.renamed, *found.renamed_layers, *found.renamed_outputs))
    yield from (prefix + moved.name for moved in found.moved)
    yield from (prefix + reshaped.name for reshaped in found.reshaped)
    for changed in found.changed:
        yield prefix + changed.name
        if changed.inside is not None:
            yield from changed_names(changed.inside, f"{prefix}{changed.name}.")


class _Ids:
    """The ids of the first diagram as they are in the second."""

    def __init__(self, comparison: Comparison) -> None:
        self._ids: dict[str, str] = {}
        self._gone: set[str] = set()
        self._read(comparison, "", "")

    def _read(self, found: Comparison, before: str, after: str) -> None:
        kinds = {"node": found.renamed, "layer": found.renamed_layers, "output": found.renamed_outputs}
        for kind, several in kinds.items():
            self._ids |= {f"{kind}:{before}{each.before}": f"{kind}:{after}{each.after}" for each in several}
        self._gone.update(f"node:{before}{brief.name}" for brief in found.removed)
        names = {renamed.after: renamed.before for renamed in found.renamed_layers}
        for changed in found.changed:
            if changed.inside is not None:
                self._read(
                    changed.inside, f"{before}{names.get(changed.name, changed.name)}.", f"{after}{changed.name}."
                )

    def of(self, id_: str) -> str:
        """What a box is called in the second diagram; a node that is only in the first, what it is called in both."""
        return f"{GONE}{id_}" if id_ in self._gone else self._ids.get(id_, id_)


class _Joining:
    def __init__(self, before: Diagram, after: Diagram, ids: _Ids, changed: set[str]) -> None:
        self._before = before
        self._after = after
        self._ids = ids
        self._changed = changed
        self._in_after = {box.id: box for box in after.all_boxes()}
        self._in_before = {self._id(box): box for box in before.all_boxes()}
        self._changes: dict[str, Change] = {}
        self._more_ports: dict[str, dict[str, Port]] = {}

    def both(self) -> Both:
        edges, changes = self._edges()
        boxes = self._merged(self._after.boxes, self._before.boxes)
        diagram = Diagram(self._after.title, self._after.subtitle, boxes, edges)
        return Both(diagram, self._changes, changes)

    def _id(self, box: Box) -> str:
        """What a box of the first diagram is called in both: as its like in the second, where there is one."""
        found = self._ids.of(box.id)
        return found if found in self._in_after or found.startswith(GONE) else f"{GONE}{found}"

    # Boxes

    def _merged(self, after: Sequence[Box], before: Sequence[Box]) -> tuple[Box, ...]:
        """Boxes that stand side by side: those of the second model, each followed by what only the first has there."""
        gone: dict[str | None, list[Box]] = {}
        last: str | None = None
        here = {box.id for box in after}
        inside: dict[str, tuple[Box, ...]] = {}
        for box in before:
            id_ = self._id(box)
            if id_ in here:
                last = id_
                inside[id_] = box.boxes
            elif id_.startswith(GONE):
                gone.setdefault(last, []).extend(self._gone(box))
        merged = list(gone.get(None, ()))
        for box in after:
            merged.append(self._kept(box, inside.get(box.id, ())))
            merged += gone.get(box.id, ())
        return tuple(merged)

    def _kept(self, box: Box, before: tuple[Box, ...]) -> Box:
        old = self._in_before.get(box.id)
        if old is None:
            self._changes[box.id] = "changed" if _is_shared_layer(box) else "added"
        elif self._is_changed(old, box):
            self._changes[box.id] = "changed"
        boxes = self._merged(box.boxes, before)
        return replace(box, boxes=boxes, ports=self._ports(box.id, box.ports))

    def _is_changed(self, old: Box, new: Box) -> bool:
        if new.boxes:
            return old.title != new.title
        names = (new.id.partition(":")[2],) if new.kind == "shared" else new.names
        return bool(self._changed.intersection(names)) or (old.title, old.lines) != (new.title, new.lines)

    def _gone(self, box: Box) -> Iterator[Box]:
        """A box that only the first model has; of a block, if something is left in it."""
        boxes = tuple(each for inner in box.boxes if self._id(inner).startswith(GONE) for each in self._gone(inner))
        if (box.boxes and not boxes) or _is_shared_layer(box):
            return
        id_ = self._id(box)
        self._changes[id_] = "removed"
        ports = tuple(replace(port, id=self._port(port.id)) for port in box.ports)
        names = tuple(f"{GONE}{name}" for name in box.names)
        yield replace(box, id=id_, boxes=boxes, ports=self._ports(id_, ports), names=names, colour=None)

    def _ports(self, id_: str, ports: tuple[Port, ...]) -> tuple[Port, ...]:
        known = {port.id for port in ports}
        return (*ports, *(port for key, port in self._more_ports.get(id_, {}).items() if key not in known))

    # Edges

    def _port(self, port: str) -> str:
        """A port of the first diagram in both: the box and what it is of may have other names."""
        box, _, tensor = port.partition(">")
        node, dot, output = tensor.rpartition(".")
        under = self._ids.of(f"node:{node}").removeprefix(GONE).partition(":")[2] if node else ""
        return f"{self._id_of(box)}>{under}{dot}{output}"

    def _id_of(self, id_: str) -> str:
        found = self._ids.of(id_)
        return found if found in self._in_after or found.startswith(GONE) else f"{GONE}{found}"

    def _edges(self) -> tuple[tuple[DiagramEdge, ...], tuple[Change | None, ...]]:
        """The edges of the second model, then those that only the first has, and what has become of each."""
        mapped = [
            replace(edge, port=self._port(edge.port), target=self._id_of(edge.target)) for edge in self._before.edges
        ]
        left = Counter((edge.port, edge.target, edge.kind) for edge in mapped)
        edges: list[DiagramEdge] = []
        changes: list[Change | None] = []
        for edge in self._after.edges:
            key = edge.port, edge.target, edge.kind
            edges.append(edge)
            changes.append(None if left[key] else "added")
            left[key] -= 1
        labels = {self._port(port.id): port.label for box in self._before.all_boxes() for port in box.ports}
        undrawn = {self._id(box) for box in self._before.boxes if _is_shared_layer(box)} - self._in_after.keys()
        for edge in mapped:
            if edge.port.partition(">")[0] in undrawn:
                continue
            key = edge.port, edge.target, edge.kind
            if left[key] > 0:
                left[key] -= 1
                edges.append(replace(edge, colour=edge.colour if edge.kind == "shared" else None))
                changes.append("removed")
                box = edge.port.partition(">")[0]
                self._more_ports.setdefault(box, {})[edge.port] = Port(edge.port, labels[edge.port])
        return tuple(edges), tuple(changes)


def _is_shared_layer(box: Box) -> bool:
    """Whether a box stands for a layer and no call. It is drawn where there are several calls."""
    return box.kind == "shared" and not box.boxes
