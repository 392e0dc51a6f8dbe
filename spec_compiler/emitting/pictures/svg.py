"""Drawing → SVG, with the colours as a style sheet, so that one file can be light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from spec_compiler.emitting.pictures.diagram import Box
from spec_compiler.emitting.pictures.drawing import (
    Drawing,
    DrawnText,
    LegendEntry,
    PlacedBox,
    PlacedEdge,
    Point,
    Rectangle,
)
from spec_compiler.emitting.pictures.options import ThemeName as ThemeName
from spec_compiler.emitting.pictures.theme import DARK, LIGHT, Theme

_FAMILY = "Inter,'Helvetica Neue',Arial,sans-serif"
_BOLD_FAMILY = "Inter,'Inter SemiBold','Helvetica Neue',Arial,sans-serif"
_CORNER = 6.0
_ARROW, _ARROW_WIDTH = 6.5, 3.2
DASHES = {"mask": "2 3", "state": "6 3", "shared": "5 4"}
"""The lines of the kinds of edges that are not whole."""


def svg(drawing: Drawing, theme: ThemeName = "auto") -> str:
    """A drawing as SVG.

    Args:
        drawing: What is drawn.
        theme: `light`, `dark`, or `auto`: as the reader's screen is.
    """
    width, height = _number(drawing.width), _number(drawing.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" class="spec-picture">',
        f"<title>{escape(drawing.title)}</title>",
        f"<style>{_style(drawing, theme)}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        *map(_text, drawing.heading),
    ]
    # Edges lie over the boxes around them, and under all labels.
    opened = [placed for placed in drawing.boxes if placed.box.boxes]
    others = [placed for placed in drawing.boxes if not placed.box.boxes]
    lines += map(_box, opened)
    for edge in sorted(drawing.edges, key=lambda each: each.edge.kind != "shared"):
        lines += _edge(edge)
    lines += map(_box, others)
    lines += map(_text, drawing.labels)
    for entry in drawing.legend:
        lines += _legend_entry(entry)
    return "\n".join([*lines, "</svg>", ""])


def _style(drawing: Drawing, theme: ThemeName) -> str:
    common = [
        f".spec-picture text{{font-family:{_FAMILY};font-kerning:none;white-space:pre}}",
        f".spec-picture .bold{{font-family:{_BOLD_FAMILY};font-weight:600}}",
        ".spec-picture path,.spec-picture line{fill:none}",
        *(f".spec-picture .{kind}-edge{{stroke-dasharray:{dashes}}}" for kind, dashes in DASHES.items()),
    ]
    colours = _colours(drawing, DARK if theme == "dark" else LIGHT)
    dark = [f"@media (prefers-color-scheme:dark){{{''.join(_colours(drawing, DARK))}}}"] if theme == "auto" else []
    return "".join([*common, *colours, *dark])


def _colours(drawing: Drawing, theme: Theme) -> Iterator[str]:
    """The rules of a theme, as far as there is something in the drawing that they are for."""
    yield _rule("ground", fill=theme.ground)
    for name, colour in (("heading", theme.text), ("title", theme.text), ("line", theme.line), ("muted", theme.muted)):
        yield _rule(name, fill=colour)
    yield _rule("label", fill=theme.muted)
    yield _rule("badge", fill=theme.badge_text)
    yield _rule("pill", fill=theme.badge)
    for kind in dict.fromkeys(_box_class(placed) for placed in drawing.boxes):
        yield _rule(kind, fill=theme.fills[kind.replace("-", "_")], stroke=theme.strokes[kind.replace("-", "_")])
    for kind in sorted({placed.edge.kind for placed in drawing.edges} - {"shared"}):
        yield _rule(f"{kind}-edge", stroke=theme.edges[kind])
        yield _rule(f"{kind}-end", fill=theme.edges[kind])
    yield _rule("shared-edge", stroke=theme.muted) if drawing.legend else ""
    for number in sorted({placed.box.colour for placed in drawing.boxes if placed.box.colour is not None}):
        stroke, fill = theme.shared[number % len(theme.shared)]
        yield _rule(f"colour-{number}", fill=fill, stroke=stroke)
        yield _rule(f"colour-{number}-edge", stroke=stroke)


def _rule(name: str, **properties: str) -> str:
    return f".spec-picture .{name}{{{';'.join(f'{key}:{value}' for key, value in properties.items())}}}"


def _box_class(placed: PlacedBox) -> str:
    kind = placed.box.kind
    return "open-within" if kind == "open" and len(placed.around) % 2 else kind


def _box(placed: PlacedBox) -> str:
    box, place = placed.box, placed.place
    colour = "" if box.colour is None else f" colour-{box.colour}"
    corner = _corner(box, place)
    rectangle = _rectangle(place, f"{_box_class(placed)}{colour}", corner, 1.6 if box.kind == "shared" else 1.2)
    badge = _rectangle(placed.badge, "pill", placed.badge.height / 2, 0) if placed.badge else ""
    texts = "".join(map(_text, placed.texts))
    tooltip = f"<title>{escape(box.tooltip)}</title>" if box.tooltip else ""
    return f"<g>{tooltip}{rectangle}{badge}{texts}</g>"


def _corner(box: Box, place: Rectangle) -> float:
    return place.height / 2 if box.kind in ("input", "output") and not box.lines else 8 if box.boxes else _CORNER


def _rectangle(place: Rectangle, name: str, corner: float, stroke: float) -> str:
    width = f' stroke-width="{_number(stroke)}"' if stroke else ""
    return (
        f'<rect class="{name}" x="{_number(place.x)}" y="{_number(place.y)}" width="{_number(place.width)}" '
        f'height="{_number(place.height)}" rx="{_number(corner)}"{width}/>'
    )


def _text(text: DrawnText) -> str:
    """A text, as wide as it was measured: where another font stands in for Inter, its letters are scaled."""
    role = f"{text.role} bold" if text.weight == "bold" else text.role
    return (
        f'<text class="{role}" x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(text.size)}" '
        f'textLength="{_number(text.width)}" lengthAdjust="spacingAndGlyphs">{escape(text.text, quote=False)}</text>'
    )


def _edge(placed: PlacedEdge) -> Iterator[str]:
    edge = placed.edge
    if edge.kind == "shared":
        yield f'<path class="shared-edge colour-{edge.colour}-edge" stroke-width="1.6" d="{_path(placed.points)}"/>'
        return
    *way, before, end = placed.points
    line = _path((*way, before, _short_of(before, end)))
    yield f'<path class="{edge.kind}-edge" stroke-width="1.4" d="{line}"/>'
    yield f'<polygon class="{edge.kind}-end" points="{_arrow(before, end)}"/>'
    for x, y in placed.junctions:
        yield f'<circle class="{edge.kind}-end" cx="{_number(x)}" cy="{_number(y)}" r="2.2"/>'


def _short_of(before: Point, end: Point) -> Point:
    """Where the line ends that an arrow is put on."""
    length = abs(end.x - before.x) + abs(end.y - before.y)
    share = max(0.0, 1 - (_ARROW - 1) / length) if length else 0.0
    return Point(before.x + (end.x - before.x) * share, before.y + (end.y - before.y) * share)


def _arrow(before: Point, end: Point) -> str:
    along = Point(_sign(end.x - before.x), _sign(end.y - before.y))
    base = Point(end.x - along.x * _ARROW, end.y - along.y * _ARROW)
    across = Point(-along.y * _ARROW_WIDTH, along.x * _ARROW_WIDTH)
    corners = (end, Point(base.x + across.x, base.y + across.y), Point(base.x - across.x, base.y - across.y))
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in corners)


def _path(points: Sequence[Point]) -> str:
    """A way along upright and level lines, its corners rounded."""
    corners = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
    parts = [f"M{_number(corners[0].x)} {_number(corners[0].y)}"]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(_CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        parts.append(f"L{_number(start.x)} {_number(start.y)}")
        parts.append(f"Q{_number(corner.x)} {_number(corner.y)} {_number(end.x)} {_number(end.y)}")
    parts.append(f"L{_number(corners[-1].x)} {_number(corners[-1].y)}")
    return "".join(parts)


def _distance(one: Point, other: Point) -> float:
    return abs(one.x - other.x) + abs(one.y - other.y)


def _towards(start: Point, end: Point, distance: float) -> Point:
    return Point(start.x + _sign(end.x - start.x) * distance, start.y + _sign(end.y - start.y) * distance)


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _legend_entry(entry: LegendEntry) -> Iterator[str]:
    (x1, y1), (x2, y2) = entry.sample
    yield (
        f'<line class="{entry.kind}-edge" x1="{_number(x1)}" y1="{_number(y1)}" x2="{_number(x2)}" '
        f'y2="{_number(y2)}" stroke-width="1.6"/>'
    )
    yield _text(entry.text)


def _number(number: float) -> str:
    """A number with one digit behind the point at most."""
    return f"{round(number, 1) + 0.0:g}" if abs(number) < 100_000 else f"{number:.0f}"
