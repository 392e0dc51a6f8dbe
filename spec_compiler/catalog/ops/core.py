"""`keras.ops.core`: conversion of tensors, slices and scattered updates, and the flow of gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.dtypes import COMPLEX
from spec_compiler.catalog.fields import DtypeName, Integers, PositiveInt
from spec_compiler.catalog.intervals import Interval, Ranged, hull, repeated_product, repeated_sum
from spec_compiler.catalog.layers.base import Arguments, CallArgument, of_operands, tensor
from spec_compiler.catalog.operands import ANYTHING, NUMBERS, require_dense, require_elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import INDICES, ORDERED, require_tensor
from spec_compiler.catalog.rules import (
    DtypeError,
    RankError,
    ShapeError,
    UnknownDimensionError,
    axis_of,
    describe_shapes,
    require_few_outputs,
)
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one


class Cast(TensorOp):
    """The elements cast to another dtype."""

    example: ClassVar[str] = "dtype: float16, inputs: x"
    op_pattern: ClassVar[OpPattern] = "identity"

    dtype: DtypeName = Field(description="The dtype of the result.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape unchanged."""
        require_computable(x, ANYTHING)
        check_conversion(x.dtype, self.dtype)
        return one(TensorType(x.shape, self.dtype))


class SaturateCast(TensorOp):
    """The elements cast to another dtype; values out of its range become its largest or smallest number."""

    example: ClassVar[str] = "dtype: uint8, inputs: x"
    op_pattern: ClassVar[OpPattern] = "identity"

    dtype: DtypeName = Field(description="The dtype of the result.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape unchanged."""
        require_computable(x, ORDERED)
        if self.dtype == "string" or self.dtype in COMPLEX:
            raise DtypeError(f"has no smallest and largest number of {self.dtype}", "x", argument="dtype")
        pair = {x.dtype, self.dtype}
        if "uint64" in pair and not pair & {"float16", "float32", "float64"}:
            # Its largest number is too large for TensorFlow to compare with.
            raise DtypeError(f"cannot bound {x.dtype} to {self.dtype}", "x", argument="dtype")
        return one(TensorType(x.shape, self.dtype))


class Retyped(Arguments):
    """The argument about the dtype of the result."""

    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for that of the tensor.")


class ConvertToTensor(Retyped, TensorOp):
    """The tensor converted to another dtype, and from sparse or ragged to dense."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "identity"

    sparse: bool | None = Field(None, description="False to make a sparse tensor dense.")
    ragged: bool | None = Field(None, description="False to make a ragged tensor dense.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape unchanged."""
        require_elements(x, ANYTHING, "x")
        check_conversion(x.dtype, self.dtype or x.dtype)
        sparse, ragged = x.sparse and self.sparse is not False, x.ragged and self.ragged is not False
        return one(TensorType(x.shape, self.dtype or x.dtype, sparse, ragged))


class StopGradient(TensorOp):
    """The tensor unchanged; no gradient flows back through it."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "identity"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("variable", "The tensor."),)

    def infer(self, variable: TensorType) -> Inferred:
        """The shape unchanged."""
        require_computable(variable, ANYTHING, "variable")
        return one(TensorType(variable.shape, variable.dtype))


class Unstack(TensorOp):
    """The slices of a tensor along an axis, one for each index."""

    example: ClassVar[str] = "axis: 1, inputs: vectors"
    op_pattern: ClassVar[OpPattern] = "movement"
    several_outputs: ClassVar[bool] = True

    num: PositiveInt | None = Field(None, description="The length of the axis, where it is not known.")
    axis: int = Field(0, description="The axis.")

    def infer(self, x: TensorType) -> Inferred:
        """One shape to several without the axis."""
        require_computable(x, ANYTHING)
        axis = axis_of(self.axis, x.rank)
        length = x.shape[axis]
        if length is None and self.num is None:
            raise UnknownDimensionError(
                f"needs `num`, as the length of axis {axis} of {format_shape(x.shape)} is not known", "x"
            )
        if None not in (length, self.num) and length != self.num:
            raise ShapeError(
                f"takes an axis of length {self.num}, and axis {axis} of {format_shape(x.shape)} has another",
                "x",
                argument="num",
            )
        parts = self.num or length or 0
        require_few_outputs(parts, "num")
        return Inferred((TensorType(x.shape[:axis] + x.shape[axis + 1 :], x.dtype),) * parts)


def check_conversion(old: str, new: str, argument: str = "dtype") -> None:
    """Refuse to turn text into numbers, or numbers into text.

    Raises:
        DtypeError: It would be.
    """
    if (old == "string") != (new == "string"):
        raise DtypeError(f"cannot turn {old} into {new}", "x", argument=argument)


class Scatter(TensorOp):
    """A tensor of zeros with values added at given indices."""

    example: ClassVar[str] = "shape: [4, 3], inputs: {indices: rows, values: table}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("indices", "The indices; the last axis has the coordinates of one."),
        tensor("values", "The values, or slices of them."),
    )

    shape: Annotated[tuple[int, ...], Integers(minimum=0, least=1)] = Field(description="The shape of the result.")

    ranged_by: ClassVar[tuple[str, ...]] = ("values",)

    def interval(self, output: int, of: TensorType, values: Ranged) -> Interval:
        """Zeros, and sums of values: those for one place are added."""
        return repeated_sum(values.interval, None)

    def infer(self, indices: TensorType, values: TensorType) -> Inferred:
        """The shape that is asked for."""
        require_tensor(("indices", indices), ("values", values))
        require_computable(values, ANYTHING, "values")
        check_places(indices, values, self.shape, "values")
        return one(TensorType(self.shape, values.dtype))


def coordinates(indices: TensorType, target: Shape) -> Dimension:
    """How many coordinates each place has, of a tensor of places.

    Raises:
        RuleError: They are no places of a tensor of the shape.
    """
    require_computable(indices, INDICES, "indices")
    depth = indices.shape[-1] if indices.rank else None
    if indices.rank == 0 or (depth is not None and depth > len(target)):
        raise RankError(
            f"takes indices whose last axis has a coordinate for each of up to {len(target)} axes, and gets "
            f"{format_shape(indices.shape)}",
            "indices",
        )
    return depth


def check_places(indices: TensorType, values: TensorType, target: Shape, operand: str) -> None:
    """Refuse indices that name no places of a tensor, and values that are not for so many places.

    Raises:
        RuleError: They do not go together.
    """
    depth = coordinates(indices, target)
    parts = values.rank - (indices.rank - 1) if depth is None else len(target) - depth
    wanted = (*indices.shape[:-1], *target[len(target) - max(0, min(parts, len(target))) :])
    if len(wanted) != values.rank or not all(map(agree, wanted, values.shape)):
        raise ShapeError(
            f"takes `{operand}` of the shape {format_shape(wanted)} for indices of "
            f"{format_shape(indices.shape)}, and gets {format_shape(values.shape)}",
            "indices",
            operand,
        )


class ScatterUpdate(TensorOp):
    """A tensor with elements replaced at given indices."""

    example: ClassVar[str] = "inputs: {inputs: target, indices: rows, updates: table}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The tensor."),
        tensor("indices", "The indices; the last axis has the coordinates of one."),
        tensor("updates", "The new elements, or slices of them."),
    )

    reduction: Literal["add", "max", "min", "mul"] | None = Field(
        None,
        description="How they are combined with the old elements: not at all, or by sum, maximum, minimum or product.",
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs", "updates")

    def interval(self, output: int, of: TensorType, inputs: Ranged, updates: Ranged) -> Interval:
        """Elements of both tensors, or what they are combined to: several for one place, one after the other."""
        if self.reduction == "add":
            return inputs.interval + repeated_sum(updates.interval, None)
        if self.reduction == "mul":
            return repeated_product(hull((inputs.interval, updates.interval)))
        return hull((inputs.interval, updates.interval))

    def infer(self, inputs: TensorType, indices: TensorType, updates: TensorType) -> Inferred:
        """The shape of the tensor."""
        require_tensor(("inputs", inputs), ("indices", indices), ("updates", updates))
        require_dense(inputs, "inputs")
        require_dense(updates, "updates")
        require_elements(inputs, ANYTHING if self.reduction is None else NUMBERS, "inputs")
        if inputs.dtype != updates.dtype:
            raise DtypeError(f"puts {updates.dtype} into a tensor of {inputs.dtype}", "inputs", "updates")
        if updates.rank or self.reduction not in (None, "add"):
            check_places(indices, updates, inputs.shape, "updates")
        else:
            coordinates(indices, inputs.shape)
        return one(TensorType(inputs.shape, inputs.dtype))


class Slice(TensorOp):
    """The slice of a tensor that begins at given indices and has a given shape."""

    example: ClassVar[str] = "shape: [1, 2], inputs: {inputs: table, start_indices: starts}"
    op_pattern: ClassVar[OpPattern] = "movement"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The tensor."),
        tensor("start_indices", "Where the slice begins: an index for each axis."),
    )

    shape: Annotated[tuple[int, ...], Integers(minimum=-1)] = Field(
        description="The shape of the slice; -1 for all that is left along an axis."
    )

    def infer(self, inputs: TensorType, start_indices: TensorType) -> Inferred:
        """The shape that is asked for."""
        check_start(inputs, start_indices)
        if len(self.shape) != inputs.rank:
            raise RankError(
                f"takes a length in `shape` for each axis, and gets {len(self.shape)} for {format_shape(inputs.shape)}",
                "inputs",
                argument="shape",
            )
        for taken, length in zip(self.shape, inputs.shape, strict=True):
            if length is not None and taken > length:
                raise ShapeError(
                    f"takes a part of {format_shape(self.shape)} out of {format_shape(inputs.shape)}, which is smaller",
                    "inputs",
                    argument="shape",
                )
        return one(TensorType(tuple(None if length == -1 else length for length in self.shape), inputs.dtype))


def check_start(inputs: TensorType, start: TensorType) -> None:
    """Refuse what is no place in a tensor.

    Raises:
        RuleError: There is not a coordinate for each axis.
    """
    require_tensor(("inputs", inputs), ("start_indices", start))
    require_elements(inputs, ANYTHING, "inputs")
    require_elements(start, INDICES, "start_indices")
    require_dense(inputs, "inputs")
    require_dense(start, "start_indices")
    if start.rank != 1 or not agree(start.shape[0], inputs.rank):
        raise ShapeError(
            f"takes a coordinate for each axis of {format_shape(inputs.shape)}, and gets {format_shape(start.shape)}",
            "inputs",
            "start_indices",
        )


class SliceUpdate(TensorOp):
    """A tensor with a slice replaced, which begins at given indices."""

    example: ClassVar[str] = "inputs: {inputs: target, start_indices: starts, updates: table}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The tensor."),
        tensor("start_indices", "Where the slice begins: an index for each axis."),
        tensor("updates", "The new slice."),
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs", "updates")
    interval: ClassVar[Callable[..., Interval]] = of_operands

    def infer(self, inputs: TensorType, start_indices: TensorType, updates: TensorType) -> Inferred:
        """The shape of the tensor."""
        check_start(inputs, start_indices)
        require_tensor(("updates", updates))
        require_elements(inputs, NUMBERS, "inputs")
        require_dense(updates, "updates")
        if inputs.dtype != updates.dtype:
            raise DtypeError(f"writes {updates.dtype} into a tensor of {inputs.dtype}", "inputs", "updates")
        fits = inputs.rank == updates.rank and all(
            a is None or b is None or b <= a for a, b in zip(inputs.shape, updates.shape, strict=True)
        )
        if not fits:
            raise ShapeError(
                f"writes a part into a whole with as many axes, and gets "
                f"{describe_shapes((updates.shape, inputs.shape))}",
                "inputs",
                "updates",
            )
        return one(TensorType(inputs.shape, inputs.dtype))
