"""Manipulation of the order of elements along axes: flipped, rolled, rotated."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from spec_compiler.catalog.fields import Integers
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import ANYTHING
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.numpy.reshaping import Shaping
from spec_compiler.catalog.ops.rules import different_axes
from spec_compiler.catalog.rules import ShapeError, axis_of, conflict, invalid, require_rank_at_least
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one


class Flip(Shaping):
    """The elements in reverse order along some axes."""

    example: ClassVar[str] = "axis: 1, inputs: x"

    axis: Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True)] = Field(
        None, description="The axes; null for all."
    )

    def shape_of(self, shape: Shape) -> Shape:
        """The shape unchanged."""
        if self.axis is not None:
            different_axes((self.axis,) if isinstance(self.axis, int) else self.axis, len(shape), "axis")
        return shape


class Flipud(Shaping):
    """The elements in reverse order along the first axis."""

    example: ClassVar[str] = "inputs: sequence"

    def shape_of(self, shape: Shape) -> Shape:
        """The shape unchanged."""
        require_rank_at_least(TensorType(shape), 1, "x")
        return shape


class Fliplr(Shaping):
    """The elements in reverse order along the second axis."""

    example: ClassVar[str] = "inputs: sequence"

    def shape_of(self, shape: Shape) -> Shape:
        """The shape unchanged."""
        require_rank_at_least(TensorType(shape), 2, "x")
        return shape


class Roll(Shaping):
    """The elements shifted along some axes; those that leave at one end re-enter at the other."""

    example: ClassVar[str] = "shift: 1, axis: 1, inputs: x"

    shift: Annotated[tuple[int, ...] | int, Integers(single=True, least=1)] = Field(
        description="By how many positions; for several axes, one number each."
    )
    axis: Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True, least=1)] = Field(
        None, description="The axes; null to flatten the tensor first."
    )

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        if isinstance(self.shift, int) != isinstance(self.axis, (int, type(None))):
            raise conflict("shift", "`shift` and `axis` are one number each, or lists of as many numbers")
        if isinstance(self.shift, tuple) and isinstance(self.axis, tuple) and len(self.shift) != len(self.axis):
            raise conflict("shift", "`shift` and `axis` have as many numbers each")
        return self

    def shape_of(self, shape: Shape) -> Shape:
        """The shape unchanged."""
        for axis in (self.axis,) if isinstance(self.axis, int) else self.axis or ():
            axis_of(axis, len(shape))
        return shape


class Rot90(TensorOp):
    """The tensor rotated by right angles in the plane of two axes."""

    example: ClassVar[str] = "axes: [1, 2], inputs: sequence"
    op_pattern: ClassVar[OpPattern] = "movement"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("array", "The tensor to turn."),)

    k: int = Field(1, description="By how many right angles; negative for the other direction.")
    axes: Annotated[tuple[int, ...], Integers(least=2)] = Field((0, 1), description="The two axes of the plane.")

    @field_validator("axes")
    @classmethod
    def _two_axes(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if len(value) != 2:
            raise invalid("names two axes")
        return value

    def infer(self, array: TensorType) -> Inferred:
        """The two lengths in each other's place."""
        require_computable(array, ANYTHING, "array")
        require_rank_at_least(array, 2, "array")
        first, second = different_axes(self.axes, array.rank, "axes")
        shape = list(array.shape)
        shape[first], shape[second] = shape[second], shape[first]
        if self.k % 2 == 0 and array.shape[first] != array.shape[second]:
            # Keras states the shape of one turn whatever `k` is.
            raise ShapeError(
                f"turns a plane that is no square by an odd number of right angles only, and gets "
                f"{format_shape(array.shape)}",
                "array",
                argument="k",
            )
        return one(TensorType(tuple(shape), array.dtype))
