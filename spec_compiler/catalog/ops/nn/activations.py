"""Activation functions."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.activations import IMAGES, TAKES, elu, leaky, shrink, squareplus
from spec_compiler.catalog.fields import Finite, NonNegativeFloat
from spec_compiler.catalog.intervals import UNKNOWN, Image, Interval, Ranged
from spec_compiler.catalog.operands import FLOATING, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, dense, known_lengths, require_computable
from spec_compiler.catalog.rules import ShapeError, axis_of, invalid
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class ActivationOp(TensorOp):
    """A function of each element on its own."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "elementwise"
    takes: ClassVar[Elements | None] = None
    """What it can be applied to, where the table of activations does not say."""
    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    @property
    def image(self) -> Image | None:
        """What the function makes of the numbers of an interval; None if that is not stated for its arguments."""
        return IMAGES.get(self.keras_name)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """What the function makes of the interval."""
        image = self.image
        return UNKNOWN if image is None else image(x.interval)

    def checked(self, x: TensorType) -> TensorType:
        """The tensor, if the function can compute with it.

        Raises:
            DtypeError: It is not dense, or has elements of another kind.
        """
        require_computable(x, self.takes or TAKES.get(self.keras_name, FLOATING))
        return dense(x)

    def infer(self, x: TensorType) -> Inferred:
        """The shape and the dtype of the tensor."""
        return one(self.checked(x))


class Celu(ActivationOp):
    """max(x, 0) + alpha · (exp(min(x, 0) / alpha) - 1) (Barron, 2017)."""

    alpha: Finite = Field(1.0, description="The negative of the limit far below zero; not 0.")

    @field_validator("alpha")
    @classmethod
    def _divides(cls, value: float) -> float:
        if value == 0:
            raise invalid("takes any number but 0, by which nothing can be divided")
        return value

    @property
    def image(self) -> Image | None:
        """That of `elu`, if `alpha` is 1."""
        return elu(1.0) if self.alpha == 1 else None


class Elu(ActivationOp):
    """alpha · (exp(x) - 1) below zero, x above (Clevert et al., 2016)."""

    alpha: Finite = Field(1.0, description="The negative of the limit far below zero.")

    @property
    def image(self) -> Image | None:
        """It rises, if `alpha` is not negative."""
        return elu(self.alpha) if self.alpha >= 0 else None


class Gelu(ActivationOp):
    """x times the cumulative distribution function of the standard normal distribution (Hendrycks & Gimpel, 2016)."""

    approximate: bool = Field(True, description="Whether the function is approximated by `tanh`.")


class HardShrink(ActivationOp):
    """0 near zero, x elsewhere."""

    threshold: Finite = Field(0.5, description="How far from zero the result is 0.")

    @property
    def image(self) -> Image | None:
        """It rises, if `threshold` is not negative."""
        return shrink(self.threshold, soft=False) if self.threshold >= 0 else None


class HardSigmoid(ActivationOp):
    """A piecewise linear sigmoid: x / 6 + 1 / 2, clipped to [0, 1]."""


class HardSilu(ActivationOp):
    """x · hard_sigmoid(x) (Howard et al., 2019)."""


class HardTanh(ActivationOp):
    """x, clipped to [-1, 1]."""


class LeakyRelu(ActivationOp):
    """x above zero, and x with a small slope below (Maas et al., 2013)."""

    negative_slope: Finite = Field(0.2, description="The slope below zero.")

    @property
    def image(self) -> Image | None:
        """It rises, if the slope is not negative."""
        return leaky(self.negative_slope) if self.negative_slope >= 0 else None


class LogSigmoid(ActivationOp):
    """The logarithm of the sigmoid of x."""


class Relu(ActivationOp):
    """0 below zero, x above."""


class Relu6(ActivationOp):
    """x, clipped to [0, 6]."""


class Selu(ActivationOp):
    """An exponential linear unit, scaled so that mean and variance stay as they are (Klambauer et al., 2017)."""


class Sigmoid(ActivationOp):
    """1 / (1 + exp(-x))."""


class Silu(ActivationOp):
    """x · sigmoid(x), also called swish (Ramachandran et al., 2017)."""


