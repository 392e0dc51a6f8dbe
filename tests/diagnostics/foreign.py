"""A spec for each row of the table of foreign names: it has the name where the row says that it is looked for."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import yaml

import spec_compiler as sc
from spec_compiler.catalog import families, registry
from spec_compiler.catalog.examples import example
from spec_compiler.diagnostics.foreign.row import Row

Data = dict[str, Any]

_VALUES: Data = {
    "use_bias": False, "kernel_initializer": "zeros", "embeddings_initializer": "zeros", "padding": "same",
    "recurrent_initializer": "zeros", "recurrent_activation": "sigmoid", "strides": 1, "dilation_rate": 1,
    "data_format": "tf", "dropout": 0.1, "recurrent_dropout": 0.1, "axis": -1, "axes": 1, "activation": "tanh",
    "beta_initializer": "zeros", "gamma_initializer": "zeros", "epsilon": 0.001, "keepdims": True,
}  # fmt: skip
"""A value of arguments that the examples do not give; a regularizer or a constraint is null."""

_ARGUMENT_OF = {
    "activation": "activation",
    "initializer": "kernel_initializer",
    "regularizer": "kernel_regularizer",
    "constraint": "kernel_constraint",
}
_CHOICES = {
    "data_format": ("Conv2D", "data_format"),
    "padding": ("Conv2D", "padding"),
    "merge_mode": ("Bidirectional", "merge_mode"),
    "mode": ("RandomFlip", "mode"),
}
_SECTIONS = (
    "a spec", "`compile`", "`fit`", "an output", "a shared layer", "a param", "what is tried of a param", "a phase"
)  # fmt: skip
_PARAM_VALUES: Data = {"default": 3, "type": "int", "min": 1, "max": 4, "choices": [2, 3], "description": "what it is"}
_SEARCH_VALUES: Data = {"min": 1, "max": 4, "choices": [2, 3], "log": True}


def spec_of(row: Row) -> Data:
    """A spec that has no fault but the name of the row."""
    if row.kind == "type":
        return _of_type(row)
    if row.kind == "key":
        return _of_key(row)
    if row.kind == "call":
        return _of_call(row)
    if row.kind == "choice":
        (argument,) = row.of
        if argument not in _CHOICES:
            return _small({"fit": {argument: row.name}})
        type_name, key = _CHOICES[argument]
        return _with(type_name, {key: int(row.name) if row.name.isdigit() else row.name})
    if row.kind == "function":
        return _small({"params": {"n": 2}, "y": {"type": "Dense", "units": f"${{{row.name}(n)}}", "inputs": "x"}})
    if row.kind in _ARGUMENT_OF:
        return _with("Dense", {_ARGUMENT_OF[row.kind]: row.name})
    if row.kind == "dtype":
        return _small({"x": {"type": "Input", "shape": [4], "dtype": row.name}})
    if row.kind == "dtype policy":
        return _small({"dtype_policy": row.name})
    return _of_training(row)


def _small(parts: Data) -> Data:
    """A spec of one layer, some nodes and sections of which are given."""
    nodes = {
        "x": parts.pop("x", {"type": "Input", "shape": [4]}),
        "y": parts.pop("y", {"type": "Identity", "inputs": "x"}),
    }
    return {"spec": 1, "nodes": nodes, "outputs": parts.pop("outputs", {"y": {"loss": "mse"}}), **parts}


def _of_training(row: Row) -> Data:
    optimizer: Data = {"type": "SGD", "learning_rate": row.name}
    return _small({
        "loss": {"outputs": {"y": {"loss": row.name}}},
        "metric": {"outputs": {"y": {"loss": "mse", "metrics": [row.name]}}},
        "optimizer": {"compile": {"optimizer": row.name}},
        "learning rate schedule": {
            "compile": {"optimizer": optimizer | {"learning_rate": {"type": row.name, **_schedule(row)}}}
        },
        "callback": {"fit": {"callbacks": [row.name]}},
    }[row.kind])  # fmt: skip


def _schedule(row: Row) -> Data:
    return {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9} if row.fix is not None else {}


def _of_type(row: Row) -> Data:
    if row.fix is None:
        return _small({"y": {"type": row.name, "inputs": "x"}})
    data = _example(registry.own_name(row.fix))
    data["nodes"]["result"]["type"] = row.name
    return data


def _of_key(row: Row) -> Data:
    if set(row.of) & set(_SECTIONS):
        return _of_section(row)
    if row.of == ("a node without a type",):
        return _small({"y": {row.name: "Dense", "units": 3, "inputs": "x"}})
    optimizers = (name for names in families.OPTIMIZERS.values() for name in names)
    optimizer = next((name for name in optimizers if _applies(row, name, families.optimizers().get(name))), "")
    if row.beside in ("learning_rate", "beta_1") or row.fix == "learning_rate":
        return _small({"compile": {"optimizer": {"type": optimizer, row.name: 0.1}}})
    if row.fix in ("epochs", "batch_size"):
        return _small({"fit": {row.name: 2}})
    if row.fix == "loss_weight":
        return _small({"outputs": {"y": {"loss": "mse", row.name: 2.0}}})
    type_name = next(name for name in _types() if _applies(row, name, registry.operation(name)))
    data = _example(type_name)
    node = data["nodes"]["result"]
    node[row.name] = node.pop(row.fix, _VALUES.get(row.fix)) if row.fix is not None else 1
    return data


def _of_section(row: Row) -> Data:
    (section,) = row.of
    if section == "a shared layer":
        node = {"use": "shared", "inputs": "x"}
        return _small({"layers": {"shared": {"type": "Dense", "units": 2, row.name: "x"}}, "y": node, "z": dict(node)})
    if section in ("a param", "what is tried of a param"):
        return _of_param(row, section)
    return _small({
        "a spec": {row.name: 1},
        "`compile`": {"compile": {row.name: 1}},
        "`fit`": {"fit": {row.name: 0.5 if row.fix == "validation_split" else 1}},
        "a phase": {"phases": [{row.name: ["y"], "epochs": 2}]},
        "an output": {"outputs": {"y": {row.name: "mse"} if row.fix == "loss" else {"loss": "mse", row.name: 1}}},
    }[section])  # fmt: skip


def _of_param(row: Row, section: str) -> Data:
    dense = {"type": "Dense", "units": "${n}", "inputs": "x"}
    if section == "a param":
        param = {"default": 3, row.name: _PARAM_VALUES.get(row.fix or "", True)}
        return _small({"params": {"n": param if row.fix != "default" else {row.name: 3, "type": "int"}}, "y": dense})
    tried = {"min": 1, "max": 4, row.name: _SEARCH_VALUES.get(row.fix or "", "int")}
    if row.fix in ("min", "max"):
        del tried[row.fix]
    return _small({
        "params": {"n": 3},
        "search": {"n": {row.name: [2, 3]} if row.fix == "choices" else tried},
        "y": dense,
    })  # fmt: skip


def _of_call(row: Row) -> Data:
    wanted = row.fix or row.beside
    assert wanted is not None
    type_name = next(name for name in _types() if wanted in _calls(name))
    data = _example(type_name)
    node = data["nodes"]["result"]
    if _calls(type_name)[wanted] == "flag":
        node["call"] = {row.name: True}
        data["outputs"] = {"first": {"from": "result.0"}} if wanted == "return_attention_scores" else data["outputs"]
        return data
    if not isinstance(node["inputs"], dict):
        node["inputs"] = {next(iter(_calls(type_name))): node["inputs"]}
    node["inputs"][row.name] = node["inputs"].pop(wanted, None) or _tensor_for(wanted, data)
    return data


def _tensor_for(argument: str, data: Data) -> Any:
    """A tensor that an argument of a call takes, which the example does not give."""
    inputs = {"attention_mask": {"shape": [10, 20], "dtype": "bool"}, "initial_state": {"shape": [4]}}
    data["nodes"]["more"] = {"type": "Input", **inputs.get(argument, {"shape": [20, 8]})}
    return ["more", "more"] if argument == "initial_state" else "more"


def _calls(type_name: str) -> dict[str, str]:
    found = registry.operation(type_name)
    assert found is not None
    return {call.name: call.kind for call in found.calls}


@cache
def _types() -> tuple[str, ...]:
    """The layers that have an example, those that most people use first, and an op."""
    first = ("Dense", "Conv2D", "Embedding", "LSTM", "GRU", "MultiHeadAttention", "BatchNormalization")
    layers = (name for names in registry.LAYERS.values() for name in names)
    return (*first, *(name for name in layers if example(name) is not None), "ops.sum")


def _applies(row: Row, name: str, config: Any) -> bool:
    named = not row.of or any(
        fnmatchcase(owner, pattern) for owner in (name, "a layer", "a node") for pattern in row.of
    )
    fields = config.model_fields
    return named and row.name not in fields and all(each is None or each in fields for each in (row.fix, row.beside))


def _example(type_name: str) -> Data:
    found = example(type_name)
    assert found is not None, type_name
    data: Data = yaml.safe_load(found.text)
    return data


def _with(type_name: str, arguments: Data) -> Data:
    data = _example(type_name)
    data["nodes"]["result"].update(arguments)
    return data


def text_of(data: Data) -> str:
    """A spec as YAML."""
    return yaml.safe_dump(data, sort_keys=False, default_flow_style=False)


def mended(text: str) -> str:
    """A spec after the fixes of its diagnostics, one at a time from the end, until there are no more."""
    for _ in range(10):
        report = sc.check_spec(sc.Source.text(text, form="yaml"))
        fixes = [found for found in report if found.fix is not None and found.span is not None]
        if not fixes:
            return text
        lines = text.splitlines(keepends=True)
        for found in sorted(fixes, key=lambda each: each.span.start, reverse=True):
            start, end = found.span.start, found.span.end
            assert start.line == end.line
            line = lines[start.line - 1]
            lines[start.line - 1] = line[: start.column - 1] + found.fix + line[end.column - 1 :]
        text = "".join(lines)
    raise AssertionError(f"the fixes never end\n{text}")
