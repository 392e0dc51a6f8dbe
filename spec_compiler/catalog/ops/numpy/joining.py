"""Joining of tensors, along an axis or a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import CallArgument, of_operands, tensor, tensors
from spec_compiler.catalog.operands import require_dense
from spec_compiler.catalog.ops.base import OpPattern, TensorOp
from spec_compiler.catalog.ops.rules import common_dtype, flat, require_list, require_tensor
from spec_compiler.catalog.rules import axis_of, require_rank_at_least
from spec_compiler.catalog.shapes import concatenated
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, one


def joined(xs: Sequence[TensorType], shapes: Sequence[Shape], axis: int) -> TensorType:
    """Tensors in their common dtype, joined along an axis.

    Raises:
        RuleError: They cannot be.
    """
    return TensorType(concatenated(shapes, axis), common_dtype(*enumerate(xs)))


class Joining(TensorOp):
    """An op that joins tensors that are alike but for one axis."""

    ranged_by: ClassVar[tuple[str, ...]] = ("xs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands

    op_pattern: ClassVar[OpPattern] = "combination"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensors("xs", "The tensors to join."),)


class Concatenate(Joining):
    """Joins tensors along an axis: sparse if all are."""

    example: ClassVar[str] = "axis: -1, inputs: [x, z]"

    axis: int = Field(0, description="The axis to join along.")

    def infer(self, xs: Sequence[TensorType]) -> Inferred:
        """Several shapes to one that is as long as all together along the axis."""
        require_list(xs, "xs")
        for index, x in enumerate(xs):
            if x.ragged or (x.sparse and not all(other.sparse for other in xs)):
                require_dense(x, index)
        result = joined(xs, [x.shape for x in xs], self.axis)
        return one(TensorType(result.shape, result.dtype, all(x.sparse for x in xs)))


class Stacking(Joining):
    """An op that joins tensors along a certain axis, which it adds to those that lack it."""

    join_axis: ClassVar[int]

    def shape_of(self, shape: Shape) -> Shape:
        """A shape that has the axis."""
        return shape

    def infer(self, xs: Sequence[TensorType]) -> Inferred:
        """Several shapes to one that is as long as all together along the axis."""
        require_list(xs, "xs")
        for index, x in enumerate(xs):
            require_dense(x, index)
            require_rank_at_least(TensorType(self.shape_of(x.shape)), self.join_axis + 1, index)
        return one(joined(xs, [self.shape_of(x.shape) for x in xs], self.join_axis))


class Vstack(Stacking):
    """Joins tensors along the first axis."""

    example: ClassVar[str] = "inputs: [x, y]"
    join_axis: ClassVar[int] = 0


class Hstack(Stacking):
    """Joins tensors along the second axis."""

    example: ClassVar[str] = "inputs: [x, z]"
    join_axis: ClassVar[int] = 1


class Dstack(Stacking):
    """Joins tensors along the third axis, which is added where there is none."""

    example: ClassVar[str] = "inputs: [table, other_table]"
    join_axis: ClassVar[int] = 2

    def shape_of(self, shape: Shape) -> Shape:
        """A shape of three axes or more."""
        if len(shape) == 2:
            return (*shape, 1)
        return shape if len(shape) > 2 else (1, *shape, 1) if shape else (1, 1, 1)


class Stack(TensorOp):
    """Joins tensors of one shape along a new axis."""

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)
    interval: ClassVar[Callable[..., Interval]] = of_operands

    example: ClassVar[str] = "axis: 1, inputs: [x, y]"
    op_pattern: ClassVar[OpPattern] = "combination"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensors("x", "The tensors to join."),)

    axis: int = Field(0, description="Where the new axis is.")

    def infer(self, x: Sequence[TensorType]) -> Inferred:
        """Several equal shapes to one with an axis more."""
        require_list(x, "x")
        for index, item in enumerate(x):
            require_dense(item, index)
        axis = axis_of(self.axis, x[0].rank + 1)
        stretched = [(*item.shape[:axis], 1, *item.shape[axis:]) for item in x]
        return one(joined(x, stretched, axis))


class Append(TensorOp):
    """Joins two tensors along an axis, or all their elements in a row."""

    ranged_by: ClassVar[tuple[str, ...]] = ("x1", "x2")
    interval: ClassVar[Callable[..., Interval]] = of_operands

    example: ClassVar[str] = "inputs: [x, y]"
    op_pattern: ClassVar[OpPattern] = "combination"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("x1", "The first tensor."),
        tensor("x2", "The second tensor."),
    )

    axis: int | None = Field(None, description="The axis to join along; null to flatten the tensor first.")

    def infer(self, x1: TensorType, x2: TensorType) -> Inferred:
        """Two shapes to one that is as long as both along the axis."""
        require_tensor(("x1", x1), ("x2", x2))
        require_dense(x1, "x1")
        require_dense(x2, "x2")
        if self.axis is None:
            return one(joined((x1, x2), (flat(x1.shape), flat(x2.shape)), 0))
        return one(joined((x1, x2), (x1.shape, x2.shape), self.axis))
