"""What is needed beside the compiler for some of its work, and is not installed with it."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

BACKENDS = {"jax": "JAX", "tensorflow": "TensorFlow", "torch": "PyTorch"}
"""What Keras can run on, by the values of `KERAS_BACKEND`, and of each an extra is called so."""


class OptionalLibrary(NamedTuple):
    """A library that some of the work is done by, and that is not installed with the compiler.

    Attributes:
        use: What it does, as in "images are read by Pillow".
        extra: The extra that brings it.
        below: The modules that it cannot do without and comes with, by whose names it may be missing, too.
    """

    use: str
    extra: str
    below: tuple[str, ...] = ()


LIBRARIES = {
    "PIL": OptionalLibrary("images are read by Pillow", "train"),
    "google.protobuf": OptionalLibrary("TFRecords are read by `protobuf`", "data", ("google",)),
    "google_crc32c": OptionalLibrary("the checksums of TFRecords are those of `google-crc32c`", "data"),
    "jax": OptionalLibrary("several processes train on JAX", "jax", ("jaxlib",)),
    "matplotlib": OptionalLibrary("histories are drawn by Matplotlib", "train"),
    "optuna": OptionalLibrary("sweeps are led by Optuna", "sweep"),
    "pyarrow": OptionalLibrary("tables are read by PyArrow", "data"),
    "pygls": OptionalLibrary("editors are talked to by `pygls`", "lsp", ("lsprotocol",)),
    "safetensors": OptionalLibrary("this form needs `safetensors`", "safetensors"),
    "tensorboard": OptionalLibrary("the logs are written by TensorBoard", "train"),
}
"""The libraries, by the names of their modules."""


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


def require_library(module: str) -> None:
    """Import a library that some of the work is done by, one of `LIBRARIES`.

    Raises:
        LibraryMissingError: It is not installed.
    """
    library = LIBRARIES[module]
    _require(module, library.use, library.extra, *library.below)


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
