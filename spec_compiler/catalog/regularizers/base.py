"""What regularizers have in common."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.config import Config


# TensorFlow multiplies with a factor of the dtype that a sum has, and sums of small integers have a larger one.
class Regularizer(Config):
    """What is added to the loss for the size of a tensor; `takes` are the dtypes that it can be computed of."""

    keras_module: ClassVar[str] = "keras.regularizers"

    takes: ClassVar[frozenset[str]]

    def refuses(self, shape: tuple[int | None, ...], dtype: str) -> str | None:
        """Why it cannot be computed of a tensor of some shape and dtype; None if it can."""
        return None if dtype in self.takes else f"cannot be computed of {dtype}"
