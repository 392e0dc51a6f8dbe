"""Dot products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, model_validator

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.fields import Integers, show
from spec_compiler.catalog.intervals import COSINES, Interval, Ranged, repeated_sum
from spec_compiler.catalog.layers.base import CallArgument
from spec_compiler.catalog.layers.merging.base import A_PAIR, Merge, common_batch
from spec_compiler.catalog.mask_rules import LOSES, MaskRule
from spec_compiler.catalog.operands import (
    FLOATING,
    NUMBERS,
    refuse_ragged,
    refuse_sparse,
    require_elements,
)
from spec_compiler.catalog.rules import RankError, ShapeError, axis_of, describe_shapes, invalid
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape


def _one_or_two(value: tuple[int, ...] | int) -> tuple[int, ...] | int:
    if isinstance(value, tuple) and len(value) != 2:
        raise invalid(f"takes a whole number or a list of 2, not {show(value)}")
    return value


DotAxes = Annotated[tuple[int, ...] | int, Integers(single=True), AfterValidator(_one_or_two)]
"""An axis of both tensors, or an axis of each."""


class Dot(Merge):
    """Sums of products along one axis of each of two tensors, for each element of the batch."""

    mask_rule: ClassVar[MaskRule] = LOSES
    example: ClassVar[str] = "axes: 1, inputs: [x, y]"
    calls: ClassVar[tuple[CallArgument, ...]] = A_PAIR

    axes: DotAxes = Field(description="The axis to sum along; a list of two if it is not the same in both tensors.")
    normalize: bool = Field(
        False, description="Whether vectors along the axis are scaled to length 1: the result is their cosine."
    )

    def result_dtype(self, dtypes: Sequence[str]) -> str:
        """The dtype of the sums: those of products of the smallest integers are larger ones."""
        return "int32" if set(dtypes) == {"int8"} else super().result_dtype(dtypes)

    def infer(self, inputs: Sequence[TensorType]) -> Inferred:
        """The axes of the first tensor, then those of the second, without the batch axis and those summed along."""
        xs = self.take(inputs)
        for index, x in enumerate(xs):
            if x.rank < 2:
                raise RankError(f"takes tensors of rank 2 or more, and gets {format_shape(x.shape)}", index)
            refuse_ragged(x, index)
            require_elements(x, FLOATING if self.normalize else NUMBERS, index)
            if self.normalize:
                refuse_sparse(x, index)
        axes = [axis_of(axis, x.rank, "axes") for axis, x in zip(_both(self.axes), xs, strict=True)]
        if 0 in axes:
            raise ShapeError("has the batch axis in `axes`, and cannot sum along it", argument="axes")
        shapes = [x.shape for x in xs]
        common_batch(shapes)
        lengths = [shape[axis] for shape, axis in zip(shapes, axes, strict=True)]
        if lengths[0] != lengths[1]:
            raise ShapeError(
                f"sums along axes {axes[0]} and {axes[1]} of {describe_shapes(shapes)}, "
                f"and their lengths {lengths[0]} and {lengths[1]} are not the same",
                0,
                1,
                argument="axes",
            )
        rest = [shape[:axis] + shape[axis + 1 :] for shape, axis in zip(shapes, axes, strict=True)]
        shape = rest[0] + rest[1][1:]
        return self.merged(shape if len(shape) > 1 else (*shape, 1), xs)

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged]) -> Interval:
        """Sums of products; of vectors of length 1, their cosine."""
        if self.normalize:
            return COSINES
        length = inputs[0].type.shape[_both(self.axes)[0]]
        return repeated_sum(inputs[0].interval * inputs[1].interval, length)

    def multiply_adds(self, result: Inferred, inputs: Sequence[TensorType]) -> Dimension:
        """The length that is summed along, for each element of the result."""
        return times(*result.outputs[0].shape, inputs[0].shape[_both(self.axes)[0]])


class DotFunction(Dot):
    """`Dot` in its functional form, which sums along the last axis unless it is told another."""

    example: ClassVar[str] = "inputs: [x, y]"
    keras_name: ClassVar[str] = "Dot"

    axes: DotAxes = Field(-1, description="The axis to sum along; a list of two if it is not the same in both tensors.")

    @model_validator(mode="before")
    @classmethod
    def _always_given(cls, data: Any) -> Any:
        """The axes are always handed on: the class that Keras has for both forms has no default."""
        return {"axes": -1} | data if isinstance(data, dict) else data


def _both(axes: tuple[int, ...] | int) -> tuple[int, ...]:
    return (axes, axes) if isinstance(axes, int) else axes
