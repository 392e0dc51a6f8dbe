"""What is needed beside the compiler for some of its work, and is not installed with it."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec

BACKENDS = {"jax": "JAX", "tensorflow": "TensorFlow", "torch": "PyTorch"}
"""What Keras can run on, by the values of `KERAS_BACKEND`, and of each an extra is called so."""


class LibraryMissingError(ImportError):
    """A library is not installed that only some of the work needs; the message says how to get it."""


class KerasMissingError(LibraryMissingError):
    """Keras, or what it runs on, is not installed. Only what builds models needs it; the message says what to do."""


class PicturesMissingError(LibraryMissingError):
    """Something is not installed that pictures are made with; the message says how to get it."""


def backend() -> str:
    """What Keras runs on, or will when it is imported."""
    keras = sys.modules.get("keras")
    if keras is not None:
        return str(keras.backend.backend())
    return os.environ.get("KERAS_BACKEND", "tensorflow")


def require_keras() -> None:
    """Import Keras.

    Raises:
        KerasMissingError: Keras, or what it runs on, is not installed.
    """
    missing = _missing("keras", ("keras", *BACKENDS))
    if missing is not None:
        extra = backend() if backend() in BACKENDS else "tensorflow"
        message = f"models are built by Keras on {BACKENDS[extra]}, and `{missing}` is not installed: {_install(extra)}"
        raise KerasMissingError(message, name=missing)


def require_jax() -> None:
    """Import what several processes train on.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("jax", "several processes train on JAX", "jax", "jaxlib")


def require_installed(module: str, what: str, extra: str) -> None:
    """See that a library is there, without importing it, which takes its time.

    Raises:
        LibraryMissingError: It is not installed.
    """
    if find_spec(module) is None:
        raise LibraryMissingError(f"{what}, which is not installed: {_install(extra)}", name=module)


def require_pictures(module: str) -> None:
    """Import a module that pictures are made with.

    Raises:
        PicturesMissingError: It is not installed.
    """
    _require(module, f"this form of picture needs `{module}`", "pictures", error=PicturesMissingError)


def require_onnx() -> None:
    """Import what writes ONNX.

    Raises:
        LibraryMissingError: It is not installed.
    """
    require_keras()
    for module in ("onnx", "tf2onnx"):
        _require(module, f"ONNX is written by `{module}`", "onnx")


def require_safetensors() -> None:
    """Import what writes safetensors.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("safetensors", "this form needs `safetensors`", "safetensors")


def require_pyarrow() -> None:
    """Import what reads tables of data.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("pyarrow", "tables are read by PyArrow", "data")


def require_protobuf() -> None:
    """Import what reads the messages in TensorFlow's files of records.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("google.protobuf", "TFRecords are read by `protobuf`", "data", "google")


def require_crc32c() -> None:
    """Import what computes the checksums in TensorFlow's files of records.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("google_crc32c", "the checksums of TFRecords are those of `google-crc32c`", "data")


def require_pygls() -> None:
    """Import what the language server talks by.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("pygls", "editors are talked to by `pygls`", "lsp", "lsprotocol")


def require_pillow() -> None:
    """Import what reads images.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("PIL", "images are read by Pillow", "train")


def require_matplotlib() -> None:
    """Import what draws the history of a training run.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("matplotlib", "histories are drawn by Matplotlib", "train")


def require_tensorboard() -> None:
    """Import what writes the logs of TensorBoard.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("tensorboard", "the logs are written by TensorBoard", "train")


def require_optuna() -> None:
    """Import what says which values a sweep tries.

    Raises:
        LibraryMissingError: It is not installed.
    """
    _require("optuna", "sweeps are led by Optuna", "sweep")


def _require(
    module: str, what: str, extra: str, *below: str, error: type[LibraryMissingError] = LibraryMissingError
) -> None:
    """Import a module, which needs others below it, or raise an error that says what for, and which extra brings it."""
    missing = _missing(module, (module, *below))
    if missing is not None:
        raise error(f"{what}, which is not installed: {_install(extra)}", name=missing)


def _missing(module: str, needed: tuple[str, ...]) -> str | None:
    """Import a module; what it is missing, of what is known to be needed."""
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in needed:
            raise
        return missing
    return None


def _install(extra: str) -> str:
    return f"pip install 'spec-compiler[{extra}]'"
