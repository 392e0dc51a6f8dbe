"""SC618: an image of few rows and many channels: its axes may be those of another library."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.tensors import Shape
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.inferring.input_shape import input_of
from spec_compiler.linting.rule import Rule

_CHANNELS = (1, 3, 4)
"""How many channels a picture has: grey, red and green and blue, with transparency."""
_PICTURE = 16
"""A picture is at least so many pixels high and wide."""


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find inputs whose first axis looks like channels, where a layer takes the last one for that."""
    found: set[str] = set()
    for name in graph.table(CallsByClass).of(lambda kind: "data_format" in kind.model_fields):
        node = graph.nodes[name]
        config = graph.layers[node.layer].config
        source = graph.calls[name].get("inputs")
        if not isinstance(source, TensorRef) or getattr(config, "data_format", "channels_first") == "channels_first":
            continue
        image = input_of(graph.type_of, graph.graph, graph.calls, source)
        given = graph.layers[image.layer].config if image is not None else None
        if image is None or image.name in found or not isinstance(given, Input) or given.shape is None:
            continue
        if not _looks_turned(given.shape):
            continue
        found.add(image.name)
        first, *lengths = given.shape
        turned = ", ".join(map(str, (*lengths, first)))
        yield Finding(
            codes.CHANNELS_FIRST,
            f"`{image.name}` has {lengths[-1]} channels, since they are the last axis, and is {first} high",
            image.place / "shape",
            hint=f"if {first} is the number of channels, write `shape: [{turned}]`",
            related=(Remark(node.place / "inputs", f"`{name}` takes channels last"),),
            scope=image.scope,
        )


def _looks_turned(shape: Shape) -> bool:
    """Whether a shape without the batch is that of a picture or a volume with its channels first."""
    first, *lengths = shape or (None,)
    return len(lengths) in (2, 3) and first in _CHANNELS and all(length and length >= _PICTURE for length in lengths)


RULE = Rule(codes.CHANNELS_FIRST, check)
