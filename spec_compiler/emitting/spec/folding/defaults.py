"""Arguments that all layers of a type have alike → `defaults`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.folding.references import holds_expression

_INSIDE = ("layer", "layers", "cell", "cells", "backward_layer")

_NO_ARGUMENTS = ("name", "inputs", "call", "type", "use", "repeat", "for", "when")

_FEW = 3
"""So many copies a block has at least whose params get defaults."""

_ENOUGH = 100
"""So many characters must be saved for a type to have defaults."""


def with_defaults(data: SpecData) -> SpecData:
    """The data with `defaults` for the arguments that all layers of a type have alike, or most of them."""
    written: dict[str, list[SpecData]] = {}
    for node in _typed([data["nodes"], data.get("layers", {}), *_inside_blocks(data)]):
        written.setdefault(node["type"], []).append(node)
    excepted = {"Input", *data.get("blocks", {}), *data.get("defaults", {}), *_types_with_defaults_of_blocks(data)}
    found = {kind: _alike(nodes) for kind, nodes in written.items() if kind not in excepted}
    defaults = {
        kind: alike for kind, alike in found.items() if (len(written[kind]) - 1) * len(repr(alike)) >= _ENOUGH and alike
    }
    for kind, alike in defaults.items():
        for node in written[kind]:
            for name, value in alike.items():
                if repr(node[name]) == repr(value):
                    del node[name]
    return {**data, "defaults": {**data.get("defaults", {}), **defaults}} if defaults else data


def with_defaults_of_params(data: SpecData, made: Collection[str]) -> SpecData:
    """The data with defaults for the params of some blocks that have one value in most of their copies."""
    copies: dict[str, list[SpecData]] = {}
    for node in _typed([data["nodes"], *_inside_blocks(data)]):
        copies.setdefault(node["type"], []).append(node)
    blocks: SpecData = dict(data.get("blocks", {}))
    for kind in made:
        usual = {
            name: value
            for name, value in _alike(copies[kind]).items()
            if name in blocks[kind].get("params", ()) and len({type(node[name]) for node in copies[kind]}) == 1
        }
        if not usual or len(copies[kind]) < _FEW:
            continue
        params = {name: usual.get(name, {}) for name in blocks[kind]["params"]}
        blocks[kind] = {**blocks[kind], "params": params}
        for node in copies[kind]:
            for name, value in usual.items():
                if repr(node[name]) == repr(value):
                    del node[name]
    return {**data, "blocks": blocks} if blocks else data


def _alike(nodes: list[SpecData]) -> SpecData:
    """The arguments that all of some nodes have and most have alike, with the value that these have."""
    found: SpecData = {}
    for name in nodes[0]:
        if name in (*_NO_ARGUMENTS, *_INSIDE) or name.startswith("x-") or not all(name in node for node in nodes):
            continue
        values = {repr(node[name]): node[name] for node in nodes}
        usual, count = Counter(repr(node[name]) for node in nodes).most_common(1)[0]
        if not holds_expression(usual) and 2 * count > len(nodes):
            found[name] = values[usual]
    return found


def _inside_blocks(data: SpecData) -> Iterator[Any]:
    for block in data.get("blocks", {}).values():
        yield block.get("nodes", {})
        yield block.get("layers", {})


def _types_with_defaults_of_blocks(data: SpecData) -> Collection[str]:
    return {kind for block in data.get("blocks", {}).values() for kind in block.get("defaults", {})}


def _typed(value: Any) -> Iterator[SpecData]:
    """Yields all that has a type among nodes and layers, also what is inside layers."""
    if isinstance(value, list):
        for item in value:
            yield from _typed(item)
    elif isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield value
            for name in _INSIDE:
                yield from _typed(value.get(name))
        else:
            for item in value.values():
                yield from _typed(item)
