"""Logarithms of determinants."""

from __future__ import annotations

from spec_compiler.catalog.ops.linalg.base import MatrixOp
from spec_compiler.catalog.rules import ShapeError
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Logdet(MatrixOp):
    """The logarithm of the determinant of each matrix, which must be hermitian and positive definite."""

    def infer(self, x: TensorType) -> Inferred:
        """(…, n, n) to (…)."""
        self.check(x)
        if not agree(x.shape[-2], x.shape[-1]):
            raise ShapeError(f"takes square matrices, and gets {format_shape(x.shape)}", "x")
        return one(x.with_shape(x.shape[:-2]))
