"""Keras models of which nobody asks what their weights hold: to draw these takes longer than all else that makes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import keras

DRAWING = ("Orthogonal", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling")
"""The initializers that draw numbers, from which all others that do are derived."""


def _zeros(_: Any, shape: Any, dtype: Any = None) -> Any:
    return keras.ops.zeros(shape, dtype)


@contextmanager
def undrawn() -> Iterator[None]:
    """The weights of models that are built in it are zeros where they would be drawn; nothing else of them differs."""
    with ExitStack() as changed:
        for name in DRAWING:
            changed.enter_context(patch.object(getattr(keras.initializers, name), "__call__", _zeros))
        yield
