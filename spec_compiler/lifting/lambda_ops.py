"""Functions of TensorFlow in a model of Keras 2, which kept each as a layer, and the ops that they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.keras_config.table import class_of_op
from spec_compiler.catalog.registry import OPS

_CLASSES = ("TFOpLambda", "SlicingOpLambda")
_TWO = ("x", "y")
_ONE = ("x",)
_REDUCED = {"axis": "axis", "keepdims": "keepdims"}


class _Function(NamedTuple):
    """The op that a function is, the names of its tensors in order, and those of its other arguments for the op's."""

    op: str
    tensors: tuple[str, ...]
    arguments: Mapping[str, str] = {}


_FUNCTIONS: dict[str, _Function] = {
    **{
        function: _Function(op, _TWO)
        for function, op in {
            "math.add": "add", "__operators__.add": "add", "math.subtract": "subtract", "math.multiply": "multiply",
            "math.truediv": "true_divide", "math.divide": "true_divide", "math.pow": "power", "math.maximum": "maximum",
            "math.minimum": "minimum", "math.floordiv": "floor_divide", "math.floormod": "mod", "math.equal": "equal",
            "math.not_equal": "not_equal", "math.less": "less", "math.greater": "greater",
            "math.less_equal": "less_equal", "math.greater_equal": "greater_equal", "math.logical_and": "logical_and",
            "math.logical_or": "logical_or",
        }.items()
    },
    **{
        function: _Function(op, _ONE)
        for function, op in {
            "math.abs": "abs", "math.exp": "exp", "math.log": "log", "math.sqrt": "sqrt", "math.square": "square",
            "math.negative": "negative", "math.sin": "sin", "math.cos": "cos", "math.tanh": "tanh", "nn.tanh": "tanh",
            "math.sigmoid": "sigmoid", "nn.sigmoid": "sigmoid", "nn.silu": "silu", "math.softplus": "softplus",
            "math.erf": "erf", "math.rsqrt": "rsqrt", "math.logical_not": "logical_not",
        }.items()
    },
    "nn.relu": _Function("relu", ("features",)),
    "nn.relu6": _Function("relu6", ("features",)),
    "nn.softmax": _Function("softmax", ("logits",), {"axis": "axis"}),
    "nn.gelu": _Function("gelu", ("features",), {"approximate": "approximate"}),
    **{
        f"math.reduce_{name}": _Function(op, ("input_tensor",), _REDUCED)
        for name, op in {"mean": "mean", "sum": "sum", "max": "max", "min": "min", "prod": "prod"}.items()
    },
    "cast": _Function("cast", ("x",), {"dtype": "dtype"}),
    "concat": _Function("concatenate", ("values",), {"axis": "axis"}),
    "stack": _Function("stack", ("values",), {"axis": "axis"}),
    "expand_dims": _Function("expand_dims", ("input",), {"axis": "axis"}),
    "squeeze": _Function("squeeze", ("input",), {"axis": "axis"}),
    "reshape": _Function("reshape", ("tensor",), {"shape": "newshape"}),
    "transpose": _Function("transpose", ("a",), {"perm": "axes"}),
    "linalg.matmul": _Function("matmul", ("a", "b")),
    "one_hot": _Function("one_hot", ("indices",), {"depth": "num_classes"}),
    "tile": _Function("tile", ("input",), {"multiples": "repeats"}),
}  # fmt: skip
"""The functions by their names below `tf`."""

_WITHOUT_EFFECT = {"name": None, "transpose_a": False, "transpose_b": False, "conjugate": False}

_SYNONYMS = {"true_divide": "divide"}


class LambdaOp(NamedTuple):
    """A function of TensorFlow as an op: what each is called, and the operation's data."""

    function: str
    op: str
    data: ConfigData


def read_lambda_op(layer: ConfigData) -> LambdaOp | None:
    """The op that a layer of Keras 2 is which calls a function of TensorFlow; None if it is none, or unlike any."""
    if layer.get("class_name") not in _CLASSES or not isinstance(layer.get("config"), dict):
        return None
    config = layer["config"]
    function, name, nodes = config.get("function"), config.get("name"), layer.get("inbound_nodes")
    if (
        not isinstance(function, str)
        or not isinstance(nodes, list)
        or len(nodes) != 1
        or not isinstance(nodes[0], dict)
    ):
        return None
    (node,) = nodes
    if function == "__operators__.getitem":
        return _item(layer, name, node)
    known = _FUNCTIONS.get(function)
    if known is None:
        return None
    given: ConfigData = {**dict(zip(known.tensors, node["args"], strict=False)), **node["kwargs"]}
    arguments: ConfigData = {}
    for key, value in given.items():
        if key in known.arguments:
            arguments[known.arguments[key]] = value
        elif key not in known.tensors and (key not in _WITHOUT_EFFECT or value != _WITHOUT_EFFECT[key]):
            return None
    tensors = [given[key] for key in known.tensors if key in given]
    if len(tensors) != len(known.tensors):
        return None
    op = _SYNONYMS.get(known.op, known.op)
    return LambdaOp(f"tf.{function}", op, _operation(layer, op, {"name": name, **arguments}, tensors))


def _operation(layer: ConfigData, op: str, config: ConfigData, args: list[Any]) -> ConfigData:
    own = next(names[op] for names in OPS.values() if op in names)
    found = class_of_op(op, own)
    return {
        "module": found.module,
        "class_name": found.class_name,
        "config": config,
        "registered_name": found.registered_name,
        "name": layer.get("name", config["name"]),
        "inbound_nodes": [{"args": args, "kwargs": {}}],
    }


def _item(layer: ConfigData, name: Any, node: ConfigData) -> LambdaOp | None:
    """Indexing: slices are mappings, all else stands for itself."""
    key = node["kwargs"].get("slice_spec")
    if not isinstance(key, list) or len(node["args"]) != 1:
        return None
    items: list[Any] = []
    for item in key:
        match item:
            case {"start": start, "stop": stop, "step": step}:
                items.append({"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}})
            case {"value": "Ellipsis"} | "Ellipsis":
                items.append({"class_name": "__ellipsis__", "config": {}})
            case None | int():
                items.append(item)
            case _:
                return None
    data = _operation(layer, "get_item", {"name": name}, [node["args"][0], items])
    return LambdaOp("indexing", "get_item", data)
