"""Manipulation of shapes, and of the number of axes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.fields import Integers
from spec_compiler.catalog.operands import ANYTHING, Elements, require_elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp
from spec_compiler.catalog.ops.rules import Sparse, different_axes, flat, is_sparse
from spec_compiler.catalog.rules import ShapeError, invalid
from spec_compiler.catalog.shapes import reshaped
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one


class Shaping(TensorOp):
    """An op that gives the elements of a tensor unchanged in another shape or order."""

    op_pattern: ClassVar[OpPattern] = "movement"
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

    example: ClassVar[str] = "newshape: [-1, 2, 4], inputs: x"
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
    """The tensor flattened to one axis."""

    example: ClassVar[str] = "inputs: x"

    def shape_of(self, shape: Shape) -> Shape:
        """One axis."""
        return flat(shape)


class ExpandDims(Shaping):
    """The tensor with more axes, of length 1."""

    example: ClassVar[str] = "axis: 1, inputs: x"
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

    example: ClassVar[str] = "axis: 2, inputs: row"
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
