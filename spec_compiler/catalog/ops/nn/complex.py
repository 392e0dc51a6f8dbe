"""Complex numbers by absolute value and angle."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import SINGLE_OR_DOUBLE
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.rules import DtypeError, ShapeError, describe_shapes
from spec_compiler.catalog.shapes import broadcasts_into
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Polar(TensorOp):
    """Complex numbers from their absolute values and angles.

    Keras states that the result is real, of float32.
    """

    example: ClassVar[str] = "inputs: {abs_: x, angle: y}"
    op_pattern: ClassVar[OpPattern] = "elementwise"
    unstated_complex: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("abs_", "The absolute values."),
        tensor("angle", "The angles, in radians."),
    )

    def infer(self, abs_: TensorType, angle: TensorType) -> Inferred:
        """The shape of `abs_`; `angle` is stretched to it."""
        for operand, x in (("abs_", abs_), ("angle", angle)):
            require_computable(x, SINGLE_OR_DOUBLE, operand)
        if abs_.dtype != angle.dtype:
            raise DtypeError(f"takes tensors of one dtype, and gets {abs_.dtype} and {angle.dtype}", "abs_", "angle")
        if not broadcasts_into(angle.shape, abs_.shape):
            raise ShapeError(
                "takes angles that can be stretched over `abs_`, and gets "
                + describe_shapes((abs_.shape, angle.shape)),
                "abs_",
                "angle",
            )
        return one(TensorType(abs_.shape))
