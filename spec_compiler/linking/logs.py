"""What training of a graph logs after each epoch, as callbacks can watch it."""

from __future__ import annotations

from spec_compiler.catalog.layers.base import Trainable, inner_layers
from spec_compiler.catalog.logs import TrainingLogs, training_logs
from spec_compiler.catalog.registered import RegisteredConfig
from spec_compiler.graph.graph import Graph, Layer, NestedModel


def logs(graph: Graph) -> TrainingLogs:
    """What training logs after each epoch, under Keras's names and in its order."""
    settings = {output.name: output.settings for output in graph.outputs}
    return training_logs(settings, graph.compile, graph.fit, may_log_more=_has_registered_layers(graph))


def _has_registered_layers(graph: Graph) -> bool:
    """Whether a graph calls layers of the calling program, also inside others."""
    return any(map(_is_registered, graph.layers_in_use().values()))


def _is_registered(layer: Layer) -> bool:
    """Whether a layer is one of the calling program, or has one inside it."""
    if layer.model is not None:
        return _has_registered_layers(layer.model.graph)
    if not isinstance(layer.config, Trainable):
        return False
    return any(
        _has_registered_layers(each.graph) if isinstance(each, NestedModel) else isinstance(each, RegisteredConfig)
        for each in (layer.config, *(inner.config for inner in inner_layers(layer.config)))
    )
