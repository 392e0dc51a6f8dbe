"""What a spec declares and does not use: params that no expression names, blocks that nothing is a copy of.

This is a question about the text and not about one expansion: what stands under a `when` that is false is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spec_compiler.expanding.flat import Declaration
from spec_compiler.expanding.params import names_in
from spec_compiler.language.spec import SpecForm
from spec_compiler.spans import Place

_ROOT = Place(())


def unused(spec: SpecForm) -> Iterator[Declaration]:
    """The params and blocks of a spec that nothing in it uses, in order of writing; those of imports are left out."""
    if spec.params:
        sections = [spec.nodes, spec.layers, spec.outputs, spec.compile, spec.fit, spec.seed, spec.dtype_policy]
        used = names_in(sections) | names_in([*spec.nodes]) | _in_other_params(spec.params)
        for name in spec.params:
            if name not in used:
                yield Declaration("param", name, _ROOT / "params" / name)
    yield from _unused_blocks(spec)
    for block, value in spec.blocks.items():
        if isinstance(value, Mapping) and isinstance(value.get("params"), Mapping):
            params = value["params"]
            nodes = value.get("nodes")
            used = names_in([part for key, part in value.items() if key != "params"]) | _in_other_params(params)
            used |= names_in([*nodes]) if isinstance(nodes, Mapping) else set()
            for name in params:
                if name not in used:
                    yield Declaration("param", name, _ROOT / "blocks" / block / "params" / name, block)


def _in_other_params(params: Mapping[str, Any]) -> set[str]:
    """The names that the defaults of params use, each but its own."""
    return set().union(*(names_in(value) - {name} for name, value in params.items()))


def _unused_blocks(spec: SpecForm) -> Iterator[Declaration]:
    """The blocks that are no type of anything outside themselves; none where a type is an expression."""
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


def _types(value: Any) -> Iterator[str]:
    """Every text under a key `type`, however deep."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            if isinstance(current.get("type"), str):
                yield current["type"]
            waiting += current.values()
        elif isinstance(current, list):
            waiting += current
