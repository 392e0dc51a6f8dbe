"""Averages and variances along axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.intervals import NOT_NEGATIVE, UNKNOWN, Interval, Ranged
from spec_compiler.catalog.layers.base import CallArgument, of_operands, tensor
from spec_compiler.catalog.operands import FLOATING, NUMBERS, Elements, require_dense, require_elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, X
from spec_compiler.catalog.ops.reductions import KeepingReduction
from spec_compiler.catalog.ops.rules import ORDERED, common_dtype, floating, require_dtype, require_tensor, single_or
from spec_compiler.catalog.rules import ShapeError, axis_of, describe_shapes
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, one


def not_negative(_op: object, _output: int, _of: TensorType, **_call: object) -> Interval:
    """The rule of what is never negative."""
    return NOT_NEGATIVE


class Mean(KeepingReduction):
    """The mean of the elements."""

    interval: ClassVar[Callable[..., Interval]] = of_operands

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return single_or(dtype)


class Std(Mean):
    """The standard deviation of the elements."""

    interval: ClassVar[Callable[..., Interval]] = not_negative


class Var(KeepingReduction):
    """The variance of the elements."""

    interval: ClassVar[Callable[..., Interval]] = not_negative

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return floating(dtype)


class Median(KeepingReduction):
    """The median of the elements."""

    interval: ClassVar[Callable[..., Interval]] = of_operands

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return floating(dtype)


class Average(TensorOp):
    """The mean of the elements along an axis, each of which may have a weight."""

    example: ClassVar[str] = "axis: -1, inputs: sequence"
    op_pattern: ClassVar[OpPattern] = "reduction"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        X,
        tensor("weights", "How much each element counts; by default, all count the same.", required=False),
    )

    axis: int | None = Field(None, description="The axis that the mean is taken along; null for all axes.")

    ranged_by: ClassVar[tuple[str, ...]] = ("x", "weights")

    def interval(self, output: int, of: TensorType, x: Ranged, weights: Ranged | None = None) -> Interval:
        """Between the least and the greatest element, if none counts less than nothing."""
        return x.interval.unreached() if weights is None or weights.interval.low >= 0 else UNKNOWN

    def infer(self, x: TensorType, weights: TensorType | None = None) -> Inferred:
        """The shape without the axis. Weights have the shape of the tensor, or that of the axis alone."""
        operands = [("x", x)] if weights is None else [("x", x), ("weights", weights)]
        require_tensor(*operands)
        for name, operand in operands:
            require_dense(operand, name)
        dtype = common_dtype(*operands)
        require_dtype(dtype, NUMBERS, *(name for name, _ in operands))
        axis = None if self.axis is None else axis_of(self.axis, x.rank)
        if weights is not None:
            self._check_weights(x, weights, axis)
        shape = () if axis is None else x.shape[:axis] + x.shape[axis + 1 :]
        return one(TensorType(shape, floating(dtype)))

    def _check_weights(self, x: TensorType, weights: TensorType, axis: int | None) -> None:
        whole = len(weights.shape) == x.rank and all(map(agree, weights.shape, x.shape))
        along = axis is not None and weights.rank == 1 and agree(weights.shape[0], x.shape[axis])
        if not whole and not along:
            raise ShapeError(
                f"takes weights of the shape of the tensor, or of its axis `axis`, and gets "
                f"{describe_shapes((x.shape, weights.shape))}",
                "x",
                "weights",
            )


class FloatReduction(KeepingReduction):
    """A reduction with a floating-point result."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return floating(dtype)


class Nanmean(FloatReduction):
    """The mean of the elements other than NaN."""

    interval: ClassVar[Callable[..., Interval]] = of_operands

    elements: ClassVar[Elements] = KeepingReduction.elements


class Nanmedian(FloatReduction):
    """The median of the elements other than NaN."""

    interval: ClassVar[Callable[..., Interval]] = of_operands

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes, or with length 1 for them."""
        if self.axis not in (None, ()):
            # Along axes, Keras computes with floating-point numbers only.
            require_elements(x, FLOATING, "x")
        return super().infer(x)


class Nanstd(FloatReduction):
    """The standard deviation of the elements other than NaN."""

    interval: ClassVar[Callable[..., Interval]] = not_negative


class Nanvar(FloatReduction):
    """The variance of the elements other than NaN."""

    interval: ClassVar[Callable[..., Interval]] = not_negative
