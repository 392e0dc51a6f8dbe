"""Ops that write into a tensor at places that another tensor names, and the one that reads a part from such a place."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import Integers
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import ANYTHING, NUMBERS, require_dense, require_elements
from spec_compiler.catalog.ops.base import TensorOp, require_computable
from spec_compiler.catalog.ops.rules import INDICES, require_tensor
from spec_compiler.catalog.rules import DtypeError, RankError, ShapeError, describe_shapes
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one


class Scatter(TensorOp):
    """A tensor of zeros with values added at the places that indices name."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("indices", "The places; the last axis has the coordinates of one."),
        tensor("values", "The values, or the parts."),
    )

    shape: Annotated[tuple[int, ...], Integers(minimum=0, least=1)] = Field(description="The shape of the result.")

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
    """A tensor with other elements at the places that indices name."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The tensor."),
        tensor("indices", "The places; the last axis has the coordinates of one."),
        tensor("updates", "The new elements, or parts."),
    )

    reduction: Literal["add", "max", "min", "mul"] | None = Field(
        None, description="What is done with the old elements: nothing, sum, maximum, minimum or product."
    )

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
    """The part of a tensor that begins at a place and has a certain shape."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The tensor."),
        tensor("start_indices", "The place: a coordinate for each axis."),
    )

    shape: Annotated[tuple[int, ...], Integers(minimum=-1)] = Field(
        description="The shape of the part; -1 for all that is left along an axis."
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
        for asked, length in zip(self.shape, inputs.shape, strict=True):
            if length is not None and asked > length:
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
    """A tensor with another one written into it, from a place on."""

    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The tensor."),
        tensor("start_indices", "The place: a coordinate for each axis."),
        tensor("updates", "What is written."),
    )

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
