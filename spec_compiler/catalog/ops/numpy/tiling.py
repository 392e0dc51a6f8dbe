"""Manipulation of lengths: broadcast, repeated, tiled, padded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NoReturn, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.dtypes import INTEGERS
from spec_compiler.catalog.fields import Integers, Number, show
from spec_compiler.catalog.intervals import Interval, Ranged, hull, number
from spec_compiler.catalog.operands import ANYTHING, NUMBERS
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.numpy.reshaping import Shaping
from spec_compiler.catalog.ops.rules import can_hold, flat
from spec_compiler.catalog.rules import DtypeError, RankError, ShapeError, axis_of, conflict, invalid
from spec_compiler.catalog.shapes import broadcasts_into
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one


class BroadcastTo(Shaping):
    """The tensor broadcast to a shape."""

    example: ClassVar[str] = "shape: [4, 2, 3], inputs: table"

    shape: Annotated[tuple[int, ...], Integers(minimum=0)] = Field(description="The shape of the result.")

    def shape_of(self, shape: Shape) -> Shape:
        """The shape that is asked for."""
        if not broadcasts_into(shape, self.shape):
            raise ShapeError(
                f"cannot stretch {format_shape(shape)} to {format_shape(self.shape)}", "x", argument="shape"
            )
        return self.shape


class Tile(Shaping):
    """The tensor repeated as a whole, side by side."""

    example: ClassVar[str] = "repeats: [1, 2], inputs: x"

    repeats: Annotated[tuple[int, ...] | int, Integers(single=True, minimum=0)] = Field(
        description="How many times along each axis; one number for the last axis."
    )

    def shape_of(self, shape: Shape) -> Shape:
        """The lengths times the numbers, both with ones before them as needed."""
        repeats = (self.repeats,) if isinstance(self.repeats, int) else self.repeats
        rank = max(len(shape), len(repeats))
        lengths = (1,) * (rank - len(shape)) + shape
        times = (1,) * (rank - len(repeats)) + repeats
        return tuple(None if length is None else length * count for length, count in zip(lengths, times, strict=True))


class Repeat(Shaping):
    """Each element repeated."""

    example: ClassVar[str] = "repeats: 2, axis: 1, inputs: x"

    repeats: Annotated[tuple[int, ...] | int, Integers(single=True, minimum=0, least=1)] = Field(
        description="How many times: one number, or one for each place along the axis."
    )
    axis: int | None = Field(None, description="The axis to repeat along; null to flatten the tensor first.")

    def shape_of(self, shape: Shape) -> Shape:
        """The shape, longer along the axis."""
        if self.axis is None:
            if not isinstance(self.repeats, int) and len(self.repeats) > 1 and not can_hold(shape, len(self.repeats)):
                self._refuse(shape)
            return (self._length(flat(shape)[0], shape),)
        axis = axis_of(self.axis, len(shape))
        return (*shape[:axis], self._length(shape[axis], shape), *shape[axis + 1 :])

    def _length(self, length: int | None, shape: Shape) -> int | None:
        repeats = (self.repeats,) if isinstance(self.repeats, int) else self.repeats
        if length is None:
            return None
        if len(repeats) == 1:
            return length * repeats[0]
        if len(repeats) != length:
            self._refuse(shape)
        return sum(repeats)

    def _refuse(self, shape: Shape) -> NoReturn:
        raise ShapeError(
            f"has numbers in `repeats` for another length than that of {format_shape(shape)}", "x", argument="repeats"
        )


@dataclass(frozen=True)
class _Pairs:
    """The annotation of a field that takes a number, a pair, or a list of pairs; its value is a tuple of pairs."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> tuple[tuple[int, int], ...]:
        """The pairs of a value of a spec.

        Raises:
            PydanticCustomError: It is no such value, or a number is negative.
        """
        listed = list(value) if isinstance(value, (list, tuple)) else [value]
        if len(listed) == 2 and all(type(item) is int for item in listed):
            listed = [listed]
        pairs = [self._pair(item) for item in listed]
        if not pairs or None in pairs:
            raise invalid(f"takes a pair of whole numbers for each axis, not {show(value)}")
        return tuple(pair for pair in pairs if pair is not None)

    def _pair(self, value: Any) -> tuple[int, int] | None:
        ends = [value, value] if type(value) is int else value
        if isinstance(ends, (list, tuple)) and len(ends) == 1:
            ends = [*ends, *ends]
        if (
            not isinstance(ends, (list, tuple))
            or len(ends) != 2
            or any(type(end) is not int or end < 0 for end in ends)
        ):
            return None
        return ends[0], ends[1]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number = {"type": "integer", "minimum": 0}
        pair = {"type": "array", "items": number, "minItems": 1, "maxItems": 2}
        return {"anyOf": [number, pair, {"type": "array", "items": pair, "minItems": 1}]}


class Pad(TensorOp):
    """The tensor padded at both ends of its axes."""

    example: ClassVar[str] = "pad_width: [[0, 0], [0, 2]], inputs: x"
    op_pattern: ClassVar[OpPattern] = "movement"

    pad_width: Annotated[tuple[tuple[int, int], ...], _Pairs()] = Field(
        description="How many elements come before and after: a pair for each axis, or for a tensor of one axis a "
        "pair, or a number for both."
    )
    mode: Literal["constant", "reflect", "symmetric"] = Field(
        "constant", description="Whether what is added is a constant, or mirrors the tensor without or with its edge."
    )
    constant_values: Number | None = Field(None, description="The constant; 0 by default.")

    @model_validator(mode="after")
    def _constant_of_the_mode(self) -> Self:
        if self.constant_values is not None and self.mode != "constant":
            raise conflict("constant_values", "`constant_values` is for the mode `constant` only")
        return self

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """The elements, and the constant."""
        return x.interval if self.mode != "constant" else hull((x.interval, number(self.constant_values or 0)))

    def infer(self, x: TensorType) -> Inferred:
        """The shape, longer along the axes."""
        require_computable(x, ANYTHING if self.mode != "constant" or self.constant_values is None else NUMBERS)
        if x.rank != len(self.pad_width):
            # Keras takes one pair for all axes, states a shape, and fails to run.
            raise RankError(
                f"takes a pair in `pad_width` for each axis of {format_shape(x.shape)}, and gets {len(self.pad_width)}",
                "x",
                argument="pad_width",
            )
        self._check_constant(x)
        for axis, (length, pair) in enumerate(zip(x.shape, self.pad_width, strict=True)):
            most = None if length is None else length if self.mode == "symmetric" else length - 1
            if self.mode != "constant" and most is not None and max(pair) > most:
                raise ShapeError(
                    f"mirrors {max(pair)} elements of axis {axis} of {format_shape(x.shape)}, and can mirror {most}",
                    "x",
                    argument="pad_width",
                )
        return one(
            TensorType(
                tuple(
                    None if length is None else before + length + after
                    for length, (before, after) in zip(x.shape, self.pad_width, strict=True)
                ),
                x.dtype,
            )
        )

    def _check_constant(self, x: TensorType) -> None:
        if self.constant_values is None:
            return
        if x.dtype == "bool" or (isinstance(self.constant_values, float) and x.dtype in INTEGERS):
            raise DtypeError(
                f"adds the number {self.constant_values} to a tensor of {x.dtype}", "x", argument="constant_values"
            )
