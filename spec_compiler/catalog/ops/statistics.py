"""Reductions that pass over what is no number, and quantiles."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.operands import FLOATING, Elements, require_elements
from spec_compiler.catalog.ops.reductions import Cumulative, KeepingReduction, Position
from spec_compiler.catalog.ops.rules import ORDERED, floating, widened
from spec_compiler.catalog.tensors import Inferred, TensorType


class FloatReduction(KeepingReduction):
    """A reduction with fractions for a result."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return floating(dtype)


class Nanmean(FloatReduction):
    """The mean of the elements that are numbers."""

    elements: ClassVar[Elements] = KeepingReduction.elements


class Nanmedian(FloatReduction):
    """The median of the elements that are numbers."""

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes, or with length 1 for them."""
        if self.axis not in (None, ()):
            # Along axes, Keras computes with floating-point numbers only.
            require_elements(x, FLOATING, "x")
        return super().infer(x)


class Nanstd(FloatReduction):
    """The standard deviation of the elements that are numbers."""


class Nanvar(FloatReduction):
    """The variance of the elements that are numbers."""


class Nansum(KeepingReduction):
    """The sum of the elements that are numbers."""

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        return widened(promote(dtype))


class Nanprod(KeepingReduction):
    """The product of the elements that are numbers."""

    def dtype_of(self, dtype: str) -> str:
        """That of 32 bits for less."""
        return widened(dtype)


class NanExtreme(KeepingReduction):
    """The largest or the smallest of the elements that are numbers."""

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """That of the tensor, as Keras promotes it."""
        return promote(dtype)


class Nanmax(NanExtreme):
    """The largest of the elements that are numbers."""


class Nanmin(NanExtreme):
    """The smallest of the elements that are numbers."""


class Nanargmax(Position):
    """Where the largest of the elements is that are numbers."""


class Nanargmin(Position):
    """Where the smallest of the elements is that are numbers."""


class Nancumsum(Cumulative):
    """The sum of each element and all those before it that are numbers."""

    elements: ClassVar[Elements] = ORDERED


class Nancumprod(Cumulative):
    """The product of each element and all those before it that are numbers."""

    elements: ClassVar[Elements] = ORDERED
