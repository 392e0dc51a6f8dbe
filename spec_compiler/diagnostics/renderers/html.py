"""Diagnostics as HTML, for notebooks: the text with its colours."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from spec_compiler.diagnostics.renderers import text

if TYPE_CHECKING:
    from spec_compiler.diagnostics.renderers.renderable import Renderable

_CODE = re.compile("\x1b\\[(\\d+)m")
_STYLES = {
    "1": "font-weight: bold",
    "31": "color: #c4151c",
    "33": "color: #a15c00",
    "34": "color: #2f5fb3",
    "36": "color: #0b7285",
}
"""What the codes of the text's colours are in CSS: colours that can be read on white and on black."""


def render(report: Renderable) -> str:
    """All diagnostics of a report, and a line that counts them."""
    coloured = text.render(report, colour=True) or text.summary_line(report)
    return f'<pre style="white-space: pre; overflow-x: auto">{_html(coloured)}</pre>'


def _html(coloured: str) -> str:
    """Text with codes of colours as HTML. There are no other codes in it: the text renderer spells them out."""
    parts, opened, position = [], 0, 0
    for code in _CODE.finditer(coloured):
        parts.append(escape(coloured[position : code.start()]))
        position = code.end()
        if code[1] == "0":
            parts.append("</span>" * opened)
            opened = 0
        else:
            parts.append(f'<span style="{_STYLES[code[1]]}">')
            opened += 1
    return "".join([*parts, escape(coloured[position:])])
