"""What a type takes, as data made of its class: for `explain`, and for the pages of the documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from spec_compiler.catalog import families, registry
from spec_compiler.catalog.activations import NEEDS_ARGUMENTS
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import Arguments, CallArgument, LayerConfig, Operation, Trainable
from spec_compiler.catalog.objects import Family, Named
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.registered import NAME_SCHEMA

_LONG_CHOICE = 12

FAMILIES = (
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
"""The families of all that is no layer and no op."""

_CHOSEN = {
    "accuracy": "The share of right predictions; Keras looks at targets and predictions for which accuracy is meant.",
    "crossentropy": "The cross-entropy; Keras looks at targets and predictions for which is meant.",
}
"""The losses and metrics for which Keras takes one of several."""


@dataclass(frozen=True, slots=True)
class Field:
    """An argument: its name, what it takes in words, its default as a spec has it (None if required), what it is."""

    name: str
    takes: str
    default: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Description:
    """All there is to say about what a name stands for.

    Attributes:
        name: Its own name in a spec.
        kind: What it is: a layer, an op, a loss, ….
        text: What it does, as paragraphs of Markdown.
        others: Its other names.
        fields: Its arguments.
        general: The arguments that all layers have.
        calls: What flows in, and the options of the call; None for what is not called.
        usage: How a spec names it, where that is not as a node.
    """

    name: str
    kind: str
    text: str
    others: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    general: tuple[Field, ...] = ()
    calls: tuple[Field, ...] | None = None
    usage: str | None = None

    @property
    def summary(self) -> str:
        """The first sentence of the text."""
        return re.split(r"(?<=[.!?])\s", self.text.split("\n\n")[0].replace("\n", " "))[0]


def meanings(name: str) -> list[Description]:
    """Everything that a name stands for; an alias stands for what it is another name of."""
    found = [of_type(name)] if registry.operation(name) is not None else []
    if name in families.ACTIVATIONS:
        found.append(of_activation(name))
    for family in (make() for make in FAMILIES):
        if name in family.classes:
            found.append(of_config(family, name))
        if name in family.functions:
            found.append(of_function(family, name))
    return found


@cache
def names() -> tuple[str, ...]:
    """Every name that stands for something, sorted."""
    configs = {name for make in FAMILIES for name in make().names}
    return tuple(sorted({*registry.type_names(), *families.ACTIVATIONS, *configs}))


# Descriptions


@cache
def of_type(name: str) -> Description:
    """The description of a layer or an op.

    Raises:
        KeyError: There is none of the name.
    """
    found = registry.operation(name)
    if found is None:
        raise KeyError(name)
    own = registry.own_name(name)
    general = frozenset(LayerConfig.model_fields) if issubclass(found, LayerConfig) else frozenset()
    fields = fields_of(found)
    return Description(
        own,
        "op" if issubclass(found, Op) else "layer",
        prose(found.__doc__ or ""),
        registry.other_names(own),
        tuple(field for field in fields if field.name not in general),
        tuple(field for field in fields if field.name in general),
        tuple(Field(call.name, takes_of_call(call, found), None, call.description) for call in found.calls),
    )


def of_config(family: Family, name: str) -> Description:
    """The description of a class of a family, by any of its names.

    Raises:
        KeyError: There is none of the name.
    """
    found = family.get(name)
    if found is None:
        raise KeyError(name)
    own = family.classes[name]
    others = tuple(sorted(other for other, class_name in family.classes.items() if class_name == own and other != own))
    usage = own
    if required := found.required_arguments():
        usage = f"{{type: {own}, {', '.join(f'{argument}: …' for argument in required)}}}"
    return Description(own, family.kind, prose(found.__doc__ or ""), others, fields_of(found), usage=usage)


def of_function(family: Family, name: str) -> Description:
    """Returns the description of a name that stands for a function of a family."""
    full = family.full_name(name)
    others = tuple(sorted(other for other in family.functions if family.full_name(other) == full and other != name))
    found = family.class_of(Named(name))
    text = _CHOSEN[full] if found is None else f"{prose(found.__doc__ or '')}\n\n{_stands_alone(found)}"
    return Description(name, family.kind, text, others, usage=name)


def _stands_alone(found: type[Config]) -> str:
    return f"The name stands alone; `{{type: {found.keras_name}, …}}` takes arguments."


def of_activation(name: str) -> Description:
    """The description of the name of an activation."""
    same = {"swish": "silu", "hard_swish": "hard_silu", "exponential": "exp"}.get(name, name)
    op = registry.operation(f"ops.{same}")
    text = "Returns its input unchanged." if name == "linear" else prose(op.__doc__ or "") if op is not None else ""
    if name == "mish":
        text = "`x · tanh(softplus(x))`, element by element (Misra, 2019)."
    if name in NEEDS_ARGUMENTS:
        text += f"\n\nIt needs arguments, which a name cannot give: use `ops.{same}`."
    elif op is not None and op.model_fields:
        text += f"\n\nWith other arguments than Keras's defaults it is `ops.{same}`."
    pairs = ({"swish", "silu"}, {"hard_swish", "hard_silu"})
    others = tuple(sorted({other for pair in pairs if name in pair for other in pair} - {name}))
    return Description(name, "activation", text, others, usage=name)


def prose(docstring: str) -> str:
    """A docstring as paragraphs of Markdown."""
    text = re.sub(r"``(.+?)``", r"`\1`", docstring.strip())
    return re.sub(r"\n +", "\n", text)


def takes_of_call(call: CallArgument, found: type[Operation]) -> str:
    """What an argument of a call takes, in words."""
    if call.kind == "flag":
        return "true or false, under `call`"
    if call.kind == "tensor":
        kind = "a tensor or a number" if found.takes_numbers else "a tensor"
    elif call.maximum == call.minimum:
        kind = f"{call.minimum} tensors"
    elif call.maximum is not None:
        kind = f"{call.minimum} to {call.maximum} tensors"
    else:
        kind = f"a list of at least {call.minimum}" if call.minimum > 1 else "a list of tensors"
    return kind if call.required else f"{kind}, or nothing"


# Arguments


def fields_of(found: type[Config] | type[Arguments]) -> tuple[Field, ...]:
    """The arguments of a class, those without a default first."""
    made = found.model_json_schema()
    required = made.get("required", [])
    nested = found.nested if issubclass(found, Trainable) else ()
    fields = []
    for name, schema in made.get("properties", {}).items():
        default = None if name in required else format_value(schema.get("default"))
        kind = "layers" if name in nested and "array" in json.dumps(schema) else _kind(schema, made.get("$defs", {}))
        fields.append(Field(name, kind, default, schema.get("description", "").replace("\n", " ")))
    return tuple(sorted(fields, key=lambda field: field.default is not None))


def format_value(value: Any) -> str:
    """A value as a spec has it."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _kind(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """What a JSON Schema takes, in words."""
    if "x-definition" in schema:
        return _definition(schema["x-definition"])
    if "$ref" in schema:
        return _kind(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    if "anyOf" in schema:
        # What the calling program registers may stand wherever Keras's own does, and is not said each time.
        each_kind = (_kind(each, definitions) for each in schema["anyOf"] if each != NAME_SCHEMA)
        return " or ".join(dict.fromkeys(each_kind))
    if "const" in schema:
        return f"`{format_value(schema['const'])}`"
    if "enum" in schema:
        return _choices(schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        return _list(schema, definitions)
    if kind == "object":
        keys = ", ".join(f"`{key}`" for key in schema.get("properties", {}))
        return f"a mapping with {keys}" if keys else "a mapping"
    if kind in ("integer", "number"):
        return _number("whole number" if kind == "integer" else "number", schema)
    return {"boolean": "true or false", "string": "text", "null": "null"}.get(str(kind), "a value")


_SEVERAL = {
    "references": "a list of references",
    "outputs": "a mapping of outputs or a list of their names",
    "block_params": "a mapping of params or a list of their names",
}
"""What definitions of the language take that stand for several things."""


def _definition(name: str) -> str:
    if name in _SEVERAL:
        return _SEVERAL[name]
    noun = "layer" if name == "nested_layer" else name.replace("_", " ")
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _choices(values: list[Any]) -> str:
    if len(values) > _LONG_CHOICE:
        if "relu" in values:
            return "an activation" + (" or null" if None in values else "")
        if "mixed_float16" in values:
            return "a dtype or a dtype policy" + (" or null" if None in values else "")
    return ", ".join(f"`{format_value(value)}`" for value in values)


def _list(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "prefixItems" in schema:
        return f"a list of {len(schema['prefixItems'])}"
    item = _kind(schema["items"], definitions).removeprefix("a ") if "items" in schema else "values"
    low, high = schema.get("minItems"), schema.get("maxItems")
    if low is not None and low == high:
        return f"a list of {low}"
    return f"a list, each: {item}"


def _number(noun: str, schema: Mapping[str, Any]) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    bounds = [f"{sign} {schema[key]:g}" for key, sign in signs.items() if key in schema and abs(schema[key]) < 2**31]
    return " ".join([f"a {noun}", ", ".join(bounds)]).strip()


# Text


@dataclass(frozen=True, slots=True)
class Made:
    """What the compiler makes of an example: the outputs of the call, and the weights of its layer."""

    outputs: tuple[str, ...]
    weights: tuple[tuple[str, str, str, str], ...]


def page(description: Description, example: str | None = None, made: Made | None = None) -> str:
    """A description as Markdown that can be read as it is, with an example and what the compiler makes of it."""
    lines = [f"# {description.name} ({description.kind})", "", description.text, ""]
    if description.others:
        lines += [f"Other names: {', '.join(f'`{other}`' for other in description.others)}.", ""]
    lines += _fields("Arguments", description.fields)
    if description.calls is not None:
        lines += _fields("Inputs", description.calls, defaults=False)
    lines += _fields("As every layer", description.general)
    if description.usage is not None:
        lines += ["## In a spec", "", f"    {_USAGE[description.kind].format(description.usage)}", ""]
    if example is not None:
        lines += ["## Example", "", *(f"    {line}" for line in example.splitlines()), ""]
    if made is not None:
        lines += _results(made)
    return "\n".join(lines).rstrip() + "\n"


_USAGE = {
    "activation": "activation: {}",
    "callback": "callbacks: [{}]",
    "constraint": "kernel_constraint: {}",
    "initializer": "kernel_initializer: {}",
    "learning rate schedule": "learning_rate: {}",
    "loss": "loss: {}",
    "metric": "metrics: [{}]",
    "optimizer": "optimizer: {}",
    "optimizer map": "optimizer_map: {}",
    "regularizer": "kernel_regularizer: {}",
}
"""Where a spec names a thing of each kind."""


def _fields(title: str, fields: tuple[Field, ...], *, defaults: bool = True) -> list[str]:
    if not fields:
        return [f"{title}: none.", ""] if title != "As every layer" else []
    header: tuple[str, ...] = ("name", "takes", "default", "") if defaults else ("name", "takes", "")
    rows = [
        (
            field.name,
            field.takes.replace("`", ""),
            *((field.default or "required",) if defaults else ()),
            field.text,
        )
        for field in fields
    ]
    return [f"## {title}", "", *_table([header, *rows]), ""]


def _results(made: Made) -> list[str]:
    lines = ["## What it gives", "", *(f"- {output}" for output in made.outputs), ""]
    if made.weights:
        lines += _table([("weight", "shape", "dtype", "before training"), *made.weights])
    return lines


_WIDEST = 44


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows under a header, with columns of one width as far as that can be read."""
    widths = [
        max(len(row[column]) for row in rows if len(row[column]) <= _WIDEST) for column in range(len(rows[0]) - 1)
    ]
    cells = [[*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]] for row in rows]
    lines = ["| " + " | ".join(row).rstrip() + " |" for row in cells]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|---|"
    return [lines[0], rule, *lines[1:]]
