"""TensorFlow without its notes about the machine."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

from spec_compiler.cli.terminal import UsageError
from spec_compiler.emitting.exports.errors import UnsupportedError
from spec_compiler.emitting.requirement import require_keras

_NOTES = (
    "All log messages before absl::InitializeLog",
    "oneDNN custom operations are on",
    "cpu_feature_guard.cc",
    "cudart_stub.cc",
)


def import_keras() -> None:
    """Import Keras and start TensorFlow. What they write to standard error is shown, except their usual notes.

    Raises:
        KerasMissingError: Keras or TensorFlow is not installed.
        UsageError: There is no folder for temporary files, without which TensorFlow does not start.
    """
    try:
        tempfile.gettempdir()
    except OSError as error:
        raise UsageError(
            "Keras needs a folder for temporary files, and there is none: `TMPDIR` may name one"
        ) from error
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _without_notes():
        require_keras()
        import keras

        if keras.backend.backend() == "tensorflow":
            keras.ops.zeros(1)  # JAX must not begin to work before several processes have joined


@contextmanager
def _without_notes() -> Iterator[None]:
    """Hold standard error back, also that of C++ code, and leave the notes out of it."""
    with _held() as held:
        try:
            yield
        finally:
            held.show(but=_NOTES)


@contextmanager
def converter_output_held() -> Iterator[None]:
    """Hold back what converters for other runtimes write to standard error; it is shown if they end in a bug."""
    with _held() as held:
        try:
            yield
        except UnsupportedError:
            raise  # It says what there is to say.
        except BaseException:
            held.show()
            raise


class _Held:
    """What has been written to standard error, and not shown yet."""

    def __init__(self, file: IO[bytes], shown: int) -> None:
        self._file = file
        self._shown = shown

    def show(self, but: Sequence[str] = ()) -> None:
        """Write it to standard error, without the lines that hold some words."""
        sys.stderr.flush()
        os.dup2(self._shown, 2)
        self._file.seek(0)
        for line in self._file.read().decode("utf-8", "replace").splitlines(keepends=True):
            if not any(note in line for note in but):
                sys.stderr.write(line)


@contextmanager
def _held() -> Iterator[_Held]:
    """Hold standard error back, also that of C++ code; where no temporary file can be made, it is shown at once."""
    sys.stderr.flush()
    with ExitStack() as stack:
        shown = os.dup(2)
        stack.callback(os.close, shown)
        file: IO[bytes] = io.BytesIO()
        with suppress(OSError):
            file = stack.enter_context(tempfile.TemporaryFile())
            stack.callback(_redirect_standard_error, shown)
            os.dup2(file.fileno(), 2)
        yield _Held(file, shown)


def _redirect_standard_error(to: int) -> None:
    sys.stderr.flush()
    os.dup2(to, 2)
