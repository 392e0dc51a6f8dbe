"""Diagram → plain data: all boxes, open and folded, with the sizes and texts that the page lays out and draws."""

from __future__ import annotations

from collections.abc import Mapping

from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.pictures.diagram import Box, Diagram, DiagramEdge, Port
from spec_compiler.emitting.pictures.drawing import DrawnText, Rectangle
from spec_compiler.emitting.pictures.engine_graph import (
    CLOSED_OPTIONS,
    LARGE_OPTIONS,
    LEAST_SIZE,
    OPEN_OPTIONS,
    TIE_OPTIONS,
    least_open_size,
    root_options,
    side_of,
)
from spec_compiler.emitting.pictures.layout import LEGEND
from spec_compiler.emitting.pictures.lettering import HEADER, LABEL, LINE, centred, in_header, size
from spec_compiler.emitting.pictures.options import Direction
from spec_compiler.emitting.pictures.text_widths import text_width

_ENDLESS = 1e6


def picture_data(diagram: Diagram, direction: Direction, changes: Mapping[str, str] | None = None) -> JsonObject:
    """A diagram in which all blocks are open, as the page wants it.

    Args:
        diagram: The diagram.
        direction: Where its edges lead.
        changes: What has become of boxes, by their ids, where two models are compared.
    """
    side = side_of(direction)
    return {
        "boxes": [_box(box, side, changes or {}) for box in diagram.boxes],
        "edges": [_edge(edge) for edge in diagram.edges],
        "legend": LEGEND,
        "engine": {
            "root": root_options(direction),
            "large": LARGE_OPTIONS,
            "open": OPEN_OPTIONS,
            "closed": CLOSED_OPTIONS,
            "tie": TIE_OPTIONS,
            "least_size": LEAST_SIZE,
            "side": side,
            "header": HEADER,
            "label": LABEL,
            "line": LINE,
        },
    }


def _box(box: Box, side: str, changes: Mapping[str, str]) -> JsonObject:
    folded = Box(
        box.id,
        "shared" if box.kind == "shared" else "folded" if box.boxes else box.kind,
        box.title,
        box.folded_lines if box.boxes else box.lines,
        times=box.times,
    )
    width, height = size(folded)
    data: JsonObject = {
        "id": box.id,
        "kind": folded.kind,
        "title": box.title,
        "about": box.tooltip,
        "names": list(box.names),
        "width": width,
        "height": height,
        **_lettering(folded, Rectangle(0, 0, width, height)),
    }
    data |= {"times": box.times} if box.times > 1 else {}
    data |= {"colour": box.colour} if box.colour is not None else {}
    data |= {"ports": list(map(_port, box.ports))} if box.ports else {}
    data |= {"change": changes[box.id]} if box.id in changes else {}
    if any(inner.id in changes for inner in box.all_boxes()):
        data["folded_change"] = changes.get(box.id, "changed")
    if box.boxes:
        data["open"] = {"least_size": least_open_size(box, side), **_header(box)}
        data["boxes"] = [_box(inner, side, changes) for inner in box.boxes]
    return data


def _lettering(box: Box, place: Rectangle) -> JsonObject:
    """The texts of a box without any inside, from its upper left corner."""
    lettering = centred(box, place)
    badge = {"badge": list(lettering.badge)} if lettering.badge is not None else {}
    return {"texts": list(map(_text, lettering.texts)), **badge}


def _header(box: Box) -> JsonObject:
    """The texts of an open box one after the other; where edges pass there, the page shifts them."""
    lettering = in_header(box, Rectangle(0, 0, _ENDLESS, HEADER), [])
    badge = {"badge": list(lettering.badge)} if lettering.badge is not None else {}
    return {"texts": list(map(_text, lettering.texts)), **badge}


def _text(text: DrawnText) -> JsonObject:
    role = f"{text.role} bold" if text.weight == "bold" else text.role
    return {"text": text.text, "x": text.x, "y": text.y, "size": text.size, "role": role, "width": round(text.width, 1)}


def _port(port: Port) -> JsonObject:
    return {"id": port.id, "label": port.label, "width": text_width(port.label, LABEL)}


def _edge(edge: DiagramEdge) -> JsonObject:
    colour = {"colour": edge.colour} if edge.colour is not None else {}
    return {"port": edge.port, "target": edge.target, "kind": edge.kind, **colour}
