"""Complex numbers: their parts, angles and conjugates."""

from __future__ import annotations

import math
from typing import ClassVar

from spec_compiler.catalog.intervals import Image, Interval
from spec_compiler.catalog.operands import ANYTHING, ARITHMETIC, Elements
from spec_compiler.catalog.ops.elementwise import Elementwise, PredicateOp, SparseElementwise
from spec_compiler.catalog.ops.rules import Sparse, floating


class Conjugate(SparseElementwise):
    """The complex conjugate of each element."""

    image: ClassVar[Image | None] = staticmethod(lambda x: x)
    example: ClassVar[str] = "inputs: waves"
    elements: ClassVar[Elements] = ARITHMETIC


class Real(SparseElementwise):
    """The real part of each element. Keras states the dtype of the tensor, of complex numbers too."""

    image: ClassVar[Image | None] = staticmethod(lambda x: x)
    example: ClassVar[str] = "inputs: waves"
    elements: ClassVar[Elements] = ARITHMETIC


class Imag(SparseElementwise):
    """The imaginary part of each element. Keras states the dtype of the tensor, of complex numbers too."""

    example: ClassVar[str] = "inputs: waves"
    elements: ClassVar[Elements] = ANYTHING


class Angle(Elementwise):
    """The angle of each number in the complex plane, in radians."""

    image: ClassVar[Image | None] = staticmethod(lambda _: Interval(-math.pi, math.pi))
    example: ClassVar[str] = "inputs: waves"

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return floating(dtype)


class Isreal(PredicateOp):
    """Whether each element has no imaginary part."""

    sparse: ClassVar[Sparse] = "densified"
