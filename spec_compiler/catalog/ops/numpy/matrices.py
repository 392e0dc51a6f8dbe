"""Matrices: built of a vector, their diagonals and triangles, trace and determinant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import NonNegativeInt
from spec_compiler.catalog.intervals import (
    COSINES,
    UNKNOWN,
    Interval,
    Ranged,
    hull,
    number,
    repeated_product,
    repeated_sum,
)
from spec_compiler.catalog.layers.base import Arguments, of_operands_or_zero
from spec_compiler.catalog.operands import NUMBERS, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import require_vector, widened, without
from spec_compiler.catalog.rules import EmptyResultError, RankError, ShapeError, axis_of, require_rank_at_least
from spec_compiler.catalog.shapes import volume
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one


class NumpyMatrixOp(TensorOp):
    """An op on one tensor of numbers."""

    op_pattern: ClassVar[OpPattern] = "movement"
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


class Diag(Offset, NumpyMatrixOp):
    """The matrix with a row of numbers on a diagonal; or the diagonal of a matrix."""

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero

    example: ClassVar[str] = "inputs: square"

    def shape_of(self, x: TensorType) -> Shape:
        """(n) to (n + |k|, n + |k|); (n, m) to the length of the diagonal."""
        if x.rank == 1:
            return square(x.shape[0], self.k)
        if x.rank != 2:
            raise RankError(f"takes a row or a matrix, and gets {format_shape(x.shape)}", "x")
        return (diagonal_length(x, 0, 1, self.k, "k"),)


class Diagflat(Offset, NumpyMatrixOp):
    """The matrix with all elements of a tensor on a diagonal."""

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero

    example: ClassVar[str] = "inputs: short"

    def shape_of(self, x: TensorType) -> Shape:
        """N elements to (n + |k|, n + |k|)."""
        return square(volume(x.shape), self.k)


class Tril(Offset, NumpyMatrixOp):
    """The matrices with zeros above a diagonal."""

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero

    example: ClassVar[str] = "inputs: matrix"

    def shape_of(self, x: TensorType) -> Shape:
        """The shape unchanged."""
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


class Diagonal(Plane, NumpyMatrixOp):
    """A diagonal of matrices, as the last axis."""

    example: ClassVar[str] = "inputs: square"

    def shape_of(self, x: TensorType) -> Shape:
        """The shape without the two axes, and the length of the diagonal."""
        rows, columns = self.plane(x)
        return (*without(x.shape, (rows, columns)), diagonal_length(x, rows, columns, self.offset, "offset"))


class Trace(Plane, NumpyMatrixOp):
    """The sum of a diagonal of matrices."""

    example: ClassVar[str] = "inputs: matrix"
    op_pattern: ClassVar[OpPattern] = "reduction"

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        return widened(dtype)

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """As many times the bounds as the diagonal has elements."""
        rows, columns = self.plane(x.type)
        return repeated_sum(x.interval, diagonal_length(x.type, rows, columns, self.offset, "offset"))

    def shape_of(self, x: TensorType) -> Shape:
        """The shape without the two axes."""
        rows, columns = self.plane(x)
        diagonal_length(x, rows, columns, self.offset, "offset")
        return without(x.shape, (rows, columns))


class Vander(NumpyMatrixOp):
    """The matrix of the powers of a row of numbers."""

    example: ClassVar[str] = "N: 2, inputs: short"
    op_pattern: ClassVar[OpPattern] = "opaque"

    N: NonNegativeInt | None = Field(None, description="How many powers; null for as many as there are numbers.")
    increasing: bool = Field(False, description="Whether the powers rise along a row, or fall.")

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Powers, from that of 0, which is 1."""
        return repeated_product(hull((x.interval, number(1))))

    def shape_of(self, x: TensorType) -> Shape:
        """(n) to (n, N)."""
        length = require_vector(x, "x")
        return (length, length if self.N is None else self.N)


class Slogdet(NumpyMatrixOp):
    """The sign of a determinant, and the logarithm of its absolute value. Keras states them for one matrix only."""

    example: ClassVar[str] = "inputs: square"
    op_pattern: ClassVar[OpPattern] = "opaque"
    several_outputs: ClassVar[bool] = True
    elements: ClassVar[Elements] = Elements(
        "float32, float64 or complex numbers", frozenset(("float32", "float64", "complex64", "complex128"))
    )

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """A sign, and any logarithm."""
        return COSINES if output == 0 and not of.dtype.startswith("complex") else UNKNOWN

    def infer(self, x: TensorType) -> Inferred:
        """(n, n) to two scalars."""
        require_computable(x, self.elements)
        if x.rank != 2 or (None not in x.shape and x.shape[0] != x.shape[1]):
            raise ShapeError(f"takes a square matrix, and gets {format_shape(x.shape)}", "x")
        return Inferred((TensorType((), x.dtype),) * 2, names=("sign", "logabsdet"))
