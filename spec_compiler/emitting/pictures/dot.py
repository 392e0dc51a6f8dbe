"""Diagram → a graph in the language of Graphviz, with a cluster for each open box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec_compiler.emitting.pictures.diagram import Box, Diagram, DiagramEdge, EdgeKind
from spec_compiler.emitting.pictures.options import Direction
from spec_compiler.emitting.pictures.theme import LIGHT

_DIRECTIONS: dict[Direction, str] = {"down": "TB", "right": "LR"}
_STYLES: dict[EdgeKind, str] = {
    "data": "",
    "masked": "",
    "state": "style=dashed",
    "mask": "style=dotted",
    "shared": "style=dashed, arrowhead=none",
}


def dot(diagram: Diagram, direction: Direction) -> str:
    """A diagram as Graphviz reads it."""
    lines = [
        f"digraph {_quoted(diagram.title)} {{",
        f"  label={_quoted(f'{diagram.title}: {diagram.subtitle}')}",
        f"  graph [rankdir={_DIRECTIONS[direction]}, labelloc=t, compound=true, fontname=Helvetica]",
        f"  node [shape=box, style={_quoted('rounded,filled')}, fontname=Helvetica, fontsize=11, "
        f"fillcolor={_quoted(LIGHT.fills['layer'])}, color={_quoted(LIGHT.strokes['layer'])}]",
        f"  edge [fontname=Helvetica, fontsize=9, color={_quoted(LIGHT.edges['data'])}]",
    ]
    for box in diagram.boxes:
        lines += _box(box, "  ")
    lines += _edges(diagram)
    return "\n".join([*lines, "}", ""])


def _box(box: Box, indent: str) -> Iterator[str]:
    fill, stroke = _colours(box)
    if box.boxes:
        yield f"{indent}subgraph {_quoted(f'cluster {box.id}')} {{"
        yield f"{indent}  label={_quoted(' '.join((_title(box), *box.lines)))}"
        yield f"{indent}  style={_quoted('rounded,filled')}; fillcolor={_quoted(fill)}; color={_quoted(stroke)}"
        for inner in box.boxes:
            yield from _box(inner, f"{indent}  ")
        yield f"{indent}}}"
        return
    label = "\n".join((_title(box), *box.lines))
    yield f"{indent}{_quoted(box.id)} [label={_quoted(label)}, fillcolor={_quoted(fill)}, color={_quoted(stroke)}]"


def _title(box: Box) -> str:
    return f"{box.title} × {box.times:,}" if box.times > 1 else box.title


def _colours(box: Box) -> tuple[str, str]:
    if box.colour is not None:
        stroke, fill = LIGHT.shared[box.colour % len(LIGHT.shared)]
        return fill, stroke
    return LIGHT.fills[box.kind], LIGHT.strokes[box.kind]


def _edges(diagram: Diagram) -> Iterator[str]:
    sources = {port.id: (box, port.label) for box in diagram.all_boxes() for port in box.ports}
    boxes: Mapping[str, Box] = {box.id: box for box in diagram.all_boxes()}
    for edge in diagram.edges:
        source, label = sources[edge.port]
        attributes = [f"label={_quoted(label)}"] if label else []
        attributes += [each for each in (_STYLES[edge.kind], _colour(edge)) if each]
        # Graphviz draws edges between nodes only, and lets them end at the border of a cluster.
        if source.boxes:
            attributes.append(f"ltail={_quoted(f'cluster {source.id}')}")
        start = _quoted(_innermost(source).id)
        yield f"  {start} -> {_quoted(boxes[edge.target].id)} [{', '.join(attributes)}]"


def _innermost(box: Box) -> Box:
    while box.boxes:
        box = box.boxes[-1]
    return box


def _colour(edge: DiagramEdge) -> str:
    if edge.colour is not None:
        return f"color={_quoted(LIGHT.shared[edge.colour % len(LIGHT.shared)][0])}"
    return "" if edge.kind == "data" else f"color={_quoted(LIGHT.edges[edge.kind])}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
