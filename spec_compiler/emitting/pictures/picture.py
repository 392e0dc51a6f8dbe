"""TypedGraph → pictures: the whole way to each form of them."""

from __future__ import annotations

from spec_compiler.emitting.pictures.build import build_diagram
from spec_compiler.emitting.pictures.diagram import Diagram
from spec_compiler.emitting.pictures.drawing import Drawing
from spec_compiler.emitting.pictures.errors import PictureTooLargeError
from spec_compiler.emitting.pictures.options import DEFAULT_OPTIONS, PictureOptions
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.limits import DEFAULT_LIMITS

_EDGES = 10
"""So many edges are laid out for each box that there may be."""


def drawing(
    graph: TypedGraph, options: PictureOptions = DEFAULT_OPTIONS, most_boxes: int = DEFAULT_LIMITS.picture_boxes
) -> Drawing:
    """A graph with everything in its place.

    Raises:
        PicturesMissingError: The layout engine is not installed.
        PictureTooLargeError: There are more boxes than `most_boxes`, or far more edges.
        LayoutError: The layout takes too long, or too much memory.
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """
    from spec_compiler.emitting.pictures.layout import lay_out

    diagram = build_diagram(graph, options)
    check_size(diagram, most_boxes)
    return lay_out(diagram, options.direction)


def check_size(diagram: Diagram, most_boxes: int) -> None:
    """Hold what is in a picture against how many boxes may be laid out.

    Raises:
        PictureTooLargeError: There are more boxes, or far more edges.
    """
    counts = (
        ("boxes", sum(1 for _ in diagram.all_boxes()), most_boxes),
        ("edges", len(diagram.edges), _EDGES * most_boxes),
    )
    for what, count, most in counts:
        if count > most:
            raise PictureTooLargeError(f"the picture has {count:,} {what}, and at most {most:,} are laid out")


def svg_text(
    graph: TypedGraph, options: PictureOptions = DEFAULT_OPTIONS, most_boxes: int = DEFAULT_LIMITS.picture_boxes
) -> str:
    """A picture as SVG; raises as `drawing` does."""
    from spec_compiler.emitting.pictures.svg import svg

    return svg(drawing(graph, options, most_boxes), options.theme)


def png_bytes(
    graph: TypedGraph, options: PictureOptions = DEFAULT_OPTIONS, most_boxes: int = DEFAULT_LIMITS.picture_boxes
) -> bytes:
    """A picture as PNG; raises as `drawing` does, and if what renders it is not installed."""
    from spec_compiler.emitting.pictures.png import png

    return png(drawing(graph, options, most_boxes), options.theme)


def pdf_bytes(
    graph: TypedGraph, options: PictureOptions = DEFAULT_OPTIONS, most_boxes: int = DEFAULT_LIMITS.picture_boxes
) -> bytes:
    """A picture as PDF; raises as `drawing` does, and if what writes it is not installed."""
    from spec_compiler.emitting.pictures.pdf import pdf

    return pdf(drawing(graph, options, most_boxes), options.theme)


def mermaid_text(graph: TypedGraph, options: PictureOptions = DEFAULT_OPTIONS) -> str:
    """A flowchart of Mermaid.

    Raises:
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """
    from spec_compiler.emitting.pictures.mermaid import mermaid

    return mermaid(build_diagram(graph, options), options.direction)


def dot_text(graph: TypedGraph, options: PictureOptions = DEFAULT_OPTIONS) -> str:
    """A graph in the language of Graphviz.

    Raises:
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """
    from spec_compiler.emitting.pictures.dot import dot

    return dot(build_diagram(graph, options), options.direction)
