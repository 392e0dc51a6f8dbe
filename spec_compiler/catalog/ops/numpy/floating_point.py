"""Floating-point representation: what is finite, infinite or no number, signs, exponents, neighbours."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Finite
from spec_compiler.catalog.intervals import NOT_NEGATIVE, UNKNOWN, Combination, Interval, Ranged, hull, number
from spec_compiler.catalog.operands import Elements
from spec_compiler.catalog.ops.elementwise import Elementwise, PredicateOp, SparseElementwise, StrongBinary
from spec_compiler.catalog.ops.rules import NOT_COMPLEX, ORDERED, WHOLE, Sparse
from spec_compiler.catalog.rules import DtypeError
from spec_compiler.catalog.tensors import TensorType


class Nextafter(StrongBinary):
    """The number next to the first element in the direction of the second."""

    combines: ClassVar[Combination | None] = staticmethod(lambda x1, x2: hull((x1, x2)).unreached())


class Ldexp(StrongBinary):
    """The first element times 2 to the power of the second, a whole number."""

    combines: ClassVar[Combination | None] = staticmethod(lambda x1, _: NOT_NEGATIVE if x1.low >= 0 else UNKNOWN)
    example: ClassVar[str] = "inputs: [x, whole]"
    elements: ClassVar[Elements] = ORDERED

    def check(self, x1: TensorType, x2: TensorType) -> None:
        """Refuse exponents that are not whole."""
        super().check(x1, x2)
        if x2.dtype not in ("int", *WHOLE.dtypes):
            raise DtypeError(f"takes integers for exponents, and gets {x2.dtype}", "x2")


class Signbit(SparseElementwise):
    """Whether each element has a negative sign."""

    def dtype_of(self, dtype: str) -> str:
        """Always bool."""
        return "bool"


class NanToNum(Elementwise):
    """Replaces NaN and the infinities."""

    elements: ClassVar[Elements] = NOT_COMPLEX

    nan: Finite = Field(0.0, description="What replaces NaN.")
    posinf: Finite | None = Field(None, description="What replaces infinity; null for the largest finite number.")
    neginf: Finite | None = Field(
        None, description="What replaces negative infinity; null for the smallest finite number."
    )

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """The elements, and what stands in the place of those that are no numbers."""
        low = x.interval.low if self.neginf is None else min(x.interval.low, self.neginf)
        high = x.interval.high if self.posinf is None else max(x.interval.high, self.posinf)
        return hull((Interval(low, high), number(self.nan))).unreached()


class Isfinite(PredicateOp):
    """Whether each element is finite: neither infinite nor NaN."""

    elements: ClassVar[Elements] = NOT_COMPLEX
    sparse: ClassVar[Sparse] = "densified"


class Isinf(PredicateOp):
    """Whether each element is infinite, positive or negative."""

    elements: ClassVar[Elements] = NOT_COMPLEX


class Isnan(PredicateOp):
    """Whether each element is NaN."""

    elements: ClassVar[Elements] = NOT_COMPLEX


class Isneginf(PredicateOp):
    """Whether each element is negative infinity."""


class Isposinf(PredicateOp):
    """Whether each element is positive infinity."""
