"""What a picture shows, before it is known where: boxes in boxes, and the edges between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

BoxKind = Literal["input", "layer", "op", "output", "folded", "open", "shared"]
"""A node that is an input, a call of a layer or of an op; an output of the model; a block, folded or open; a layer
that several nodes share."""

EdgeKind = Literal["data", "masked", "state", "mask", "shared"]
"""A tensor, one that carries a mask, the state of a layer, or a mask; or which nodes call a shared layer."""


@dataclass(frozen=True, slots=True)
class Port:
    """A tensor that a box gives: its id in the diagram, and what stands at it."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Box:
    """A box: what stands in it, and the boxes inside.

    Attributes:
        id: Its id in the diagram.
        kind: What it is.
        title: The name.
        lines: What stands below the name.
        tooltip: All that is known of it, for who points at it.
        times: How many it stands for, one after the other.
        colour: The number of the shared layer that it is or calls; None if it is none.
        ports: The tensors that it gives to others.
        boxes: The boxes inside, of one that is open.
        names: The nodes, or the copies of a block, that it stands for, as the graph names them.
        folded_lines: What stands below the name of one that is open, once it is folded.
    """

    id: str
    kind: BoxKind
    title: str
    lines: tuple[str, ...] = ()
    tooltip: str = ""
    times: int = 1
    colour: int | None = None
    ports: tuple[Port, ...] = ()
    boxes: tuple[Box, ...] = ()
    names: tuple[str, ...] = ()
    folded_lines: tuple[str, ...] = ()

    def all_boxes(self) -> Iterator[Box]:
        """The box itself, then those inside, at any depth."""
        yield self
        for box in self.boxes:
            yield from box.all_boxes()


@dataclass(frozen=True, slots=True)
class DiagramEdge:
    """An edge from a port to a box; `colour` is the number of the shared layer that it ties to a call."""

    port: str
    target: str
    kind: EdgeKind
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class Diagram:
    """All that a picture shows: its title, what stands below that, boxes and edges."""

    title: str
    subtitle: str
    boxes: tuple[Box, ...]
    edges: tuple[DiagramEdge, ...]

    def all_boxes(self) -> Iterator[Box]:
        """All boxes, each before those inside."""
        for box in self.boxes:
            yield from box.all_boxes()
