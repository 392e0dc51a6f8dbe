"""How weights begin, and what holds them in training, on the way to a tensor: initializers, regularizers, constraints.

What a layer adds to the loss for its output is among them. Of a nested model, the weights of its layers are named by
its paths; a layer of the caller's own says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from spec_compiler.analysing.sharing import uses
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import LayerConfig, Trainable, inner_layers
from spec_compiler.graph.graph import Layer
from spec_compiler.graph.typed import TensorRef, TypedGraph, tensors


@dataclass(frozen=True, slots=True)
class Treatment:
    """How one weight begins, and what holds it; or what is added to the loss for an output.

    Attributes:
        layer: The key of the layer.
        weight: The path of the weight below the layer; None for the output of the layer.
        initializer: What the weight begins as; None for a rule of the layer's own, and for an output.
        regularizer: What is added to the loss for it: a regularizer, or the layer that does nothing else.
        constraint: What it is forced into after each step.
        trained: Whether training changes it; nothing holds a weight that it does not change.
    """

    layer: str
    weight: str | None
    initializer: Config | None = None
    regularizer: Config | None = None
    constraint: Config | None = None
    trained: bool = True


def treatments(graph: TypedGraph) -> Mapping[str, tuple[Treatment, ...]]:
    """How the weights and the outputs of each layer of a graph are treated, by the key of the layer."""
    return {key: tuple(_of_layer(graph, layer)) for key, layer in graph.layers.items() if key in graph.weights}


def treatments_behind(graph: TypedGraph, tensor: TensorRef) -> tuple[Treatment, ...]:
    """How all weights are treated that a tensor is computed with, those of the inputs' side first."""
    waiting, seen = [tensor.node], {tensor.node}
    while waiting:
        before = {each.node for each in tensors(graph.calls[waiting.pop()])} - seen
        seen |= before
        waiting += before
    used = uses(graph)
    keys = dict.fromkeys(key for name in graph.nodes if name in seen for key in used.get(name, ()))
    found = graph.table(treatments)
    return tuple(each for key in keys for each in found.get(key, ()))


def _of_layer(graph: TypedGraph, layer: Layer) -> Iterator[Treatment]:
    for weight in graph.weights[layer.key]:
        held = (weight.regularizer, weight.constraint) if weight.trainable else (None, None)
        yield Treatment(layer.key, weight.name, weight.initializer, *held, weight.trainable)
    model = graph.models.get(layer.key)
    if model is not None:
        for found in model.table(treatments).values():
            yield from (replace(each, layer=f"{layer.key}/{each.layer}") for each in found if each.weight is None)
    elif isinstance(layer.config, Trainable):
        inside = [each for each in inner_layers(layer.config) if not each.shared]
        for name, config in ((layer.key, layer.config), *((each.name, each.config) for each in inside)):
            if isinstance(config, LayerConfig) and config.penalizes_output:
                yield Treatment(name, None, regularizer=config.activity_regularizer or config)
