"""Layers of a graph, or of a part of it, held against those of a file: by name, and weights by shape.

Nothing is guessed: where it is not certain which array a weight is, that is a mismatch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.tensors import Weight, format_shape
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.weight_files.held import HeldLayer, HeldWeight

_Item = TypeVar("_Item")
_COUNTED = re.compile(r"_\d+$")
_DIRECTION = re.compile(r"^(forward|backward)_")


@dataclass(frozen=True, slots=True)
class WantedLayer:
    """A layer that wants weights: where it stands in the graph (through nested models), and its own weights."""

    route: tuple[str, ...]
    weights: tuple[Weight, ...] = ()
    layers: Mapping[str, WantedLayer] | None = None
    keeps_inner_kernel: bool = False


@dataclass(frozen=True, slots=True)
class AssignedWeight:
    """A weight of the graph and the array that it takes."""

    route: tuple[str, ...]
    index: int
    weight: Weight
    held: HeldWeight


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A layer whose weights are not those of the layer of its name, and why."""

    route: tuple[str, ...]
    name: str
    reason: str


@dataclass(slots=True)
class Matching:
    """What fits, what does not, what the file lacks, and what it has beyond the part; layers by their full names."""

    taken: list[AssignedWeight] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)
    missing: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)


def wanted_by(graph: TypedGraph, prefix: str = "", keys: Sequence[str] | None = None) -> dict[str, WantedLayer]:
    """The layers of a graph that have weights, by their names without a prefix; of some layers, if they are given."""
    found: dict[str, WantedLayer] = {}
    for key in graph.layers if keys is None else keys:
        layer = graph.layers[key]
        name = layer.keras_name.removeprefix(prefix)
        if layer.model is not None:
            inside = wanted_by(graph.models[key])
            if inside:
                found[name] = WantedLayer((key,), (), _below(key, inside))
        elif graph.weights.get(key):
            keeps = isinstance(layer.config, Operation) and layer.config.keeps_inner_kernel
            found[name] = WantedLayer((key,), graph.weights[key], keeps_inner_kernel=keeps)
    return found


def _below(key: str, layers: Mapping[str, WantedLayer]) -> dict[str, WantedLayer]:
    return {
        name: replace(each, route=(key, *each.route), layers=None if each.layers is None else _below(key, each.layers))
        for name, each in layers.items()
    }


def match(wanted: Mapping[str, WantedLayer], held: Mapping[str, HeldLayer], within: str = "") -> Matching:
    """Hold the layers that want weights against those of a file."""
    found = Matching()
    for name, layer in wanted.items():
        shown = f"{within}{name}"
        source = held.get(name) or _in_a_part(name, held)
        if source is None or not any(source.all_weights()):
            found.missing.append((layer.route, shown))
        elif layer.layers is not None:
            _add(found, match(layer.layers, source.layers or {}, f"{shown}/"))
        else:
            _match_layer(layer, shown, source, found)
    taken = {each.held.location for each in found.taken}
    found.beyond += [
        f"{within}{name}"
        for name, each in held.items()
        if name not in wanted and any(weight.location not in taken for weight in each.all_weights())
    ]
    return found


def _in_a_part(name: str, held: Mapping[str, HeldLayer]) -> HeldLayer | None:
    """A layer that is held as part of another: one that stands inside a wrapper alone."""
    prefix = f"{name}/"
    for each in held.values():
        inside = [
            replace(weight, name=weight.name.removeprefix(prefix))
            for weight in each.weights
            if weight.name.startswith(prefix)
        ]
        if inside:
            return _as_layer(inside)
    return None


def _as_layer(weights: Sequence[HeldWeight]) -> HeldLayer:
    """A layer with its weights, and by the first steps of their names those of the layers inside, if it is a model."""
    layers: dict[str, list[HeldWeight]] = {}
    for weight in weights:
        step, _, rest = weight.name.partition("/")
        if rest:
            layers.setdefault(step, []).append(replace(weight, name=rest))
    return HeldLayer(tuple(weights), {step: _as_layer(each) for step, each in layers.items()} or None)


