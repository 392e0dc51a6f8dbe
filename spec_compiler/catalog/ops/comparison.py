"""Ops that compare two tensors, or a tensor and a number, and combine truth values."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import NonNegativeFloat
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.operands import ANYTHING, NUMBERS, REALS, Elements, require_dense, require_elements
from spec_compiler.catalog.ops.binary import Binary
from spec_compiler.catalog.ops.rules import (
    NOT_COMPLEX,
    common_dtype,
    is_number,
    require_dtype,
    require_some_tensor,
    require_tensor,
)
from spec_compiler.catalog.shapes import broadcast
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Comparison(Binary):
    """A comparison of two elements."""

    elements: ClassVar[Elements] = REALS

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """Always bool."""
        return "bool"


class Equal(Comparison):
    """Whether two elements are the same."""

    elements: ClassVar[Elements] = ANYTHING


class NotEqual(Comparison):
    """Whether two elements differ."""

    elements: ClassVar[Elements] = ANYTHING


class Greater(Comparison):
    """Whether the first element is above the second."""


class GreaterEqual(Comparison):
    """Whether the first element is not below the second."""


class Less(Comparison):
    """Whether the first element is below the second."""


class LessEqual(Comparison):
    """Whether the first element is not above the second."""


class Tolerance(Arguments):
    """The arguments about how far apart equal numbers may be."""

    rtol: NonNegativeFloat = Field(1e-05, description="How far apart they may be, as a share of the second number.")
    atol: NonNegativeFloat = Field(1e-08, description="How far apart they may be besides.")
    equal_nan: bool = Field(False, description="Whether what is no number equals what is none.")


class Isclose(Tolerance, Comparison):
    """Whether two elements are as good as equal."""

    elements: ClassVar[Elements] = ANYTHING


class Allclose(Tolerance, Comparison):
    """Whether two tensors are as good as equal in all elements: one truth value."""

    elements: ClassVar[Elements] = ANYTHING

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """Two shapes that go together to a scalar."""
        self.check(x1, x2)
        require_dense(x1, "x1")
        require_dense(x2, "x2")
        broadcast(x1.shape, x2.shape, "x1", "x2")
        return one(TensorType((), "bool"))


class Isin(Comparison):
    """Whether each element of the first tensor is among those of the second."""

    elements: ClassVar[Elements] = ANYTHING

    assume_unique: bool = Field(False, description="Whether no element is in the second tensor twice.")
    invert: bool = Field(False, description="Whether to say of each element that it is not among them.")

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """The shape of the first tensor."""
        require_tensor(("x1", x1))
        self.check(x1, x2)
        if not self.assume_unique:
            require_dtype(common_dtype(("x1", x1), ("x2", x2)), NOT_COMPLEX, "x1", "x2")
        require_dense(x1, "x1")
        require_dense(x2, "x2")
        return one(TensorType(x1.shape, "bool"))


class Logical(Comparison):
    """A combination of two truth values; a number counts as true unless it is zero."""

    def check(self, x1: TensorType, x2: TensorType) -> None:
        """Refuse text."""
        require_some_tensor(("x1", x1), ("x2", x2))
        for name, x in (("x1", x1), ("x2", x2)):
            if not is_number(x):
                require_elements(x, NUMBERS, name)


class LogicalAnd(Logical):
    """Whether both elements are true."""


class LogicalOr(Logical):
    """Whether one of two elements is true, or both."""


class LogicalXor(Logical):
    """Whether one of two elements is true, and not both."""
