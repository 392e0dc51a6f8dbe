"""Splitting of a tensor along an axis."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from spec_compiler.catalog.fields import Integers, PositiveInt
from spec_compiler.catalog.operands import ANYTHING
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.rules import ShapeError, axis_of, require_few_outputs, require_rank_at_least
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape


def _some_pieces(value: tuple[int, ...] | int) -> tuple[int, ...] | int:
    if value == 0:
        raise PydanticCustomError("greater_than_equal", "", {"ge": 1})
    return value


SplitSections = Annotated[
    tuple[int, ...] | int, Integers(single=True, minimum=0, least=1), AfterValidator(_some_pieces)
]


class Splitting(TensorOp):
    """An op that cuts a tensor into pieces along an axis."""

    op_pattern: ClassVar[OpPattern] = "movement"
    several_outputs: ClassVar[bool] = True

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
            require_few_outputs(sections, "indices_or_sections")
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

    example: ClassVar[str] = "indices_or_sections: 2, axis: 1, inputs: x"

    indices_or_sections: SplitSections = Field(
        description="The number of equal pieces, or the list of indices before which to cut."
    )
    axis: int = Field(0, description="The axis to cut along.")

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        return self.cut(x, self.indices_or_sections, axis_of(self.axis, x.rank))


class CutAlong(Splitting):
    """An op that cuts a tensor along a certain axis."""

    cut_axis: ClassVar[int]

    indices_or_sections: SplitSections = Field(
        description="The number of equal pieces, or the list of indices before which to cut."
    )

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        require_rank_at_least(x, self.cut_axis + 1, "x")
        return self.cut(x, self.indices_or_sections, self.cut_axis)


class Hsplit(CutAlong):
    """Cuts a tensor along the second axis, or the only one."""

    example: ClassVar[str] = "indices_or_sections: 2, inputs: x"
    cut_axis: ClassVar[int] = 1

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        return self.cut(x, self.indices_or_sections, 0) if x.rank == 1 else super().infer(x)


class Vsplit(CutAlong):
    """Cuts a tensor of two axes or more along the first one."""

    example: ClassVar[str] = "indices_or_sections: 2, inputs: table"
    cut_axis: ClassVar[int] = 0

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        require_rank_at_least(x, 2, "x")
        return super().infer(x)


class Dsplit(CutAlong):
    """Cuts a tensor along the third axis."""

    example: ClassVar[str] = "indices_or_sections: 2, inputs: cube"
    cut_axis: ClassVar[int] = 2


class ArraySplit(Splitting):
    """Cuts a tensor along an axis into pieces whose lengths differ by one at most."""

    example: ClassVar[str] = "indices_or_sections: 3, axis: 1, inputs: x"

    indices_or_sections: PositiveInt = Field(description="Into how many pieces.")
    axis: int = Field(0, description="The axis to cut along.")

    def infer(self, x: TensorType) -> Inferred:
        """One shape to those of the pieces."""
        require_computable(x, ANYTHING)
        axis = axis_of(self.axis, x.rank)
        count, length = self.indices_or_sections, x.shape[axis]
        require_few_outputs(count, "indices_or_sections")
        pieces = [None if length is None else length // count + (index < length % count) for index in range(count)]
        shapes = [(*x.shape[:axis], piece, *x.shape[axis + 1 :]) for piece in pieces]
        return Inferred(tuple(TensorType(shape, x.dtype) for shape in shapes))
