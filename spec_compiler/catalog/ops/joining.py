"""Ops that join tensors, and those that split one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from spec_compiler.catalog.fields import Integers, PositiveInt
from spec_compiler.catalog.layers.base import CallArgument, tensor, tensors
from spec_compiler.catalog.operands import ANYTHING, NUMBERS, require_dense
from spec_compiler.catalog.ops.base import TensorOp, require_computable
from spec_compiler.catalog.ops.rules import (
    common_dtype,
    flat,
    require_list,
    require_tensor,
)
from spec_compiler.catalog.rules import (
    DtypeError,
    ShapeError,
    axis_of,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import concatenated, volume
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one


def joined(xs: Sequence[TensorType], shapes: Sequence[Shape], axis: int) -> TensorType:
    """Tensors in their common dtype, joined along an axis.

    Raises:
        RuleError: They cannot be.
    """
    return TensorType(concatenated(shapes, axis), common_dtype(*enumerate(xs)))


class Joining(TensorOp):
    """An op that joins tensors that are alike but for one axis."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensors("xs", "The tensors to join."),)


class Concatenate(Joining):
    """Joins tensors along an axis: sparse if all are."""

    axis: int = Field(0, description="The axis to join along.")

    def infer(self, xs: Sequence[TensorType]) -> Inferred:
        """Several shapes to one that is as long as all together along the axis."""
        require_list(xs, "xs")
        for index, x in enumerate(xs):
            if x.ragged or (x.sparse and not all(other.sparse for other in xs)):
                require_dense(x, index)
        result = joined(xs, [x.shape for x in xs], self.axis)
        return one(TensorType(result.shape, result.dtype, all(x.sparse for x in xs)))


class Stacking(Joining):
    """An op that joins tensors along a certain axis, which it adds to those that lack it."""

    join_axis: ClassVar[int]

    def shape_of(self, shape: Shape) -> Shape:
        """A shape that has the axis."""
        return shape

    def infer(self, xs: Sequence[TensorType]) -> Inferred:
        """Several shapes to one that is as long as all together along the axis."""
        require_list(xs, "xs")
        for index, x in enumerate(xs):
            require_dense(x, index)
            require_rank_at_least(TensorType(self.shape_of(x.shape)), self.join_axis + 1, index)
        return one(joined(xs, [self.shape_of(x.shape) for x in xs], self.join_axis))


class Vstack(Stacking):
    """Joins tensors along the first axis."""

    join_axis: ClassVar[int] = 0


class Hstack(Stacking):
    """Joins tensors along the second axis."""

    join_axis: ClassVar[int] = 1


class Dstack(Stacking):
    """Joins tensors along the third axis, which is added where there is none."""

    join_axis: ClassVar[int] = 2

    def shape_of(self, shape: Shape) -> Shape:
        """A shape of three axes or more."""
        if len(shape) == 2:
            return (*shape, 1)
        return shape if len(shape) > 2 else (1, *shape, 1) if shape else (1, 1, 1)


class Stack(TensorOp):
    """Joins tensors of one shape along a new axis."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensors("x", "The tensors to join."),)

    axis: int = Field(0, description="Where the new axis is.")

    def infer(self, x: Sequence[TensorType]) -> Inferred:
        """Several equal shapes to one with an axis more."""
        require_list(x, "x")
        for index, item in enumerate(x):
            require_dense(item, index)
        axis = axis_of(self.axis, x[0].rank + 1)
        stretched = [(*item.shape[:axis], 1, *item.shape[axis:]) for item in x]
        return one(joined(x, stretched, axis))


class Append(TensorOp):
    """Joins two tensors along an axis, or all their elements in a row."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("x1", "The first tensor."),
        tensor("x2", "The second tensor."),
    )

    axis: int | None = Field(None, description="The axis to join along; null for all elements in a row.")

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """Two shapes to one that is as long as both along the axis."""
        require_tensor(("x1", x1), ("x2", x2))
        require_dense(x1, "x1")
        require_dense(x2, "x2")
        if self.axis is None:
            return one(joined((x1, x2), (flat(x1.shape), flat(x2.shape)), 0))
        return one(joined((x1, x2), (x1.shape, x2.shape), self.axis))


def _some_pieces(value: tuple[int, ...] | int) -> tuple[int, ...] | int:
    if value == 0:
        raise PydanticCustomError("greater_than_equal", "", {"ge": 1})
    return value


Sections = Annotated[tuple[int, ...] | int, Integers(single=True, minimum=0, least=1), AfterValidator(_some_pieces)]


