"""TypedGraph → all that the page knows, as plain data."""

from __future__ import annotations

from spec_compiler.analysing.cost import cost
from spec_compiler.diagnostics.report import Report
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.origin import Origin
from spec_compiler.emitting.page.findings import counts, finding_list
from spec_compiler.emitting.page.nodes import block_table, node_table, type_table
from spec_compiler.emitting.page.picture import picture_data
from spec_compiler.emitting.page.texts import Texts
from spec_compiler.emitting.pictures.build import ALL_OPEN, build_diagram
from spec_compiler.emitting.pictures.diagram import Diagram
from spec_compiler.emitting.pictures.options import DEFAULT_OPTIONS, PictureOptions
from spec_compiler.emitting.summary import totals
from spec_compiler.graph.typed import TypedGraph


def page_data(
    graph: TypedGraph,
    origin: Origin | None = None,
    report: Report | None = None,
    options: PictureOptions = DEFAULT_OPTIONS,
) -> JsonObject:
    """The page of a graph.

    Args:
        graph: The graph.
        origin: The texts of the spec; None for a graph that comes of none.
        report: What was found in the spec.
        options: Which blocks are open at first, where edges lead, and whether it is light or dark.

    Raises:
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """
    texts = Texts(origin)
    diagram = build_diagram(graph, ALL_OPEN)
    costs = cost(graph)
    return {
        **heading(diagram, graph.graph.description),
        "theme": options.theme,
        "picture": picture_data(diagram, options.direction),
        "open": open_boxes(graph, options) if any(box.boxes for box in diagram.boxes) else [],
        "nodes": node_table(graph, texts, costs),
        "blocks": block_table(graph, origin, texts),
        "types": type_table(graph),
        "totals": totals(graph, costs),
        **texts_and_findings(report, graph, origin, texts),
    }


def heading(diagram: Diagram, description: str | None) -> JsonObject:
    """What stands above the page."""
    return {"title": diagram.title, "subtitle": diagram.subtitle, "description": description or ""}


def open_boxes(graph: TypedGraph, options: PictureOptions) -> list[str]:
    """The blocks that are open at first."""
    return [box.id for box in build_diagram(graph, options).all_boxes() if box.boxes]


def texts_and_findings(
    report: Report | None, graph: TypedGraph | None, origin: Origin | None, texts: Texts
) -> JsonObject:
    """The texts of a spec, and what was found in it; of one with errors there may be nothing else."""
    return {
        "texts": texts.data(),
        "findings": finding_list(report, graph, origin, texts),
        "counts": counts(report),
    }


def error_data(graph: TypedGraph | None, origin: Origin, report: Report) -> JsonObject:
    """The page of a spec with errors: its texts, and what was found, at the nodes of the part that is sound."""
    return texts_and_findings(report, graph, origin, Texts(origin))
