"""Values of a file of weights → the variables of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from spec_compiler.catalog.tensors import Weight
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.weight_files.hdf5 import values
from spec_compiler.weight_files.held import HeldLayer, HeldWeight
from spec_compiler.weight_files.match import AssignedWeight
from spec_compiler.weight_files.plan import PlannedWeights


def assign(model: keras.Model, graph: TypedGraph, taken: Sequence[AssignedWeight], values: Mapping[str, Any]) -> None:
    """Give variables of a model the values at their locations.

    Args:
        model: The model.
        graph: Its graph.
        taken: Which weight takes which array.
        values: The arrays by their locations.
    """
    for each in taken:
        layer, weights = _layer(model, graph, each.route)
        _variable(layer, weights, each).assign(values[each.held.location])


def _layer(model: keras.Model, graph: TypedGraph, route: Sequence[str]) -> tuple[Any, Sequence[Weight]]:
    """A layer of a model by its route through nested models, and its weights in the graph."""
    layer = _find(model, graph.layers[route[0]].keras_name)
    if len(route) == 1:
        return layer, graph.weights[route[0]]
    return _layer(layer, graph.models[route[0]], route[1:])


def _find(model: keras.Model, name: str) -> Any:
    """A layer of a model, also one that stands inside another, as a shared layer in a wrapper does."""
    direct = next((layer for layer in model.layers if layer.name == name), None)
    if direct is not None:
        return direct
    return next(layer for layer in model._flatten_layers(include_self=False) if layer.name == name)


def _variable(layer: Any, weights: Sequence[Weight], taken: AssignedWeight) -> Any:
    """The variable that a weight is: by its path below the layer, or by its turn, where two have one path."""
    start = f"{layer.name}/"
    below = [variable.path.rpartition(start)[2] for variable in layer.weights]
    if below.count(taken.weight.name) == 1:
        return layer.weights[below.index(taken.weight.name)]
    assert len(layer.weights) == len(weights)
    return layer.weights[taken.index]


def assign_all(model: keras.Model, graph: TypedGraph, planned: Sequence[PlannedWeights]) -> None:
    """Give a model what is planned: of files, which are open, one array after the other; of models in memory."""
    for each in planned:
        if isinstance(each.source, keras.Model):
            assign(model, graph, each.taken, values_of(each.source, each.taken))
        else:
            for taken in each.taken:
                held = _array(values(each.source, taken.held, each.report.source))
                assign(model, graph, [taken], {taken.held.location: held})


def _array(held: Any) -> Any:
    """The values of an array as NumPy has them; of bfloat16, which it does not know, from its two bytes."""
    return held if held.dtype.kind != "V" else held.view("bfloat16")


def held_by(model: Any) -> HeldLayer:
    """What a model in memory holds, as a file of it would; the values are at the paths of `values_of`."""
    return _held(model, "")


def _held(layer: Any, route: str) -> HeldLayer:
    if isinstance(layer, keras.Model):
        return HeldLayer((), {inner.name: _held(inner, f"{route}/{inner.name}") for inner in layer.layers})
    return HeldLayer(
        tuple(
            HeldWeight(
                variable.path.rpartition(f"{layer.name}/")[2],
                tuple(variable.shape),
                variable.dtype,
                f"{route}/{number}",
            )
            for number, variable in enumerate(_trained_first(layer))
        )
    )


def values_of(model: Any, taken: Sequence[AssignedWeight]) -> dict[str, Any]:
    """The values of a model in memory that are taken, by their locations."""
    found = {}
    for each in taken:
        *names, number = each.held.location.strip("/").split("/")
        layer = model
        for name in names:
            layer = layer.get_layer(name)
        found[each.held.location] = _trained_first(layer)[int(number)].numpy()
    return found


def _trained_first(layer: Any) -> list[Any]:
    return [*layer.trainable_weights, *layer.non_trainable_weights]