class SoftShrink(ActivationOp):
    """0 near zero, and x moved towards zero elsewhere."""

    threshold: Finite = Field(0.5, description="How far from zero the result is 0, and by how much x is moved.")

    @property
    def image(self) -> Image | None:
        """It rises, if `threshold` is not negative."""
        return shrink(self.threshold, soft=True) if self.threshold >= 0 else None


class Softplus(ActivationOp):
    """log(exp(x) + 1)."""


class Softsign(ActivationOp):
    """x / (|x| + 1)."""


class SparsePlus(ActivationOp):
    """0 below -1, (x + 1)² / 4 between -1 and 1, x above."""


class SparseSigmoid(ActivationOp):
    """0 below -1, (x + 1) / 2 between -1 and 1, 1 above."""


class Squareplus(ActivationOp):
    """(x + sqrt(x² + b)) / 2 (Barron, 2021)."""

    b: NonNegativeFloat = Field(4.0, description="How smooth the bend at zero is.")

    @property
    def image(self) -> Image | None:
        """It rises."""
        return squareplus(self.b)


class TanhShrink(ActivationOp):
    """x - tanh(x)."""


class Threshold(ActivationOp):
    """x above a threshold, a constant elsewhere."""

    example: ClassVar[str] = "threshold: 0.5, default_value: 0.0, inputs: x"

    threshold: Finite = Field(description="The number above which x is passed through.")
    default_value: Finite = Field(description="What takes the place of the others.")


class Glu(ActivationOp):
    """Halves an axis and multiplies one half by the sigmoid of the other (Dauphin et al., 2017)."""

    op_pattern: ClassVar[OpPattern] = "axiswise"

    axis: int = Field(-1, description="The axis that is halved.")

    def infer(self, x: TensorType) -> Inferred:
        """(…, 2n, …) to (…, n, …)."""
        x = self.checked(x)
        axis = axis_of(self.axis, x.rank)
        (length,) = known_lengths(x, "x", (axis,))
        if length % 2:
            raise ShapeError(f"halves axis {axis}, and {format_shape(x.shape)} has an odd one", "x", argument="axis")
        return one(x.with_shape((*x.shape[:axis], length // 2, *x.shape[axis + 1 :])))


class AlongAxis(ActivationOp):
    """A function that looks at all elements along an axis."""

    op_pattern: ClassVar[OpPattern] = "axiswise"

    axis: int | None = Field(-1, description="The axis along which the result sums to 1; null for the whole tensor.")

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation that the op is if it is along the last axis."""
        return self.keras_name if self.axis in (-1, rank - 1) else None

    def infer(self, x: TensorType) -> Inferred:
        """The shape and the dtype of the tensor."""
        x = self.checked(x)
        if self.axis is not None:
            axis_of(self.axis, x.rank)
        return one(x)


# Keras states that a list of axes is fine too, and fails when a model with such an op runs.
class Softmax(AlongAxis):
    """Normalizes the exponentials of the elements along an axis, so that they sum to 1."""

    def shares_along(self, rank: int) -> tuple[int, ...]:
        """Returns the axis, or all axes."""
        return tuple(range(rank)) if self.axis is None else (self.axis % rank,) if rank else ()


class LogSoftmax(AlongAxis):
    """The logarithm of `softmax`, computed in one."""


class Sparsemax(ActivationOp):
    """Projects the elements along an axis onto the simplex: they sum to 1, many are 0 (Martins & Astudillo, 2016)."""

    op_pattern: ClassVar[OpPattern] = "axiswise"
    takes: ClassVar[Elements | None] = Elements("bfloat16, float32 or float64 numbers", FLOATING.dtypes - {"float16"})

    axis: int = Field(-1, description="The axis along which the result sums to 1.")

    def shares_along(self, rank: int) -> tuple[int, ...]:
        """Returns the axis."""
        return (self.axis % rank,) if rank else ()

    def infer(self, x: TensorType) -> Inferred:
        """The shape and the dtype of the tensor."""
        x = self.checked(x)
        axis_of(self.axis, x.rank)
        return one(x)
