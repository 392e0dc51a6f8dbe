"""Logic functions: connectives of truth values, and truth along axes."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.operands import NUMBERS, Elements, require_elements
from spec_compiler.catalog.ops.elementwise import PredicateOp
from spec_compiler.catalog.ops.numpy.comparison import ComparisonOp
from spec_compiler.catalog.ops.reductions import KeepingReduction
from spec_compiler.catalog.ops.rules import is_number, require_some_tensor
from spec_compiler.catalog.tensors import TensorType


class Logical(ComparisonOp):
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


class LogicalNot(PredicateOp):
    """Whether each element is false, or zero."""

    elements: ClassVar[Elements] = NUMBERS


class Truth(KeepingReduction):
    """A truth value of several; a number counts as true unless it is zero."""

    def dtype_of(self, dtype: str) -> str:
        """Always bool."""
        return "bool"


class All(Truth):
    """Whether all elements are true."""


class Any(Truth):
    """Whether an element is true."""
