"""Regularizers: what is added to the loss for the size of a weight or of an output."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.dtypes import COMPLEX, FLOATS
from spec_compiler.catalog.fields import NonNegativeFloat

# TensorFlow multiplies with a factor of the dtype that a sum has, and sums of small integers have a larger one.
_LARGE = ("uint32", "uint64", "int32", "int64")


class Regularizer(Config):
    """What is added to the loss for the size of a tensor; `takes` are the dtypes that it can be computed of."""

    keras_module: ClassVar[str] = "keras.regularizers"

    takes: ClassVar[frozenset[str]]

    def refuses(self, shape: tuple[int | None, ...], dtype: str) -> str | None:
        """Why it cannot be computed of a tensor of some shape and dtype; None if it can."""
        return None if dtype in self.takes else f"cannot be computed of {dtype}"


class L1(Regularizer):
    """The sum of the absolute values."""

    takes = frozenset((*FLOATS, *_LARGE, "bool"))

    l1: NonNegativeFloat = Field(0.01, description="What the sum is multiplied with.")


class L2(Regularizer):
    """The sum of the squares."""

    takes = frozenset((*FLOATS, *_LARGE, *COMPLEX, "bool"))

    l2: NonNegativeFloat = Field(0.01, description="What the sum is multiplied with.")


class L1L2(Regularizer):
    """The sum of the absolute values and the sum of the squares."""

    takes = frozenset((*FLOATS, *_LARGE))

    l1: NonNegativeFloat = Field(0.0, description="What the sum of the absolute values is multiplied with.")
    l2: NonNegativeFloat = Field(0.0, description="What the sum of the squares is multiplied with.")


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
