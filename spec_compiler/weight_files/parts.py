"""The part of a graph that weights are for, by its name in the spec: a shared layer, a node, or copies of a block."""

from __future__ import annotations

from collections.abc import Mapping

from spec_compiler.analysing.parts import layers_of_part
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.weight_files.match import WantedLayer, wanted_by


def wanted_by_part(graph: TypedGraph, part: str) -> Mapping[str, WantedLayer] | None:
    """The layers of a part by their names inside it; None if there is no part of that name.

    A nested model is named by its layers alone. A layer that is no model is a part of one layer, under its own name.
    """
    key = graph.nodes[part].layer if part in graph.nodes else part
    prefix = f"{part}."
    if key in graph.layers:
        found = wanted_by(graph, keys=[key])
        only = found.get(graph.layers[key].keras_name)
        return found if only is None or only.layers is None else only.layers
    inside = layers_of_part(graph, part)
    return wanted_by(graph, prefix, inside) if inside else None
