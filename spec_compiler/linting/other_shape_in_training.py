"""SC655: a layer that gives another shape in training than outside of it."""

from __future__ import annotations

from collections.abc import Iterator

from spec_compiler.analysing.classes import CallsByClass
from spec_compiler.analysing.rules import rules
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.tensors import format_shape
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Finding
from spec_compiler.graph.typed import TensorRef, TypedGraph
from spec_compiler.linting.rule import Rule


def check(graph: TypedGraph) -> Iterator[Finding]:
    """Find layers whose result has the shape that Keras states in training alone."""
    kinds = graph.table(CallsByClass)
    for name in kinds.of(lambda kind: kind.shape_outside_training is not Operation.shape_outside_training):
        node = graph.nodes[name]
        rule = graph.table(rules).of(graph.layers[node.layer])
        source = next(iter(graph.calls[name].values()), None)
        if not isinstance(rule, Operation) or not isinstance(source, TensorRef):
            continue
        shape = rule.shape_outside_training(graph.type_of(source))
        if shape is not None:
            stated = format_shape(graph.results[name].outputs[0].shape)
            yield Finding(
                codes.OTHER_SHAPE_IN_TRAINING,
                f"`{name}` gives {stated} in training alone: else images of {format_shape(shape)} stay as they are",
                node.place.key(),
                hint="crop the images before they come to the model, or write `CenterCrop`, which always cuts",
                scope=node.scope,
            )


RULE = Rule(codes.OTHER_SHAPE_IN_TRAINING, check)
