"""The language as a JSON Schema (draft 7, which editors understand best), made of the types themselves."""

from __future__ import annotations

import json

from spec_compiler.catalog import families, registry
from spec_compiler.catalog.dtypes import POLICIES
from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.language.names import NAME, OUTPUT, PATTERN, VARIABLE
from spec_compiler.language.schema_fields import OWN_KEYS, Schema, expressible, form_of, properties_of
from spec_compiler.language.schema_types import NODE_KEYS, arguments_of, by_type, known_types, objects, title_of
from spec_compiler.language.settings import CompileSettings, FitSettings, OutputSettings
from spec_compiler.language.spec import BlockForm, LayerForm, LintForm, NodeForm, OutputForm, ParamForm, SpecForm

_BLOCKS_ALONE: Schema = {
    "required": ["blocks"],
    "not": {"anyOf": [{"required": ["nodes"]}, {"required": ["outputs"]}]},
}
"""A file that others import: it needs no graph of its own."""

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
    classes = _classes()
    layers = {name: found for name, found in classes.items() if issubclass(found, Trainable)}
    definitions: dict[str, Schema] = {
        "name": {"type": "string", "pattern": f"^{NAME.pattern}$"},
        "reference": _reference(NAME.pattern),
        "item": _reference(f"(?:{NAME.pattern}|{PATTERN.pattern})"),
        "expression": {
            "type": "string",
            "pattern": r"\$\{",
            "description": "An expression over the params: `${units // 2}`.",
        },
        "wiring": _wiring(),
        "known_type": known_types(classes),
        "known_layer": known_types(layers),
        "node": by_type(NodeForm, classes, NODE_KEYS, alternative="use"),
        "shared_layer": by_type(LayerForm, layers, ("type", "name")),
        "nested_layer": by_type(NodeForm, layers, ("type", "use", "name"), alternative="use"),
        "output": _output(),
        "param": _param(),
        "block": _block(),
    }
    for found in classes.values():
        definitions[f"arguments.{title_of(found)}"] = arguments_of(found)
    for make in _FAMILIES:
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
        "blocks": _named("block", "Node types of the spec's own: graph templates with params."),
        "nodes": _nodes() | {"minProperties": 1},
        "layers": _named("shared_layer", "Shared layers: one instance each."),
        "outputs": _outputs(),
        "edges": _edges(),
        "inputs": {"type": "array", "items": {"$ref": "#/definitions/name"}, "description": "The order of the inputs."},
        "compile": expressible(form_of(CompileSettings))
        | {"description": "The optimizer and other options of `Model.compile`."},
        "fit": expressible(form_of(FitSettings)) | {"description": "Defaults for training: options of `Model.fit`."},
        "lint": form_of(LintForm),
        "seed": expressible({"type": "integer", "minimum": 0})
        | {"description": "Makes weights and dropout the same each time."},
        "dtype_policy": expressible({"enum": list(POLICIES)})
        | {"description": "The dtype policy of every layer that names no dtype."},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Made by `compile-spec schema`; do not edit.",
        "title": "Spec of a Keras model",
        **root,
        "required": ["spec"],
        "allOf": [{"if": {"not": _BLOCKS_ALONE}, "then": {"required": ["nodes", "outputs"]}}],
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


def _param() -> Schema:
    plain = {"type": ["string", "number", "boolean", "null", "array"]}
    return {"anyOf": [plain, form_of(ParamForm)], "description": "A default, or a mapping that says more."}


def _block() -> Schema:
    form = form_of(BlockForm)
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
    several = {"type": "array", "items": {"anyOf": [{"$ref": "#/definitions/item"}, {"type": "number"}]}}
    return {
        "description": "What flows in: a reference, a list of references, or a mapping from call argument to these.",
        "anyOf": [
            source,
            several,
            {"type": "object", "patternProperties": OWN_KEYS, "additionalProperties": {"anyOf": [source, several]}},
        ],
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


def _outputs() -> Schema:
    mapping = _named("output", "What each output is trained for.") | {"minProperties": 1}
    names = {"type": "array", "items": {"$ref": "#/definitions/name"}, "minItems": 1, "uniqueItems": True}
    return {"anyOf": [mapping, names], "description": "What the model gives, and what it is trained for."}


def _edges() -> Schema:
    arrow = {"type": "string", "pattern": "->"}
    stops = {"type": "array", "items": {"$ref": "#/definitions/reference"}, "minItems": 2}
    return {"type": "array", "items": {"anyOf": [arrow, stops]}, "description": "The wiring as arrows."}
