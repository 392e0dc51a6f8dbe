"""A diagram with places: what stands where in a picture, in pixels from the upper left corner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from spec_compiler.emitting.pictures.diagram import Box, DiagramEdge
from spec_compiler.emitting.pictures.text_widths import FontWeight, text_width


class Point(NamedTuple):
    """A place."""

    x: float
    y: float


class Rectangle(NamedTuple):
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends on the right."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class DrawnText:
    """A line of text: `x` is where it begins, `y` its baseline; `role` says what it is."""

    text: str
    x: float
    y: float
    size: float
    role: str
    weight: FontWeight = "regular"

    @property
    def width(self) -> float:
        """How wide it is."""
        return text_width(self.text, self.size, self.weight)

    @property
    def rectangle(self) -> Rectangle:
        """The room that it takes."""
        return Rectangle(self.x, self.y - 0.76 * self.size, self.width, self.size)


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box with its place, and that of each text in it; `around` are the boxes that it stands in, by their ids."""

    box: Box
    place: Rectangle
    texts: tuple[DrawnText, ...]
    badge: Rectangle | None
    around: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """An edge with its way, corner by corner, and the places where it parts from others of the same port."""

    edge: DiagramEdge
    source: str
    points: tuple[Point, ...]
    junctions: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """What a kind of edge means: a sample of it, and a text."""

    kind: str
    sample: tuple[Point, Point]
    text: DrawnText


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture, ready to be written: everything with its place. Boxes stand before those inside them."""

    title: str
    width: float
    height: float
    heading: tuple[DrawnText, ...]
    boxes: tuple[PlacedBox, ...]
    edges: tuple[PlacedEdge, ...]
    labels: tuple[DrawnText, ...]
    legend: tuple[LegendEntry, ...]
