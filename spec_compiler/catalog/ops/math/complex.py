"""Complex numbers as pairs of real ones."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.math.fft import NUMBERS_WITH_PARTS
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class ViewAsReal(TensorOp):
    """The real and the imaginary part of each number, side by side. Keras states that they are of float32."""

    example: ClassVar[str] = "inputs: waves"
    op_pattern: ClassVar[OpPattern] = "opaque"

    def infer(self, x: TensorType) -> Inferred:
        """(…) to (…, 2)."""
        require_computable(x, NUMBERS_WITH_PARTS)
        return one(TensorType((*x.shape, 2)))
