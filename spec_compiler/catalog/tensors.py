"""What flows along an edge, and what a layer holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spec_compiler.catalog.config import Config

Dimension = int | None
"""The length of an axis; ``None`` if it is not known before there is data."""

Shape = tuple[Dimension, ...]
"""The lengths of all axes, the batch axis first."""


@dataclass(frozen=True, slots=True)
class TensorType:
    """The type of a tensor. A plain number among the inputs of an op has the dtype ``int`` or ``float``."""

    shape: Shape
    dtype: str = "float32"
    sparse: bool = False
    ragged: bool = False

    @property
    def rank(self) -> int:
        """How many axes there are, the batch axis included."""
        return len(self.shape)

    def with_shape(self, shape: Shape) -> TensorType:
        """A dense tensor of the same dtype and another shape."""
        return TensorType(shape, self.dtype)

    def with_dtype(self, dtype: str) -> TensorType:
        """The same tensor in another dtype."""
        return self if dtype == self.dtype else replace(self, dtype=dtype)

    def __str__(self) -> str:
        return f"{format_shape(self.shape)} {self.dtype}"


def number_type(number: float | int) -> TensorType:
    """The type of a plain number among the inputs of an op."""
    return TensorType((), "float" if isinstance(number, float) else "int")


def format_shape(shape: Shape) -> str:
    """A shape as Keras writes it: ``(None, 100)``."""
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable of a layer.

    `name` is its path below the layer (``kernel``, ``lstm_cell/bias``). `owner` is the shared layer that it
    belongs to, where that is not the layer that states it. While it is trained, its regularizer adds something to the
    loss for it, and its constraint is applied after each step.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    initializer: Config | None
    trainable: bool = True
    owner: str | None = None
    regularizer: Config | None = None
    constraint: Config | None = None

    @property
    def size(self) -> int:
        """The number of its elements."""
        size = 1
        for dimension in self.shape:
            size *= dimension
        return size


@dataclass(frozen=True, slots=True)
class Inferred:
    """What a call gives: its outputs, their names where Keras's results have a meaning each, and the weights used."""

    outputs: tuple[TensorType, ...]
    weights: tuple[Weight, ...] = ()
    names: tuple[str, ...] = ()


def one(output: TensorType, *weights: Weight) -> Inferred:
    """The result of a call with one output."""
    return Inferred((output,), weights)
