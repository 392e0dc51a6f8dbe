"""Calls of any layer, drawn from what the catalogue says of its arguments: nothing here knows a layer by name.

A call begins as the example of its type. Then some arguments get other values, out of the types of their fields or
just beyond, and some tensors another axis, length or dtype, or a length that is not known.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.catalog.dtypes import TENSOR_DTYPES
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.registry import operation
from spec_compiler.catalog.tensors import TensorType

Schema = dict[str, Any]

LENGTHS = st.sampled_from([None, None, 1, 2, 3, 4, 7, 8])
DTYPES = st.sampled_from(["float32", "float16", "bfloat16", "float64", "int32", "uint8", "bool", *TENSOR_DTYPES])
POLICIES = st.sampled_from([None, "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16"])

NAMED: dict[str, list[Any]] = {
    "initializer": [
        "zeros", "ones", "glorot_uniform", "he_normal", "random_normal", "orthogonal", "identity",
        {"type": "Constant", "value": 0.5}, {"type": "GlorotNormal", "input_axes": [0], "output_axes": [-1]},
        {"type": "VarianceScaling", "mode": "fan_out", "seed": 3},
    ],
    # Whether rows can be held against each other depends on whether their number is known.
    "regularizer": ["L2", {"type": "L1", "l1": 0.5}, {"type": "OrthogonalRegularizer", "mode": "columns"}],
    "constraint": ["non_neg", {"type": "MaxNorm", "axis": [0]}],
    "nested_layer": [
        {"type": "Dense", "units": 3}, {"type": "Dropout", "rate": 0.5}, {"type": "LSTM", "units": 2},
        {"type": "GRU", "units": 3, "go_backwards": True}, {"type": "GRUCell", "units": 3},
        {"type": "LSTMCell", "units": 2, "trainable": False}, {"type": "Conv1D", "filters": 2, "kernel_size": 2},
        {"type": "BatchNormalization"}, {"type": "Rescaling", "scale": 0.5}, {"type": "RandomFlip"},
    ],
    "metric": [],
}  # fmt: skip
"""Values for an argument that names a thing."""

LONGEST = 2100
"""How long an axis may be at most: sound is long, and takes long."""

TEXTS = ["", "a", "red", "utf-8", "abc,cd->abd", "ab,bc->ac", "...x,xy->...y", "d", "bd"]


def values(schema: Schema, whole: Schema) -> st.SearchStrategy[Any]:
    """Values that a JSON Schema allows, and some just beyond its bounds."""
    if "$ref" in schema:
        return values(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "x-definition" in schema:
        return st.sampled_from(NAMED[schema["x-definition"]])
    if "anyOf" in schema:
        return st.one_of(*(values(form, whole) for form in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    match schema.get("type"):
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "string":
            return st.sampled_from(TEXTS)
        case "integer":
            return integers(schema)
        case "number":
            return numbers(schema)
        case "array":
            return arrays(schema, whole)
        case "object":
            given = {name: values(form, whole) for name, form in schema.get("properties", {}).items()}
            return st.fixed_dictionaries({}, optional=given)
    raise NotImplementedError(f"a form of argument that nothing is drawn for: {schema}")


def integers(schema: Schema) -> st.SearchStrategy[int]:
    """Small whole numbers, and the one below the least."""
    least = schema.get("minimum", schema.get("exclusiveMinimum", -4) + 1)
    least = max(least, -4)
    most = min(schema.get("maximum", least + 5), least + 5)
    usual = st.integers(least, most)
    return st.one_of(usual, usual, usual, st.just(least - 1)) if least in (0, 1) else usual


def numbers(schema: Schema) -> st.SearchStrategy[float]:
    """Numbers at the bounds, within them, and below the least."""
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    candidates = [-1.5, -1, 0, 0.0, 0.25, 0.5, 1, 1.0, 2, 3.5]
    allowed = [
        number for number in candidates if (least is None or number >= least) and (most is None or number <= most)
    ]
    usual = st.sampled_from(allowed)
    return st.one_of(usual, usual, usual, st.sampled_from(candidates))


def arrays(schema: Schema, whole: Schema) -> st.SearchStrategy[list[Any]]:
    """Lists of the right length, and some of others."""
    if "prefixItems" in schema:
        return st.tuples(*(values(item, whole) for item in schema["prefixItems"])).map(list)
    items = values(schema["items"], whole) if "items" in schema else st.sampled_from([0.5, 1, 2.0])
    least = schema.get("minItems", 0)
    most = schema.get("maxItems", max(least, 1) + 2)
    usual = st.lists(items, min_size=least, max_size=most)
    return st.one_of(usual, usual, usual, st.lists(items, max_size=most + 1))


@cache
def example_call(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a type's example, and the types of what flows in by the arguments of the call."""
    found = example(name)
    assert found is not None, f"{name} has no example"
    graph = sc.load_spec(sc.Source.text(found.text))
    arguments = example_arguments(name)

    def short(x: TensorType) -> TensorType:
        return TensorType(tuple(min(length, LONGEST) if length else length for length in x.shape), x.dtype)

    tensors = {
        argument: [short(graph.type_of(each)) for each in operand]
        if isinstance(operand, tuple)
        else short(graph.type_of(operand))
        for argument, operand in graph.calls[found.node].items()
    }
    return arguments, tensors


@cache
def example_arguments(name: str) -> dict[str, Any]:
    """The arguments of a type's example."""
    found = example(name)
    assert found is not None, f"{name} has no example"
    node = yaml.safe_load(found.text)["nodes"][found.node]
    return {key: value for key, value in node.items() if key not in ("type", "inputs", "call")}


@cache
def fields(name: str) -> dict[str, st.SearchStrategy[Any]]:
    """Values for each argument of a type."""
    found = operation(name)
    assert found is not None
    whole = found.model_json_schema()
    drawn = {field: values(schema, whole) for field, schema in whole["properties"].items()}
    return {**drawn, "dtype": st.one_of(POLICIES, POLICIES, drawn["dtype"])} if "dtype" in drawn else drawn


@st.composite
def calls(draw: Any, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a layer, and the types of the tensors of a call of it."""
    given, tensors = example_call(name)
    arguments = dict(given)
    for field in draw(st.lists(st.sampled_from(sorted(fields(name))), max_size=3, unique=True)):
        arguments[field] = draw(fields(name)[field])
    change = draw(st.sampled_from(["nothing", "length", "length", "axis", "dtype"]))
    length, dtype, first = draw(LENGTHS), draw(DTYPES), draw(st.booleans())
    place = draw(st.integers(0, 4))

    def changed(x: TensorType) -> TensorType:
        shape = list(x.shape)
        if change == "length" and shape:
            shape[place % len(shape)] = length
        elif change == "axis":
            few = 2 if LONGEST in shape else length
            shape = shape[1:] if first else [*shape[:1], few, *shape[1:]]
        return TensorType(tuple(shape), dtype if change == "dtype" else x.dtype)

    everywhere = draw(st.integers(0, 3)) > 0
    altered: dict[str, Any] = {}
    for argument, x in tensors.items():
        if isinstance(x, list):
            altered[argument] = [changed(each) if everywhere or not index else each for index, each in enumerate(x)]
        else:
            altered[argument] = changed(x) if everywhere or not altered else x
    return arguments, altered
