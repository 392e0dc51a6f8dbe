"""What a mapping with `type` may hold, as JSON Schema: layers, ops, and the things that stand in arguments.

It is written for editors too: of the branches of an `if` they take the one that is meant, of an `enum` they show every
name where one is asked about, and of two schemas for one key they offer both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.objects import Family
from spec_compiler.catalog.ops.base import Op
from spec_compiler.language.names import NAME
from spec_compiler.language.schema_fields import OWN_KEYS, Schema, expressible, properties_of
from spec_compiler.language.spec import NodeForm

NODE_KEYS = tuple(field.alias or name for name, field in NodeForm.model_fields.items())
"""The keys that every node may have, whatever its type."""


def arguments_of(found: type[Operation]) -> Schema:
    """What a mapping of a type may hold: the arguments of the type, and the keys of nodes, which `by_type` tells."""
    properties, required = properties_of(found)
    properties = {name: expressible(schema) for name, schema in properties.items()}
    return {
        "title": found.keras_name if not issubclass(found, Op) else title_of(found),
        "description": _first_line(found),
        "properties": {**dict.fromkeys(NODE_KEYS, True), **_call(found), **properties},
        "patternProperties": OWN_KEYS,
        "additionalProperties": False,
    } | ({"required": required} if required else {})


def _call(found: type[Operation]) -> Schema:
    """What flows into a call of a type by name, how many tensors without names, and the options of the call."""
    tensors = {call.name: {"description": call.description} for call in found.calls if call.kind != "flag"}
    flags = {
        call.name: {"description": call.description, "enum": [True, False, None]}
        for call in found.calls
        if call.kind == "flag"
    }
    rest = {"patternProperties": OWN_KEYS, "additionalProperties": False, "doNotSuggest": True}
    inputs: Any = {"properties": tensors, **rest}
    if not tensors:
        inputs = False
    elif found.calls[0].kind == "tensor":
        inputs["maxItems"] = len(found.positional_tensors())
    return {"inputs": inputs, "call": {"properties": {name: expressible(each) for name, each in flags.items()}, **rest}}


def title_of(found: type[Operation]) -> str:
    """The one name of a class: a type may have several in a spec."""
    return f"ops.{found.keras_name}" if issubclass(found, Op) else found.__name__


def known_types(classes: Iterable[str]) -> Schema:
    """What a type can be where there are no blocks. A pattern, as editors would show the whole of a list."""
    names = "|".join(re.escape(name) for name in classes)
    return {"pattern": rf"^(?:{names})$|>|\$\{{", "patternErrorMessage": "No layer, op or block has this name."}


def by_type(
    form: type[BaseModel], classes: Mapping[str, type[Operation]], keys: Iterable[str], alternative: str | None = None
) -> Schema:
    """A mapping whose `type` says which other keys it has; or one with the key that stands instead of `type`."""
    properties, _ = properties_of(form)
    own: Schema = {key: properties[key] for key in keys}
    own["type"] = {
        "description": properties["type"]["description"],
        "anyOf": [
            *(_choice(name, found) for name, found in classes.items()),
            {
                "type": "string",
                "pattern": rf"^{'' if 'Input' in classes else '(?!Input$)'}{NAME.pattern}$|>|\$\{{",
                "patternErrorMessage": "No layer or op has this name, and no block can have it.",
                "description": "A block or a registered layer.",
            },
        ],
    }
    if "inputs" in own:
        own["inputs"] = {"$ref": "#/definitions/wiring"}
        own["call"] = {"type": "object", "description": properties["call"]["description"]}
        own["repeat"] = expressible({"type": "integer", "minimum": 0}) | {
            "description": properties["repeat"]["description"]
        }
        own["when"] = expressible({"type": "boolean"}) | {"description": properties["when"]["description"]}
        own["for"] = _loops() | {"description": properties["for"]["description"]}
    cases = _cases(classes)
    mapping: Schema = {"type": "object", "properties": {**dict.fromkeys(NODE_KEYS, False), **own}, "allOf": cases}
    if alternative is None:
        return mapping | {"required": ["type"]}
    plain = {"properties": dict.fromkeys(own, True), "patternProperties": OWN_KEYS, "additionalProperties": False}
    cases.append({"if": {"required": [alternative]}, "then": plain})
    return mapping | {"oneOf": [{"required": ["type"]}, {"required": [alternative]}]}


def _cases(classes: Mapping[str, type[Operation]]) -> list[Schema]:
    """What a mapping must be for each type; for editors, which try every case of every node, parted once."""
    layers, ops = (
        [
            _case(name, f"arguments.{title_of(found)}")
            for name, found in classes.items()
            if issubclass(found, Op) is is_op
        ]
        for is_op in (False, True)
    )
    if not ops:
        return layers
    is_op = {"properties": {"type": {"pattern": r"^ops\."}}, "required": ["type"]}
    return [{"if": is_op, "then": {"allOf": ops}, "else": {"allOf": layers}}]


def _loops() -> Schema:
    values = {"type": "array", "items": {"type": ["string", "number"]}}
    count = {"type": "integer", "minimum": 0}
    return {"type": "object", "minProperties": 1, "additionalProperties": expressible({"anyOf": [count, values]})}


def objects(family: Family) -> dict[str, Schema]:
    """The definition of a thing of a family, its name or a mapping with `type` and arguments; and of the mappings."""
    kind = family.kind.replace(" ", "_")
    mappings: dict[str, Schema] = {}
    described: list[Schema] = []
    plain: list[Schema] = []
    cases: list[Schema] = []
    for name in family.names:
        found = family.get(name)
        own = f"{kind}.{found.__name__ if found is not None else 'function'}"
        properties, required = properties_of(found) if found is not None else ({}, [])
        mappings[own] = {
            "properties": {"type": True, **{key: expressible(schema) for key, schema in properties.items()}},
            "patternProperties": OWN_KEYS,
            "additionalProperties": False,
        } | ({"title": found.__name__, "required": required} if found is not None else {})
        choice = _choice(name, found)
        described.append(choice)
        if not required:
            plain.append(choice)
        cases.append(_case(name, own))
    mapping = {"type": "object", "required": ["type"], "properties": {"type": {"anyOf": described}}, "allOf": cases}
    return {kind: {"anyOf": [*plain, mapping]}} | mappings


def _choice(name: str, found: type[Any] | None) -> Schema:
    """A name that may be chosen, as editors show it: of an `enum`, they would show all the other names too."""
    return {"const": name, "title": name} | ({"description": _first_line(found)} if found is not None else {})


def _case(name: str, definition: str) -> Schema:
    """What a mapping must be if its type is of a name. An editor takes the beginning of a `const` for the whole."""
    return {
        "if": {"properties": {"type": {"pattern": f"^{re.escape(name)}$"}}, "required": ["type"]},
        "then": {"$ref": f"#/definitions/{definition}"},
    }


def _first_line(found: type[Any]) -> str:
    return (found.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
