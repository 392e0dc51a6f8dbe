"""The typed graph as HTML, for notebooks: its picture, and its table below it."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from spec_compiler.emitting.pictures.errors import LayoutError, PictureTooLargeError
from spec_compiler.emitting.pictures.options import PictureOptions
from spec_compiler.emitting.pictures.picture import svg_text
from spec_compiler.emitting.requirement import PicturesMissingError
from spec_compiler.emitting.summary import node_columns, totals
from spec_compiler.graph.typed import TypedGraph

_MOST_ROWS = 200
"""Of larger graphs the first and the last rows are shown: a page with a hundred thousand is of no use."""


_MOST_BOXES = 200
"""Of larger graphs there is the table alone: a cell is not to wait for a picture that nobody can read."""


def html(graph: TypedGraph) -> str:
    """A small picture, where one can be made, and the table, folded away then."""
    picture = _picture(graph)
    if picture is None:
        return _table(graph)
    return f"{picture}<details><summary>{len(graph.nodes):,} nodes</summary>{_table(graph)}</details>"


def _picture(graph: TypedGraph) -> str | None:
    """The picture, as an image of its own, so that its style does not reach the rest of the page.

    A network is long: the cell is a window on it that is scrolled, and not a picture too small to be read.
    """
    try:
        text = svg_text(graph, PictureOptions(), _MOST_BOXES)
    except (LayoutError, PicturesMissingError, PictureTooLargeError):
        return None
    data = b64encode(text.encode()).decode()
    image = f'<img alt="model {escape(graph.name)}" style="max-width: 100%" src="data:image/svg+xml;base64,{data}">'
    return f'<div tabindex="0" style="max-height: 640px; overflow: auto">{image}</div>'


def _table(graph: TypedGraph) -> str:
    """A table of the nodes, and the totals, as in the graph's summary."""
    columns = node_columns(graph)
    rows = list(zip(*(column.cells for column in columns), strict=True))
    lines = [_row([column.title for column in columns], "th")]
    if len(rows) <= _MOST_ROWS:
        lines += [_row(row, "td") for row in rows]
    else:
        half = _MOST_ROWS // 2
        lines += [_row(row, "td") for row in rows[:half]]
        lines.append(f'<tr><td colspan="{len(columns)}">… {len(rows) - 2 * half:,} more …</td></tr>')
        lines += [_row(row, "td") for row in rows[-half:]]
    heading = f"<strong>model {escape(graph.name)}</strong>"
    return f"{heading}<table>{''.join(lines)}</table><pre>{escape(chr(10).join(totals(graph)))}</pre>"


def _row(cells: list[str] | tuple[str, ...], kind: str) -> str:
    """A row, its last cell a number."""
    *texts, number = map(escape, cells)
    left = "".join(f'<{kind} style="text-align: left">{text}</{kind}>' for text in texts)
    return f'<tr>{left}<{kind} style="text-align: right">{number}</{kind}></tr>'
