"""Rounding of each element."""

from __future__ import annotations

import math
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.intervals import Image, Interval, Ranged, Rising
from spec_compiler.catalog.operands import REALS, Elements
from spec_compiler.catalog.ops.elementwise import Elementwise, SparseElementwise
from spec_compiler.catalog.ops.rules import ORDERED, floating
from spec_compiler.catalog.tensors import TensorType


class RoundingToFloat(SparseElementwise):
    """An op that rounds to floating-point numbers."""

    stops_gradient: ClassVar[bool] = True

    elements: ClassVar[Elements] = ORDERED

    def dtype_of(self, dtype: str) -> str:
        """Integers become float32."""
        return floating(dtype)


class Ceil(RoundingToFloat):
    """The smallest integer that is not less than each element."""

    image: ClassVar[Image | None] = Rising(math.ceil, strictly=False)


class Floor(RoundingToFloat):
    """The largest integer that is not greater than each element."""

    image: ClassVar[Image | None] = Rising(math.floor, strictly=False)


class Trunc(Elementwise):
    """Each element truncated to its integer part."""

    stops_gradient: ClassVar[bool] = True

    image: ClassVar[Image | None] = Rising(math.trunc, strictly=False)

    elements: ClassVar[Elements] = ORDERED


class Round(SparseElementwise):
    """Each element rounded, halves to the even neighbour."""

    stops_gradient: ClassVar[bool] = True

    elements: ClassVar[Elements] = REALS

    decimals: int = Field(0, description="How many decimals are kept; negative for tens, hundreds and so on.")

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """The bounds, rounded."""
        return Rising(lambda value: round(value, self.decimals), strictly=False)(x.interval)