class Splitting(TensorOp):
    """An op that cuts a tensor into pieces along an axis."""

    def cut(self, x: TensorType, sections: tuple[int, ...] | int, axis: int) -> Inferred:
        """The pieces of a tensor: so many equal ones, or those that end at the places of a list.

        Raises:
            ShapeError: There are no such pieces.
        """
        require_computable(x, ANYTHING)
        length = x.shape[axis]
        if isinstance(sections, int):
            if length is not None and length % sections:
                raise ShapeError(
                    f"cuts an axis into {sections} equal pieces, and axis {axis} of {format_shape(x.shape)} "
                    f"has the length {length}",
                    "x",
                    argument="indices_or_sections",
                )
            pieces = [None if length is None else length // sections] * sections
        else:
            ends = [0, *sections]
            if sorted(ends) != ends or (length is not None and ends[-1] > length):
                raise ShapeError(
                    f"cuts an axis at rising places, not after its end, and axis {axis} of {format_shape(x.shape)} "
                    f"is cut at {list(sections)}",
                    "x",
                    argument="indices_or_sections",
                )
            pieces = [end - start for start, end in pairwise(ends)]
            pieces.append(None if length is None else length - ends[-1])
        shapes = [(*x.shape[:axis], piece, *x.shape[axis + 1 :]) for piece in pieces]
        return Inferred(tuple(TensorType(shape, x.dtype) for shape in shapes))


class Split(Splitting):
    """Cuts a tensor along an axis."""

    indices_or_sections: Sections = Field(
        description="Into how many equal pieces, or the list of places before which to cut."
    )
    axis: int = Field(0, description="The axis to cut along.")

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        return self.cut(x, self.indices_or_sections, axis_of(self.axis, x.rank))


class CutAlong(Splitting):
    """An op that cuts a tensor along a certain axis."""

    cut_axis: ClassVar[int]

    indices_or_sections: Sections = Field(
        description="Into how many equal pieces, or the list of places before which to cut."
    )

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        require_rank_at_least(x, self.cut_axis + 1, "x")
        return self.cut(x, self.indices_or_sections, self.cut_axis)


class Hsplit(CutAlong):
    """Cuts a tensor along the second axis, or the only one."""

    cut_axis: ClassVar[int] = 1

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        return self.cut(x, self.indices_or_sections, 0) if x.rank == 1 else super().infer(x)


class Vsplit(CutAlong):
    """Cuts a tensor of two axes or more along the first one."""

    cut_axis: ClassVar[int] = 0

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        require_rank_at_least(x, 2, "x")
        return super().infer(x)


class Dsplit(CutAlong):
    """Cuts a tensor along the third axis."""

    cut_axis: ClassVar[int] = 2


class ArraySplit(Splitting):
    """Cuts a tensor along an axis into pieces whose lengths differ by one at most."""

    indices_or_sections: PositiveInt = Field(description="Into how many pieces.")
    axis: int = Field(0, description="The axis to cut along.")

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        require_computable(x, ANYTHING)
        axis = axis_of(self.axis, x.rank)
        count, length = self.indices_or_sections, x.shape[axis]
        pieces = [None if length is None else length // count + (index < length % count) for index in range(count)]
        shapes = [(*x.shape[:axis], piece, *x.shape[axis + 1 :]) for piece in pieces]
        return Inferred(tuple(TensorType(shape, x.dtype) for shape in shapes))


class Meshgrid(TensorOp):
    """The coordinates of all points of a grid, whose lines are given: one tensor for each direction."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensors("x", "The lines of each direction, in a row."),)

    indexing: Literal["xy", "ij"] = Field("xy", description="Whether the first two axes of the grid change places.")

    def infer(self, x: Sequence[TensorType]) -> Inferred:
        """Several shapes to as many, each with an axis for each of them. Keras states float32 for `ij`."""
        require_list(x, "x", 2 if self.indexing == "xy" else 1)
        for index, item in enumerate(x):
            require_computable(item, NUMBERS, index)
            if x[0].dtype not in ("bool", item.dtype):
                raise DtypeError(f"takes tensors of one dtype, and gets {x[0].dtype} and {item.dtype}", 0, index)
        sizes = [volume(item.shape) for item in x]
        if self.indexing == "xy":
            sizes[:2] = reversed(sizes[:2])
        dtype = x[-1].dtype if self.indexing == "xy" else "float32"
        return Inferred((TensorType(tuple(sizes), dtype),) * len(x))
