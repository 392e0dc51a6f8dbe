"""What ops of linear algebra share: the elements they are computed of, and square matrices."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.operands import FLOATING, FLOATING_OR_COMPLEX, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.rules import ShapeError, require_rank_at_least
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one

# What TensorFlow has kernels for, float16 only as XLA compiles it.
REAL = Elements("float16, float32 or float64 numbers", FLOATING.dtypes - {"bfloat16"})
WIDE = Elements("float32, float64 or complex numbers", FLOATING_OR_COMPLEX.dtypes - {"bfloat16", "float16"})
NOT_BFLOAT16 = Elements("float16, float32, float64 or complex numbers", FLOATING_OR_COMPLEX.dtypes - {"bfloat16"})


class MatrixOp(TensorOp):
    """An op on matrices, which the last two axes of a tensor are."""

    example: ClassVar[str] = "inputs: matrix"
    op_pattern: ClassVar[OpPattern] = "opaque"
    takes: ClassVar[Elements] = NOT_BFLOAT16
    """What it can be applied to."""

    def check(self, x: TensorType) -> None:
        """Refuse a tensor that is no matrix and no batch of them.

        Raises:
            RankError: It has too few axes.
            DtypeError: It cannot be computed with.
        """
        require_rank_at_least(x, 2, "x")
        require_computable(x, self.takes)


class SquareOp(MatrixOp):
    """An op on square matrices."""

    def check(self, x: TensorType) -> None:
        """Refuse a tensor that is no square matrix and no batch of them."""
        super().check(x)
        require_square(x, "x")


def require_square(x: TensorType, operand: str) -> None:
    """Refuse matrices that are not square, as far as Keras knows: it takes two unknown lengths for equal.

    Raises:
        ShapeError: The lengths differ.
    """
    if x.shape[-2] != x.shape[-1]:
        raise ShapeError(f"takes square matrices, and gets {format_shape(x.shape)}", operand)


class SameShape(SquareOp):
    """An op from square matrices to square matrices."""

    def infer(self, x: TensorType) -> Inferred:
        """(…, n, n) to (…, n, n)."""
        self.check(x)
        return one(x)


class OneEach(SquareOp):
    """An op that makes one number of each square matrix."""

    def infer(self, x: TensorType) -> Inferred:
        """(…, n, n) to (…)."""
        self.check(x)
        return one(x.with_shape(x.shape[:-2]))
