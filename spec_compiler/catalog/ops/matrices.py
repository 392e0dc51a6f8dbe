"""Ops on matrices: diagonals, triangles, and what is computed of a whole matrix."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.costs import times, total
from spec_compiler.catalog.fields import NonNegativeInt
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.operands import NUMBERS, Elements
from spec_compiler.catalog.ops.base import TensorOp, require_computable
from spec_compiler.catalog.ops.rules import NOT_UINT64, floating, require_vector, widened, without
from spec_compiler.catalog.rules import EmptyResultError, RankError, ShapeError, axis_of, require_rank_at_least
from spec_compiler.catalog.shapes import volume
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one


class MatrixOp(TensorOp):
    """An op on one tensor of numbers."""

    elements: ClassVar[Elements] = NUMBERS

    def dtype_of(self, dtype: str) -> str:
        """The dtype of the result for the one of the tensor."""
        return dtype

    def shape_of(self, x: TensorType) -> Shape:
        """The shape of the result."""
        return x.shape

    def infer(self, x: TensorType) -> Inferred:
        """A shape to the one of the result."""
        require_computable(x, self.elements)
        return one(TensorType(self.shape_of(x), self.dtype_of(x.dtype)))


class Offset(Arguments):
    """The argument about which diagonal is meant."""

    k: int = Field(0, description="Which diagonal: 0 for the main one, positive above it, negative below.")


def diagonal_length(x: TensorType, row_axis: int, column_axis: int, offset: int, argument: str) -> Dimension:
    """How many elements a diagonal of matrices has.

    Raises:
        EmptyResultError: It would be outside of them; TensorFlow has no such diagonal.
    """
    rows, columns = x.shape[row_axis], x.shape[column_axis]
    if offset and ((columns is not None and offset >= columns) or (rows is not None and offset <= -rows)):
        raise EmptyResultError(
            f"takes diagonal {offset}, and {format_shape(x.shape)} has none such", "x", argument=argument
        )
    if rows is None or columns is None:
        return None
    return min(columns - offset if offset > 0 else rows + offset, rows, columns)


def square(length: Dimension, offset: int) -> Shape:
    """The shape of the matrix that has a row of numbers on a diagonal."""
    side = None if length is None else length + abs(offset)
    return (side, side)


class Diag(Offset, MatrixOp):
    """The matrix with a row of numbers on a diagonal; or the diagonal of a matrix."""

    def shape_of(self, x: TensorType) -> Shape:
        """(n) to (n + |k|, n + |k|); (n, m) to the length of the diagonal."""
        if x.rank == 1:
            return square(x.shape[0], self.k)
        if x.rank != 2:
            raise RankError(f"takes a row or a matrix, and gets {format_shape(x.shape)}", "x")
        return (diagonal_length(x, 0, 1, self.k, "k"),)


class Diagflat(Offset, MatrixOp):
    """The matrix with all elements of a tensor on a diagonal."""

    def shape_of(self, x: TensorType) -> Shape:
        """N elements to (n + |k|, n + |k|)."""
        return square(volume(x.shape), self.k)


class Tril(Offset, MatrixOp):
    """The matrices with zeros above a diagonal."""

    def shape_of(self, x: TensorType) -> Shape:
        """The shape as it is."""
        require_rank_at_least(x, 2, "x")
        return x.shape


class Triu(Tril):
    """The matrices with zeros below a diagonal."""


class Plane(Arguments):
    """The arguments about a diagonal of the plane of two axes."""

    offset: int = Field(0, description="Which diagonal: 0 for the main one, positive above it, negative below.")
    axis1: int = Field(0, description="The axis of rows.")
    axis2: int = Field(1, description="The axis of columns.")

    def plane(self, x: TensorType) -> tuple[int, int]:
        """The two axes of a tensor.

        Raises:
            RuleError: There are no such two axes.
        """
        require_rank_at_least(x, 2, "x")
        first, second = axis_of(self.axis1, x.rank, "axis1"), axis_of(self.axis2, x.rank, "axis2")
        if first == second:
            raise ShapeError(f"has one axis of {format_shape(x.shape)} for rows and columns", "x", argument="axis2")
        return first, second


class Diagonal(Plane, MatrixOp):
    """A diagonal of matrices, as the last axis."""

    def shape_of(self, x: TensorType) -> Shape:
        """The shape without the two axes, and the length of the diagonal."""
        rows, columns = self.plane(x)
        return (*without(x.shape, (rows, columns)), diagonal_length(x, rows, columns, self.offset, "offset"))


class Trace(Plane, MatrixOp):
    """The sum of a diagonal of matrices."""

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        return widened(dtype)

    def shape_of(self, x: TensorType) -> Shape:
        """The shape without the two axes."""
        return without(x.shape, self.plane(x))


class Vander(MatrixOp):
    """The matrix of the powers of a row of numbers."""

    N: NonNegativeInt | None = Field(None, description="How many powers; null for as many as there are numbers.")
    increasing: bool = Field(False, description="Whether the powers rise along a row, or fall.")

    def shape_of(self, x: TensorType) -> Shape:
        """(n) to (n, N)."""
        length = require_vector(x, "x")
        return (length, length if self.N is None else self.N)


class Corrcoef(MatrixOp):
    """The correlations of the rows of a matrix with each other. Keras states them right for square matrices only."""

    elements: ClassVar[Elements] = NOT_UINT64

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become floating-point ones; int64 float64."""
        return "float64" if dtype == "int64" else floating(dtype)

    def shape_of(self, x: TensorType) -> Shape:
        """(n, n) as it is."""
        if x.rank and (x.rank != 2 or x.shape[0] != x.shape[1]):
            raise ShapeError(f"takes a square matrix, and gets {format_shape(x.shape)}", "x")
        return x.shape

    def multiply_adds(self, result: Inferred, x: TensorType) -> Dimension:
        """Each row with each, and the deviation of each with that of each."""
        return times(*x.shape[:1], *x.shape[:1], total((*x.shape[1:], 1))) if x.rank else 0


class Slogdet(MatrixOp):
    """The sign of a determinant, and the logarithm of its absolute value. Keras states them for one matrix only."""

    elements: ClassVar[Elements] = Elements(
        "float32, float64 or complex numbers", frozenset(("float32", "float64", "complex64", "complex128"))
    )

    def infer(self, x: TensorType) -> Inferred:
        """(n, n) to two scalars."""
        require_computable(x, self.elements)
        if x.rank != 2 or (None not in x.shape and x.shape[0] != x.shape[1]):
            raise ShapeError(f"takes a square matrix, and gets {format_shape(x.shape)}", "x")
        return Inferred((TensorType((), x.dtype),) * 2, names=("sign", "logabsdet"))
