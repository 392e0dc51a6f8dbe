"""Creation functions: tensors like another one, of one value, spaced between two, and of existing data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from spec_compiler.catalog.dtypes import BITS, is_integer
from spec_compiler.catalog.fields import DtypeName, Finite, Integers, NonNegativeInt, show
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.catalog.intervals import NOT_NEGATIVE, UNKNOWN, Interval, Ranged, Rising, hull, in_dtype, number
from spec_compiler.catalog.layers.base import CallArgument, of_operands, tensor, tensors
from spec_compiler.catalog.operands import (
    ANYTHING,
    ARITHMETIC,
    FLOATING_OR_COMPLEX,
    NUMBERS,
    Elements,
    require_dense,
    require_elements,
)
from spec_compiler.catalog.ops.base import Op, OpPattern, TensorOp, X, require_computable
from spec_compiler.catalog.ops.core import Retyped, check_conversion
from spec_compiler.catalog.ops.elementwise import SparseElementwise
from spec_compiler.catalog.ops.rules import (
    BIT_PATTERNS,
    SIGNED,
    floating,
    is_number,
    require_list,
    require_some_tensor,
    require_tensor,
    strong,
)
from spec_compiler.catalog.rules import DtypeError, RankError, ShapeError, axis_of, invalid
from spec_compiler.catalog.shapes import broadcast, broadcasts_into, volume
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Copy(SparseElementwise):
    """A copy of the tensor."""

    op_pattern: ClassVar[OpPattern] = "identity"
    elements: ClassVar[Elements] = ANYTHING


class Array(Retyped, TensorOp):
    """The tensor in another dtype, or as it is."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "identity"

    def infer(self, x: TensorType) -> Inferred:
        """The shape unchanged."""
        require_computable(x, ANYTHING)
        check_conversion(x.dtype, self.dtype or x.dtype)
        return one(TensorType(x.shape, self.dtype or x.dtype))


