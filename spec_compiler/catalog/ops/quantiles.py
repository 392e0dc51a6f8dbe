"""Ops that give the value below which a certain share of the elements lies."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import Axes
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import FLOATING, NUMBERS, Elements, require_dense, require_elements
from spec_compiler.catalog.ops.base import Op, X
from spec_compiler.catalog.ops.reductions import KeepsAxes
from spec_compiler.catalog.ops.rules import ORDERED, floating, is_number, reduced
from spec_compiler.catalog.rules import RankError
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Ranked(KeepsAxes, Op):
    """The value below which a certain share of the elements lies: one for each share that is asked for."""

    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("q", "The shares: a number, or a tensor of one axis."))

    axis: Axes = Field(None, description="The axes that the elements are taken together along; null for all axes.")
    method: Literal["linear", "lower", "higher", "midpoint", "nearest"] = Field(
        "linear", description="What is taken where the value lies between two elements."
    )

    def elements(self) -> Elements:
        """What it can be applied to."""
        return ORDERED

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
    """The value below which a certain share of the elements lies that are numbers."""

    def elements(self) -> Elements:
        """Along axes, Keras computes with floating-point numbers only."""
        return ORDERED if self.axis is None else FLOATING


class Quantile(Ranked):
    """The value below which a certain share of the elements lies, the share from 0 to 1."""


class Percentile(Ranked):
    """The value below which a certain share of the elements lies, the share in percent."""


class Nanquantile(NanRanked):
    """The value below which a certain share of the elements lies that are numbers, the share from 0 to 1."""


class Nanpercentile(NanRanked):
    """The value below which a certain share of the elements lies that are numbers, the share in percent."""
