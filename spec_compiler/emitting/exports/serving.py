"""keras.Model → a function of TensorFlow whose inputs and outputs have the names of the spec."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

SIGNATURE = "serving_default"
"""The name under which TensorFlow Serving and others look for what a SavedModel does."""


def taken_by(model: keras.Model) -> list[tf.TensorSpec]:
    """What the served model takes, each input under its name."""
    return [tf.TensorSpec(x.shape, x.dtype, name=x.name) for x in model.inputs]


def served(model: keras.Model) -> Callable[..., dict[str, Any]]:
    """The model as it predicts: of its inputs in turn, its outputs by name."""

    def serve(*inputs: Any) -> dict[str, Any]:
        results = model(list(inputs) if len(inputs) > 1 else inputs[0], training=False)
        return dict(zip(model.output_names, results if isinstance(results, list | tuple) else [results], strict=True))

    return serve


def write_saved_model(model: keras.Model, folder: Path) -> None:
    """Write the SavedModel of a model, with one signature.

    Raises:
        OSError: It cannot be written.
    """
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(SIGNATURE, served(model), input_signature=taken_by(model))
    try:
        archive.write_out(str(folder), verbose=False)
    except tf.errors.OpError as error:
        raise OSError(_number(error), error.message) from error


def _number(error: tf.errors.OpError) -> int:
    """What the system has said of a file: TensorFlow has its words alone."""
    return next((each for each in _REFUSALS if os.strerror(each) in error.message), errno.EIO)


_REFUSALS = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.ENAMETOOLONG)
