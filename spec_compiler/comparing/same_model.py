"""Whether two typed graphs make the same model: the same layers by Keras's names, called in the same way."""

from __future__ import annotations

from typing import Any

from spec_compiler.catalog.layers.base import InnerLayer
from spec_compiler.graph.graph import NestedModel, Output
from spec_compiler.graph.typed import TensorRef, TypedGraph


def same_model(a: TypedGraph, b: TypedGraph) -> bool:
    """Whether two graphs make the same model, whatever their nodes are called that have layers of their own."""
    return bool(_model(a.whole or a) == _model(b.whole or b))


def _model(graph: TypedGraph) -> Any:
    """All that a model is made of, with its layers under their names in Keras."""
    keys = {node.name: _key(graph, node.name) for node in graph.nodes.values()}

    def operand(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(operand, value))
        return (keys[value.node], value.output) if isinstance(value, TensorRef) else value

    whole = graph.graph
    called = {node.layer for node in graph.nodes.values()}
    return {
        "name": graph.name,
        "layers": {
            layer.keras_name: _layer(graph, key) for key, layer in graph.layers.items() if layer.shared or key in called
        },
        "calls": {
            keys[node.name]: (
                graph.layers[node.layer].keras_name,
                dict(node.flags),
                {name: operand(value) for name, value in graph.calls[node.name].items()},
            )
            for node in graph.nodes.values()
        },
        "inputs": [keys[name] for name in graph.inputs],
        "outputs": [(*_output(output), operand(graph.ends[output.name])) for output in graph.outputs],
        "ends": [operand(end) for end in graph.ends.values()],
        "training": (whole.compile, whole.fit, whole.phases, whole.seed, whole.dtype_policy),
        "parts": {
            part.name: (
                [operand(each) for each in graph.parts[part.name].inputs],
                list(map(_output, part.outputs)),
                [operand(each) for each in graph.parts[part.name].ends.values()],
                part.compile,
            )
            for part in whole.parts
        },
    }


def _key(graph: TypedGraph, name: str) -> str:
    """What a call is known by: the name of its layer, or of the node where the layer has other calls."""
    layer = graph.layers[graph.nodes[name].layer]
    return f"{name} of {layer.keras_name}" if layer.shared else layer.keras_name


def _layer(graph: TypedGraph, key: str) -> Any:
    config = graph.layers[key].config
    if isinstance(config, NestedModel):
        return config.trainable, _model(graph.models[key]) if key in graph.models else None
    return None if config is None else (type(config), {name: _value(value) for name, value in config})


def _value(value: Any) -> Any:
    """The value of an argument; of a layer inside, which may be a model of the graph, its name and its arguments."""
    if isinstance(value, tuple):
        return tuple(map(_value, value))
    if not isinstance(value, InnerLayer):
        return value
    inside = None if isinstance(value.config, NestedModel) else {name: _value(each) for name, each in value.layer}
    return value.name, value.shared, inside


def _output(output: Output) -> tuple[Any, ...]:
    settings = output.settings
    return output.name, settings.loss, settings.weight_in_total, settings.metrics, settings.weighted_metrics
