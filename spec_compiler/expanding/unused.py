"""What a spec declares and does not use: params that no expression names, blocks that nothing is a copy of, defaults.

This is a question about the text and not about one expansion: what stands under a `when` that is false is used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from spec_compiler.catalog.registry import layer_name
from spec_compiler.expanding.params import names_in
from spec_compiler.graph.flat import Declaration
from spec_compiler.language.spec import SpecForm
from spec_compiler.spans import Place

_ROOT = Place(())


def unused(spec: SpecForm, brought: Mapping[Place, frozenset[str]]) -> Iterator[Declaration]:
    """The params, defaults, blocks and imports of a spec that nothing in it uses; what imports declare is left out.

    `brought` has the blocks that each import brings.
    """
    if spec.params:
        sections: list[Any] = [spec.defaults, spec.nodes, spec.layers, spec.outputs]
        sections += [spec.models, spec.compile, spec.fit, spec.phases, spec.seed, spec.dtype_policy]
        used = names_in(sections) | names_in([*spec.nodes]) | _in_other_params(spec.params)
        for name in spec.params:
            if name not in used:
                yield Declaration("param", name, _ROOT / "params" / name)
    written: list[Any] = [spec.nodes, spec.layers, spec.blocks, spec.defaults]
    yield from _unused_defaults(spec.defaults, written, _ROOT / "defaults", None)
    yield from _unused_blocks(spec)
    yield from _unused_imports(spec, brought)
    for block, value in spec.blocks.items():
        if isinstance(value, Mapping) and isinstance(value.get("defaults"), Mapping):
            written = [value.get(section) for section in ("nodes", "layers", "defaults")]
            yield from _unused_defaults(value["defaults"], written, _ROOT / "blocks" / block / "defaults", block)
        params = value.get("params") if isinstance(value, Mapping) else None
        if isinstance(params, (Mapping, list)):
            nodes = value.get("nodes")
            used = names_in([part for key, part in value.items() if key != "params"])
            used |= _in_other_params(params) if isinstance(params, Mapping) else set()
            used |= names_in([*nodes]) if isinstance(nodes, Mapping) else set()
            place = _ROOT / "blocks" / block / "params"
            for index, name in enumerate(params):
                if isinstance(name, str) and name not in used:
                    yield Declaration("param", name, place / (name if isinstance(params, Mapping) else index), block)


def _in_other_params(params: Mapping[str, Any]) -> set[str]:
    """The names that the defaults of params use, each but its own."""
    return set().union(*(names_in(value) - {name} for name, value in params.items()))


def _unused_blocks(spec: SpecForm) -> Iterator[Declaration]:
    """The blocks that are no type of anything outside themselves; None where a type is an expression."""
    if not spec.blocks:
        return
    used = set(_types([spec.nodes, spec.layers]))
    for block, value in spec.blocks.items():
        used |= set(_types(value)) - {block}
    if any("${" in name for name in used):
        return
    for block in spec.blocks:
        if block not in used:
            yield Declaration("block", block, _ROOT / "blocks" / block)


def _unused_imports(spec: SpecForm, brought: Mapping[Place, frozenset[str]]) -> Iterator[Declaration]:
    """The imports of which no block is a type of anything; None where a type is an expression."""
    if not brought:
        return
    used = set(_types([spec.nodes, spec.layers, spec.blocks])) | set(_texts([spec.nodes, spec.layers, spec.blocks]))
    if any("${" in name for name in used if name.startswith("${")):
        return
    for index, target in enumerate(spec.imports):
        blocks = brought.get(_ROOT / "imports" / index, frozenset())
        if blocks and not blocks & used:
            yield Declaration("import", target, _ROOT / "imports" / index)


def _unused_defaults(
    table: Mapping[str, Any], written: list[Any], place: Place, block: str | None
) -> Iterator[Declaration]:
    """The entries of `defaults` that no layer takes anything from; none where a type is an expression."""
    if not table:
        return
    typed = list(_typed(written))
    if any("${" in each["type"] for each in typed):
        return
    by_name: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for each in typed:
        by_name[layer_name(each["type"])].append(each)
    alone = {layer_name(text) for text in _texts(written)}
    for kind, given in table.items():
        if not isinstance(given, Mapping):
            continue
        name = layer_name(str(kind))
        takes = any(argument not in each for each in by_name[name] for argument in given)
        if not takes and not (given and name in alone):
            yield Declaration("default", str(kind), place / kind, block)


def _types(value: Any) -> Iterator[str]:
    """Every text under a key `type`, however deep."""
    for mapping in _typed(value):
        yield mapping["type"]


def _typed(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping with a text under a key `type`, however deep."""
    for each in _parts(value):
        if isinstance(each, Mapping) and isinstance(each.get("type"), str):
            yield each


def _texts(value: Any) -> Iterator[str]:
    """Every text that is no `type`, however deep: a layer inside another may be written as its name alone."""
    for each in _parts(value):
        items = [item for key, item in each.items() if key != "type"] if isinstance(each, Mapping) else each
        yield from (item for item in items if isinstance(item, str))


def _parts(value: Any) -> Iterator[Mapping[str, Any] | list[Any]]:
    """Every mapping and list in a value, itself too."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            yield current
            waiting += current.values()
        elif isinstance(current, list):
            yield current
            waiting += current
