"""What a mapping with `type` may hold, as JSON Schema: layers, ops, and the objects that stand in arguments.

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
from spec_compiler.catalog.registered import NAME_SCHEMA
from spec_compiler.language.names import NAME
from spec_compiler.language.schema_fields import OWN_KEYS, Schema, expressible, properties_of
from spec_compiler.language.spec import NODE_KEYS


def arguments_of(found: type[Operation]) -> Schema:
    """What a mapping of a type may hold: the arguments of the type, and the keys of nodes, which `by_type` tells."""
    properties, _ = properties_of(found)
    properties = {name: expressible(schema) for name, schema in properties.items()}
    return {
        "title": found.keras_name if not issubclass(found, Op) else title_of(found),
        "description": _first_line(found),
        "properties": {**dict.fromkeys(NODE_KEYS, True), **_call(found), **_flat_operands(found), **properties},
        "patternProperties": OWN_KEYS,
        "additionalProperties": False,
    }


def defaults_of(kinds: Kinds) -> Schema:
    """Arguments by type: none that a node has to say itself, and none that must be there."""
    known = {
        name: {"$ref": f"#/definitions/arguments.{title_of(each)}"}
        for kind in kinds.values()
        for name, each in kind.items()
    }
    entry = {"type": "object", "properties": dict.fromkeys(NODE_KEYS, False)}
    return {
        "type": "object",
        "allOf": [
            {"patternProperties": OWN_KEYS, "additionalProperties": entry},
            {
                "properties": known,
                "patternProperties": {**OWN_KEYS, ">": {"type": "object"}},
                "additionalProperties": False,
            },
        ],
    }


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


def _flat_operands(found: type[Operation]) -> Schema:
    """The tensors of an op that may stand as numbers among its arguments."""
    names = found.flat_operands if issubclass(found, Op) else ()
    number = expressible({"anyOf": [{"type": "number"}, {"$ref": "#/definitions/constant"}]})
    return {call.name: {"description": call.description} | number for call in found.calls if call.name in names}


def title_of(found: type[Operation]) -> str:
    """The one name of a class: a type may have several in a spec."""
    return f"ops.{found.keras_name}" if issubclass(found, Op) else found.__name__


def known_types(names: Iterable[str]) -> Schema:
    """What a type can be where there are no blocks. A pattern, as editors would show the whole of a list."""
    alternatives = "|".join(re.escape(name) for name in names)
    return {"pattern": rf"^(?:{alternatives})$|>|\$\{{", "patternErrorMessage": "No layer, op or block has this name."}


Kinds = Mapping[str, Mapping[str, type[Operation]]]
"""The classes that a type can be, by kind (input, layer, op) and name."""


def arguments_by_type(kinds: Kinds) -> dict[str, Schema]:
    """The definitions that `by_type` refers to: for each kind, the arguments that go with each name."""
    return {
        f"{kind}_arguments": {"allOf": [_case(name, f"arguments.{title_of(each)}") for name, each in classes.items()]}
        for kind, classes in kinds.items()
    }


def required_by_type(classes: Mapping[str, type[Operation]]) -> Schema:
    """What a mapping must hold for each type, where no `defaults` may have it."""
    cases = []
    for name, found in classes.items():
        _, required = properties_of(found)
        if required:
            cases.append({**_case(name, ""), "then": {"required": required}})
    return {"allOf": cases, "doNotSuggest": True}


def by_type(form: type[BaseModel], kinds: Kinds, keys: Iterable[str], alternative: str | None = None) -> Schema:
    """A mapping whose `type` says which other keys it has; or one with the key that stands instead of `type`."""
    properties, _ = properties_of(form)
    own: Schema = {key: properties[key] for key in keys}
    own["type"] = _type(kinds) | {"description": properties["type"]["description"]}
    own["name"] = {"$ref": "#/definitions/layer_name", "description": properties["name"]["description"]}
    if "inputs" in own:
        own["inputs"] = {"$ref": "#/definitions/wiring"}
        own["call"] = {"type": "object", "description": properties["call"]["description"]}
        own["repeat"] = expressible({"type": "integer", "minimum": 0}) | {
            "description": properties["repeat"]["description"]
        }
        own["when"] = expressible({"type": "boolean"}) | {"description": properties["when"]["description"]}
        own["for"] = _loops() | {"description": properties["for"]["description"]}
    cases = _cases(kinds)
    mapping: Schema = {"type": "object", "properties": {**dict.fromkeys(NODE_KEYS, False), **own}, "allOf": cases}
    if alternative is None:
        return mapping | {"required": ["type"]}
    plain = {"properties": dict.fromkeys(own, True), "patternProperties": OWN_KEYS, "additionalProperties": False}
    cases.append({"if": {"required": [alternative]}, "then": plain})
    return mapping | {"oneOf": [{"required": ["type"]}, {"required": [alternative]}]}


def _type(kinds: Kinds) -> Schema:
    """The name of a type.

    What is no name of the catalogue stands first: an editor merges the messages of all alternatives that fail until one
    holds, which takes it a tenth of a second for each node of a block if the hundreds of names come before.
    """
    classes = {name: found for kind in kinds.values() for name, found in kind.items()}
    other = {
        "type": "string",
        "pattern": rf"^{'' if 'Input' in classes else '(?!Input$)'}{NAME.pattern}$|>|\$\{{",
        "not": {"enum": list(classes)},
        "patternErrorMessage": "No layer or op has this name, and no block can have it.",
        "description": "A block or a registered layer.",
    }
    return {"anyOf": [other, *(_choice(name, found) for name, found in classes.items())]}


def _cases(kinds: Kinds) -> list[Schema]:
    """What a mapping must be for each type; for editors, which try every case of every node, parted once."""
    layers: list[Schema] = [{"$ref": f"#/definitions/{kind}_arguments"} for kind in kinds if kind != "op"]
    if "op" not in kinds:
        return layers
    is_op = {"properties": {"type": {"pattern": r"^ops\."}}, "required": ["type"]}
    return [{"if": is_op, "then": {"$ref": "#/definitions/op_arguments"}, "else": {"allOf": layers}}]


def _loops() -> Schema:
    """What each variable goes through; several in one key take lists with a value for each, or a mapping."""
    values = {"type": "array", "items": {"type": ["string", "number", "boolean"]}}
    count = {"type": "integer", "minimum": 0}
    rows = {"type": "array", "items": {"type": "array"}}
    return {
        "type": "object",
        "minProperties": 1,
        "patternProperties": {",": expressible({"anyOf": [rows, {"type": "object"}]})},
        "additionalProperties": expressible({"anyOf": [count, values]}),
    }


def objects(family: Family) -> dict[str, Schema]:
    """The definition of an object of a family, by name or as a mapping with `type`; and those of the mappings."""
    kind = family.kind.replace(" ", "_")
    mappings: dict[str, Schema] = {}
    choices: list[Schema] = []
    alone: list[Schema] = []
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
        choices.append(choice)
        if not required:
            alone.append(choice)
        cases.append(_case(name, own))
    type_names = [*choices, NAME_SCHEMA]
    mapping = {"type": "object", "required": ["type"], "properties": {"type": {"anyOf": type_names}}, "allOf": cases}
    return {kind: {"anyOf": [*alone, NAME_SCHEMA, mapping]}} | mappings


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
