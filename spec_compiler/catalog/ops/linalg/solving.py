"""Systems of linear equations, and inverses of matrices."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Finite, NonNegativeFloat
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import FLOATING_OR_COMPLEX, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, known_lengths, require_computable
from spec_compiler.catalog.ops.linalg.base import NOT_BFLOAT16, REAL, MatrixOp, SameShape, require_square
from spec_compiler.catalog.rules import (
    DtypeError,
    RankError,
    ShapeError,
    describe_shapes,
    require_rank,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import agree, broadcasts_into
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one


class CholeskyInverse(SameShape):
    """The inverse of a matrix, given its Cholesky factor."""

    takes: ClassVar[Elements] = FLOATING_OR_COMPLEX

    upper: bool = Field(False, description="Whether the factor is upper triangular, not lower.")


class Inv(SameShape):
    """The inverse of each matrix."""


class Pinv(MatrixOp):
    """The pseudo-inverse of each matrix (Moore, 1920; Penrose, 1955)."""

    takes: ClassVar[Elements] = REAL

    rcond: NonNegativeFloat | None = Field(
        None, description="Up to which share of the greatest singular value one counts as zero; null to estimate it."
    )

    def infer(self, x: TensorType) -> Inferred:
        """(…, m, n) to (…, n, m)."""
        self.check(x)
        return one(x.with_shape((*x.shape[:-2], x.shape[-1], x.shape[-2])))


class System(TensorOp):
    """An op on systems of linear equations, a·x = b."""

    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("a", "The matrices of the systems."),
        tensor("b", "The right-hand sides: vectors, or matrices with one in each column."),
    )
    takes: ClassVar[Elements] = NOT_BFLOAT16
    """What it can be applied to."""

    def check(self, a: TensorType, b: TensorType) -> None:
        """Refuse tensors that cannot be computed with, together or at all.

        Raises:
            DtypeError: They are such.
        """
        require_computable(a, self.takes, "a")
        require_computable(b, self.takes, "b")
        if a.dtype != b.dtype:
            raise DtypeError(f"takes tensors of one dtype, and gets {a.dtype} and {b.dtype}", "a", "b")


class Solve(System):
    """The solution of each system of equations."""

    example: ClassVar[str] = "inputs: {a: matrix, b: z}"

    def infer(self, a: TensorType, b: TensorType) -> Inferred:
        """(…, n, n) and (…, n) or (…, n, k) to the shape of b."""
        self.check(a, b)
        require_rank_at_least(a, 2, "a")
        require_square(a, "a")
        pair = describe_shapes((a.shape, b.shape))
        if b.rank not in (a.rank, a.rank - 1):
            raise RankError(f"takes right sides of the rank of the matrices or one less, and gets {pair}", "a", "b")
        columns = b.rank - (a.rank - 2)
        # Of equal ranks, Keras takes an unknown length for another one than a known one.
        rows, length = b.shape[-columns], a.shape[-1]
        same = rows == length if b.rank == a.rank else agree(rows, length)
        if not same or not self.fits(a.shape[:-2], b.shape[:-columns]):
            raise ShapeError(f"takes as many matrices as right sides, of one length, and gets {pair}", "a", "b")
        return one(b)

    def fits(self, matrices: Shape, right_sides: Shape) -> bool:
        """Whether there are as many matrices as right sides."""
        return all(agree(one, other) for one, other in zip(matrices, right_sides, strict=True))


class SolveTriangular(Solve):
    """The solution of each system of equations with a triangular matrix."""

    example: ClassVar[str] = "lower: true, inputs: {a: matrix, b: z}"
    takes: ClassVar[Elements] = FLOATING_OR_COMPLEX

    lower: bool = Field(False, description="Whether the matrix is lower triangular, not upper.")

    def fits(self, matrices: Shape, right_sides: Shape) -> bool:
        """Whether there are as many matrices as right sides, or one."""
        return broadcasts_into(matrices, right_sides)


class Lstsq(System):
    """The least-squares solution of a system of equations."""

    example: ClassVar[str] = "inputs: {a: equations, b: results}"

    rcond: Finite | None = Field(
        None,
        description="Up to which share of the greatest singular value one counts as zero; null or less than 0 for "
        "what the dtype can tell apart.",
    )

    def infer(self, a: TensorType, b: TensorType) -> Inferred:
        """(m, n) and (m,) or (m, k) to (n,) or (n, k)."""
        self.check(a, b)
        require_rank(a, 2, "one matrix", "a")
        if b.rank not in (1, 2):
            raise RankError(f"takes a vector or a matrix as right side, and gets {format_shape(b.shape)}", "b")
        if a.shape[0] != b.shape[0]:
            raise ShapeError(f"takes as many rows in both, and gets {describe_shapes((a.shape, b.shape))}", "a", "b")
        if self.rcond is None:
            known_lengths(a, "a")
        return one(a.with_shape((a.shape[1], *b.shape[1:])))
