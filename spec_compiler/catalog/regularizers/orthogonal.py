"""The regularizer of rows or columns that are not orthogonal."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec_compiler.catalog.fields import NonNegativeFloat
from spec_compiler.catalog.regularizers.base import Regularizer


class OrthogonalRegularizer(Regularizer):
    """How far the rows or columns of a matrix are from being orthogonal; for matrices only."""

    # Keras computes with a matrix of float32.
    takes = frozenset(("float32",))

    factor: NonNegativeFloat = Field(0.01, description="What the penalty is multiplied with.")
    mode: Literal["rows", "columns"] = Field("rows", description="What is to be orthogonal.")

    def refuses(self, shape: tuple[int | None, ...], dtype: str) -> str | None:
        """Only the rows and columns of a matrix can be orthogonal, and Keras must know how many rows there are."""
        if len(shape) != 2:
            return "takes matrices only"
        if self.mode == "rows" and shape[0] is None:
            return "takes a matrix of a known number of rows (or `mode: columns`)"
        return super().refuses(shape, dtype)
