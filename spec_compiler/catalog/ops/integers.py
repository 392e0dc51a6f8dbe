"""Ops on whole numbers: bits, common divisors."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import Elements, require_dense
from spec_compiler.catalog.ops.base import TensorOp, X
from spec_compiler.catalog.ops.binary import Binary
from spec_compiler.catalog.ops.rules import WHOLE, common_dtype, require_dtype, require_tensor, strong
from spec_compiler.catalog.rules import DtypeError, ShapeError, describe_shapes
from spec_compiler.catalog.shapes import broadcast, broadcasts_into
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Divisor(Binary):
    """An op on pairs of whole numbers; a plain number counts as int64."""

    elements: ClassVar[Elements] = WHOLE

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype."""
        return promote(strong(x1), strong(x2))


class Gcd(Divisor):
    """The largest number that divides both elements."""


class Lcm(Divisor):
    """The smallest number that both elements divide."""


class Bitwise(TensorOp):
    """An op on the bits of two whole numbers. Keras states the shape of the first tensor, so the second must fit it."""

    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("y", "The second tensor."))

    def infer(self, x: TensorType, y: TensorType) -> Inferred:
        """The shape of the first tensor, which the second can be stretched to."""
        self.check_second(y)
        require_tensor(("x", x))
        dtype = common_dtype(("x", x), ("y", y))
        require_dtype(dtype, WHOLE, "x", "y")
        require_dense(x, "x")
        require_dense(y, "y")
        broadcast(x.shape, y.shape, "x", "y")
        if not broadcasts_into(y.shape, x.shape):
            raise ShapeError(
                f"takes a second tensor that fits the first one, and gets {describe_shapes((x.shape, y.shape))}",
                "x",
                "y",
            )
        return one(TensorType(x.shape, dtype))

    def check_second(self, y: TensorType) -> None:
        """Refuse a plain number."""
        require_tensor(("y", y))


class BitwiseAnd(Bitwise):
    """The bits that are set in both elements."""


class BitwiseOr(Bitwise):
    """The bits that are set in one of the elements, or in both."""


class BitwiseXor(Bitwise):
    """The bits that are set in one of the elements, and not in both."""


class Shift(Bitwise):
    """An op that moves bits, by as many places as the second tensor, or a number, says."""

    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("y", "By how many places: a tensor or a number."))
    takes_numbers: ClassVar[bool] = True

    def check_second(self, y: TensorType) -> None:
        """Refuse a number with a fraction."""
        if y.dtype == "float":
            raise DtypeError("takes a whole number for `y`, and gets one with a fraction", "y")


class BitwiseLeftShift(Shift):
    """The bits of the first element moved to higher places."""


class BitwiseRightShift(Shift):
    """The bits of the first element moved to lower places."""
