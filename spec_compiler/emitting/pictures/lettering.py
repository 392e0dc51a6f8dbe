"""The texts in and around boxes: how much room they need, and where they stand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spec_compiler.emitting.pictures.diagram import Box, Diagram
from spec_compiler.emitting.pictures.drawing import DrawnText, Rectangle
from spec_compiler.emitting.pictures.text_widths import FontWeight, text_width

TITLE, LINE, LABEL, HEADING = 13.0, 11.0, 10.0, 18.0
"""The sizes of names, of what stands below them, of shapes at edges, and of the name of the whole."""

HEADER = 26.0
"""How high the part of an open box is that has its name."""

_TITLE_STEP, _LINE_STEP = 17.0, 14.0
_PADDING = 10.0
_LEAST_WIDTH = 30.0
_BADGE_GAP, _BADGE_PADDING, _BADGE_HEIGHT = 8.0, 5.0, 15.5
_CLEARANCE = 4.0


class TextSize(NamedTuple):
    """How wide and how high something is."""

    width: float
    height: float


class Lettering(NamedTuple):
    """The texts of a box, and what stands behind how often it is there; None if it is there once."""

    texts: tuple[DrawnText, ...]
    badge: Rectangle | None


def size(box: Box) -> TextSize:
    """The size of a box that has none inside."""
    width = max(_title_width(box), *(text_width(line, LINE) for line in box.lines), _LEAST_WIDTH)
    return TextSize(round(width + 2 * _PADDING, 1), _PADDING + _TITLE_STEP + _LINE_STEP * len(box.lines) + 4)


def header_width(box: Box) -> float:
    """How wide an open box is at least: an edge may pass between its name and what it is."""
    return round(2 * max(width + 2 * _PADDING for width in _pieces(box)), 1)


def heading(diagram: Diagram, left: float, top: float) -> tuple[DrawnText, ...]:
    """The name of the whole, and what stands below it."""
    title = DrawnText(diagram.title, left, top + HEADING * 0.8, HEADING, "heading", "bold")
    return title, DrawnText(diagram.subtitle, left, title.y + 19, 12.0, "muted")


def centred(box: Box, place: Rectangle) -> Lettering:
    """The texts of a box without any inside, in its middle."""
    middle = place.x + place.width / 2
    x = round(middle - _title_width(box) / 2, 1)
    height = _TITLE_STEP + _LINE_STEP * len(box.lines)
    y = place.y + (place.height - height) / 2 + TITLE
    texts, badge = _title(box, x, round(y, 1))
    for number, line in enumerate(box.lines):
        y += _LINE_STEP if number else _TITLE_STEP - 1.5
        width = text_width(line, LINE)
        texts.append(
            DrawnText(line, round(middle - width / 2, 1), round(y, 1), LINE, "line" if number == 0 else "muted")
        )
    return Lettering(tuple(texts), badge)


def in_header(box: Box, place: Rectangle, passing: Sequence[tuple[float, float]]) -> Lettering:
    """The texts of an open box in its upper part, beside the edges that pass there; they are cut where they must be.

    Args:
        box: The box.
        place: Where it is.
        passing: From where to where edges pass through the upper part.
    """
    baseline = round(place.y + 18, 1)
    taken = list(passing)
    x, end = place.x + _PADDING, place.right - _PADDING
    width = _title_width(box)
    start, room = _room(x, end, width, taken)
    texts, badge = _title(box, start, baseline, room)
    taken.append((start - _CLEARANCE, start + min(width, room) + _BADGE_GAP - _CLEARANCE))
    for line in box.lines:
        width = text_width(line, LINE)
        start, room = _room(x, end, width, taken)
        text = _cut(line, room)
        if text:
            texts.append(DrawnText(text, start, baseline, LINE, "muted"))
            taken.append((start - _CLEARANCE, start + width + _BADGE_GAP - _CLEARANCE))
    return Lettering(tuple(texts), badge)


def _room(start: float, end: float, width: float, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Where the first room of a width is, or the widest if there is none; and how wide it is."""
    gaps = []
    for left, right in sorted([*taken, (end + _CLEARANCE, end)]):
        gaps.append((round(start, 1), left - _CLEARANCE - start))
        start = max(start, right + _CLEARANCE)
    return next((gap for gap in gaps if gap[1] >= width), max(gaps, key=lambda gap: gap[1]))


def _cut(text: str, room: float, size: float = LINE, weight: FontWeight = "regular") -> str:
    """As much of a text as there is room for; nothing if that is hardly any."""
    if text_width(text, size, weight) <= room:
        return text
    while text and text_width(f"{text}…", size, weight) > room:
        text = text[:-1].rstrip()
    return f"{text}…" if len(text) > 2 else ""


def _pieces(box: Box) -> Iterator[float]:
    """How wide the texts of an open box are: its name, and what it is."""
    yield _title_width(box)
    yield from (text_width(line, LINE) for line in box.lines)


def _title(box: Box, x: float, baseline: float, room: float = math.inf) -> tuple[list[DrawnText], Rectangle | None]:
    beside = _title_width(box) - text_width(box.title, TITLE, "bold")
    title = DrawnText(_cut(box.title, room - beside, TITLE, "bold"), x, baseline, TITLE, "title", "bold")
    if box.times == 1:
        return [title], None
    left = round(x + title.width + _BADGE_GAP, 1)
    badge = DrawnText(_badge_text(box), left + _BADGE_PADDING, baseline, LINE, "badge", "bold")
    return [title, badge], Rectangle(left, baseline - 11.5, _badge_width(box), _BADGE_HEIGHT)


def _badge_text(box: Box) -> str:
    return f"× {box.times:,}"


def _badge_width(box: Box) -> float:
    return round(text_width(_badge_text(box), LINE, "bold") + 2 * _BADGE_PADDING, 1)


def _title_width(box: Box) -> float:
    width = text_width(box.title, TITLE, "bold")
    return width if box.times == 1 else width + _BADGE_GAP + _badge_width(box)
