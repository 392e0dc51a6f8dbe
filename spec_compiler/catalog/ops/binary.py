"""Elementwise ops on two tensors, or a tensor and a number: what they share, and arithmetic."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.layers.base import CallArgument
from spec_compiler.catalog.operands import (
    ARITHMETIC,
    NUMBERS,
    REALS,
    Elements,
    refuse_ragged,
    require_dense,
)
from spec_compiler.catalog.ops.base import X1, X2, Op
from spec_compiler.catalog.ops.rules import (
    ORDERED,
    WHOLE,
    common_dtype,
    counted,
    is_number,
    require_dtype,
    require_some_tensor,
    require_tensor,
    strong,
)
from spec_compiler.catalog.rules import DtypeError, ShapeError, describe_shapes
from spec_compiler.catalog.shapes import broadcast
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Binary(Op):
    """An op on the elements of two tensors, each of which may be stretched to the other's shape."""

    calls: ClassVar[tuple[CallArgument, ...]] = (X1, X2)
    elements: ClassVar[Elements] = NUMBERS
    """What the common dtype of the tensors can be."""

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The dtype of the result: the common one."""
        return common_dtype(("x1", x1), ("x2", x2))

    def is_sparse(self, x1: TensorType, x2: TensorType) -> bool:
        """Whether the result is sparse. Most ops take dense tensors only."""
        require_dense(x1, "x1")
        require_dense(x2, "x2")
        return False

    def check(self, x1: TensorType, x2: TensorType) -> None:
        """Refuse elements that cannot be computed with, and numbers where they have no place."""
        (require_some_tensor if self.takes_numbers else require_tensor)(("x1", x1), ("x2", x2))
        require_dtype(common_dtype(("x1", x1), ("x2", x2)), self.elements, "x1", "x2")

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """Two shapes to the one that both can be stretched to."""
        self.check(x1, x2)
        sparse = self.is_sparse(x1, x2)
        return one(TensorType(broadcast(x1.shape, x2.shape, "x1", "x2"), self.dtype_of(x1, x2), sparse))


def refuse_stretched_sparse(x1: TensorType, x2: TensorType) -> None:
    """Refuse ragged tensors, and sparse ones whose shape is not that of the other tensor.

    Raises:
        DtypeError: A tensor is ragged.
        ShapeError: A sparse tensor would have to be stretched.
    """
    refuse_ragged(x1, "x1")
    refuse_ragged(x2, "x2")
    if (x1.sparse or x2.sparse) and x1.shape != x2.shape:
        raise ShapeError(
            f"takes sparse tensors of one shape, and gets {describe_shapes((x1.shape, x2.shape))}", "x1", "x2"
        )


class Union(Binary):
    """An op whose result can be other than zero where one of the elements is: sparse if both tensors are."""

    def is_sparse(self, x1: TensorType, x2: TensorType) -> bool:
        """Whether both are."""
        refuse_stretched_sparse(x1, x2)
        return x1.sparse and x2.sparse


class Add(Union):
    """The sum of two elements; of text, one after the other."""

    elements: ClassVar[Elements] = Elements("numbers or text, not booleans", ARITHMETIC.dtypes | {"string"})


class Subtract(Union):
    """The first element less the second."""

    elements: ClassVar[Elements] = ARITHMETIC


class Maximum(Union):
    """The larger of two elements; what is no number wins."""

    elements: ClassVar[Elements] = REALS


class Minimum(Union):
    """The smaller of two elements; what is no number wins."""

    elements: ClassVar[Elements] = REALS


class Fmax(Binary):
    """The larger of two elements; what is no number loses."""

    elements: ClassVar[Elements] = REALS


class Fmin(Binary):
    """The smaller of two elements; what is no number loses."""

    elements: ClassVar[Elements] = REALS


class Multiply(Binary):
    """The product of two elements."""

    elements: ClassVar[Elements] = ARITHMETIC

    def is_sparse(self, x1: TensorType, x2: TensorType) -> bool:
        """Whether one is."""
        refuse_stretched_sparse(x1, x2)
        return x1.sparse or x2.sparse


class Power(Binary):
    """The first element to the power of the second."""

    elements: ClassVar[Elements] = ARITHMETIC


class FloorDivide(Binary):
    """The quotient of two elements, rounded down."""

    elements: ClassVar[Elements] = REALS


class Mod(Binary):
    """What is left of the first element after division by the second, with the sign of the second."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype; booleans become int32."""
        return counted(super().dtype_of(x1, x2))


class Fmod(Mod):
    """What is left of the first element after division by the second, with the sign of the first."""


class FloatBinary(Binary):
    """An op with fractions for a result: whole numbers become float32."""

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype with a floating-point number."""
        return promote(x1.dtype, x2.dtype, "float")


class Divide(FloatBinary):
    """The quotient of two elements."""

    def is_sparse(self, x1: TensorType, x2: TensorType) -> bool:
        """Whether the first is, and the second is not."""
        refuse_stretched_sparse(x1, x2)
        return x1.sparse and not x2.sparse


class DivideNoNan(FloatBinary):
    """The quotient of two elements, and 0 where the second is zero."""


class Logaddexp(FloatBinary):
    """The logarithm of the sum of two numbers, whose natural logarithms are given."""

    elements: ClassVar[Elements] = ORDERED


class Logaddexp2(FloatBinary):
    """The logarithm to base 2 of the sum of two numbers, whose logarithms to base 2 are given."""

    elements: ClassVar[Elements] = ORDERED


class StrongBinary(FloatBinary):
    """An op with fractions for a result, to which a number is a tensor of 64 bits, or of float32."""

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype with a floating-point number."""
        return promote(strong(x1), strong(x2), "float")


class Arctan2(StrongBinary):
    """The angle of the point whose height is the first element and whose width the second."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype with a floating-point number; to Keras, a plain number is float32."""
        return promote(*("float32" if is_number(x) else x.dtype for x in (x1, x2)), "float")


class Nextafter(StrongBinary):
    """The number next to the first element in the direction of the second."""


class Ldexp(StrongBinary):
    """The first element times 2 to the power of the second, a whole number."""

    elements: ClassVar[Elements] = ORDERED

    def check(self, x1: TensorType, x2: TensorType) -> None:
        """Refuse exponents that are not whole."""
        super().check(x1, x2)
        if x2.dtype not in ("int", *WHOLE.dtypes):
            raise DtypeError(f"takes integers for exponents, and gets {x2.dtype}", "x2")


class TensorBinary(Binary):
    """An op on two tensors, not on numbers, that keeps 64 bits and gives float32 for other whole numbers."""

    takes_numbers: ClassVar[bool] = False
    elements: ClassVar[Elements] = REALS

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype; whole numbers become floating-point ones of as many bits."""
        dtype = super().dtype_of(x1, x2)
        if dtype == "int64":
            return "float64"
        return "float32" if dtype in WHOLE.dtypes else dtype


class Hypot(TensorBinary):
    """The length of a right triangle's longest side, whose others are the elements."""

    elements: ClassVar[Elements] = ARITHMETIC


class Heaviside(TensorBinary):
    """0 for a negative element, 1 for a positive one, and the second element for zero."""
