"""SVG → PDF, by svg2pdf: lines stay lines, text can be searched, and the same picture gives the same bytes."""

from __future__ import annotations

from spec_compiler.emitting.pictures.drawing import Drawing
from spec_compiler.emitting.pictures.options import ThemeName
from spec_compiler.emitting.pictures.pdf_order import with_fonts_in_order
from spec_compiler.emitting.pictures.svg import svg
from spec_compiler.emitting.pictures.text_widths import FONT_FILES, is_in_font
from spec_compiler.emitting.requirement import require_pictures


def pdf(drawing: Drawing, theme: ThemeName = "auto") -> bytes:
    """A drawing as PDF of one page, as large as the drawing.

    Raises:
        PicturesMissingError: What writes it is not installed.
    """
    require_pictures("svg2pdf_py")
    from svg2pdf_py import FontDatabase, svg_to_pdf

    text = svg(drawing, "dark" if theme == "dark" else "light")
    fonts = FontDatabase()
    for path in FONT_FILES:
        fonts.load_font_file(str(path))
    if not is_in_font(text.replace("\n", "")):
        fonts.load_system_fonts()
    return with_fonts_in_order(bytes(svg_to_pdf(text, fonts)))
