"""SC631: an output of several axes, where a `Flatten` may be missing."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.final_activation import final_activation
from spec_compiler.catalog import families
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.losses_and_metrics import LossOrMetric, Targets
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding, Remark
from spec_compiler.graph.graph import Output
from spec_compiler.graph.typed import TensorRef, TypedGraph, upstream
from spec_compiler.linting.rule import Rule

_OF_CLASSES = (Targets.YES_OR_NO, Targets.ONE_HOT, Targets.CLASS_NUMBERS)
_SPATIAL = 4
"""How many axes images have, with the batch and the channels."""


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find dense outputs that give an answer for each place of what is left of an image, or each row on its own."""
    for output in graph.outputs:
        end = graph.ends.get(output.name)
        found = final_activation(graph, end) if end is not None and _is_of_classes(output) else None
        if end is None or found is None:
            continue
        x = graph.type_of(end)
        config = graph.layers[found.node.layer].operation
        if config is None or not config.mixes_freely or x.rank < _SPATIAL - 1:
            continue
        if not (_is_shrunk_image(graph, end) if x.rank >= _SPATIAL else _is_rows_alone(graph, end)):
            continue
        places = " x ".join(map(str, x.shape[1:-1]))
        before = "`Flatten` or a global pooling" if x.rank >= _SPATIAL else "`Flatten`"
        yield Finding(
            codes.FLATTEN_MISSING,
            f"`{output.name}` gives {x}, an answer for each of {places} places, and none for the sample as a whole",
            found.node.place.key(),
            hint=f"put {before} before `{found.node.name}`, if there is one answer for each sample",
            related=(Remark(output.place.key(), "the output"),),
            scope=found.node.scope,
        )


def _is_of_classes(output: Output) -> bool:
    loss = output.settings.loss
    found = families.losses().class_of(loss) if loss is not None else None
    return found is not None and issubclass(found, LossOrMetric) and found.targets in _OF_CLASSES


def _is_shrunk_image(graph: TypedGraph, end: TensorRef) -> bool:
    """Whether a tensor has fewer places than the image that it comes of: those of a map would be as many."""
    lengths = graph.type_of(end).shape[1:-1]
    for tensor in upstream(graph.calls, end):
        x = graph.type_of(tensor)
        if isinstance(graph.layers[graph.nodes[tensor.node].layer].config, Input):
            return x.rank == len(lengths) + 2 and None not in (*lengths, *x.shape[1:]) and x.shape[1:-1] != lengths
    return False


def _is_rows_alone(graph: TypedGraph, end: TensorRef) -> bool:
    """Whether a tensor comes of an input of the same rows, through layers that look at each row on its own."""
    for tensor in upstream(graph.calls, end):
        config = graph.layers[graph.nodes[tensor.node].layer].operation
        if isinstance(config, Input):
            return None not in config.full_shape[1:]
        is_activation = config is not None and config.applied_activation(graph.type_of(tensor).rank) is not None
        if config is None or not (config.mixes_freely or config.passes_through or config.drops or is_activation):
            return False
        if config.affine and not config.mixes_freely:
            return False
    return False


RULE = Rule(codes.FLATTEN_MISSING, check, of_outputs=True)
