"""Other special functions of each element: Bessel's and the cardinal sine."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.intervals import Image, Interval
from spec_compiler.catalog.operands import Elements
from spec_compiler.catalog.ops.elementwise import Function, Wide
from spec_compiler.catalog.ops.rules import NOT_BFLOAT16, Sparse


class Sinc(Function):
    """`sin(πx) / πx` for each element, and 1 for zero."""

    image: ClassVar[Image | None] = staticmethod(lambda _: Interval(-0.21724, 1.0))
    sparse: ClassVar[Sparse] = "refused"


class I0(Wide):
    """The modified Bessel function of the first kind, of order 0, of each element."""

    image: ClassVar[Image | None] = staticmethod(lambda _: Interval(1.0))
    elements: ClassVar[Elements] = NOT_BFLOAT16
