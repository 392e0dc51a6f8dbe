"""Bitwise functions of integers."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.dtypes import BITS
from spec_compiler.catalog.intervals import INFINITY, UNKNOWN, Image, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import Elements, require_dense
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, X
from spec_compiler.catalog.ops.elementwise import Elementwise
from spec_compiler.catalog.ops.rules import WHOLE, common_dtype, require_dtype, require_tensor
from spec_compiler.catalog.rules import DtypeError, ShapeError, describe_shapes
from spec_compiler.catalog.shapes import broadcast, broadcasts_into
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class BitwiseInvert(Elementwise):
    """The complement of each element, bit by bit."""

    example: ClassVar[str] = "inputs: whole"
    elements: ClassVar[Elements] = WHOLE
    image: ClassVar[Image | None] = staticmethod(lambda x: number(-1) - x)


class Bitwise(TensorOp):
    """An op on the bits of two whole numbers. Keras states the shape of the first tensor, so the second must fit it."""

    example: ClassVar[str] = "inputs: [whole, other_whole]"
    op_pattern: ClassVar[OpPattern] = "elementwise"
    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("y", "The second tensor."))

    ranged_by: ClassVar[tuple[str, ...]] = ("x", "y")

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

    def interval(self, output: int, of: TensorType, x: Ranged, y: Ranged) -> Interval:
        """No more than what is not negative has."""
        highs = [each.interval.high for each in (x, y) if each.interval.low >= 0]
        return Interval(0, min(highs)) if highs else UNKNOWN


def _all_bits(x: Ranged, y: Ranged) -> float | int:
    """The number whose bits are all set, as many as the longer of two numbers has."""
    high = max(x.interval.high, y.interval.high)
    return high if high == INFINITY else 2 ** int(high).bit_length() - 1


class BitwiseOr(Bitwise):
    """The bits that are set in one of the elements, or in both."""

    def interval(self, output: int, of: TensorType, x: Ranged, y: Ranged) -> Interval:
        """As many bits as the longer number has, and no less than either."""
        return (
            Interval(max(x.interval.low, y.interval.low), _all_bits(x, y))
            if min(x.interval.low, y.interval.low) >= 0
            else UNKNOWN
        )


class BitwiseXor(Bitwise):
    """The bits that are set in one of the elements, and not in both."""

    def interval(self, output: int, of: TensorType, x: Ranged, y: Ranged) -> Interval:
        """As many bits as the longer number has."""
        return Interval(0, _all_bits(x, y)) if min(x.interval.low, y.interval.low) >= 0 else UNKNOWN


class Shift(Bitwise):
    """An op that shifts bits by the second tensor, or by a number."""

    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("y", "By how many places: a tensor or a number."))
    takes_numbers: ClassVar[bool] = True

    def check_second(self, y: TensorType) -> None:
        """Refuse a number with a fraction."""
        if y.dtype == "float":
            raise DtypeError("takes a whole number for `y`, and gets one with a fraction", "y")


class BitwiseLeftShift(Shift):
    """The first element with its bits shifted to the left."""


class BitwiseRightShift(Shift):
    """The first element with its bits shifted to the right."""

    def interval(self, output: int, of: TensorType, x: Ranged, y: Ranged) -> Interval:
        """Nearer to zero, or to -1."""
        is_defined = y.interval.low >= 0 and y.interval.high < BITS[of.dtype]
        return hull((x.interval, number(0 if x.interval.low >= 0 else -1))).unreached() if is_defined else UNKNOWN
