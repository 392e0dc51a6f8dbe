"""Initializers that draw nothing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from spec_compiler.catalog.fields import (
    Finite,
    NestedNumbers,
    NestedTuples,
    shape_of,
)
from spec_compiler.catalog.initializers.base import Initializer
from spec_compiler.catalog.tensors import format_shape


class Zeros(Initializer):
    """All zeros."""


class Ones(Initializer):
    """All ones."""


class Constant(Initializer):
    """One number everywhere, or the numbers of a list."""

    value: Annotated[float | NestedTuples, NestedNumbers()] = Field(
        0.0, description="The number, or a list of numbers, nested as the weight is shaped."
    )

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """A list has the shape of the weight."""
        own = shape_of(self.value)
        return None if own in ((), shape) else f"is a list of shape {format_shape(own)}"


def is_zero(initializer: object) -> bool:
    """Whether an initializer gives zeros alone."""
    return isinstance(initializer, Zeros) or (isinstance(initializer, Constant) and initializer.value == 0)


class Identity(Initializer):
    """The identity matrix; for matrices only."""

    gain: Finite = Field(1.0, description="What the matrix is multiplied with.")

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """Only a matrix can be an identity."""
        return None if len(shape) == 2 else "fills matrices only"
