"""What may stand at a place of a spec: which keys a mapping takes there, and which values.

Everything is asked of the types of the language and of the classes of the catalogue; nothing is listed twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.describe import FAMILIES, Field, fields_of
from spec_compiler.catalog.dtypes import POLICIES
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.objects import Family
from spec_compiler.catalog.phases import PhaseSettings
from spec_compiler.catalog.search import SearchSettings
from spec_compiler.catalog.training import CompileSettings, FitSettings
from spec_compiler.language.spec import (
    BlockForm,
    LayerForm,
    LintForm,
    ModelForm,
    NodeForm,
    OutputForm,
    ParamForm,
    SpecForm,
)
from spec_compiler.language_server.call_target import TRAINABLE, BlocksByName, CallTarget, call_target_of, operation
from spec_compiler.language_server.declared_params import param_fields, param_schema
from spec_compiler.spans import Path

Role = Literal[
    "value",
    "type",
    "shared type",
    "layer type",
    "use",
    "reference",
    "input",
    "part",
    "arrow",
    "object",
    "import",
    "monitor",
    "lint",
    "name",
]
"""What a text is. A shared type is that of a shared layer, which may be a block; an input is one of the model's inputs,
and a part is what a phase trains: a node or a shared layer."""
SchemaNode = Mapping[str, Any]


@dataclass(frozen=True)
class Slot:
    """What may stand at a place.

    Attributes:
        role: What a text there is.
        keys: The keys of a mapping there; more may be allowed, such as the names of nodes.
        of: What the mapping describes, as in "a node": for the text about a key.
        schema: The JSON Schema of a value there; None if anything may be.
        families: The kinds of objects that can be named there.
        home: The graph that it is in: the spec's own, or a block.
        node: The node, shared layer or output that it belongs to.
        argument: For a reference, the call argument that it is for by its name; None if it is not named.
        position: For a reference in a list of inputs, which of them it is.
        is_item: Whether it is an item of a list.
    """

    role: Role = "value"
    keys: tuple[Field, ...] = ()
    of: str = ""
    schema: SchemaNode | None = None
    families: tuple[Family, ...] = ()
    home: Path = ()
    node: Path | None = None
    argument: str | None = None
    position: int | None = None
    is_item: bool = False

    def key(self, name: str) -> Field | None:
        """One of the keys."""
        return next((each for each in self.keys if each.name == name), None)


def slot_at(data: Any, path: Path, blocks: BlocksByName) -> Slot:
    """What may stand at a path of a spec, given the rest of it."""
    home: Path = ()
    if path[:1] == ("blocks",):
        if len(path) == 1:
            return Slot(role="name")
        home, path = path[:2], path[2:]
        data = _step(_step(data, "blocks"), home[1])
    found = _in_graph(data, path, blocks, BlockForm if home else SpecForm)
    node = (*home, *found.node) if found.node is not None else None
    return replace(found, home=home, node=node)


def _in_graph(data: Any, path: Path, blocks: BlocksByName, form: type[BaseModel]) -> Slot:
    if not path:
        return Slot(keys=form_fields(form), of="a block" if form is BlockForm else "a spec")
    section, rest = str(path[0]), path[1:]
    written = _step(data, section)
    if section in ("nodes", "layers"):
        if not rest:
            return Slot(role="name")
        node = _step(written, rest[0])
        called = call_target_of(node, _step(data, "layers"), blocks)
        found = _in_node(node, rest[1:], called, is_layer=section == "layers")
        return replace(found, node=(section, rest[0]))
    if section not in form.model_fields:
        return Slot()
    if section == "search":
        return _in_search(data, rest)
    return _in_section(section, written, rest, is_block=form is BlockForm)


def _in_section(section: str, value: Any, rest: Path, *, is_block: bool) -> Slot:
    """A place in one of the sections of a graph that are no tables of calls."""
    match section:
        case "params":
            return _in_params(rest)
        case "defaults":
            return _in_defaults(value, rest)
        case "edges":
            return Slot(role="arrow" if len(rest) == 1 else "reference", is_item=True)
        case "inputs":
            return Slot(role="name") if is_block else Slot(role="input", is_item=True)
        case "outputs":
            return _in_outputs(value, rest)
        case "models":
            return _in_models(value, rest)
        case "imports":
            return Slot(role="import", is_item=bool(rest))
        case "lint":
            return Slot(role="lint", is_item=len(rest) > 1) if rest else Slot(keys=form_fields(LintForm), of="`lint`")
        case "compile":
            return _in_fields(CompileSettings, value, rest, "`compile`")
        case "fit":
            return _in_fit(value, rest)
        case "phases":
            return _in_phases(value, rest)
        case _:
            return (
                Slot(role="name")
                if section == "blocks"
                else Slot(schema=_OF_SPEC.get(section, _properties(SpecForm)[section]))
            )


# Sections

_OF_SPEC: Mapping[str, SchemaNode] = {"seed": {"type": "integer"}, "dtype_policy": {"enum": [*POLICIES]}}
"""What the keys of a spec take of which the language says no type."""


def _in_params(rest: Path) -> Slot:
    if len(rest) == 1:
        return Slot(role="name") if isinstance(rest[0], int) else Slot(keys=form_fields(ParamForm), of="a param")
    if len(rest) == 2:
        return Slot(schema=_properties(ParamForm).get(str(rest[1])))
    return Slot() if rest else Slot(role="name")


def _in_defaults(value: Any, rest: Path) -> Slot:
    if not rest:
        return Slot(role="type")
    found = operation(str(rest[0]))
    if found is None:
        return Slot()
    if len(rest) == 1:
        return Slot(keys=arguments_of(found), of=f"`{rest[0]}`")
    return _argument(found, str(rest[1]), _step(_step(value, rest[0]), rest[1]), rest[2:])


def _in_outputs(value: Any, rest: Path) -> Slot:
    if not rest:
        return Slot(role="reference")
    if isinstance(rest[0], int):
        return Slot(role="reference", is_item=True)
    written = _step(value, rest[0])
    if len(rest) == 1:
        role: Role = "value" if written is None or isinstance(written, dict) else "reference"
        return Slot(role, keys=form_fields(OutputForm), of="an output", node=("outputs", rest[0]))
    return replace(_in_output(_step(written, rest[1]), rest[1:]), node=("outputs", rest[0]))


def _in_output(value: Any, rest: Path) -> Slot:
    from spec_compiler.catalog.training import OutputSettings

    key = str(rest[0])
    if key == "from":
        return Slot(role="reference")
    return _in_fields(OutputSettings, {key: value}, rest, "an output")


def _in_models(value: Any, rest: Path) -> Slot:
    if len(rest) < 2:
        return Slot(keys=form_fields(ModelForm), of="a model") if rest else Slot(role="name")
    inside = _step(_step(value, rest[0]), rest[1])
    if rest[1] == "inputs":
        return Slot(role="reference", is_item=len(rest) > 2)
    if rest[1] == "outputs":
        return _in_outputs(inside, rest[2:])
    return _in_fields(CompileSettings, inside, rest[2:], "`compile`")


def _in_fit(value: Any, rest: Path) -> Slot:
    found = _in_fields(FitSettings, value, rest, "`fit`")
    return replace(found, role="monitor") if rest[-1:] == ("monitor",) and rest[:1] == ("callbacks",) else found


def _in_phases(value: Any, rest: Path) -> Slot:
    if not rest:
        return Slot()
    if rest[1:2] == ("train",):
        return Slot(role="part", is_item=True) if len(rest) > 2 else Slot()
    return _in_fields(PhaseSettings, _step(value, rest[0]), rest[1:], "a phase")


def _in_search(data: Any, rest: Path) -> Slot:
    """A place in what is tried of params, whose names are the keys."""
    if not rest:
        return Slot(keys=param_fields(data), of="`search`")
    written = _step(_step(data, "search"), rest[0])
    tried = Slot(schema=param_schema(data, str(rest[0])), is_item=True)
    if isinstance(written, list):
        return tried if len(rest) > 1 else Slot()
    if rest[1:2] == ("choices",) and len(rest) > 2:
        return tried
    return _in_fields(SearchSettings, written, rest[1:], "what is tried of a param")


# Nodes

_OF_COPIES: Mapping[str, SchemaNode] = {
    "repeat": {"type": "integer"},
    "when": {"type": "boolean"},
    "name": {"type": "string"},
    "for": {},
}
"""What the keys take that every node may have, and of which the language says no type."""


def _in_node(value: Any, rest: Path, called: CallTarget, *, is_layer: bool) -> Slot:
    found = called.operation
    if not rest:
        return Slot(keys=_keys_of_node(called, LayerForm if is_layer else NodeForm), of=called.title)
    key, inner = str(rest[0]), rest[1:]
    if key == "type" and not inner:
        return Slot(role="shared type" if is_layer else "type")
    if key == "use" and not is_layer:
        return Slot(role="use")
    if key == "inputs" and not is_layer:
        return _in_inputs_of(inner, called)
    if key == "call" and not is_layer:
        return Slot(schema={"type": "boolean"}) if inner else Slot(keys=called.flags, of="`call`")
    if key in _OF_COPIES and not is_layer:
        return Slot(schema=_OF_COPIES[key])
    if called.by_use:
        return Slot()
    if called.block is not None:
        return Slot(schema=param_schema(called.block, key)) if not inner else Slot()
    return _argument(found, key, _step(value, key), inner) if found is not None else Slot()


def _keys_of_node(called: CallTarget, form: type[BaseModel]) -> tuple[Field, ...]:
    shared = tuple(field for field in form_fields(form) if form is LayerForm or field.name not in called.refused)
    if called.by_use:
        return shared
    if called.block is not None:
        return (*shared, *param_fields(called.block), TRAINABLE)
    return (*shared, *arguments_of(called.operation)) if called.operation is not None else shared


def _in_inputs_of(rest: Path, called: CallTarget) -> Slot:
    argument = next((str(step) for step in rest if isinstance(step, str)), None)
    position = next((step for step in rest if isinstance(step, int)), None)
    return Slot(
        "reference",
        () if rest else called.inputs,
        "`inputs`",
        argument=argument,
        position=position,
        is_item=position is not None,
    )


# Arguments


def _in_fields(form: type[BaseModel], value: Any, rest: Path, title: str) -> Slot:
    """A place in a group of settings."""
    if not rest:
        return Slot(keys=form_fields(form), of=title)
    schema = _properties(form).get(str(rest[0]))
    return _in_schema(schema, _step(value, rest[0]), rest[1:]) if schema is not None else Slot()


def _argument(found: type[Config] | type[Arguments], name: str, value: Any, rest: Path) -> Slot:
    """A place in the value of an argument of a class."""
    schema = _properties(found).get(name)
    return _in_schema(schema, value, rest) if schema is not None else Slot()


def _in_schema(schema: SchemaNode, value: Any, rest: Path) -> Slot:
    families = tuple(family for family in map(_family, _definitions(schema)) if family is not None)
    takes_layers = "nested_layer" in _definitions(schema)
    if not rest:
        found = Slot(schema=schema, families=families, role="object" if families else "value")
        if isinstance(value, dict) or takes_layers:
            found = replace(found, **_mapping_of(value, families, takes_layers))
        return found
    step, inner = rest[0], rest[1:]
    if isinstance(step, int):
        items = next((each["items"] for each in _alternatives(schema) if isinstance(each.get("items"), dict)), None)
        return replace(_in_schema(items, _step(value, step), inner), is_item=True) if items is not None else Slot()
    if step == "type" and not inner and (families or takes_layers):
        return Slot("layer type" if takes_layers else "object", families=families)
    if step == "use" and takes_layers:
        return Slot("use")
    kind = _step(value, "type")
    described = _class_of(kind, families, takes_layers)
    if described is not None:
        return _argument(described, str(step), _step(value, step), inner)
    inside: Mapping[str, SchemaNode] = next(
        (each["properties"] for each in _alternatives(schema) if str(step) in each.get("properties", {})), {}
    )
    return _in_schema(inside[str(step)], _step(value, step), inner) if inside else Slot()


def _mapping_of(value: Any, families: tuple[Family, ...], takes_layers: bool) -> dict[str, Any]:
    kind = _step(value, "type")
    described = _class_of(kind, families, takes_layers)
    own: tuple[Field, ...] = (Field("type", "a name", None, "What it is."),)
    if takes_layers:
        own = (*own, Field("use", "a name", "null", "Instead of `type`: the shared layer that stands here."))
    keys = (*own, *arguments_of(described)) if described is not None else own
    return {"keys": keys, "of": f"`{kind}`" if described is not None else "an object"}


def _class_of(kind: Any, families: tuple[Family, ...], takes_layers: bool) -> type[Config] | None:
    if not isinstance(kind, str):
        return None
    for family in families:
        found = family.get(kind)
        if found is not None:
            return found
    return operation(kind) if takes_layers else None


def _alternatives(schema: SchemaNode) -> Iterator[SchemaNode]:
    if "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _alternatives(each)
    else:
        yield schema


def _definitions(schema: SchemaNode) -> list[str]:
    return [each["x-definition"] for each in _alternatives(schema) if "x-definition" in each]


@cache
def _families() -> Mapping[str, Family]:
    return {family.kind.replace(" ", "_"): family for family in (make() for make in FAMILIES)}


def _family(definition: str) -> Family | None:
    return _families().get(definition)


def choices_of(schema: SchemaNode) -> list[Any]:
    """The values that a schema lists, truth values and null too."""
    found: list[Any] = []
    for each in _alternatives(schema):
        found += each.get("enum", [])
        found += [each["const"]] if "const" in each else []
        found += [True, False] if each.get("type") == "boolean" else []
        found += [None] if each.get("type") == "null" else []
    return [each for index, each in enumerate(found) if not any(each is other for other in found[:index])]


def may_stand_for(given: SchemaNode | None, wanted: SchemaNode) -> bool:
    """Whether what one schema describes can stand where another is wanted, as far as their types say."""
    kinds, taken = _types_of(given) if given is not None else set(), _types_of(wanted)
    return not kinds or not taken or bool(kinds & taken) or ("integer" in kinds and "number" in taken)


_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


def _types_of(schema: SchemaNode) -> set[str]:
    """The types of JSON that a schema names; none where it takes anything."""
    found: set[str] = set()
    for each in _alternatives(schema):
        if "x-definition" in each:
            found |= {"string", "object"}
        elif "enum" in each or "const" in each:
            found |= {_TYPES[type(value)] for value in each.get("enum", [each.get("const")]) if value is not None}
        elif "type" in each:
            found |= {each["type"]} - {"null"}
        else:
            return set()
    return found


# Fields


@cache
def form_fields(form: type[BaseModel]) -> tuple[Field, ...]:
    """The keys of a group of settings or of a section; of what takes anything, only the text says what."""
    texts = {field.alias or name: field.description or "" for name, field in form.model_fields.items()}
    return tuple(
        replace(field, takes="" if field.takes == "a value" else field.takes, text=field.text or texts[field.name])
        for field in fields_of(form)  # type: ignore[arg-type]
    )


@cache
def arguments_of(found: type[Config] | type[Arguments]) -> tuple[Field, ...]:
    """The arguments of a class, its own first."""
    return fields_of(found)


@cache
def _properties(found: type[BaseModel]) -> Mapping[str, SchemaNode]:
    made = found.model_json_schema()
    definitions = made.get("$defs", {})
    return {name: _resolved(each, definitions) for name, each in made.get("properties", {}).items()}


def _resolved(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _resolved(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
        return {key: _resolved(each, definitions) for key, each in schema.items()}
    return [_resolved(each, definitions) for each in schema] if isinstance(schema, list) else schema


def _step(value: Any, step: Any) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None
