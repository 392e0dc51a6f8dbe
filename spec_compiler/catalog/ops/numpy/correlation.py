"""Correlation coefficients and the cross-correlation of two sequences."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.costs import times, total
from spec_compiler.catalog.intervals import COSINES, Interval, Ranged, hull, number, repeated_sum
from spec_compiler.catalog.operands import Elements
from spec_compiler.catalog.ops.base import OpPattern
from spec_compiler.catalog.ops.numpy.matrices import NumpyMatrixOp
from spec_compiler.catalog.ops.numpy.products import Product
from spec_compiler.catalog.ops.rules import NOT_UINT64, floating, require_vector
from spec_compiler.catalog.rules import ShapeError, UnknownDimensionError, describe_shapes
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape


class Corrcoef(NumpyMatrixOp):
    """The correlations of the rows of a matrix with each other. Keras states them right for square matrices only."""

    example: ClassVar[str] = "inputs: square"
    op_pattern: ClassVar[OpPattern] = "opaque"
    elements: ClassVar[Elements] = NOT_UINT64

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become floating-point ones; int64 float64."""
        return "float64" if dtype == "int64" else floating(dtype)

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """Correlations."""
        return COSINES

    def shape_of(self, x: TensorType) -> Shape:
        """(n, n) unchanged."""
        if x.rank and (x.rank != 2 or x.shape[0] != x.shape[1]):
            raise ShapeError(f"takes a square matrix, and gets {format_shape(x.shape)}", "x")
        return x.shape

    def multiply_adds(self, result: Inferred, x: TensorType) -> Dimension:
        """Each row with each, and the deviation of each with that of each."""
        return times(*x.shape[:1], *x.shape[:1], total((*x.shape[1:], 1))) if x.rank else 0


class Correlate(Product):
    """The cross-correlation of two sequences: the sum of their products, for each shift of one against the other."""

    example: ClassVar[str] = "mode: same, inputs: {x1: list, x2: short}"
    takes_numbers: ClassVar[bool] = False

    mode: Literal["valid", "same", "full"] = Field(
        "valid", description="Which shifts: those of full overlap, as many as the longer row has, or all."
    )

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """A floating-point number; float64 for int64."""
        dtype = super().dtype_of(x1, x2)
        if dtype == "int64":
            return "float64"
        return dtype if dtype in ("bfloat16", "float16", "float64") else "float32"

    def interval(self, output: int, of: TensorType, x1: Ranged, x2: Ranged) -> Interval:
        """Sums of as many products as the shorter row has, or fewer at the ends."""
        lengths = [each.type.shape[0] for each in (x1, x2)]
        count = None if None in lengths else min(length for length in lengths if length is not None)
        return hull((number(0), repeated_sum(x1.interval * x2.interval, count)))

    def shape_of(self, x1: TensorType, x2: TensorType) -> Shape:
        """(n) and (m) to as many as there are shifts."""
        first, second = require_vector(x1, "x1"), require_vector(x2, "x2")
        if first is None or second is None:
            shapes = describe_shapes((x1.shape, x2.shape))
            raise UnknownDimensionError(f"needs to know the lengths of both rows, and gets {shapes}", "x1", "x2")
        longer, shorter = max(first, second), min(first, second)
        return ({"valid": longer - shorter + 1, "same": longer, "full": first + second - 1}[self.mode],)

    def multiply_adds(self, result: Inferred, x1: TensorType, x2: TensorType) -> Dimension:
        """The second row, for each shift. Keras cuts `same` out of `full`."""
        (first,), (second,) = x1.shape, x2.shape
        shifts = result.outputs[0].shape[0] if self.mode == "valid" else total((first, second, -1))
        return times(shifts, second)
