"""keras.Model → ONNX, by tf2onnx."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from keras.src.export.tf2onnx_lib import patch_tf2onnx

from spec_compiler.emitting.exports.errors import UnsupportedError
from spec_compiler.emitting.exports.serving import served, taken_by
from spec_compiler.emitting.exports.unsupported import at_fault, check_size

_RUNTIME = "ONNX"
_OPSET = 18


def write_onnx(model: keras.Model, path: Path) -> None:
    """Write a model of ONNX.

    Raises:
        UnsupportedError: The model has something that ONNX has no operators for.
    """
    check_size(model, _RUNTIME)
    try:
        converted = _convert(model)
    except Exception as error:  # what the converter raises is its own and of no public type
        report = str(error)
        reason = f"its converter says: {report.strip().partition(chr(10))[0]}"
        raise UnsupportedError(_RUNTIME, reason, at_fault(model, report, _is_possible)) from error
    left = _left_over(model, converted)
    if left:
        reason = f"it has no operators for TensorFlow's {', '.join(dict.fromkeys(left.values()))}"
        hint = _BEHIND_LOOKUPS if any(operation.startswith("Lookup") for operation in left.values()) else None
        raise UnsupportedError(_RUNTIME, reason, at_fault(model, " ".join(left), _is_possible), hint)
    _rename_inputs(converted.graph, [x.name for x in model.inputs])
    onnx.checker.check_model(converted)
    onnx.save(converted, path)


_BEHIND_LOOKUPS = "name the part behind the lookups under `models`, write it with `--model NAME`, and look up before it"


def _convert(model: keras.Model) -> onnx.ModelProto:
    patch_tf2onnx()  # tf2onnx 1.17 uses what NumPy 2 has not; Keras mends that
    taken = taken_by(model)
    converted: onnx.ModelProto
    converted, _ = tf2onnx.convert.from_function(
        tf.function(served(model), input_signature=taken), taken, opset=_OPSET, custom_op_handlers={"Erfc": (_erfc, [])}
    )
    return converted


def _erfc(graph: Any, node: Any, *_: Any) -> None:
    """Write the complement of the error function, as GELU takes it, as 1 - erf(x), which ONNX has."""
    dtype = onnx.helper.tensor_dtype_to_np_dtype(graph.get_dtype(node.input[0]))
    one = graph.make_const(tf2onnx.utils.make_name("one"), np.array(1, dtype))
    error_function = graph.make_node("Erf", [node.input[0]])
    graph.remove_node(node.name)
    graph.make_node("Sub", [one.output[0], error_function.output[0]], name=node.name, outputs=node.output)


def _is_possible(model: keras.Model) -> bool:
    try:
        return not _left_over(model, _convert(model))
    except Exception:
        return False


def _left_over(model: keras.Model, converted: onnx.ModelProto) -> Mapping[str, str]:
    """The nodes that the converter left as TensorFlow has them, by name, each with its operation.

    Of what they hold beside tensors, as a table of words, it makes inputs that the model has not.
    """
    graph = converted.graph
    more = {value.name for value in graph.input[len(model.inputs) :]}
    return {
        node.name: node.op_type
        for node in graph.node
        if more.intersection(node.input) or (node.domain in {"", "ai.onnx"} and not onnx.defs.has(node.op_type))
    }


def _rename_inputs(graph: Any, names: list[str]) -> None:
    """Give the inputs the names of the model to the letter: the converter has made identifiers of them."""
    renamed = {value.name: name for value, name in zip(graph.input, names, strict=True) if value.name != name}
    for value in graph.input:
        value.name = renamed.get(value.name, value.name)
    for node in graph.node if renamed else ():
        node.input[:] = [renamed.get(name, name) for name in node.input]