def _add(found: Matching, inner: Matching) -> None:
    found.taken += inner.taken
    found.mismatches += inner.mismatches
    found.missing += inner.missing
    found.beyond += inner.beyond


def _match_layer(layer: WantedLayer, shown: str, source: HeldLayer, found: Matching) -> None:
    # A chain of layers is one layer to a graph, and a model to Keras.
    weights = source.weights or tuple(_of_layers_inside(source))
    if layer.keeps_inner_kernel:
        weights = tuple(each for each in weights if each.name not in ("0", "kernel"))
    if len(layer.weights) != len(weights):
        reason = f"it has {len(layer.weights)} weights, and {len(weights)} in the file"
        found.mismatches.append(Mismatch(layer.route, shown, reason))
        return
    pairs = _pairs(layer.weights, weights)
    if pairs is None:
        reason = "its parts are named otherwise in the file, so that it is not certain which weight is which"
        found.mismatches.append(Mismatch(layer.route, shown, reason))
        return
    for weight, held in pairs:
        if weight.shape != held.shape:
            reason = f"its `{weight.name}` is {format_shape(weight.shape)}, and {format_shape(held.shape)} in the file"
            found.mismatches.append(Mismatch(layer.route, shown, reason))
            return
    index = {id(weight): number for number, weight in enumerate(layer.weights)}
    found.taken += [AssignedWeight(layer.route, index[id(weight)], weight, held) for weight, held in pairs]


def _of_layers_inside(source: HeldLayer, within: str = "") -> Iterator[HeldWeight]:
    """Yields the weights of the layers inside a layer, named below it."""
    for name, inner in (source.layers or {}).items():
        for weight in inner.weights:
            yield replace(weight, name=f"{within}{name}/{weight.name}")
        yield from _of_layers_inside(inner, f"{within}{name}/")


def _pairs(weights: Sequence[Weight], held: Sequence[HeldWeight]) -> list[tuple[Weight, HeldWeight]] | None:
    """Which array each weight is; None if that is not certain.

    Keras 2 lists arrays as Keras lists weights: those that are trained first. Keras 3 counts the arrays of each part
    of a layer, and says how the part is called.
    """
    if not all(each.name.rpartition("/")[2].isdecimal() for each in held):
        return list(zip(_trained_first(weights), held, strict=True))
    wanted_parts = _by_part([(weight.name.rpartition("/")[0], weight) for weight in _trained_first(weights)])
    held_parts = _by_part([(each.name.rpartition("/")[0], each) for each in held])
    names = _named_alike(list(wanted_parts), list(held_parts))
    if names is None or any(len(wanted_parts[part]) != len(held_parts[names[part]]) for part in wanted_parts):
        return None
    return [pair for part in wanted_parts for pair in zip(wanted_parts[part], held_parts[names[part]], strict=True)]


def _trained_first(weights: Sequence[Weight]) -> list[Weight]:
    """Weights as Keras lists them. A frozen layer trains none, and then the order is that of their making."""
    return sorted(weights, key=lambda weight: not weight.trainable)


def _by_part(items: Sequence[tuple[str, _Item]]) -> dict[str, list[_Item]]:
    found: dict[str, list[_Item]] = {}
    for part, item in items:
        found.setdefault(part, []).append(item)
    return found


def _named_alike(wanted: Sequence[str], held: Sequence[str]) -> dict[str, str] | None:
    """The part of a file for each part of a layer: of the same name, the same without counters, or the same role."""
    if len(wanted) != len(held):
        return None
    for form in (lambda part: part, _uncounted, _role):
        known = {form(part): part for part in held}
        if len(known) == len(held) and {form(part) for part in wanted} == set(known):
            return {part: known[form(part)] for part in wanted}
    return None


def _uncounted(part: str) -> str:
    return "/".join(_COUNTED.sub("", step) for step in part.split("/"))


def _role(part: str) -> str:
    """What a part is to its layer: the direction of a bidirectional one; nothing, of one that stands alone."""
    found = _DIRECTION.match(part)
    return found[1] if found is not None else ""
