"""Diagram → a graph in the JSON of the layout engine."""

from __future__ import annotations

from typing import Any

from spec_compiler.emitting.pictures.diagram import Box, Diagram, DiagramEdge, Port
from spec_compiler.emitting.pictures.lettering import HEADER, LABEL, header_width, size
from spec_compiler.emitting.pictures.options import Direction
from spec_compiler.emitting.pictures.text_widths import text_width

_SPACING = {
    "elk.spacing.nodeNode": "22",
    "elk.spacing.edgeNode": "14",
    "elk.spacing.edgeEdge": "10",
    "elk.layered.spacing.nodeNodeBetweenLayers": "26",
    "elk.layered.spacing.edgeNodeBetweenLayers": "12",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "9",
    "elk.spacing.labelPortHorizontal": "5",
    "elk.spacing.labelPortVertical": "3",
    "elk.spacing.componentComponent": "40",
}

_OPTIONS = {
    "elk.algorithm": "layered",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",  # its network simplex fails on some nested graphs
    "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
    "elk.layered.thoroughness": "10",
    "elk.json.edgeCoords": "ROOT",
    "elk.json.shapeCoords": "ROOT",
    **_SPACING,
}

LARGE_OPTIONS = {
    "elk.layered.thoroughness": "1",
    "elk.layered.layering.strategy": "LONGEST_PATH_SOURCE",  # the others recurse as deep as the graph is
}
"""How a graph of thousands of boxes is laid out where there is little time and a small stack, as in a browser."""

_DIRECTIONS: dict[Direction, tuple[str, str]] = {"down": ("DOWN", "SOUTH"), "right": ("RIGHT", "EAST")}
"""What the engine calls a direction, and the side of a box that edges leave it on."""


def engine_graph(diagram: Diagram, direction: Direction) -> dict[str, Any]:
    """A diagram as the engine takes it, with the sizes of everything."""
    side = side_of(direction)
    return {
        "id": "diagram",
        "layoutOptions": root_options(direction),
        "children": [_node(box, side) for box in diagram.boxes],
        "edges": [_edge(number, edge) for number, edge in enumerate(diagram.edges)],
    }


def root_options(direction: Direction) -> dict[str, str]:
    """How the engine is to lay out the whole."""
    return {**_OPTIONS, "elk.direction": _DIRECTIONS[direction][0]}


def side_of(direction: Direction) -> str:
    """The side of a box that edges leave it on."""
    return _DIRECTIONS[direction][1]


def edge_id(number: int) -> str:
    """What the engine calls an edge of the diagram."""
    return f"edge:{number}"


OPEN_OPTIONS = {
    **_SPACING,
    "elk.padding": f"[top={HEADER + 14},left=14,bottom=16,right=14]",
    "elk.nodeSize.constraints": "MINIMUM_SIZE",
    "elk.contentAlignment": "V_CENTER H_CENTER",
}
"""How the inside of a box is to be laid out; what it must at least measure is added."""

CLOSED_OPTIONS = {
    **_SPACING,
    "elk.portConstraints": "FIXED_SIDE",
    "elk.portLabels.placement": "OUTSIDE NEXT_TO_PORT_IF_POSSIBLE",
    "elk.nodeSize.constraints": "PORTS PORT_LABELS MINIMUM_SIZE",
}
"""How a box without any inside is to be laid out; what it must at least measure is added."""

LEAST_SIZE = "elk.nodeSize.minimum"

TIE_OPTIONS = {"elk.layered.priority.straightness": "0", "elk.layered.priority.shortness": "0"}
"""Where a shared layer stands matters less than that the data flows straight."""


def _node(box: Box, side: str) -> dict[str, Any]:
    node: dict[str, Any] = {"id": box.id, "ports": [_port(port, side) for port in box.ports]}
    if box.boxes:
        node["children"] = [_node(inner, side) for inner in box.boxes]
        options = {**OPEN_OPTIONS, LEAST_SIZE: least_open_size(box, side)}
    else:
        width, height = size(box)
        node |= {"width": width, "height": height}
        options = {**CLOSED_OPTIONS, LEAST_SIZE: f"({width}, {height})"}
    node["layoutOptions"] = options
    return node


def least_open_size(box: Box, side: str) -> str:
    """The least size of an open box. The engine lays out to the right, and turns all but this for other directions."""
    width, height = (HEADER, header_width(box)) if side == "SOUTH" else (header_width(box), HEADER)
    return f"({width}, {height})"


def _port(port: Port, side: str) -> dict[str, Any]:
    label = {"id": f"{port.id}#", "text": port.label, "width": text_width(port.label, LABEL), "height": LABEL}
    return {
        "id": port.id,
        "width": 0,
        "height": 0,
        "layoutOptions": {"elk.port.side": side},
        "labels": [label] if port.label else [],
    }


def _edge(number: int, edge: DiagramEdge) -> dict[str, Any]:
    found: dict[str, Any] = {"id": edge_id(number), "sources": [edge.port], "targets": [edge.target]}
    if edge.kind == "shared":
        found["layoutOptions"] = TIE_OPTIONS
    return found
