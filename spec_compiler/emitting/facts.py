"""What is known of the tensors of each node besides their types, as text and as data: masks, ranges, gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from spec_compiler.analysing.masks import Mask, masks
from spec_compiler.analysing.ranges import Ranges
from spec_compiler.analysing.training_gradients import NodeGradient, training_gradients
from spec_compiler.catalog.intervals import INFINITY, Bound, Interval, interval_of_dtype
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.table import TableColumn
from spec_compiler.graph.typed import TensorRef, TypedGraph


def fact_columns(graph: TypedGraph, facts: tuple[str, ...]) -> list[TableColumn]:
    """The columns of the table for some facts, with a cell for each node."""
    return [
        TableColumn(TITLES[fact], [_TEXTS[fact](graph, name) for name in graph.nodes], narrowest=10, spare=0)
        for fact in facts
    ]


def fact_data(graph: TypedGraph, name: str, facts: tuple[str, ...]) -> JsonObject:
    """Some facts of a node as plain data."""
    return {TITLES[fact]: _DATA[fact](graph, name) for fact in facts}


def mask_of(graph: TypedGraph, name: str) -> Mask | None:
    """The mask of what a node gives; None if it has none, and never had one."""
    return graph.table(masks).get(TensorRef(name, 0))


def mask_text(graph: TypedGraph, name: str) -> str:
    """What has become of the mask of a node, in a few words."""
    mask = mask_of(graph, name)
    if mask is None:
        return ""
    made = "made here" if mask.made == name else f"of {mask.made}"
    if mask.lost is None:
        return made
    return f"lost here, {made}" if mask.lost == name else f"lost at {mask.lost}, {made}"


def ranges_of(graph: TypedGraph, name: str) -> list[Interval]:
    """Between which bounds the elements of each output of a node lie."""
    return [graph.table(Ranges).of(TensorRef(name, output)) for output in range(len(graph.results[name].outputs))]


def range_text(graph: TypedGraph, name: str) -> str:
    """The bounds, where there are some."""
    types = graph.results[name].outputs
    ranges = ranges_of(graph, name)
    found = [str(each) if says_more(each, x.dtype) else "any" for each, x in zip(ranges, types, strict=True)]
    return " ".join(found) if any(each != "any" for each in found) else ""


def gradient_of(graph: TypedGraph, name: str) -> NodeGradient:
    """What of the gradient of the losses comes to a node."""
    return graph.table(training_gradients)[name]


def gradient_text(graph: TypedGraph, name: str) -> str:
    """What comes of it, in a few words."""
    found = gradient_of(graph, name)
    if found.comes:
        return "comes" if found.goes_on else "ends here"
    if not found.stopped_by:
        return "none"
    first, *others = found.stopped_by
    more = f"{len(others)} more" if not found.has_more else "more"
    return f"stopped by {first}" + (f" and {more}" if others else "")


def says_more(interval: Interval, dtype: str) -> bool:
    """Whether an interval says more of numbers than their dtype does."""
    if interval.low == -INFINITY and interval.high == INFINITY:
        return False
    every = interval_of_dtype(dtype)
    return (interval.low, interval.high) != (every.low, every.high) or dtype == "bool"


def _mask_data(graph: TypedGraph, name: str) -> JsonObject | None:
    mask = mask_of(graph, name)
    return None if mask is None else {"made": mask.made, "lost": mask.lost}


def _range_data(graph: TypedGraph, name: str) -> list[JsonObject]:
    return [
        {
            "low": bound_data(each.low),
            "high": bound_data(each.high),
            "low_open": each.low_open,
            "high_open": each.high_open,
        }
        for each in ranges_of(graph, name)
    ]


def _gradient_data(graph: TypedGraph, name: str) -> JsonObject:
    found = gradient_of(graph, name)
    data: JsonObject = {"losses": list(found.losses), "stopped_by": list(found.stopped_by), "goes_on": found.goes_on}
    return data | ({"has_more": True} if found.has_more else {})


def bound_data(bound: Bound) -> Bound | None:
    """A bound of an interval; None for one that is infinite."""
    return None if bound in (INFINITY, -INFINITY) else bound


TITLES = {"masks": "mask", "ranges": "range", "gradients": "gradient"}
"""The facts that can be asked for, and what each is called in a table."""
_TEXTS: Mapping[str, Callable[[TypedGraph, str], str]] = {
    "masks": mask_text,
    "ranges": range_text,
    "gradients": gradient_text,
}
_DATA: Mapping[str, Callable[[TypedGraph, str], Any]] = {
    "masks": _mask_data,
    "ranges": _range_data,
    "gradients": _gradient_data,
}