class View(Retyped, TensorOp):
    """The same bits as numbers of another dtype."""

    example: ClassVar[str] = "dtype: int32, inputs: x"
    op_pattern: ClassVar[OpPattern] = "opaque"

    def infer(self, x: TensorType) -> Inferred:
        """The last axis is longer or shorter, as the numbers have fewer or more bits."""
        require_computable(x, BIT_PATTERNS)
        dtype = self.dtype or x.dtype
        require_elements(TensorType((), dtype), BIT_PATTERNS)
        old, new = BITS[x.dtype], BITS[dtype]
        if old == new:
            return one(TensorType(x.shape, dtype))
        if not x.rank:
            raise RankError(f"takes a tensor with an axis, as {dtype} has {new} bits and {x.dtype} {old}", "x")
        last = x.shape[-1]
        if last is not None and last * old % new:
            raise ShapeError(f"makes {new} bits each of {old}, which do not fit {format_shape(x.shape)}", "x")
        return one(TensorType((*x.shape[:-1], None if last is None else last * old // new), dtype))


class Like(Retyped, TensorOp):
    """A tensor of the shape of another one."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "opaque"
    elements: ClassVar[Elements] = ANYTHING

    def infer(self, x: TensorType) -> Inferred:
        """The shape unchanged."""
        require_computable(x, self.elements)
        return one(TensorType(x.shape, self.dtype or x.dtype))


class ZerosLike(Like):
    """Zeros in the shape of a tensor."""

    stops_gradient: ClassVar[bool] = True

    def interval(self, output: int, of: TensorType) -> Interval:
        """Zero."""
        return number(0)


class OnesLike(Like):
    """Ones in the shape of a tensor."""

    stops_gradient: ClassVar[bool] = True

    def interval(self, output: int, of: TensorType) -> Interval:
        """One."""
        return number(1)

    elements: ClassVar[Elements] = NUMBERS


class EmptyLike(Like):
    """An uninitialized tensor of the shape of another one."""

    stops_gradient: ClassVar[bool] = True


class FullLike(Retyped, Op):
    """One value in the shape of a tensor."""

    ranged_by: ClassVar[tuple[str, ...]] = ("fill_value",)
    interval: ClassVar[Callable[..., Interval]] = of_operands

    example: ClassVar[str] = "inputs: {x: x, fill_value: 2}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("fill_value", "The value: a number or a tensor."))

    def infer(self, x: TensorType, fill_value: TensorType) -> Inferred:
        """The shape unchanged; the value is broadcast to it."""
        require_tensor(("x", x))
        require_computable(x, ANYTHING)
        require_dense(fill_value, "fill_value")
        dtype = self.dtype or x.dtype
        check_fill(fill_value, dtype)
        if not broadcasts_into(fill_value.shape, x.shape):
            raise ShapeError(
                f"cannot stretch a value of the shape {format_shape(fill_value.shape)} to {format_shape(x.shape)}",
                "x",
                "fill_value",
            )
        return one(TensorType(x.shape, dtype))


def check_fill(value: TensorType, dtype: str) -> None:
    """Refuse text among numbers, and numbers among text.

    Raises:
        DtypeError: They are mixed.
    """
    if (value.dtype == "string") != (dtype == "string"):
        raise DtypeError(f"fills a tensor of {dtype} with {value.dtype}", "fill_value")


class Full(Op):
    """A tensor of a certain shape that is filled with a value."""

    ranged_by: ClassVar[tuple[str, ...]] = ("fill_value",)
    interval: ClassVar[Callable[..., Interval]] = of_operands

    example: ClassVar[str] = "shape: [2, 3], inputs: short"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("fill_value", "The value."),)
    flat_operands: ClassVar[tuple[str, ...]] = ("fill_value",)

    shape: Annotated[tuple[int, ...], Integers(minimum=0)] = Field(description="The shape of the result.")
    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for float32.")

    takes_numbers: ClassVar[bool] = False

    def infer(self, fill_value: TensorType) -> Inferred:
        """The shape that is asked for; the value is stretched to it."""
        require_tensor(("fill_value", fill_value))
        require_dense(fill_value, "fill_value")
        check_fill(fill_value, self.dtype or "float32")
        if not broadcasts_into(fill_value.shape, self.shape):
            raise ShapeError(
                f"cannot stretch a value of the shape {format_shape(fill_value.shape)} to {format_shape(self.shape)}",
                "fill_value",
                argument="shape",
            )
        return one(TensorType(self.shape, self.dtype or "float32"))


class Spaced(Op):
    """Numbers from one to another, spaced evenly in some sense."""

    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("start", "The first number: a tensor or a number."),
        tensor("stop", "The last number: a tensor or a number."),
    )
    flat_operands: ClassVar[tuple[str, ...]] = ("start", "stop")

    num: NonNegativeInt = Field(50, description="How many numbers.")
    endpoint: bool = Field(True, description="Whether the last number is among them.")
    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for that of the first number.")
    axis: int = Field(0, description="Where the axis of the numbers is.")

    elements: ClassVar[Elements] = NUMBERS
    results: ClassVar[Elements] = ARITHMETIC
    """What can be asked for by `dtype`."""

    @property
    def flow(self) -> Flow:
        """What comes back: of whole numbers, nothing."""
        return Flow.NONE if self.dtype is not None and is_integer(self.dtype) else super().flow

    @field_validator("dtype")
    @classmethod
    def _computable(cls, value: str | None) -> str | None:
        if value is not None and value not in cls.results.dtypes:
            raise invalid(f"takes the dtype of {cls.results.name}, not {show(value)}")
        return value

    def infer(self, start: TensorType, stop: TensorType) -> Inferred:
        """Two shapes to the one that both can be stretched to, with an axis more."""
        require_some_tensor(("start", start), ("stop", stop))
        for name, x in (("start", start), ("stop", stop)):
            require_dense(x, name)
            if not is_number(x):
                require_elements(x, self.elements, name)
        shape = broadcast(start.shape, stop.shape, "start", "stop")
        axis = axis_of(self.axis, len(shape) + 1)
        return one(TensorType((*shape[:axis], self.num, *shape[axis:]), floating(self.dtype or strong(start))))


class Linspace(Spaced):
    """Evenly spaced numbers."""

    ranged_by: ClassVar[tuple[str, ...]] = ("start", "stop")

    example: ClassVar[str] = "num: 5, inputs: {start: x, stop: 9}"

    def interval(self, output: int, of: TensorType, start: Ranged, stop: Ranged) -> Interval:
        """Between both numbers, or rounded down to whole ones."""
        found = hull((start.interval, stop.interval))
        return found if self.dtype is None else in_dtype(found, self.dtype)

    retstep: bool = Field(False, description="Whether to return the spacing too, which no model can do.")

    @field_validator("retstep")
    @classmethod
    def _numbers_alone(cls, value: bool) -> bool:
        if value:
            raise invalid("cannot be true: in a model, Keras has no tensor to give for the amount")
        return value


class Logspace(Spaced):
    """Numbers spaced evenly on a log scale, from one power of a base to another."""

    example: ClassVar[str] = "num: 5, inputs: {start: x, stop: 2.0}"
    results: ClassVar[Elements] = SIGNED

    base: Finite = Field(10.0, description="The base of the powers.")

    ranged_by: ClassVar[tuple[str, ...]] = ("start", "stop")

    def interval(self, output: int, of: TensorType, start: Ranged, stop: Ranged) -> Interval:
        """The powers of the base between those of both numbers."""
        exponents = hull((start.interval, stop.interval)).unreached()
        if self.base > 1:
            return Rising(lambda x: self.base**x, low=0.0)(exponents)
        return NOT_NEGATIVE if self.base >= 0 else UNKNOWN


class Geomspace(Spaced):
    """Numbers spaced evenly on a log scale, from one number to another: a geometric progression."""

    example: ClassVar[str] = "num: 5, inputs: {start: x, stop: 9}"
    elements: ClassVar[Elements] = SIGNED
    results: ClassVar[Elements] = FLOATING_OR_COMPLEX

    ranged_by: ClassVar[tuple[str, ...]] = ("start", "stop")

    def interval(self, output: int, of: TensorType, start: Ranged, stop: Ranged) -> Interval:
        """Between both numbers, if they have one sign."""
        found = hull((start.interval, stop.interval))
        return found.unreached() if found.low > 0 or found.high < 0 else UNKNOWN

    def infer(self, start: TensorType, stop: TensorType) -> Inferred:
        """Two shapes to the one that both can be stretched to, with an axis more.

        Keras multiplies the result with the sign of the first number, as if the new axis stood before all of its own.
        """
        inferred = super().infer(start, stop)
        (result,) = inferred.outputs
        for length, wanted in zip(reversed(start.shape), reversed(result.shape), strict=False):
            if length not in (1, wanted):
                raise ShapeError(
                    f"has `axis` {self.axis}, and Keras cannot run it with a first number of the shape "
                    f"{format_shape(start.shape)}",
                    "start",
                    argument="axis",
                )
        return inferred


class Meshgrid(TensorOp):
    """The coordinates of all points of a grid, whose lines are given: one tensor for each direction."""

    example: ClassVar[str] = "inputs: [short, list]"
    op_pattern: ClassVar[OpPattern] = "movement"
    several_outputs: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (tensors("x", "The lines of each direction, in a row."),)

    indexing: Literal["xy", "ij"] = Field(
        "xy", description="Whether the first two axes of the grid are swapped, as in plots (`xy`), or not (`ij`)."
    )

    def infer(self, x: Sequence[TensorType]) -> Inferred:
        """Several shapes to as many, each with an axis for each of them. Keras states float32 for `ij`."""
        require_list(x, "x", 2 if self.indexing == "xy" else 1)
        for index, item in enumerate(x):
            require_computable(item, NUMBERS, index)
            if x[0].dtype not in ("bool", item.dtype):
                raise DtypeError(f"takes tensors of one dtype, and gets {x[0].dtype} and {item.dtype}", 0, index)
        sizes = [volume(item.shape) for item in x]
        if self.indexing == "xy":
            sizes[:2] = reversed(sizes[:2])
        dtype = x[-1].dtype if self.indexing == "xy" else "float32"
        return Inferred((TensorType(tuple(sizes), dtype),) * len(x))
