"""The colours of pictures, on a light ground and on a dark one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture.

    Attributes:
        ground: Behind everything.
        text: Names.
        line: What a node calls.
        muted: Arguments, shapes, and what else is of less weight.
        fills: The inside of a box, by its kind; of those in one another by turns.
        strokes: The border of a box, by its kind.
        edges: The edges, by their kind.
        badge: Behind how many times something stands there.
        shared: The colours of shared layers, border and inside, by turns.
    """

    ground: str
    text: str
    line: str
    muted: str
    fills: dict[str, str]
    strokes: dict[str, str]
    edges: dict[str, str]
    badge: str
    badge_text: str
    shared: tuple[tuple[str, str], ...]


LIGHT = Theme(
    ground="#ffffff",
    text="#16202c",
    line="#334155",
    muted="#64748b",
    fills={
        "input": "#e3f5ea",
        "layer": "#ffffff",
        "op": "#f8fafc",
        "output": "#e5efff",
        "folded": "#eef1f6",
        "open": "#f4f6fa",
        "open_within": "#e9edf4",
        "shared": "#ffffff",
    },
    strokes={
        "input": "#3f9d69",
        "layer": "#8796ab",
        "op": "#b6c1d0",
        "output": "#4a7fd4",
        "folded": "#6b7c94",
        "open": "#c3ccd9",
        "open_within": "#b9c4d3",
        "shared": "#8796ab",
    },
    edges={"data": "#5b6b80", "masked": "#b7791f", "mask": "#b7791f", "state": "#8b5cf6"},
    badge="#334155",
    badge_text="#ffffff",
    shared=(
        ("#d9480f", "#fff0e6"),
        ("#0b7f83", "#e1f6f5"),
        ("#b0307a", "#fdeaf4"),
        ("#5f7a0a", "#f1f7db"),
        ("#5b4bc4", "#efecfd"),
        ("#8a5a00", "#fbf1d9"),
    ),
)

DARK = Theme(
    ground="#0f1620",
    text="#e8eef6",
    line="#c3cede",
    muted="#93a3b8",
    fills={
        "input": "#12301f",
        "layer": "#1c2735",
        "op": "#172130",
        "output": "#162a4a",
        "folded": "#253245",
        "open": "#141d29",
        "open_within": "#18232f",
        "shared": "#1c2735",
    },
    strokes={
        "input": "#4fb57f",
        "layer": "#61728a",
        "op": "#46566c",
        "output": "#6b9df0",
        "folded": "#8293ab",
        "open": "#35445a",
        "open_within": "#3d4d64",
        "shared": "#61728a",
    },
    edges={"data": "#94a5bb", "masked": "#e0a84a", "mask": "#e0a84a", "state": "#b197fc"},
    badge="#c3cede",
    badge_text="#0f1620",
    shared=(
        ("#ff8f57", "#3a2115"),
        ("#41c7c4", "#0f3133"),
        ("#f07ab8", "#381a2b"),
        ("#b3cf55", "#2a3211"),
        ("#a99cff", "#252046"),
        ("#e5b84f", "#352a10"),
    ),
)
