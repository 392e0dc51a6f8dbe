"""The language as a JSON Schema (draft 7, which editors understand best), made of the types themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from spec_compiler.catalog import registry
from spec_compiler.catalog.describe import FAMILIES
from spec_compiler.catalog.dtypes import POLICIES
from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.phases import PhaseSettings
from spec_compiler.catalog.search import SearchSettings
from spec_compiler.catalog.training import CompileSettings, FitSettings, OutputSettings
from spec_compiler.language.names import KERAS_NAME, MODEL_NAME, NAME, OUTPUT, PATTERN, VARIABLE
from spec_compiler.language.schema_fields import OWN_KEYS, Schema, expressible, form_of, properties_of
from spec_compiler.language.schema_types import (
    Kinds,
    arguments_by_type,
    arguments_of,
    by_type,
    defaults_of,
    known_types,
    objects,
    required_by_type,
    title_of,
)
from spec_compiler.language.spec import (
    NODE_KEYS,
    BlockForm,
    LayerForm,
    LintForm,
    ModelForm,
    NodeForm,
    OutputForm,
    ParamForm,
    SpecForm,
)

_BLOCKS_ALONE: Schema = {
    "required": ["blocks"],
    "not": {"anyOf": [{"required": ["nodes"]}, {"required": ["outputs"]}]},
}
"""A file that others import: it needs no graph of its own."""

ID = "https://json.schemastore.org/spec-compiler.json"
"""What the schema is called, and its address once SchemaStore has it; `schemas/catalog.json` is the entry for it."""


def schema_text() -> str:
    """The schema as it is committed: a definition a line, and an item a line of one that is a list."""
    entries = {
        key: _mapping_text({name: _definition_text(each) for name, each in value.items()})
        if key in ("properties", "definitions")
        else _text(value)
        for key, value in schema().items()
    }
    return _mapping_text(entries) + "\n"


def _definition_text(definition: Schema) -> str:
    (key, items), *others = definition.items()
    if others or key not in ("anyOf", "allOf"):
        return _text(definition)
    return f"{{{_text(key)}: [\n" + ",\n".join(map(_text, items)) + "\n]}"


def _mapping_text(entries: Mapping[str, str]) -> str:
    return "{\n" + ",\n".join(f"{_text(key)}: {text}" for key, text in entries.items()) + "\n}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def schema() -> Schema:
    """The JSON Schema of a spec."""
    classes = _classes()
    layers: Kinds = {"layer": {name: each for name, each in classes.items() if issubclass(each, Trainable)}}
    kinds: Kinds = {
        "input": {name: each for name, each in classes.items() if not issubclass(each, Op | Trainable)},
        **layers,
        "op": {name: each for name, each in classes.items() if issubclass(each, Op)},
    }
    definitions: dict[str, Schema] = {
        "name": {"type": "string", "pattern": f"^{NAME.pattern}$"},
        "model_name": {"type": "string", "pattern": f"^{MODEL_NAME.pattern}$"},
        "layer_name": {"type": ["string", "null"], "pattern": rf"^{KERAS_NAME.pattern}$|\$\{{"},
        "reference": _reference(NAME.pattern),
        "item": _reference(f"(?:{NAME.pattern}|{PATTERN.pattern})"),
        "pattern": {"type": "string", "pattern": f"^{PATTERN.pattern}$", "description": "All nodes whose names match."},
        "expression": {
            "type": "string",
            "pattern": r"\$\{",
            "description": "An expression over the params: `${units // 2}`.",
        },
        "wiring": _wiring(),
        "constant": _constant(),
        "required": required_by_type(classes),
        "known_type": known_types(classes),
        "known_layer": known_types(layers["layer"]),
        "node": by_type(NodeForm, kinds, NODE_KEYS, alternative="use"),
        "shared_layer": by_type(LayerForm, layers, ("type", "name")),
        "nested_layer": by_type(NodeForm, layers, ("type", "use", "name"), alternative="use"),
        "output": _output(),
        "param": _param(),
        "block": _block(),
        "defaults": defaults_of({kind: each for kind, each in kinds.items() if kind != "input"}),
        **arguments_by_type(kinds),
    }
    for found in classes.values():
        definitions[f"arguments.{title_of(found)}"] = arguments_of(found)
    for make in FAMILIES:
        definitions |= objects(make())
    root = form_of(SpecForm)
    root["properties"] |= {
        "params": {
            "type": "object",
            "description": "Named constants with defaults, set from outside.",
            "propertyNames": {"pattern": f"^{VARIABLE.pattern}$"},
            "patternProperties": OWN_KEYS,
            "additionalProperties": {"$ref": "#/definitions/param"},
        },
        "defaults": {"$ref": "#/definitions/defaults"},
        "blocks": _named("block", "Node types of the spec's own: graph templates with params."),
        "nodes": _nodes() | {"minProperties": 1},
        "layers": _named("shared_layer", "Shared layers: one instance each."),
        "outputs": _outputs(),
        "models": _models(),
        "edges": _edges(),
        "inputs": {
            "type": "array",
            "items": {"anyOf": [{"$ref": "#/definitions/name"}, {"$ref": "#/definitions/pattern"}]},
            "description": "The order of the inputs.",
        },
        "compile": expressible(form_of(CompileSettings))
        | {"description": "The optimizer and other options of `Model.compile`."},
        "fit": expressible(form_of(FitSettings)) | {"description": "Defaults for training: options of `Model.fit`."},
        "search": {
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": "array", "minItems": 1}, form_of(SearchSettings)]},
            "description": "What a sweep tries of the params.",
        },
        "phases": {
            "type": "array",
            "items": expressible(form_of(PhaseSettings)),
            "minItems": 1,
            "description": "What is trained in which order, for how long.",
        },
        "lint": form_of(LintForm),
        "seed": expressible({"type": "integer", "minimum": 0})
        | {"description": "Makes weights and dropout the same each time."},
        "dtype_policy": expressible({"enum": list(POLICIES)})
        | {"description": "The dtype policy of every layer that names no dtype."},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": ID,
        "$comment": "Made by `compile-spec schema`; do not edit.",
        "title": "Spec of a Keras model",
        **root,
        "required": ["spec"],
        "allOf": [
            {"if": {"not": _BLOCKS_ALONE}, "then": {"required": ["nodes", "outputs"]}},
            _required_without_defaults(),
        ],
        **_types_without_blocks(),
        "definitions": definitions,
    }


def _classes() -> dict[str, type[Operation]]:
    """Every class of the catalogue by every name of it that a spec may have."""
    found = {name: registry.operation(name) for name in registry.type_names()}
    return {name: each for name, each in found.items() if each is not None}


def _types_without_blocks() -> Schema:
    """Where a spec has no blocks, its nodes and layers are of types that Keras has."""
    sections = {
        section: {
            "doNotSuggest": True,
            "additionalProperties": {"properties": {"type": {"$ref": f"#/definitions/{known}"}}},
        }
        for section, known in (("nodes", "known_type"), ("layers", "known_layer"))
    }
    return {
        "if": {"not": {"anyOf": [{"required": ["blocks"]}, {"required": ["imports"]}]}},
        "then": {"properties": sections},
    }


def _required_without_defaults() -> Schema:
    """Where neither the spec nor the block has defaults, nodes and shared layers hold what their types need."""
    sections = {
        section: {"additionalProperties": {"$ref": "#/definitions/required"}, "doNotSuggest": True}
        for section in ("nodes", "layers")
    }
    without = {"not": {"required": ["defaults"]}}
    blocks = {"additionalProperties": {"if": without, "then": {"properties": sections}}, "doNotSuggest": True}
    return {"if": without, "then": {"properties": {**sections, "blocks": blocks}}}


def _param() -> Schema:
    plain = {"type": ["string", "number", "boolean", "null", "array"]}
    return {"anyOf": [plain, form_of(ParamForm)], "description": "A default, or a mapping that says more."}


def _block() -> Schema:
    form = form_of(BlockForm)
    form["properties"] |= {
        "params": {
            "description": "What a node of this type can say; a list names those that it must.",
            "anyOf": [
                {"type": "object", "additionalProperties": {"$ref": "#/definitions/param"}},
                {"type": "array", "items": {"type": "string", "pattern": f"^{VARIABLE.pattern}$"}, "uniqueItems": True},
            ],
        },
        "defaults": {"$ref": "#/definitions/defaults"},
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
        "patternProperties": OWN_KEYS,
        "additionalProperties": {"$ref": "#/definitions/node"},
    }


def _named(definition: str, description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "patternProperties": OWN_KEYS,
        "additionalProperties": {"$ref": f"#/definitions/{definition}"},
    }


def _wiring() -> Schema:
    source = {"anyOf": [{"$ref": "#/definitions/reference"}, {"type": "number"}]}
    items = [{"$ref": "#/definitions/item"}, {"type": "number"}, {"$ref": "#/definitions/constant"}]
    several = {"type": "array", "items": {"anyOf": items}}
    constant = {"$ref": "#/definitions/constant"}
    forms = [source, several, constant]
    return {
        "description": "What flows in: a reference, a list of references, or a mapping from call argument to these. An "
        "op also takes numbers, and lists of numbers as constants.",
        "anyOf": [
            *forms,
            {"type": "object", "patternProperties": OWN_KEYS, "additionalProperties": {"anyOf": forms}},
        ],
    }


def _constant() -> Schema:
    element = {"type": ["number", "boolean"]}
    return {
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [element, {"$ref": "#/definitions/constant"}]},
        "description": "A constant tensor: numbers, or true and false, in lists by its axes.",
    }


def _reference(node: str) -> Schema:
    return {
        "type": "string",
        "pattern": rf"^{node}(\.{OUTPUT.pattern})?$|\$\{{",
        "patternErrorMessage": "A reference is the name of a node, with a dot and the output where it has several.",
        "description": "The name of a node, with a dot and the output where it has several.",
    }


def _output() -> Schema:
    form = expressible(form_of(OutputSettings)) | {"dependencies": {"loss_weight": ["loss"]}}
    properties, _ = properties_of(OutputForm)
    form["properties"] = {
        "from": {"$ref": "#/definitions/reference", "description": properties["from"]["description"]},
        **form["properties"],
    }
    return {"anyOf": [form, {"type": "null"}]}


def _models() -> Schema:
    form = form_of(ModelForm)
    described = {key: {"description": each["description"]} for key, each in form["properties"].items()}
    reference = {"anyOf": [{"$ref": "#/definitions/reference"}, {"$ref": "#/definitions/expression"}]}
    item = {"anyOf": [{"$ref": "#/definitions/item"}, {"$ref": "#/definitions/expression"}]}
    references = {"type": "array", "items": item, "minItems": 1}
    mapping = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{NAME.pattern}$|^x-"},
        "additionalProperties": {"anyOf": [reference, {"$ref": "#/definitions/output"}]},
    }
    form["properties"] = {
        "inputs": described["inputs"] | {"anyOf": [references, {"$ref": "#/definitions/expression"}]},
        "outputs": described["outputs"] | {"anyOf": [references, mapping]},
        "compile": described["compile"] | expressible(form_of(CompileSettings)),
    }
    return {
        "type": "object",
        "description": "Parts of the graph that are models of their own, by name.",
        "patternProperties": OWN_KEYS,
        "additionalProperties": form,
    }


def _outputs() -> Schema:
    mapping = _named("output", "What each output is trained for.") | {"minProperties": 1}
    items = [{"$ref": f"#/definitions/{form}"} for form in ("name", "pattern", "expression")]
    names = {"type": "array", "items": {"anyOf": items}, "minItems": 1, "uniqueItems": True}
    return {"anyOf": [mapping, names], "description": "What the model gives, and what it is trained for."}


def _edges() -> Schema:
    arrow = {"type": "string", "pattern": "->"}
    stops = {"type": "array", "items": {"$ref": "#/definitions/reference"}, "minItems": 2, "maxItems": 2}
    return {"type": "array", "items": {"anyOf": [arrow, stops]}, "description": "The wiring as arrows."}
