"""How wide texts are in the font that pictures are set in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Literal

FontWeight = Literal["regular", "bold"]

_FOLDER = Path(__file__).parent / "fonts"

FONT_FILES = (_FOLDER / "Inter-Regular.ttf", _FOLDER / "Inter-SemiBold.ttf")
"""The font, for what has no font of its own."""

_WIDEST = 1.0
"""How wide a character is taken to be that the font does not have, in units of the size: as wide as any."""


def text_width(text: str, size: float, weight: FontWeight = "regular") -> float:
    """How wide a text of a size is, in the same unit."""
    widths, units = _widths()
    of_weight = widths[weight]
    return size * sum(of_weight.get(character, _WIDEST * units) for character in text) / units


def is_in_font(text: str) -> bool:
    """Whether the font has all characters of a text."""
    widths, _ = _widths()
    return all(character in widths["regular"] for character in text)


@cache
def _widths() -> tuple[dict[str, dict[str, int]], int]:
    read = json.loads((_FOLDER / "widths.json").read_text(encoding="utf-8"))
    return {weight: read[weight] for weight in ("regular", "bold")}, read["units_per_em"]
