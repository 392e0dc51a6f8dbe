"""keras.Model → a flatbuffer of LiteRT (TensorFlow Lite), with the operations that every runtime of it has."""

from __future__ import annotations

import re
import tempfile
from functools import partial
from pathlib import Path

import keras
import tensorflow as tf

from spec_compiler.emitting.exports.errors import UnsupportedError
from spec_compiler.emitting.exports.serving import write_saved_model
from spec_compiler.emitting.exports.unsupported import at_fault, check_size

_RUNTIME = "LiteRT"
_OPERATION = re.compile(r"'?\btf\.([A-Z]\w+)")


def write_tflite(model: keras.Model, path: Path) -> None:
    """Write a flatbuffer.

    Raises:
        UnsupportedError: LiteRT cannot do something of the model by itself.
    """
    check_size(model, _RUNTIME)
    try:
        converted = _convert(model, path.parent)
    except _ConversionError as error:
        report = str(error)
        at_fault_here = at_fault(model, report, partial(_is_possible, folder=path.parent))
        raise UnsupportedError(_RUNTIME, _reason(report), at_fault_here, _hint(model)) from error
    path.write_bytes(converted)


class _ConversionError(Exception):
    """The converter does not take a model; the message is its report."""


def _convert(model: keras.Model, folder: Path) -> bytes:
    """The flatbuffer; what is written on the way needs room in a folder, and is gone at the end."""
    with tempfile.TemporaryDirectory(dir=folder) as saved:
        write_saved_model(model, Path(saved))
        converter = tf.lite.TFLiteConverter.from_saved_model(saved)
        try:
            converted: bytes = converter.convert()
        except Exception as error:  # what the converter raises is its own and of no public type
            raise _ConversionError(str(error)) from error
    return converted


def _is_possible(model: keras.Model, folder: Path) -> bool:
    try:
        _convert(model, folder)
    except _ConversionError:
        return False
    return True


def _reason(report: str) -> str:
    operations = dict.fromkeys(_OPERATION.findall(report))
    if operations:
        return f"it has no operation for TensorFlow's {', '.join(operations)}"
    return f"its converter says: {report.strip().splitlines()[0] if report.strip() else 'nothing'}"


def _hint(model: keras.Model) -> str | None:
    if not any(isinstance(layer, (keras.layers.RNN, keras.layers.Bidirectional)) for layer in model._flatten_layers()):
        return None
    return (
        "write `unroll: true` on recurrent layers of a known number of steps, or give the inputs a `batch_shape` that "
        "begins with 1"
    )
