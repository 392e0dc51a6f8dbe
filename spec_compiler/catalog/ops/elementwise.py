"""What elementwise ops share: those of one tensor, and those of two tensors that are broadcast."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.intervals import UNKNOWN, Combination, Image, Interval, Ranged
from spec_compiler.catalog.layers.base import CallArgument
from spec_compiler.catalog.operands import (
    ANYTHING,
    NUMBERS,
    REALS,
    Elements,
    refuse_ragged,
    require_dense,
    require_elements,
)
from spec_compiler.catalog.ops.base import X1, X2, Op, OpPattern, TensorOp
from spec_compiler.catalog.ops.rules import (
    WHOLE,
    Sparse,
    common_dtype,
    floating,
    is_sparse,
    require_dtype,
    require_some_tensor,
    require_tensor,
    strong,
)
from spec_compiler.catalog.rules import ShapeError, describe_shapes
from spec_compiler.catalog.shapes import broadcast
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Binary(Op):
    """An op on the elements of two tensors, which are broadcast."""

    example: ClassVar[str] = "inputs: [x, y]"
    op_pattern: ClassVar[OpPattern] = "elementwise"
    calls: ClassVar[tuple[CallArgument, ...]] = (X1, X2)
    elements: ClassVar[Elements] = NUMBERS
    """What the common dtype of the tensors can be."""
    combines: ClassVar[Combination | None] = None
    """What it makes of the numbers of two intervals; None if that is not stated."""
    ranged_by: ClassVar[tuple[str, ...]] = ("x1", "x2")

    def interval(self, output: int, of: TensorType, x1: Ranged, x2: Ranged) -> Interval:
        """What the op makes of both intervals."""
        return UNKNOWN if self.combines is None else self.combines(x1.interval, x2.interval)

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The dtype of the result: the common one."""
        return common_dtype(("x1", x1), ("x2", x2))

    def is_sparse(self, x1: TensorType, x2: TensorType) -> bool:
        """Whether the result is sparse. Most ops take dense tensors only."""
        require_dense(x1, "x1")
        require_dense(x2, "x2")
        return False

    def check(self, x1: TensorType, x2: TensorType) -> None:
        """Refuse elements that cannot be computed with, and plain numbers where none are taken."""
        (require_some_tensor if self.takes_numbers else require_tensor)(("x1", x1), ("x2", x2))
        require_dtype(common_dtype(("x1", x1), ("x2", x2)), self.elements, "x1", "x2")

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """Two shapes to the one that both broadcast to."""
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


class FloatBinary(Binary):
    """An op with a floating-point result: integers become float32."""

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype with a floating-point number."""
        return promote(x1.dtype, x2.dtype, "float")


class StrongBinary(FloatBinary):
    """An op with a floating-point result, which takes a plain number as int64 or float32."""

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype with a floating-point number."""
        return promote(strong(x1), strong(x2), "float")


class TensorBinary(Binary):
    """An op on two tensors, not on plain numbers, that keeps 64 bits and gives float32 for other integers."""

    takes_numbers: ClassVar[bool] = False
    elements: ClassVar[Elements] = REALS

    def dtype_of(self, x1: TensorType, x2: TensorType) -> str:
        """The common dtype; integers become floating-point numbers of as many bits."""
        dtype = super().dtype_of(x1, x2)
        if dtype == "int64":
            return "float64"
        return "float32" if dtype in WHOLE.dtypes else dtype


class Elementwise(TensorOp):
    """An op on each element of a tensor."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "elementwise"
    elements: ClassVar[Elements] = NUMBERS
    """What it can be applied to."""
    sparse: ClassVar[Sparse] = "refused"
    image: ClassVar[Image | None] = None
    """What it makes of the numbers of an interval; None if that is not stated."""
    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """What the op makes of the interval."""
        return UNKNOWN if self.image is None else self.image(x.interval)

    def dtype_of(self, dtype: str) -> str:
        """The dtype of the result for the one of the tensor."""
        return dtype

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the tensor."""
        require_elements(x, self.elements, "x")
        return one(TensorType(x.shape, self.dtype_of(x.dtype), is_sparse(x, self.sparse, "x")))


class SparseElementwise(Elementwise):
    """An op that leaves a sparse tensor sparse, as it makes zero of zero."""

    sparse: ClassVar[Sparse] = "kept"


class PredicateOp(Elementwise):
    """An op that says whether something holds for each element."""

    elements: ClassVar[Elements] = ANYTHING

    def dtype_of(self, dtype: str) -> str:
        """Always bool."""
        return "bool"


class Function(Elementwise):
    """A function of real or complex numbers: integers become float32."""

    sparse: ClassVar[Sparse] = "densified"

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return floating(dtype)


class SparseFunction(Function):
    """A function that is zero at zero, and leaves a sparse tensor sparse."""

    sparse: ClassVar[Sparse] = "kept"


class Wide(Elementwise):
    """A function that keeps 64 bits: int64 becomes float64, and all but floating-point numbers float32."""

    def dtype_of(self, dtype: str) -> str:
        """Float64 for 64 bits, float32 for other integers and for complex numbers."""
        if dtype in ("int64", "float64"):
            return "float64"
        return dtype if dtype in ("bfloat16", "float16") else "float32"
