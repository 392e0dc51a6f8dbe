"""Random orthogonal matrices."""

from __future__ import annotations

from pydantic import Field

from spec_compiler.catalog.fields import (
    Finite,
)
from spec_compiler.catalog.initializers.base import RandomInitializer


class Orthogonal(RandomInitializer):
    """A random orthogonal matrix; weights of more axes are flattened to one."""

    gain: Finite = Field(1.0, description="What the matrix is multiplied with.")

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """It takes two axes to be orthogonal, and TensorFlow cannot decompose a matrix of bfloat16."""
        if dtype == "bfloat16":
            return "cannot make bfloat16 numbers"
        return None if len(shape) >= 2 else "fills weights of two axes or more"
