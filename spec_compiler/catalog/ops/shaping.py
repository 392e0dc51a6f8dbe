"""Ops that bring a tensor into another shape: other axes, more or fewer elements."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from spec_compiler.catalog.fields import Integers
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import ANYTHING, Elements, require_elements
from spec_compiler.catalog.ops.base import TensorOp, require_computable
from spec_compiler.catalog.ops.rules import Sparse, different_axes, flat, is_sparse
from spec_compiler.catalog.rules import (
    RankError,
    ShapeError,
    axis_of,
    conflict,
    invalid,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import reshaped
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one


class Shaping(TensorOp):
    """An op that moves the elements of a tensor and leaves them as they are."""

    elements: ClassVar[Elements] = ANYTHING
    sparse: ClassVar[Sparse] = "refused"

    def shape_of(self, shape: Shape) -> Shape:
        """The shape of the result."""
        return shape

    def infer(self, x: TensorType) -> Inferred:
        """A shape to the one that the op brings it into."""
        require_elements(x, self.elements, "x")
        sparse = is_sparse(x, self.sparse, "x")
        return one(TensorType(self.shape_of(x.shape), x.dtype, sparse))


class Reshape(Shaping):
    """The elements in another shape."""

    sparse: ClassVar[Sparse] = "kept"

    newshape: Annotated[tuple[int, ...] | int, Integers(single=True, minimum=-1)] = Field(
        description="The shape; -1 for the one length that is left over."
    )

    @field_validator("newshape")
    @classmethod
    def _one_unknown(cls, value: tuple[int, ...] | int) -> tuple[int, ...] | int:
        if not isinstance(value, int) and value.count(-1) > 1:
            raise invalid("leaves one length open at most, by -1")
        return value

    def shape_of(self, shape: Shape) -> Shape:
        """The new shape, -1 worked out where it can be."""
        target = (self.newshape,) if isinstance(self.newshape, int) else self.newshape
        return reshaped(shape, target, "newshape")


class Ravel(Shaping):
    """All elements in a row."""

    def shape_of(self, shape: Shape) -> Shape:
        """One axis."""
        return flat(shape)


class ExpandDims(Shaping):
    """The tensor with more axes, of length 1."""

    sparse: ClassVar[Sparse] = "kept"

    axis: Annotated[tuple[int, ...] | int, Integers(single=True)] = Field(
        description="Where the new axes are in the result."
    )

    def shape_of(self, shape: Shape) -> Shape:
        """The lengths, and 1 for each new axis."""
        named = (self.axis,) if isinstance(self.axis, int) else self.axis
        rank = len(shape) + len(named)
        new = different_axes(named, rank, "axis")
        lengths = iter(shape)
        return tuple(1 if axis in new else next(lengths) for axis in range(rank))


class Squeeze(Shaping):
    """The tensor without axes of length 1."""

    sparse: ClassVar[Sparse] = "kept"

    axis: Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True)] = Field(
        None, description="The axes to leave out; null for all of length 1."
    )

    def shape_of(self, shape: Shape) -> Shape:
        """The lengths less those of the axes."""
        if self.axis is None:
            return tuple(length for length in shape if length != 1)
        gone = different_axes((self.axis,) if isinstance(self.axis, int) else self.axis, len(shape), "axis")
        for axis in gone:
            if shape[axis] != 1:
                raise ShapeError(
                    f"leaves out axes of length 1, and axis {axis} of {format_shape(shape)} has another",
                    "x",
                    argument="axis",
                )
        return tuple(length for axis, length in enumerate(shape) if axis not in gone)


class Transpose(Shaping):
    """The tensor with its axes in another order."""

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
    """The tensor with two axes in each other's place."""

    axis1: int = Field(description="One axis.")
    axis2: int = Field(description="The other axis.")

    def shape_of(self, shape: Shape) -> Shape:
        """The lengths, two of them in each other's place."""
        first, second = axis_of(self.axis1, len(shape), "axis1"), axis_of(self.axis2, len(shape), "axis2")
        result = list(shape)
        result[first], result[second] = shape[second], shape[first]
        return tuple(result)


class Moveaxis(Shaping):
    """The tensor with some axes in other places."""

    source: Annotated[tuple[int, ...] | int, Integers(single=True)] = Field(description="The axes to move.")
    destination: Annotated[tuple[int, ...] | int, Integers(single=True)] = Field(
        description="The place of each of them in the result."
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


class Flip(Shaping):
    """The elements in reverse order along some axes."""

    axis: Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True)] = Field(
        None, description="The axes; null for all."
    )

    def shape_of(self, shape: Shape) -> Shape:
        """The shape as it is."""
        if self.axis is not None:
            different_axes((self.axis,) if isinstance(self.axis, int) else self.axis, len(shape), "axis")
        return shape


class Flipud(Shaping):
    """The elements in reverse order along the first axis."""

    def shape_of(self, shape: Shape) -> Shape:
        """The shape as it is."""
        require_rank_at_least(TensorType(shape), 1, "x")
        return shape


class Fliplr(Shaping):
    """The elements in reverse order along the second axis."""

    def shape_of(self, shape: Shape) -> Shape:
        """The shape as it is."""
        require_rank_at_least(TensorType(shape), 2, "x")
        return shape


class Roll(Shaping):
    """The elements moved along some axes; what leaves at one end comes in at the other."""

    shift: Annotated[tuple[int, ...] | int, Integers(single=True, least=1)] = Field(
        description="By how many places; for several axes, one number each."
    )
    axis: Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True, least=1)] = Field(
        None, description="The axes; null for all elements in a row."
    )

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        if isinstance(self.shift, int) != isinstance(self.axis, (int, type(None))):
            raise conflict("shift", "`shift` and `axis` are one number each, or lists of as many numbers")
        if isinstance(self.shift, tuple) and isinstance(self.axis, tuple) and len(self.shift) != len(self.axis):
            raise conflict("shift", "`shift` and `axis` have as many numbers each")
        return self

    def shape_of(self, shape: Shape) -> Shape:
        """The shape as it is."""
        for axis in (self.axis,) if isinstance(self.axis, int) else self.axis or ():
            axis_of(axis, len(shape))
        return shape


class Rot90(TensorOp):
    """The tensor turned by right angles in the plane of two axes."""

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
