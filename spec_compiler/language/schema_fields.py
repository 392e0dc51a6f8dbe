"""The fields of a class of ours as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

Schema = dict[str, Any]

OWN_KEYS = {"^x-": {"description": "A key of the author's own, which the compiler ignores."}}


class _Generator(GenerateJsonSchema):
    """Pydantic's schemas, less the titles it makes up."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def properties_of(model: type[BaseModel]) -> tuple[dict[str, Schema], list[str]]:
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


def form_of(model: type[BaseModel]) -> Schema:
    """A mapping with the fields of a model as keys, keys of the author's own, and no others."""
    properties, required = properties_of(model)
    form: Schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": OWN_KEYS,
        "additionalProperties": False,
    }
    return form | ({"required": required} if required else {})


def expressible(schema: Any) -> Any:
    """The same schema, with an expression allowed wherever a value stands."""
    if not isinstance(schema, dict):
        return schema
    aside = {key: schema[key] for key in ("description", "default") if key in schema}
    rest = {key: item for key, item in schema.items() if key not in aside}
    if rest.get("type") == "object":
        return {**schema, "properties": {key: expressible(item) for key, item in rest.get("properties", {}).items()}}
    free_text = rest.get("type") == "string" and not rest.keys() & {"enum", "const", "pattern"}
    if not rest or free_text or rest == {"type": "null"}:
        return schema
    forms = (
        [_items_expressible(each) for each in rest["anyOf"]] if set(rest) == {"anyOf"} else [_items_expressible(rest)]
    )
    return {**aside, "anyOf": [*forms, {"$ref": "#/definitions/expression"}]}


def _items_expressible(schema: Any) -> Any:
    if isinstance(schema, dict) and schema.get("type") == "array" and "items" in schema:
        return {**schema, "items": expressible(schema["items"])}
    return schema
