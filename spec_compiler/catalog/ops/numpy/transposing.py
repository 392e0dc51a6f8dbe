"""Manipulation of the order of axes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import Integers
from spec_compiler.catalog.ops.numpy.reshaping import Shaping
from spec_compiler.catalog.ops.rules import Sparse, different_axes
from spec_compiler.catalog.rules import RankError, axis_of, conflict
from spec_compiler.catalog.tensors import Shape, format_shape


class Transpose(Shaping):
    """The tensor with its axes in another order."""

    example: ClassVar[str] = "axes: [0, 2, 1], inputs: sequence"
    sparse: ClassVar[Sparse] = "kept"

    axes: Annotated[tuple[int, ...] | None, Integers(optional=True)] = Field(
        None, description="The axes in their new order; null for the reverse order."
    )

    def shape_of(self, shape: Shape) -> Shape:
        """The lengths in the new order."""
        if self.axes is None:
            return shape[::-1]
        order = different_axes(self.axes, len(shape), "axes")
        if len(order) != len(shape):
            raise RankError(f"orders {len(order)} axes, and gets {format_shape(shape)}", "x", argument="axes")
        return tuple(shape[axis] for axis in order)


class Swapaxes(Shaping):
    """The tensor with two axes swapped."""

    example: ClassVar[str] = "axis1: 1, axis2: 2, inputs: sequence"

    axis1: int = Field(description="One axis.")
    axis2: int = Field(description="The other axis.")

    def shape_of(self, shape: Shape) -> Shape:
        """The lengths, two of them in each other's place."""
        first, second = axis_of(self.axis1, len(shape), "axis1"), axis_of(self.axis2, len(shape), "axis2")
        result = list(shape)
        result[first], result[second] = shape[second], shape[first]
        return tuple(result)


class Moveaxis(Shaping):
    """The tensor with some axes moved to other positions."""

    example: ClassVar[str] = "source: 1, destination: 2, inputs: sequence"

    source: Annotated[tuple[int, ...] | int, Integers(single=True)] = Field(description="The axes to move.")
    destination: Annotated[tuple[int, ...] | int, Integers(single=True)] = Field(
        description="The position of each of them in the result."
    )

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        if len(self._pair[0]) != len(self._pair[1]):
            raise conflict("destination", "`source` and `destination` name as many axes each")
        return self

    @property
    def _pair(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return (
            (self.source,) if isinstance(self.source, int) else self.source,
            (self.destination,) if isinstance(self.destination, int) else self.destination,
        )

    def shape_of(self, shape: Shape) -> Shape:
        """The lengths in their new places."""
        source = different_axes(self._pair[0], len(shape), "source")
        destination = different_axes(self._pair[1], len(shape), "destination")
        moved = dict(zip(destination, source, strict=True))
        rest = (length for axis, length in enumerate(shape) if axis not in source)
        return tuple(shape[moved[axis]] if axis in moved else next(rest) for axis in range(len(shape)))
