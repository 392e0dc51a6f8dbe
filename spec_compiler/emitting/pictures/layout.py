"""Diagram → Drawing: everything gets its place, by the Eclipse Layout Kernel's layered algorithm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from spec_compiler.emitting.pictures.diagram import Box, Diagram, DiagramEdge
from spec_compiler.emitting.pictures.drawing import (
    Drawing,
    DrawnText,
    LegendEntry,
    PlacedBox,
    PlacedEdge,
    Point,
    Rectangle,
)
from spec_compiler.emitting.pictures.engine import layout
from spec_compiler.emitting.pictures.engine_graph import edge_id, engine_graph
from spec_compiler.emitting.pictures.lettering import HEADER, LABEL, LINE, centred, heading, in_header
from spec_compiler.emitting.pictures.options import Direction
from spec_compiler.emitting.pictures.text_widths import text_width

_MARGIN = 24.0
_BELOW_HEADING = 52.0
_SAMPLE = 26.0
_ROUNDED = 0.5

LEGEND = {
    "masked": "data with a mask",
    "mask": "mask",
    "state": "state",
    "shared": "calls of a shared layer",
}
"""What the kinds of edges mean that are explained where they are seen."""


def lay_out(diagram: Diagram, direction: Direction) -> Drawing:
    """A diagram with places.

    Raises:
        PicturesMissingError: The engine is not installed.
        LayoutError: It takes too long, or too much memory.
    """
    return drawing_of(diagram, layout(engine_graph(diagram, direction)))


def drawing_of(diagram: Diagram, placed: Mapping[str, Any]) -> Drawing:
    """A diagram with the places that the engine has given its graph."""
    return _Reading(diagram, placed).drawing()


class _Reading:
    """What the engine gives back, read as places of the diagram's boxes and edges."""

    def __init__(self, diagram: Diagram, placed: Mapping[str, Any]) -> None:
        self._diagram = diagram
        self._placed = placed
        self._nodes = {node["id"]: node for node in _nodes(placed)}
        self._ways = {edge["id"]: edge for edge in placed["edges"]}
        self._sources = {port.id: box.id for box in diagram.all_boxes() for port in box.ports}

    def drawing(self) -> Drawing:
        """All of it, below the heading and above what explains the edges."""
        texts = heading(self._diagram, _MARGIN, _MARGIN)
        labels = tuple(label for node in self._nodes.values() for label in _labels(node))
        edges = tuple(placed for number, edge in enumerate(self._diagram.edges) for placed in self._edges(edge, number))
        boxes = tuple(self._box(box, around, edges) for box, around in _with_around(self._diagram.boxes))
        right = max(_MARGIN + float(self._placed["width"]), *(text.rectangle.right for text in (*texts, *labels)))
        kinds = [kind for kind in LEGEND if any(edge.kind == kind for edge in self._diagram.edges)]
        legend = tuple(_legend(kinds, right, _BELOW_HEADING + _MARGIN + float(self._placed["height"]) + 26))
        bottom = legend[-1].sample[0].y + 6 if legend else _BELOW_HEADING + _MARGIN + float(self._placed["height"])
        right = max([right, *(entry.text.rectangle.right for entry in legend)])
        return Drawing(
            self._diagram.title,
            round(right + _MARGIN, 1),
            round(bottom + _MARGIN, 1),
            texts,
            boxes,
            edges,
            labels,
            legend,
        )

    def _box(self, box: Box, around: tuple[str, ...], edges: Iterable[PlacedEdge]) -> PlacedBox:
        node = self._nodes[box.id]
        corner = _point(node)
        place = Rectangle(corner.x, corner.y, round(node["width"], 1), round(node["height"], 1))
        if box.boxes:
            lettering = in_header(box, place, list(_passing(place._replace(height=HEADER), edges)))
        else:
            lettering = centred(box, place)
        return PlacedBox(box, place, lettering.texts, lettering.badge, around)

    def _edges(self, edge: DiagramEdge, number: int) -> Iterator[PlacedEdge]:
        way = self._ways[edge_id(number)]
        junctions = tuple(map(_point, way.get("junctionPoints", ())))
        for section in way["sections"]:
            points = (section["startPoint"], *section.get("bendPoints", ()), section["endPoint"])
            upright = tuple(_upright(map(_point, points)))
            yield PlacedEdge(edge, self._sources[edge.port], upright, junctions)


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for child in node.get("children", ()):
        yield child
        yield from _nodes(child)


def _with_around(boxes: tuple[Box, ...], around: tuple[str, ...] = ()) -> Iterator[tuple[Box, tuple[str, ...]]]:
    """Each box, with the ids of those around it."""
    for box in boxes:
        yield box, around
        yield from _with_around(box.boxes, (*around, box.id))


def _labels(node: Mapping[str, Any]) -> Iterator[DrawnText]:
    for port in node.get("ports", ()):
        for label in port.get("labels", ()):
            x, y = _point(label)
            yield DrawnText(label["text"], x, round(y + LABEL * 0.8, 1), LABEL, "label")


def _point(place: Mapping[str, float]) -> Point:
    """A place that the engine gives, in the picture."""
    return Point(round(_MARGIN + place["x"], 1), round(_BELOW_HEADING + _MARGIN + place["y"], 1))


def _upright(points: Iterable[Point]) -> Iterator[Point]:
    """A way whose parts are upright or level but for what rounding made of them."""
    before: Point | None = None
    for point in points:
        if before is not None:
            x = before.x if abs(point.x - before.x) < _ROUNDED else point.x
            y = before.y if abs(point.y - before.y) < _ROUNDED else point.y
            point = Point(x, y)
        yield point
        before = point


def _passing(place: Rectangle, edges: Iterable[PlacedEdge]) -> Iterator[tuple[float, float]]:
    """From where to where edges pass through a place."""
    for edge in edges:
        for start, end in pairwise(edge.points):
            left, right = sorted((start.x, end.x))
            top, bottom = sorted((start.y, end.y))
            if left <= place.right and right >= place.x and top < place.bottom and bottom > place.y:
                yield left, right


def _legend(kinds: Iterable[str], right: float, y: float) -> Iterator[LegendEntry]:
    """What the kinds of edges mean that there are, in rows."""
    x = _MARGIN
    for kind in kinds:
        width = _SAMPLE + 8 + text_width(LEGEND[kind], LINE)
        if x > _MARGIN and x + width > right:
            x, y = _MARGIN, y + 18
        start, end = Point(round(x, 1), round(y, 1)), Point(round(x + _SAMPLE, 1), round(y, 1))
        text = DrawnText(LEGEND[kind], round(end.x + 8, 1), round(y + 4, 1), LINE, "muted")
        yield LegendEntry(kind, (start, end), text)
        x += width + 20
