"""TensorFlow without its notes about the machine."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_NOTES = (
    "All log messages before absl::InitializeLog",
    "oneDNN custom operations are on",
    "cpu_feature_guard.cc",
    "cudart_stub.cc",
)


def import_keras() -> None:
    """Import Keras and start TensorFlow. What they write to standard error is shown, except their usual notes."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _without_notes():
        import keras

        keras.ops.zeros(1)


@contextmanager
def _without_notes() -> Iterator[None]:
    """Hold standard error back, also that of C++ code, and leave the notes out of it."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            for line in held.read().decode("utf-8", "replace").splitlines(keepends=True):
                if not any(note in line for note in _NOTES):
                    sys.stderr.write(line)
