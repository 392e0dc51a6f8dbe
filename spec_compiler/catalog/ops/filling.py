"""Ops that make a tensor out of another one's shape or bits, or of the numbers between two."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.dtypes import BITS
from spec_compiler.catalog.fields import DtypeName, Finite, Integers, NonNegativeInt, Numbers, show
from spec_compiler.catalog.layers.base import Arguments, CallArgument, tensor
from spec_compiler.catalog.operands import (
    ANYTHING,
    ARITHMETIC,
    FLOATING_OR_COMPLEX,
    NUMBERS,
    REALS,
    Elements,
    require_dense,
    require_elements,
)
from spec_compiler.catalog.ops.base import Op, TensorOp, X, require_computable
from spec_compiler.catalog.ops.rules import (
    BIT_PATTERNS,
    SIGNED,
    floating,
    is_number,
    require_some_tensor,
    require_tensor,
    strong,
    without,
)
from spec_compiler.catalog.rules import DtypeError, RankError, ShapeError, axis_of, invalid
from spec_compiler.catalog.shapes import agree, broadcast, broadcasts_into
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Retyped(Arguments):
    """The argument about the dtype of the result."""

    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for that of the tensor.")


def check_conversion(old: str, new: str, argument: str = "dtype") -> None:
    """Refuse to turn text into numbers, or numbers into text.

    Raises:
        DtypeError: It would be.
    """
    if (old == "string") != (new == "string"):
        raise DtypeError(f"cannot turn {old} into {new}", "x", argument=argument)


class Array(Retyped, TensorOp):
    """The tensor in another dtype, or as it is."""

    def infer(self, x: TensorType) -> Inferred:
        """The shape as it is."""
        require_computable(x, ANYTHING)
        check_conversion(x.dtype, self.dtype or x.dtype)
        return one(TensorType(x.shape, self.dtype or x.dtype))


class View(Retyped, TensorOp):
    """The same bits as numbers of another dtype."""

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

    elements: ClassVar[Elements] = ANYTHING

    def infer(self, x: TensorType) -> Inferred:
        """The shape as it is."""
        require_computable(x, self.elements)
        return one(TensorType(x.shape, self.dtype or x.dtype))


class ZerosLike(Like):
    """Zeros in the shape of a tensor."""


class OnesLike(Like):
    """Ones in the shape of a tensor."""

    elements: ClassVar[Elements] = NUMBERS


class EmptyLike(Like):
    """A tensor of the shape of another one, whatever is in it."""


class FullLike(Retyped, Op):
    """One value in the shape of a tensor."""

    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("fill_value", "The value: a number or a tensor."))

    def infer(self, x: TensorType, fill_value: TensorType) -> Inferred:
        """The shape as it is; the value is stretched to it."""
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

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("fill_value", "The value."),)

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

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("start", "The first number: a tensor or a number."),
        tensor("stop", "The last number: a tensor or a number."),
    )

    num: NonNegativeInt = Field(50, description="How many numbers.")
    endpoint: bool = Field(True, description="Whether the last number is among them.")
    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for that of the first number.")
    axis: int = Field(0, description="Where the axis of the numbers is.")

    elements: ClassVar[Elements] = NUMBERS
    results: ClassVar[Elements] = ARITHMETIC
    """What can be asked for by `dtype`."""

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
    """Numbers whose neighbours all differ by the same amount."""

    retstep: bool = Field(False, description="Whether to give the amount too, which no model can do.")

    @field_validator("retstep")
    @classmethod
    def _numbers_alone(cls, value: bool) -> bool:
        if value:
            raise invalid("cannot be true: in a model, Keras has no tensor to give for the amount")
        return value


class Logspace(Spaced):
    """Numbers whose neighbours all have the same ratio, from one power of a base to another."""

    results: ClassVar[Elements] = SIGNED

    base: Finite = Field(10, description="The base of the powers.")


class Geomspace(Spaced):
    """Numbers whose neighbours all have the same ratio, from one number to another."""

    elements: ClassVar[Elements] = SIGNED
    results: ClassVar[Elements] = FLOATING_OR_COMPLEX


class Trapezoid(TensorOp):
    """The integral of a function whose values are given, by the trapezoidal rule."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("y", "The values of the function."),)

    x: Annotated[tuple[float, ...] | None, Numbers(optional=True)] = Field(
        None, description="Where the values are taken; null for places that are `dx` apart."
    )
    dx: Finite = Field(1.0, description="How far apart the places are.")
    axis: int = Field(-1, description="The axis to integrate along: counted from the front, or -1 for the last one.")

    @field_validator("axis")
    @classmethod
    def _from_the_front(cls, value: int) -> int:
        if value < -1:
            raise invalid("counts axes from the front, or is -1: Keras cannot compute with another negative one")
        return value

    def infer(self, y: TensorType) -> Inferred:
        """The shape without the axis."""
        require_computable(y, NUMBERS, "y")
        axis = axis_of(self.axis, y.rank)
        if self.x is not None and axis != y.rank - 1:
            # Keras takes the places along the last axis then, whatever `axis` is.
            raise ShapeError("takes `x` for the last axis only", "y", argument="x")
        if self.x is not None and not agree(y.shape[axis], len(self.x)):
            raise ShapeError(
                f"has {len(self.x)} places in `x`, and axis {axis} of {format_shape(y.shape)} has another length",
                "y",
                argument="x",
            )
        return one(TensorType(without(y.shape, (axis,)), floating(y.dtype)))


class Diff(TensorOp):
    """The differences between neighbours along an axis."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("a", "The tensor."),)

    n: NonNegativeInt = Field(1, description="How many times differences are taken.")
    axis: int = Field(-1, description="The axis.")

    def infer(self, a: TensorType) -> Inferred:
        """The shape, shorter by `n` along the axis."""
        require_computable(a, NUMBERS, "a")
        axis = axis_of(self.axis, a.rank)
        length = a.shape[axis]
        left = None if length is None else max(length - self.n, 0)
        return one(TensorType((*a.shape[:axis], left, *a.shape[axis + 1 :]), a.dtype))


class UnravelIndex(TensorOp):
    """The coordinates, in a tensor of a certain shape, of places that are counted in a row."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("indices", "The places."),)

    shape: Annotated[tuple[int, ...], Integers(minimum=0, least=1)] = Field(description="The shape of the tensor.")

    def infer(self, indices: TensorType) -> Inferred:
        """A shape to as many of it as the tensor has axes."""
        require_computable(indices, REALS, "indices")
        return Inferred((TensorType(indices.shape, indices.dtype),) * len(self.shape))
