"""Decompositions and eigenvalues of matrices."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.intervals import COSINES, NOT_NEGATIVE, UNKNOWN, Interval
from spec_compiler.catalog.operands import Elements
from spec_compiler.catalog.ops.base import known_lengths
from spec_compiler.catalog.ops.linalg.base import REAL, WIDE, MatrixOp, SameShape, SquareOp
from spec_compiler.catalog.rules import require_rank
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Cholesky(SameShape):
    """The Cholesky factor: the triangular matrix whose product with its own transpose is the given one."""

    takes: ClassVar[Elements] = REAL

    upper: bool = Field(False, description="Whether the factor is upper triangular, not lower.")


class Eigen(SquareOp):
    """An op that gives eigenvalues and eigenvectors."""

    several_outputs: ClassVar[bool] = True

    def infer(self, x: TensorType) -> Inferred:
        """(…, n, n) to values (…, n) and vectors (…, n, n)."""
        self.check(x)
        return Inferred((x.with_shape(x.shape[:-1]), x), names=("values", "vectors"))


class Eig(Eigen):
    """The eigenvalues and eigenvectors of each matrix; Keras states that they have its dtype, and they are complex."""

    unstated_complex: ClassVar[bool] = True
    takes: ClassVar[Elements] = WIDE


class Eigh(Eigen):
    """The eigenvalues and eigenvectors of each matrix, which must be hermitian."""

    def interval(self, output: int, of: TensorType) -> Interval:
        """Any values, and vectors of length 1."""
        return COSINES if output == 1 and not of.dtype.startswith("complex") else UNKNOWN


class LuFactor(SquareOp):
    """The lower and upper triangular factors of a matrix, in one matrix, and the pivots of its rows."""

    example: ClassVar[str] = "inputs: square"
    several_outputs: ClassVar[bool] = True
    takes: ClassVar[Elements] = WIDE

    def infer(self, x: TensorType) -> Inferred:
        """(n, n) to factors (n, n) and rows (n,), of which Keras states that they have the dtype of the matrix."""
        require_rank(x, 2, "one matrix", "x")
        self.check(x)
        known_lengths(x)
        return Inferred((x, x.with_shape(x.shape[:1])), names=("factors", "rows"))


class Qr(MatrixOp):
    """The orthogonal and the triangular factor of each matrix."""

    several_outputs: ClassVar[bool] = True

    mode: Literal["reduced", "complete"] = Field(
        "reduced", description="Whether the factors are as small as they can be, or the first is square."
    )

    def interval(self, output: int, of: TensorType) -> Interval:
        """Columns of length 1, and any factor."""
        return COSINES if output == 0 and not of.dtype.startswith("complex") else UNKNOWN

    def infer(self, x: TensorType) -> Inferred:
        """(…, m, n) to (…, m, k) and (…, k, n), where k is the lesser of m and n, or m."""
        self.check(x)
        rows, columns = known_lengths(x, "x", (-2, -1))
        between = rows if self.mode == "complete" else min(rows, columns)
        factors = (x.with_shape((*x.shape[:-2], rows, between)), x.with_shape((*x.shape[:-2], between, columns)))
        return Inferred(factors, names=("q", "r"))


class Svd(MatrixOp):
    """The singular values of each matrix, and the vectors that belong to them."""

    several_outputs: ClassVar[bool] = True

    full_matrices: bool = Field(True, description="Whether the vectors are completed to a basis.")
    compute_uv: bool = Field(True, description="Whether the vectors are given, and not the values alone.")

    def interval(self, output: int, of: TensorType) -> Interval:
        """Vectors of length 1, and values that are not negative."""
        if of.dtype.startswith("complex"):
            return UNKNOWN
        return NOT_NEGATIVE if output == 1 or not self.compute_uv else COSINES

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
