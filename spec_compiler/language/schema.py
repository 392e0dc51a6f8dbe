"""The language as a JSON Schema (draft 7, which editors understand best), made of the types themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from spec_compiler.catalog import families, registry
from spec_compiler.catalog.dtypes import POLICIES
from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.catalog.objects import Family
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.thing import Thing
from spec_compiler.language.names import NAME, VARIABLE
from spec_compiler.language.settings import CompileSettings, FitSettings, OutputSettings
from spec_compiler.language.spec import BlockForm, LayerForm, LintForm, NodeForm, OutputForm, ParamForm, SpecForm

Schema = dict[str, Any]

_OWN_KEYS = {"^x-": {"description": "A key of the author's own, which the compiler ignores."}}
_FAMILIES = (
    families.initializers,
    families.regularizers,
    families.constraints,
    families.losses,
    families.metrics,
    families.optimizers,
    families.optimizer_maps,
    families.schedules,
    families.callbacks,
)


def schema_text() -> str:
    """The schema as it is committed: indented, with a newline at the end."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def schema() -> Schema:
    """The JSON Schema of a spec."""
    classes = {name: _class(name) for name in registry.type_names()}
    layers = {name: found for name, found in classes.items() if issubclass(found, Trainable)}
    definitions: dict[str, Schema] = {
        "name": {"type": "string", "pattern": f"^{NAME.pattern}$"},
        "reference": {
            "type": "string",
            "description": "The name of a node, with a dot and the output where it has several.",
        },
        "expression": {
            "type": "string",
            "pattern": r"\$\{",
            "description": "An expression over the params: `${units // 2}`.",
        },
        "source": {"anyOf": [{"$ref": "#/definitions/reference"}, {"type": "number"}]},
        "wiring": _wiring(),
        "node": _by_type(NodeForm, classes, tuple(_keys(NodeForm)), alternative="use"),
        "shared_layer": _by_type(LayerForm, layers, ("type", "name")),
        "nested_layer": _by_type(NodeForm, layers, ("type", "use", "name"), alternative="use"),
        "output": _output(),
        "param": _param(),
        "block": _block(),
    }
    for found in classes.values():
        definitions[f"arguments.{_title(found)}"] = _arguments(found)
    for family in (make() for make in _FAMILIES):
        definitions[family.kind.replace(" ", "_")] = _object(family)
    root = _form(SpecForm)
    root["properties"] |= {
        "params": {
            "type": "object",
            "description": "Named constants with defaults, set from outside.",
            "propertyNames": {"pattern": f"^{VARIABLE.pattern}$"},
            "patternProperties": _OWN_KEYS,
            "additionalProperties": {"$ref": "#/definitions/param"},
        },
        "blocks": _named("block", "Node types of the spec's own: graph templates with params."),
        "nodes": _nodes() | {"minProperties": 1},
        "layers": _named("shared_layer", "Shared layers: one instance each."),
        "outputs": _outputs(),
        "edges": _edges(),
        "inputs": {"type": "array", "items": {"$ref": "#/definitions/name"}, "description": "The order of the inputs."},
        "compile": _expressible(_form(CompileSettings))
        | {"description": "The optimizer and other options of `Model.compile`."},
        "fit": _expressible(_form(FitSettings)) | {"description": "Defaults for training: options of `Model.fit`."},
        "lint": _form(LintForm),
        "seed": _expressible({"type": "integer", "minimum": 0})
        | {"description": "Makes weights and dropout the same each time."},
        "dtype_policy": _expressible({"enum": list(POLICIES)})
        | {"description": "The dtype policy of every layer that names no dtype."},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Made by `compile-spec schema`; do not edit.",
        "title": "Spec of a Keras model",
        **root,
        "required": ["spec", "nodes", "outputs"],
        "if": {"not": {"anyOf": [{"required": ["blocks"]}, {"required": ["imports"]}]}},
        "then": {"properties": {"nodes": {"additionalProperties": {"properties": {"type": _known_types(classes)}}}}},
        "definitions": definitions,
    }


def _class(name: str) -> type[Operation]:
    found = registry.operation(name)
    assert found is not None
    return found


