"""Order statistics: quantiles and percentiles."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import Axes
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import FLOATING, NUMBERS, Elements, require_dense, require_elements
from spec_compiler.catalog.ops.base import Op, OpPattern, X
from spec_compiler.catalog.ops.reductions import KeepsAxes
from spec_compiler.catalog.ops.rules import ORDERED, floating, is_number, reduced
from spec_compiler.catalog.rules import RankError
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Ranked(KeepsAxes, Op):
    """The quantiles of the elements: for each share asked for, the value below which that share of them lies."""

    op_pattern: ClassVar[OpPattern] = "reduction"
    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("q", "The shares: a number, or a tensor of one axis."))

    axis: Axes = Field(None, description="The axes to reduce; null for all.")
    method: Literal["linear", "lower", "higher", "midpoint", "nearest"] = Field(
        "linear", description="How a value between two elements is interpolated."
    )

    def elements(self) -> Elements:
        """What it can be applied to."""
        return ORDERED

    ranged_by: ClassVar[tuple[str, ...]] = ("x", "q")
    whole: ClassVar[float] = 1.0
    """What stands for all of the elements."""

    def interval(self, output: int, of: TensorType, x: Ranged, q: Ranged) -> Interval:
        """Between the least and the greatest element, for a share that there is."""
        return x.interval.unreached() if q.interval.within(Interval(0.0, self.whole)) else UNKNOWN

    def infer(self, x: TensorType, q: TensorType) -> Inferred:
        """The shape without the axes; for a tensor of shares, after their axis."""
        require_elements(x, self.elements(), "x")
        require_dense(x, "x")
        require_dense(q, "q")
        if not is_number(q):
            require_elements(q, NUMBERS, "q")
        if q.rank > 1:
            raise RankError(f"takes shares of one axis at most, and gets {format_shape(q.shape)}", "q")
        shape = reduced(x.shape, self.axis, keepdims=self.keepdims)
        return one(TensorType((*q.shape, *shape), floating(x.dtype)))


class NanRanked(Ranked):
    """A quantile of the elements other than NaN."""

    def elements(self) -> Elements:
        """Along axes, Keras computes with floating-point numbers only."""
        return ORDERED if self.axis is None else FLOATING


class Quantile(Ranked):
    """The quantile of the elements: the value below which a share of them lies, from 0 to 1."""

    example: ClassVar[str] = "axis: -1, inputs: {x: sequence, q: 0.5}"


class Percentile(Ranked):
    """The percentile of the elements: the value below which a share of them lies, in percent."""

    example: ClassVar[str] = "axis: -1, inputs: {x: sequence, q: 50.0}"
    whole: ClassVar[float] = 100.0


class Nanquantile(NanRanked):
    """The quantile of the elements other than NaN, the probability from 0 to 1."""

    example: ClassVar[str] = "axis: -1, inputs: {x: sequence, q: 0.5}"


class Nanpercentile(NanRanked):
    """The quantile of the elements other than NaN, the probability in percent."""

    example: ClassVar[str] = "axis: -1, inputs: {x: sequence, q: 50.0}"
    whole: ClassVar[float] = 100.0
