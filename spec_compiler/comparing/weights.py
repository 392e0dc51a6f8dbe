"""Which layers of one model can begin with the weights of another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spec_compiler.catalog.layers.base import InnerLayer, Trainable
from spec_compiler.catalog.tensors import Weight, format_shape
from spec_compiler.comparing.comparison import Comparison, LayerWeights
from spec_compiler.graph.typed import TypedGraph


def match_layers(a: TypedGraph, b: TypedGraph, nodes: Mapping[str, str]) -> dict[str, str]:
    """For each layer of `b` that stands for one of `a`, that one.

    A layer that has become several stands for each of them; of several that have become one, it is the one of its
    name, or else the first.
    """
    found: dict[str, str] = {}
    for before, after in nodes.items():
        old, new = a.nodes[before].layer, b.nodes[after].layer
        if new not in found or (old == new and found[new] != new):
            found[new] = old
    for new, old in list(found.items()):
        held, held_before = _held(b, new), _held(a, old)
        for path, inner in held.items():
            if path in held_before:
                found.setdefault(_key(b, inner), _key(a, held_before[path]))
    for key in b.graph.held_layers:
        if key in a.graph.held_layers:
            found.setdefault(key, key)
    return found


def compare_weights(
    a: TypedGraph, b: TypedGraph, layers: Mapping[str, str], inside: Mapping[str, Comparison]
) -> Iterator[LayerWeights]:
    """The layers of `b` with weights, then those of `a` of which nothing is taken over."""
    used: set[str] = set()
    for key, weights in b.weights.items():
        if not weights:
            continue
        if key in inside:
            used.add(layers[key])
            yield from _within(a.layers[layers[key]].keras_name, b.layers[key].keras_name, inside[key])
            continue
        old = layers.get(key)
        reason = "it is new" if old is None else _reason(a, b, old, key)
        if old is not None:
            used.add(old)
        yield LayerWeights(
            a.layers[old].keras_name if old is not None else None,
            b.layers[key].keras_name,
            a.layer_parameters(old) if old is not None else 0,
            b.layer_parameters(key),
            reason,
        )
    for key, weights in a.weights.items():
        if weights and key not in used:
            yield LayerWeights(a.layers[key].keras_name, None, a.layer_parameters(key), 0, "it is gone")


def _within(before: str, after: str, inside: Comparison) -> Iterator[LayerWeights]:
    """The layers of a block, below the name of the model that it is."""
    for layer in inside.weights:
        yield layer._replace(
            before=f"{before}/{layer.before}" if layer.before is not None else None,
            after=f"{after}/{layer.after}" if layer.after is not None else None,
        )


def _reason(a: TypedGraph, b: TypedGraph, old: str, new: str) -> str | None:
    """Why the weights of a layer cannot be taken over, if they cannot."""
    if a.layers[old].kind != b.layers[new].kind:
        return f"it was of the type {a.layers[old].kind}"
    before, after = _shapes(a, old), _shapes(b, new)
    for name, shape in after.items():
        if name not in before:
            return f"it had no {name}"
        if before[name] != shape:
            return f"its {name} was {format_shape(before[name])} and is {format_shape(shape)}"
    missing = next((name for name in before if name not in after), None)
    return f"it has no {missing} any more" if missing is not None else None


def _shapes(graph: TypedGraph, key: str) -> dict[str, tuple[int, ...]]:
    """The shapes of a layer's weights, under names that do not depend on its own."""
    owner = f"{graph.layers[key].keras_name}."
    found: dict[str, tuple[int, ...]] = {}
    for weight in graph.weights.get(key, ()):
        found[_unused(weight, owner, found)] = weight.shape
    return found


def _unused(weight: Weight, owner: str, taken: Mapping[str, Any]) -> str:
    """The name of a weight; Keras may give several of one layer the same."""
    name = weight.name.replace(owner, "")
    number = 2
    while name in taken:
        name = f"{weight.name.replace(owner, '')}_{number}"
        number += 1
    return name


def _held(graph: TypedGraph, key: str) -> dict[str, InnerLayer]:
    """The shared layers that stand inside a layer, by where they stand in its arguments."""
    config = graph.layers[key].config
    return dict(_inner_layers(config, "")) if isinstance(config, Trainable) else {}


def _inner_layers(config: Trainable, path: str) -> Iterator[tuple[str, InnerLayer]]:
    for name in type(config).nested:
        value = getattr(config, name)
        for index, inner in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(inner, InnerLayer):
                where = f"{path}.{name}.{index}"
                if inner.shared:
                    yield where, inner
                else:
                    yield from _inner_layers(inner.layer, where)


def _key(graph: TypedGraph, inner: InnerLayer) -> str:
    return next(key for key, layer in graph.layers.items() if layer.shared and layer.keras_name == inner.name)