class _Generator(GenerateJsonSchema):
    """Pydantic's schemas, less the titles it makes up."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _properties(model: type[BaseModel]) -> tuple[dict[str, Schema], list[str]]:
    """The properties of a model, and those that are required; references point to our definitions."""
    made = model.model_json_schema(schema_generator=_Generator, mode="validation")
    return _with_references(made.get("properties", {}), made.get("$defs", {})), made.get("required", [])


def _with_references(value: Any, inlined: Mapping[str, Schema]) -> Any:
    """The same schema with our own definitions referred to; the catalogue marks them as ``x-definition``.

    Those that pydantic makes for a mapping inside a class stand where they are used.
    """
    if isinstance(value, dict):
        rest = {key: item for key, item in value.items() if key not in ("x-definition", "$ref")}
        if "x-definition" in value:
            return {**rest, "$ref": f"#/definitions/{value['x-definition']}"}
        if "$ref" in value:
            return _with_references({**inlined[value["$ref"].removeprefix("#/$defs/")], **rest}, inlined)
        return {key: _with_references(item, inlined) for key, item in value.items()}
    return [_with_references(item, inlined) for item in value] if isinstance(value, list) else value


def _form(model: type[BaseModel]) -> Schema:
    properties, required = _properties(model)
    form: Schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": _OWN_KEYS,
        "additionalProperties": False,
    }
    return form | ({"required": required} if required else {})


def _expressible(schema: Any) -> Any:
    """The same schema, with an expression allowed wherever a value stands."""
    if not isinstance(schema, dict):
        return schema
    aside = {key: schema[key] for key in ("description", "default") if key in schema}
    rest = {key: item for key, item in schema.items() if key not in aside}
    if rest.get("type") == "object":
        return {**schema, "properties": {key: _expressible(item) for key, item in rest.get("properties", {}).items()}}
    free_text = rest.get("type") == "string" and not rest.keys() & {"enum", "const", "pattern"}
    if not rest or free_text or rest == {"type": "null"}:
        return schema
    forms = (
        [_items_expressible(each) for each in rest["anyOf"]] if set(rest) == {"anyOf"} else [_items_expressible(rest)]
    )
    return {**aside, "anyOf": [*forms, {"$ref": "#/definitions/expression"}]}


def _items_expressible(schema: Any) -> Any:
    if isinstance(schema, dict) and schema.get("type") == "array" and "items" in schema:
        return {**schema, "items": _expressible(schema["items"])}
    return schema


def _arguments(found: type[Operation]) -> Schema:
    """The arguments of a type, without its name."""
    properties, required = _properties(found)
    properties = {name: _expressible(schema) for name, schema in properties.items()}
    return {"description": _first_line(found), "properties": properties} | ({"required": required} if required else {})


def _title(found: type[Operation]) -> str:
    return f"ops.{found.keras_name}" if issubclass(found, Op) else found.__name__


def _keys(form: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in form.model_fields.items()]


def _known_types(classes: Iterable[str]) -> Schema:
    """What a type can be where there are no blocks."""
    return {"anyOf": [{"enum": list(classes)}, {"type": "string", "pattern": r">|\$\{"}]}


def _by_type(
    form: type[BaseModel], classes: Mapping[str, type[Operation]], keys: Iterable[str], alternative: str | None = None
) -> Schema:
    """A mapping whose `type` says which other keys it has; or one with the key that stands instead of `type`."""
    properties, _ = _properties(form)
    own = {key: properties[key] for key in keys}
    own["type"] = {
        "description": properties["type"]["description"],
        "anyOf": [{"enum": list(classes)}, {"type": "string", "description": "A block or a registered layer."}],
    }
    if "inputs" in own:
        own["inputs"] = {"$ref": "#/definitions/wiring"}
        own["call"] = {"type": "object", "description": properties["call"]["description"]}
        own["repeat"] = _expressible({"type": "integer", "minimum": 0}) | {
            "description": properties["repeat"]["description"]
        }
        own["when"] = _expressible({"type": "boolean"}) | {"description": properties["when"]["description"]}
        own["for"] = _loops() | {"description": properties["for"]["description"]}
    names: dict[type[Operation], list[str]] = {}
    for name, found in classes.items():
        names.setdefault(found, []).append(name)
    cases = [
        {
            "if": {"properties": {"type": {"enum": each}}, "required": ["type"]},
            "then": {
                "allOf": [{"$ref": f"#/definitions/arguments.{_title(found)}"}],
                "properties": {key: {} for key in [*own, *found.model_fields]},
                "patternProperties": _OWN_KEYS,
                "additionalProperties": False,
            },
        }
        for found, each in names.items()
    ]
    mapping: Schema = {"type": "object", "properties": own, "allOf": cases}
    mapping |= (
        {"oneOf": [{"required": ["type"]}, {"required": [alternative]}]} if alternative else {"required": ["type"]}
    )
    return mapping


def _loops() -> Schema:
    values = {"type": "array", "items": {"type": ["string", "number"]}}
    count = {"type": "integer", "minimum": 0}
    return {"type": "object", "minProperties": 1, "additionalProperties": _expressible({"anyOf": [count, values]})}


def _param() -> Schema:
    plain = {"type": ["string", "number", "boolean", "null", "array"]}
    return {"anyOf": [plain, _form(ParamForm)], "description": "A default, or a mapping that says more."}


def _block() -> Schema:
    form = _form(BlockForm)
    form["properties"] |= {
        "params": {"type": "object", "additionalProperties": {"$ref": "#/definitions/param"}},
        "layers": _named("shared_layer", "Layers that are shared inside one copy."),
        "nodes": _nodes(),
        "edges": _edges(),
        "inputs": {"type": "array", "items": {"$ref": "#/definitions/name"}, "uniqueItems": True},
        "outputs": {
            "anyOf": [
                {"type": "array", "items": {"$ref": "#/definitions/reference"}, "minItems": 1},
                {"type": "object", "additionalProperties": {"$ref": "#/definitions/reference"}, "minProperties": 1},
            ]
        },
    }
    return form


def _nodes() -> Schema:
    """Nodes by name; in the name of a node with `for`, expressions may stand."""
    return {
        "type": "object",
        "description": "The graph: the name of each node, and the node.",
        "propertyNames": {"pattern": r"^[A-Za-z_$][A-Za-z0-9_-]*(\$?\{.*)?$"},
        "patternProperties": _OWN_KEYS,
        "additionalProperties": {"$ref": "#/definitions/node"},
    }


def _object(family: Family) -> Schema:
    """A thing of a family: its name, or a mapping with `type` and arguments."""
    cases = []
    by_class: dict[type[Thing], list[str]] = {}
    for name in sorted(family.classes):
        known = family.get(name)
        assert known is not None
        by_class.setdefault(known, []).append(name)
    for found, each in by_class.items():
        properties, required = _properties(found)
        properties = {name: _expressible(schema) for name, schema in properties.items()}
        then: Schema = {
            "properties": {"type": {"description": _first_line(found)}, **properties},
            "patternProperties": _OWN_KEYS,
            "additionalProperties": False,
        }
        cases.append(
            {
                "if": {"properties": {"type": {"enum": each}}, "required": ["type"]},
                "then": then | {"required": ["type", *required]},
            }
        )
    names = list(family.names)
    return {
        "anyOf": [
            {"enum": names},
            {"type": "object", "required": ["type"], "properties": {"type": {"enum": names}}, "allOf": cases},
        ]
    }


def _first_line(found: type[Any]) -> str:
    return (found.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")


def _named(definition: str, description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "patternProperties": _OWN_KEYS,
        "additionalProperties": {"$ref": f"#/definitions/{definition}"},
    }


def _wiring() -> Schema:
    source = {"$ref": "#/definitions/source"}
    several = {"type": "array", "items": source}
    return {
        "description": "What flows in: a reference, a list of references, or a mapping from call argument to these.",
        "anyOf": [source, several, {"type": "object", "additionalProperties": {"anyOf": [source, several]}}],
    }


def _output() -> Schema:
    form = _expressible(_form(OutputSettings))
    properties, _ = _properties(OutputForm)
    form["properties"] = {
        "from": {"$ref": "#/definitions/reference", "description": properties["from"]["description"]},
        **form["properties"],
    }
    return {"anyOf": [form, {"type": "null"}]}


def _outputs() -> Schema:
    mapping = _named("output", "What each output is trained for.") | {"minProperties": 1}
    names = {"type": "array", "items": {"$ref": "#/definitions/name"}, "minItems": 1, "uniqueItems": True}
    return {"anyOf": [mapping, names], "description": "What the model gives, and what it is trained for."}


def _edges() -> Schema:
    arrow = {"type": "string", "pattern": "->"}
    stops = {"type": "array", "items": {"$ref": "#/definitions/reference"}, "minItems": 2}
    return {"type": "array", "items": {"anyOf": [arrow, stops]}, "description": "The wiring as arrows."}
