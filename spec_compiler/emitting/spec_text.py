"""The data of a spec → YAML, always in the same form: one key a line down to the arguments, the rest in brackets."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from spec_compiler.emitting.spec_data import spec_data
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.reading.scalars import resolve

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.>-]*")
_BLOCK_DEPTH = 3


def spec_text(graph: TypedGraph) -> str:
    """A graph as the YAML text of a spec with nothing left to expand; the same graph gives the same text."""
    lines: list[str] = []
    for key, value in spec_data(graph).items():
        depth = _BLOCK_DEPTH + 2 if key == "blocks" else _BLOCK_DEPTH
        _write(lines, key, value, 0, depth)
    return "\n".join(lines) + "\n"


def _write(lines: list[str], key: str, value: Any, indent: int, depth: int) -> None:
    head = f"{'  ' * indent}{_scalar(key)}:"
    if isinstance(value, dict) and value and depth > 1:
        lines.append(head)
        for inner_key, inner in value.items():
            _write(lines, inner_key, inner, indent + 1, depth - 1)
    else:
        lines.append(f"{head} {_flow(value)}")


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
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
