"""The data of a spec without the names that its layers have in Keras: each is called as its node then."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from spec_compiler.catalog.spec_values import SpecData

_EXPRESSION = re.compile(r"\$\{([^}]*)\}")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def without_names(data: SpecData) -> SpecData:
    """The same nodes, layers and blocks without names, and without the params of blocks that were for names alone."""
    data = copy.deepcopy(data)
    for each in _written(data):
        each.pop("name", None)
    while any(_without_unused_params(data, name) for name in data.get("blocks", {})):
        pass  # What a block handed on to another may have been the last use of a param of its own.
    return data


def _written(data: SpecData) -> Iterator[SpecData]:
    """The nodes and shared layers of a spec and of its blocks, as they are written."""
    for body in (data, *data.get("blocks", {}).values()):
        for section in ("nodes", "layers"):
            yield from body.get(section, {}).values()


def _without_unused_params(data: SpecData, name: str) -> bool:
    """Take the params that nothing uses out of a block and its copies. Returns whether there were some."""
    block: SpecData = data["blocks"][name]
    params: Any = block.get("params", {})
    used = set(_words({key: value for key, value in block.items() if key != "params"}))
    used |= set(_words(params)) if isinstance(params, dict) else set()
    unused = [param for param in params if param not in used]
    if not unused:
        return False
    kept = [param for param in params if param in used]
    block["params"] = {param: params[param] for param in kept} if isinstance(params, dict) else kept
    if not kept:
        del block["params"]
    for each in _written(data):
        if each.get("type") == name:
            for param in unused:
                each.pop(param, None)
    return True


def _words(value: Any) -> Iterator[str]:
    """The words of all expressions in some data, in keys too."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _words(key)
            yield from _words(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _words(item)
    elif isinstance(value, str):
        for expression in _EXPRESSION.findall(value):
            yield from _WORD.findall(expression)
