"""Ops of linear algebra: factors of matrices, solutions of systems of equations, norms."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import Finite, NonNegativeFloat
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import FLOATING, FLOATING_OR_COMPLEX, Elements
from spec_compiler.catalog.ops.base import TensorOp, known_lengths, require_computable
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

# What TensorFlow has kernels for, float16 only as XLA compiles it.
REAL = Elements("float16, float32 or float64 numbers", FLOATING.dtypes - {"bfloat16"})
WIDE = Elements("float32, float64 or complex numbers", FLOATING_OR_COMPLEX.dtypes - {"bfloat16", "float16"})
NOT_BFLOAT16 = Elements("float16, float32, float64 or complex numbers", FLOATING_OR_COMPLEX.dtypes - {"bfloat16"})


class MatrixOp(TensorOp):
    """An op on matrices, which the last two axes of a tensor are."""

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


class Cholesky(SameShape):
    """The triangular matrix whose product with its own transpose is the given one."""

    takes: ClassVar[Elements] = REAL

    upper: bool = Field(False, description="Whether the upper triangle is given, and not the lower one.")


class CholeskyInverse(SameShape):
    """The inverse of a matrix, given the triangular one that `cholesky` makes of it."""

    takes: ClassVar[Elements] = FLOATING_OR_COMPLEX

    upper: bool = Field(False, description="Whether the upper triangle is given, and not the lower one.")


class Inv(SameShape):
    """The inverse of each matrix."""


class OneEach(SquareOp):
    """An op that makes one number of each square matrix."""

    def infer(self, x: TensorType) -> Inferred:
        """(…, n, n) to (…)."""
        self.check(x)
        return one(x.with_shape(x.shape[:-2]))


class Det(OneEach):
    """The determinant of each matrix."""

    takes: ClassVar[Elements] = WIDE


class Logdet(MatrixOp):
    """The logarithm of the determinant of each matrix, which must be hermitian and positive definite."""

    def infer(self, x: TensorType) -> Inferred:
        """(…, n, n) to (…)."""
        self.check(x)
        if not agree(x.shape[-2], x.shape[-1]):
            raise ShapeError(f"takes square matrices, and gets {format_shape(x.shape)}", "x")
        return one(x.with_shape(x.shape[:-2]))


class Eigen(SquareOp):
    """An op that gives eigenvalues and eigenvectors."""

    def infer(self, x: TensorType) -> Inferred:
        """(…, n, n) to values (…, n) and vectors (…, n, n)."""
        self.check(x)
        return Inferred((x.with_shape(x.shape[:-1]), x), names=("values", "vectors"))


class Eig(Eigen):
    """The eigenvalues and eigenvectors of each matrix; Keras states that they have its dtype, and they are complex."""

    takes: ClassVar[Elements] = WIDE


class Eigh(Eigen):
    """The eigenvalues and eigenvectors of each matrix, which must be hermitian."""


class LuFactor(SquareOp):
    """The lower and upper triangular factors of a matrix, in one matrix, and how its rows were exchanged."""

    takes: ClassVar[Elements] = WIDE

    def infer(self, x: TensorType) -> Inferred:
        """(n, n) to factors (n, n) and rows (n,), of which Keras states that they have the dtype of the matrix."""
        require_rank(x, 2, "one matrix", "x")
        self.check(x)
        known_lengths(x)
        return Inferred((x, x.with_shape(x.shape[:1])), names=("factors", "rows"))


class Qr(MatrixOp):
    """The orthogonal and the triangular factor of each matrix."""

    mode: Literal["reduced", "complete"] = Field(
        "reduced", description="Whether the factors are as small as they can be, or the first is square."
    )

    def infer(self, x: TensorType) -> Inferred:
        """(…, m, n) to (…, m, k) and (…, k, n), where k is the lesser of m and n, or m."""
        self.check(x)
        rows, columns = known_lengths(x, "x", (-2, -1))
        between = rows if self.mode == "complete" else min(rows, columns)
        factors = (x.with_shape((*x.shape[:-2], rows, between)), x.with_shape((*x.shape[:-2], between, columns)))
        return Inferred(factors, names=("q", "r"))


class Svd(MatrixOp):
    """The singular values of each matrix, and the vectors that belong to them."""

    full_matrices: bool = Field(True, description="Whether the vectors are completed to a basis.")
    compute_uv: bool = Field(True, description="Whether the vectors are given, and not the values alone.")

    def infer(self, x: TensorType) -> Inferred:
        """(…, m, n) to (…, m, m), values (…, k) and (…, n, n); k, the lesser of m and n, in place of m and n."""
        self.check(x)
        rows, columns = known_lengths(x, "x", (-2, -1))
        batch, least = x.shape[:-2], min(rows, columns)
        values = x.with_shape((*batch, least))
        if not self.compute_uv:
            return one(values)
        left = (rows, rows if self.full_matrices else least)
        right = (columns if self.full_matrices else least, columns)
        return Inferred((x.with_shape((*batch, *left)), values, x.with_shape((*batch, *right))), names=("u", "s", "vh"))


class MatrixRank(MatrixOp):
    """How many singular values of each matrix are not almost zero."""

    takes: ClassVar[Elements] = REAL

    tol: NonNegativeFloat | None = Field(
        None, description="Up to where a value is taken for zero; null to estimate it."
    )

    def infer(self, x: TensorType) -> Inferred:
        """(…, m, n) to (…), of int32."""
        self.check(x)
        return one(TensorType(x.shape[:-2], "int32"))


class Pinv(MatrixOp):
    """The pseudo-inverse of each matrix (Moore, 1920; Penrose, 1955)."""

    takes: ClassVar[Elements] = REAL

    rcond: NonNegativeFloat | None = Field(
        None, description="Up to which share of the greatest singular value one is taken for zero; null to estimate it."
    )

    def infer(self, x: TensorType) -> Inferred:
        """(…, m, n) to (…, n, m)."""
        self.check(x)
        return one(x.with_shape((*x.shape[:-2], x.shape[-1], x.shape[-2])))


class System(TensorOp):
    """An op on systems of equations, a·x = b."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("a", "The matrices of the systems."),
        tensor("b", "The right sides: vectors, or matrices with one in each column."),
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
    """The solution of each system of equations whose matrix is triangular."""

    takes: ClassVar[Elements] = FLOATING_OR_COMPLEX

    lower: bool = Field(False, description="Whether the lower triangle counts, and not the upper one.")

    def fits(self, matrices: Shape, right_sides: Shape) -> bool:
        """Whether there are as many matrices as right sides, or one."""
        return broadcasts_into(matrices, right_sides)


class Lstsq(System):
    """What comes nearest to the solution of a system of equations, by least squares."""

    rcond: Finite | None = Field(
        None,
        description="Up to which share of the greatest singular value one is taken for zero; null or less than 0 for "
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
