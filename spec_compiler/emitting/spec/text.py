"""The data of a spec → YAML, always in the same form: one key a line down to the arguments, the rest in brackets."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from spec_compiler.catalog.spec_values import SpecData
from spec_compiler.emitting.spec.data import spec_data
from spec_compiler.emitting.spec.folding.fold import fold
from spec_compiler.emitting.spec.folding.renaming import without_names
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.reading.scalars import resolve

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.>-]*")
_BLOCK_DEPTH = 3
_WIDTH = 200


def spec_text(graph: TypedGraph) -> str:
    """A graph as the YAML text of a spec with nothing left to expand; the same graph gives the same text."""
    return data_text(spec_data(graph))


def short_spec_text(graph: TypedGraph) -> str:
    """The same without what is as by default, and with a node on each line that can hold one."""
    return data_text(spec_data(graph, defaults=False), width=_WIDTH)


def folded_spec_text(graph: TypedGraph) -> str:
    """The same with blocks for what repeats."""
    return data_text(fold(spec_data(graph, defaults=False)).data, width=_WIDTH)


def renamed_spec_text(graph: TypedGraph, *, plain: bool = False) -> str:
    """The same, where each layer is called as its node; with `plain`, nothing is folded, and all is written out."""
    data = spec_data(graph) if plain else fold(spec_data(graph, defaults=False)).data
    return data_text(without_names(data), width=0 if plain else _WIDTH)


def data_text(data: SpecData, *, width: int = 0) -> str:
    """The data of a spec as YAML. What stands below a section is written on one line if it is no wider than `width`."""
    lines: list[str] = []
    for key, value in data.items():
        depth = _BLOCK_DEPTH + 2 if key == "blocks" else _BLOCK_DEPTH - (key == "defaults" and width > 0)
        _write(lines, key, value, 0, depth, width)
    return "\n".join(lines) + "\n"


def _write(lines: list[str], key: str, value: Any, indent: int, depth: int, width: int) -> None:
    head = f"{'  ' * indent}{_scalar(key)}:"
    if isinstance(value, dict) and value and depth > 1:
        line = f"{head} {flow_text(value)}" if indent and width and depth <= _BLOCK_DEPTH - 1 else ""
        if line and len(line) <= width:
            lines.append(line)
            return
        lines.append(head)
        for inner_key, inner in value.items():
            _write(lines, inner_key, inner, indent + 1, depth - 1, width)
    else:
        lines.append(f"{head} {flow_text(value)}")


def flow_text(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {flow_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return ".nan"
        if math.isinf(value):
            return ".inf" if value > 0 else "-.inf"
        return repr(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and resolve(text, 2**53) == text:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
