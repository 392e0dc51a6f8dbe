"""Elementwise comparisons, exact and within a tolerance."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import NonNegativeFloat
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.operands import ANYTHING, REALS, Elements, require_dense
from spec_compiler.catalog.ops.base import OpPattern
from spec_compiler.catalog.ops.elementwise import Binary
from spec_compiler.catalog.shapes import broadcast
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class ComparisonOp(Binary):
    """A comparison of two elements."""

    elements: ClassVar[Elements] = REALS

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """Always bool."""
        return "bool"


class Equal(ComparisonOp):
    """Whether two elements are the same."""

    elements: ClassVar[Elements] = ANYTHING


class NotEqual(ComparisonOp):
    """Whether two elements differ."""

    elements: ClassVar[Elements] = ANYTHING


class Greater(ComparisonOp):
    """Whether the first element is greater than the second."""


class GreaterEqual(ComparisonOp):
    """Whether the first element is greater than or equal to the second."""


class Less(ComparisonOp):
    """Whether the first element is less than the second."""


class LessEqual(ComparisonOp):
    """Whether the first element is less than or equal to the second."""


class Tolerance(Arguments):
    """The arguments about how far apart equal numbers may be."""

    rtol: NonNegativeFloat = Field(1e-05, description="How far apart they may be, as a share of the second number.")
    atol: NonNegativeFloat = Field(1e-08, description="How far apart they may be besides.")
    equal_nan: bool = Field(False, description="Whether NaN equals NaN.")


class Isclose(Tolerance, ComparisonOp):
    """Whether two elements are equal within a tolerance."""

    elements: ClassVar[Elements] = ANYTHING


class Allclose(Tolerance, ComparisonOp):
    """Whether two tensors are equal in all elements within a tolerance: one boolean."""

    op_pattern: ClassVar[OpPattern] = "reduction"
    elements: ClassVar[Elements] = ANYTHING

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """Two shapes that go together to a scalar."""
        self.check(x1, x2)
        require_dense(x1, "x1")
        require_dense(x2, "x2")
        broadcast(x1.shape, x2.shape, "x1", "x2")
        return one(TensorType((), "bool"))
