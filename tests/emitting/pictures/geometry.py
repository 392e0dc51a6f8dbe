"""What may not be seen in a picture: edges through boxes and texts, texts on one another, anything cut off."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from spec_compiler.emitting.pictures.drawing import Drawing, DrawnText, PlacedBox, PlacedEdge, Point, Rectangle

_TOUCH = 0.6
"""Rectangles that share as little as this only touch."""


def faults(drawing: Drawing) -> list[str]:
    """What is wrong with a drawing."""
    return [
        *_edges_through_boxes(drawing),
        *_edges_through_texts(drawing),
        *_slanted_edges(drawing),
        *_loose_ends(drawing),
        *_boxes_on_boxes(drawing),
        *_texts_on_texts(drawing),
        *_texts_out_of_boxes(drawing),
        *_outside(drawing),
    ]


def _edges_through_boxes(drawing: Drawing) -> Iterator[str]:
    around = {placed.box.id: placed.around for placed in drawing.boxes}
    for edge in drawing.edges:
        ends = {edge.source, edge.edge.target, *around[edge.source], *around[edge.edge.target]}
        for placed in drawing.boxes:
            if placed.box.id in ends:
                # A box with others inside may be entered from its border; one without is where the edge ends.
                if placed.box.boxes:
                    continue
                inner = _shrunk(placed.place, 2)
            else:
                inner = _shrunk(placed.place, _TOUCH)
            if any(_meet(_segment(*each), inner) for each in pairwise(edge.points)):
                yield f"the edge {_name(edge)} runs through {placed.box.id}"


def _edges_through_texts(drawing: Drawing) -> Iterator[str]:
    headers = [text for placed in drawing.boxes if placed.box.boxes for text in placed.texts]
    for text in (*drawing.labels, *headers, *drawing.heading):
        for edge in drawing.edges:
            if any(_meet(_segment(*each), text.rectangle) for each in pairwise(edge.points)):
                yield f"the edge {_name(edge)} runs through `{text.text}`"


def _slanted_edges(drawing: Drawing) -> Iterator[str]:
    for edge in drawing.edges:
        for start, end in pairwise(edge.points):
            if start.x != end.x and start.y != end.y:
                yield f"the edge {_name(edge)} is slanted from {start} to {end}"


def _loose_ends(drawing: Drawing) -> Iterator[str]:
    places = {placed.box.id: placed.place for placed in drawing.boxes}
    for edge in drawing.edges:
        for point, box in ((edge.points[0], edge.source), (edge.points[-1], edge.edge.target)):
            if not _on_border(point, places[box]):
                yield f"the edge {_name(edge)} does not end at the border of {box}"


def _boxes_on_boxes(drawing: Drawing) -> Iterator[str]:
    for one, other in combinations(drawing.boxes, 2):
        if one.box.id in other.around:
            if not _within(other.place, one.place):
                yield f"{other.box.id} sticks out of {one.box.id}"
        elif _meet(one.place, other.place):
            yield f"{one.box.id} and {other.box.id} lie on one another"


def _texts_on_texts(drawing: Drawing) -> Iterator[str]:
    in_boxes = [text for placed in drawing.boxes for text in placed.texts]
    legend = [entry.text for entry in drawing.legend]
    texts = [*drawing.heading, *drawing.labels, *in_boxes, *legend]
    for one, other in combinations(texts, 2):
        if _meet(one.rectangle, other.rectangle):
            yield f"`{one.text}` and `{other.text}` lie on one another"
    for label in drawing.labels:
        for placed in drawing.boxes:
            if not placed.box.boxes and _meet(label.rectangle, placed.place):
                yield f"`{label.text}` lies on {placed.box.id}"
            if placed.box.boxes and _crosses_border(label.rectangle, placed.place):
                yield f"`{label.text}` lies on the border of {placed.box.id}"


def _texts_out_of_boxes(drawing: Drawing) -> Iterator[str]:
    for placed in drawing.boxes:
        for rectangle in _lettering(placed):
            if not _within(rectangle, placed.place):
                yield f"a text sticks out of {placed.box.id}"


def _outside(drawing: Drawing) -> Iterator[str]:
    canvas = Rectangle(0, 0, drawing.width, drawing.height)
    texts: list[DrawnText] = [*drawing.heading, *drawing.labels, *(entry.text for entry in drawing.legend)]
    for text in texts:
        if not _within(text.rectangle, canvas):
            yield f"`{text.text}` lies outside of the picture"
    for placed in drawing.boxes:
        if not _within(placed.place, canvas):
            yield f"{placed.box.id} lies outside of the picture"
    for edge in drawing.edges:
        if not all(_within(Rectangle(*point, 0, 0), canvas) for point in edge.points):
            yield f"the edge {_name(edge)} leads outside of the picture"


def _lettering(placed: PlacedBox) -> Iterator[Rectangle]:
    yield from (text.rectangle for text in placed.texts)
    if placed.badge is not None:
        yield placed.badge


def _name(edge: PlacedEdge) -> str:
    return f"{edge.source} → {edge.edge.target}"


def _segment(start: Point, end: Point) -> Rectangle:
    return Rectangle(min(start.x, end.x), min(start.y, end.y), abs(start.x - end.x), abs(start.y - end.y))


def _shrunk(place: Rectangle, by: float) -> Rectangle:
    return Rectangle(place.x + by, place.y + by, place.width - 2 * by, place.height - 2 * by)


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def _within(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        inner.x >= outer.x - _TOUCH
        and inner.y >= outer.y - _TOUCH
        and inner.right <= outer.right + _TOUCH
        and inner.bottom <= outer.bottom + _TOUCH
    )


def _crosses_border(rectangle: Rectangle, place: Rectangle) -> bool:
    return _meet(rectangle, place) and not _within(rectangle, place)


def _on_border(point: Point, place: Rectangle) -> bool:
    is_beside = min(abs(point.x - place.x), abs(point.x - place.right)) <= _TOUCH and place.y <= point.y <= place.bottom
    is_above = min(abs(point.y - place.y), abs(point.y - place.bottom)) <= _TOUCH and place.x <= point.x <= place.right
    return is_beside or is_above
