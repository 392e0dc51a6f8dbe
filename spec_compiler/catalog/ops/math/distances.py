"""Distances between vectors."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.intervals import NOT_NEGATIVE, Interval
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import DIFFERENCES
from spec_compiler.catalog.rules import DtypeError, ShapeError, describe_shapes, require_rank_at_least
from spec_compiler.catalog.shapes import agree, broadcast
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Cdist(TensorOp):
    """The Euclidean distance of each vector of one tensor to each of the other."""

    example: ClassVar[str] = "inputs: {x: sequence, y: memory}"
    op_pattern: ClassVar[OpPattern] = "combination"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("x", "The vectors: (…, n, width)."),
        tensor("y", "The other vectors: (…, m, width)."),
    )

    def interval(self, output: int, of: TensorType) -> Interval:
        """Never negative."""
        return NOT_NEGATIVE

    def infer(self, x: TensorType, y: TensorType) -> Inferred:
        """(…, n, width) and (…, m, width) to (…, n, m)."""
        for operand, vectors in (("x", x), ("y", y)):
            require_rank_at_least(vectors, 2, operand)
            require_computable(vectors, DIFFERENCES, operand)
        if x.dtype != y.dtype:
            raise DtypeError(f"takes tensors of one dtype, and gets {x.dtype} and {y.dtype}", "x", "y")
        if not agree(x.shape[-1], y.shape[-1]):
            raise ShapeError(f"takes vectors of one width, and gets {describe_shapes((x.shape, y.shape))}", "x", "y")
        batch = broadcast(x.shape[:-2], y.shape[:-2], "x", "y")
        return one(TensorType((*batch, x.shape[-2], y.shape[-2]), promote(x.dtype, "float")))
