"""How wide the characters of the font are that pictures are set in, so that no one need read the font for it."""

from __future__ import annotations

import json
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "spec_compiler/emitting/pictures/fonts"
_FILES = {"regular": "Inter-Regular.ttf", "bold": "Inter-SemiBold.ttf"}


def text() -> str:
    """The widths of all characters of each weight, in the font's own unit, as JSON."""
    widths: dict[str, object] = {}
    for weight, name in _FILES.items():
        font = TTFont(FONTS / name)
        advances = font["hmtx"].metrics
        widths["units_per_em"] = font["head"].unitsPerEm
        widths[weight] = {chr(code): advances[glyph][0] for code, glyph in sorted(font.getBestCmap().items())}
    return json.dumps(widths, separators=(",", ":")) + "\n"
