"""Functions of analysis: error functions, the reciprocal square root, and the logarithm of summed exponentials."""

from __future__ import annotations

import math
from typing import ClassVar

from spec_compiler.catalog.intervals import INFINITY, POSITIVE, Image, Interval, Ranged, Rising
from spec_compiler.catalog.operands import FLOATING, FLOATING_OR_COMPLEX, Elements
from spec_compiler.catalog.ops.base import require_computable
from spec_compiler.catalog.ops.nn.activations import ActivationOp
from spec_compiler.catalog.ops.reductions import KeepsAxes, Reduction
from spec_compiler.catalog.ops.rules import reduced
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Erf(ActivationOp):
    """The error function, 2 / sqrt(π) · ∫ exp(-t²) dt from 0 to x."""

    image: ClassVar[Image | None] = Rising(math.erf, -1.0, 1.0)


class Erfc(ActivationOp):
    """1 - erf(x)."""

    image: ClassVar[Image | None] = staticmethod(lambda _: Interval(0.0, 2.0))


class Erfinv(ActivationOp):
    """The inverse of `erf`."""


class Rsqrt(ActivationOp):
    """1 / sqrt(x)."""

    image: ClassVar[Image | None] = staticmethod(lambda _: POSITIVE)

    takes: ClassVar[Elements | None] = FLOATING_OR_COMPLEX


class Logsumexp(KeepsAxes, Reduction):
    """The logarithm of the sum of exponentials. Keras states that it is of float32, whatever the tensor is."""

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """No less than the largest element, and no more than it would be if all were as large."""
        count = self.count(x.type)
        return Interval(x.interval.low, INFINITY if not count else x.interval.high + math.log(count))

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes, or with length 1 for them."""
        require_computable(x, FLOATING)
        return one(TensorType(reduced(x.shape, self.axis, keepdims=self.keepdims)))
