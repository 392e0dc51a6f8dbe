"""SVG → PNG, by resvg."""

from __future__ import annotations

from spec_compiler.emitting.pictures.drawing import Drawing
from spec_compiler.emitting.pictures.options import ThemeName
from spec_compiler.emitting.pictures.svg import svg
from spec_compiler.emitting.pictures.text_widths import FONT_FILES, is_in_font
from spec_compiler.emitting.requirement import require_pictures

_SCALE = 2.0
_MOST_PIXELS = 40_000_000


def png(drawing: Drawing, theme: ThemeName = "auto") -> bytes:
    """A drawing as PNG, two pixels for each of the drawing's, or fewer if it is very large.

    Raises:
        PicturesMissingError: What renders it is not installed.
    """
    require_pictures("resvg_py")
    from resvg_py import svg_to_bytes

    text = svg(drawing, "dark" if theme == "dark" else "light")
    scale = min(_SCALE, (_MOST_PIXELS / (drawing.width * drawing.height)) ** 0.5)
    return bytes(
        svg_to_bytes(
            svg_string=text,
            zoom=scale,
            font_files=[str(path) for path in FONT_FILES],
            # What the font does not have may be in one of the system's, which would else only cost time.
            skip_system_fonts=is_in_font(text.replace("\n", "")),
        )
    )
