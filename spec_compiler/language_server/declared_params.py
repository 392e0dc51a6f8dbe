"""The params of a spec or a block, as they are declared: as arguments, and as what stands in the place of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog.describe import Field
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.params import Param, declared, type_of
from spec_compiler.expanding.standard_blocks import param_field
from spec_compiler.spans import Place

_JSON_TYPES = {
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "str": "string",
    "list": "array",
    "map": "object",
}


def params_of(graph: Any) -> dict[str, Param]:
    """The params that a spec or a block declares."""
    table = graph.get("params") if isinstance(graph, dict) else None
    return declared(table, Place(()), Findings()) if isinstance(table, (dict, list)) else {}


def param_fields(graph: Any) -> tuple[Field, ...]:
    """The params of a spec or a block, as arguments."""
    return tuple(map(param_field, params_of(graph).values()))


def param_schema(graph: Any, name: str) -> Mapping[str, Any] | None:
    """What a param takes, as a JSON Schema; None if there is no such param."""
    param = params_of(graph).get(name)
    if param is None:
        return None
    found: dict[str, Any] = {} if param.required else {"default": param.default}
    if param.form.choices is not None:
        return {**found, "enum": param.form.choices}
    kind = param.form.type or type_of(param.default)
    return found if kind is None else {**found, "type": _JSON_TYPES[kind]}
