"""Preprocessing layers, adapted to the training data before it is trained on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from spec_compiler.diagnostics import codes
from spec_compiler.emitting.requirement import require_installed
from spec_compiler.pipeline import SpecError
from spec_compiler.training.check_data import DataCheck
from spec_compiler.training.feed import Feed
from spec_compiler.training.stream import Stream
from spec_compiler.views import GraphView

if TYPE_CHECKING:
    import keras


def layers_to_adapt(graph: GraphView) -> list[str]:
    """The Keras names of the layers that are to be adapted, each after those whose results it may take.

    Raises:
        SpecError: One is inside another layer or a shared block, where data cannot be got to by itself.
    """
    names = [need.name for need in graph.data_contract.needs if need.kind == "adapt"]
    own = [graph.layers[node.layer].keras_name for node in graph.nodes.values()]
    check = DataCheck(graph)
    for need in graph.data_contract.needs:
        if need.kind == "adapt" and need.name not in own:
            check.findings.add(
                codes.NOT_ADAPTED,
                f"`{need.name}` is to be adapted to the data, and stands inside another layer",
                need.place,
                hint="give it its numbers or its vocabulary, or make it a node of its own",
            )
    if check.findings.errors:
        raise SpecError(check.report())
    return list(dict.fromkeys(name for name in own if name in names))


def refuse_not_adapted(graph: GraphView, *, with_weights: bool = False) -> None:
    """Refuse to use a model as it is, if a layer of it must be adapted to data first.

    Args:
        graph: The graph of the model.
        with_weights: Whether its weights come from a file. Those of a `Normalization` have its numbers, and no weights
            have a vocabulary.

    Raises:
        SpecError: There is such a layer.
    """
    check = DataCheck(graph)
    without_weights = {layer.keras_name for key, layer in graph.layers.items() if not graph.weights.get(key)}
    for need in graph.data_contract.needs:
        if need.kind == "adapt" and (not with_weights or need.name in without_weights):
            check.findings.add(
                codes.NOT_ADAPTED,
                f"`{need.name}` is adapted to data by training, and has no {_WEIGHTLESS if with_weights else _NUMBERS}",
                need.place,
                hint="use the .keras file that `compile-spec fit` has written",
            )
    if check.findings.errors:
        raise SpecError(check.report())


_NUMBERS = "numbers or vocabulary in the spec"
_WEIGHTLESS = "vocabulary or boundaries, which weights do not hold"


def adapt_layers(model: keras.Model, graph: GraphView, data: Feed) -> list[str]:
    """Adapt the layers of a model that must be, in the order in which data flows; their names."""
    names = layers_to_adapt(graph)
    for name in names:
        layer = model.get_layer(name)
        layer.adapt(_what_reaches(layer, model, data))
    return names


def _what_reaches(layer: Any, model: keras.Model, data: Feed) -> Any:
    """What the training data has become where it reaches a layer."""
    import keras

    tensor = layer._inbound_nodes[0].input_tensors[0]
    of_input = next((each.name for each in model.inputs if each is tensor), None)
    before = None if of_input is not None else keras.Model(model.inputs, tensor, name=f"before_{layer.name}")

    def reached(inputs: Any, *_: Any) -> Any:
        if before is not None:
            return before(inputs)
        if isinstance(inputs, dict):
            given = inputs[of_input]
        else:
            several = isinstance(inputs, (list, tuple))
            given = inputs[[each.name for each in model.inputs].index(of_input)] if several else inputs
        # A last axis of length 1 may be left out, which a model adds by itself, and a layer does not.
        return given[..., None] if len(given.shape) == len(tensor.shape) - 1 else given

    if data.in_memory:
        return before.predict(data.inputs(), verbose=0) if before is not None else reached(data.inputs())
    if data.stream is not None:
        return _stream_reached(data.stream, reached)
    if hasattr(data.direct, "map"):
        return data.direct.map(reached)
    if hasattr(data.direct, "__next__"):
        raise TypeError(f"`{layer.name}` is to be adapted to the data first, and a generator gives it once")
    return np.concatenate([np.asarray(reached(*data.direct[index])) for index in range(data.direct.num_batches)])


def _stream_reached(stream: Stream, reached: Callable[..., Any]) -> Any:
    """What a stream has become where it reaches a layer, on whatever Keras runs on."""
    # Keras asks TensorFlow what a stream is, whatever it runs on.
    require_installed("tensorflow", "layers are adapted to what is streamed by means of TensorFlow", "tensorflow")
    return stream.dataset().map(reached)
