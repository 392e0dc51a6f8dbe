"""Maxima and minima along axes, and their difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import Number
from spec_compiler.catalog.intervals import NOT_NEGATIVE, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import of_operands
from spec_compiler.catalog.operands import REALS, Elements
from spec_compiler.catalog.ops.reductions import KeepingReduction
from spec_compiler.catalog.ops.rules import ORDERED, require_whole
from spec_compiler.catalog.tensors import TensorType


class Extreme(KeepingReduction):
    """The largest or the smallest element."""

    interval: ClassVar[Callable[..., Interval]] = of_operands

    elements: ClassVar[Elements] = ORDERED


class Amax(Extreme):
    """The largest element."""


class Amin(Extreme):
    """The smallest element."""


class Bounded(Extreme):
    """The largest or the smallest element, not beyond a bound."""

    initial: Number | None = Field(None, description="What the result is not beyond; null for no bound.")

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Elements of the tensor, or the bound."""
        return x.interval if self.initial is None else hull((x.interval, number(self.initial)))

    def dtype_of(self, dtype: str) -> str:
        """That of the tensor."""
        require_whole(self.initial, dtype, "initial")
        return dtype


class Max(Bounded):
    """The largest element, or a given number if that is larger."""


class Min(Bounded):
    """The smallest element, or a given number if that is smaller."""


class Ptp(KeepingReduction):
    """The largest element less the smallest one."""

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """It is not negative."""
        return NOT_NEGATIVE

    elements: ClassVar[Elements] = REALS


class NanExtreme(KeepingReduction):
    """The largest or the smallest of the elements other than NaN."""

    interval: ClassVar[Callable[..., Interval]] = of_operands

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """That of the tensor, as Keras promotes it."""
        return promote(dtype)


class Nanmax(NanExtreme):
    """The largest of the elements other than NaN."""


class Nanmin(NanExtreme):
    """The smallest of the elements other than NaN."""
