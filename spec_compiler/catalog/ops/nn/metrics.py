"""Metrics of predictions against targets."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import PositiveFloat
from spec_compiler.catalog.layers.base import CallArgument
from spec_compiler.catalog.ops.base import X1, X2, OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import DIFFERENCES
from spec_compiler.catalog.rules import DtypeError, ShapeError, describe_shapes
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Psnr(TensorOp):
    """The peak signal-to-noise ratio, in decibels. Keras states that it is of float32."""

    example: ClassVar[str] = "max_val: 1.0, inputs: [x, y]"
    op_pattern: ClassVar[OpPattern] = "combination"
    calls: ClassVar[tuple[CallArgument, ...]] = (X1, X2)

    max_val: PositiveFloat = Field(description="The greatest value that a signal can have.")

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """Two tensors of one shape to one number."""
        for operand, x in (("x1", x1), ("x2", x2)):
            require_computable(x, DIFFERENCES, operand)
        if x1.shape != x2.shape:
            raise ShapeError(
                f"takes tensors of one shape, and gets {describe_shapes((x1.shape, x2.shape))}", "x1", "x2"
            )
        if x1.dtype != x2.dtype:
            raise DtypeError(f"takes tensors of one dtype, and gets {x1.dtype} and {x2.dtype}", "x1", "x2")
        return one(TensorType(()))
