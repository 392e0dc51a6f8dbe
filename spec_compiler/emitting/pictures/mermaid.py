"""Diagram → a flowchart of Mermaid, with a subgraph for each open box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec_compiler.emitting.pictures.diagram import Box, BoxKind, Diagram, DiagramEdge, EdgeKind
from spec_compiler.emitting.pictures.options import Direction
from spec_compiler.emitting.pictures.theme import LIGHT

_DIRECTIONS: dict[Direction, str] = {"down": "TB", "right": "LR"}
_ARROWS: dict[EdgeKind, str] = {"data": "-->", "masked": "==>", "state": "-.->", "mask": "-.->", "shared": "-.-"}
_SHAPES: dict[BoxKind, tuple[str, str]] = {"input": ("([", "])"), "output": ("([", "])"), "folded": ("[[", "]]")}
_ENTITIES = str.maketrans({"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"})


def mermaid(diagram: Diagram, direction: Direction) -> str:
    """A diagram as Mermaid reads it."""
    ids = {box.id: f"n{number}" for number, box in enumerate(diagram.all_boxes())}
    lines = ["---", f'title: "{diagram.title} · {diagram.subtitle}"', "---", f"flowchart {_DIRECTIONS[direction]}"]
    for box in diagram.boxes:
        lines += _box(box, ids, "  ")
    lines += _edges(diagram, ids)
    lines += _colours(diagram, ids)
    return "\n".join([*lines, ""])


def _box(box: Box, ids: Mapping[str, str], indent: str) -> Iterator[str]:
    if box.boxes:
        yield f'{indent}subgraph {ids[box.id]}["{_label(box, " · ")}"]'
        for inner in box.boxes:
            yield from _box(inner, ids, f"{indent}  ")
        yield f"{indent}end"
        return
    left, right = _SHAPES.get(box.kind, ("[", "]"))
    yield f'{indent}{ids[box.id]}{left}"{_label(box, "<br>")}"{right}'


def _label(box: Box, separator: str) -> str:
    title = f"{box.title} × {box.times:,}" if box.times > 1 else box.title
    first = f"<b>{_text(title)}</b>" if not box.boxes else _text(title)
    return separator.join([first, *map(_text, box.lines)])


def _edges(diagram: Diagram, ids: Mapping[str, str]) -> Iterator[str]:
    ports = {port.id: (box.id, port.label) for box in diagram.all_boxes() for port in box.ports}
    for edge in diagram.edges:
        source, label = ports[edge.port]
        text = f'|"{_text(label)}"|' if label else ""
        yield f"  {ids[source]} {_ARROWS[edge.kind]}{text} {ids[edge.target]}"


def _colours(diagram: Diagram, ids: Mapping[str, str]) -> Iterator[str]:
    """The colours of inputs and outputs, of shared layers, and of the edges that are not of data alone."""
    boxes = list(diagram.all_boxes())
    for kind in ("input", "output"):
        members = [ids[box.id] for box in boxes if box.kind == kind and box.colour is None]
        if members:
            yield f"  classDef {kind} fill:{LIGHT.fills[kind]},stroke:{LIGHT.strokes[kind]},color:{LIGHT.text}"
            yield f"  class {','.join(members)} {kind}"
    for number in sorted({box.colour for box in boxes if box.colour is not None}):
        stroke, fill = LIGHT.shared[number % len(LIGHT.shared)]
        yield f"  classDef shared{number} fill:{fill},stroke:{stroke},color:{LIGHT.text}"
        yield f"  class {','.join(ids[box.id] for box in boxes if box.colour == number)} shared{number}"
    for at, edge in enumerate(diagram.edges):
        colour = _colour(edge)
        if colour:
            yield f"  linkStyle {at} stroke:{colour}"


def _colour(edge: DiagramEdge) -> str:
    if edge.colour is not None:
        return LIGHT.shared[edge.colour % len(LIGHT.shared)][0]
    return "" if edge.kind == "data" else LIGHT.edges[edge.kind]


def _text(text: str) -> str:
    return text.translate(_ENTITIES)
