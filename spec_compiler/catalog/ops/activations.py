"""Activations as ops."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.activations import TAKES
from spec_compiler.catalog.fields import Finite, NonNegativeFloat
from spec_compiler.catalog.operands import FLOATING, Elements
from spec_compiler.catalog.ops.base import TensorOp, dense, known_lengths, require_computable
from spec_compiler.catalog.rules import ShapeError, axis_of, invalid
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Activation(TensorOp):
    """A function of each element on its own."""

    takes: ClassVar[Elements | None] = None
    """What it can be applied to, where the table of activations does not say."""

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


class Celu(Activation):
    """max(x, 0) + alpha · (exp(min(x, 0) / alpha) - 1) (Barron, 2017)."""

    alpha: Finite = Field(1.0, description="The limit of the result far below zero, with the sign turned; not 0.")

    @field_validator("alpha")
    @classmethod
    def _divides(cls, value: float) -> float:
        if value == 0:
            raise invalid("takes any number but 0, by which nothing can be divided")
        return value


class Elu(Activation):
    """alpha · (exp(x) - 1) below zero, x above (Clevert et al., 2016)."""

    alpha: Finite = Field(1.0, description="The limit of the result far below zero, with the sign turned.")


class Gelu(Activation):
    """x times the share of a standard normal distribution that is below x (Hendrycks & Gimpel, 2016)."""

    approximate: bool = Field(True, description="Whether the share is computed by `tanh`, or exactly.")


class HardShrink(Activation):
    """0 near zero, x elsewhere."""

    threshold: Finite = Field(0.5, description="How far from zero the result is 0.")


class HardSigmoid(Activation):
    """A sigmoid made of three straight lines: x / 6 + 1 / 2, held between 0 and 1."""


class HardSilu(Activation):
    """x · hard_sigmoid(x) (Howard et al., 2019)."""


class HardTanh(Activation):
    """x, held between -1 and 1."""


class LeakyRelu(Activation):
    """x above zero, and x with a small slope below (Maas et al., 2013)."""

    negative_slope: Finite = Field(0.2, description="The slope below zero.")


class LogSigmoid(Activation):
    """The logarithm of the sigmoid of x."""


class Relu(Activation):
    """0 below zero, x above."""


class Relu6(Activation):
    """x, held between 0 and 6."""


class Selu(Activation):
    """An exponential linear unit, scaled so that mean and variance stay as they are (Klambauer et al., 2017)."""


class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""


class Silu(Activation):
    """x · sigmoid(x), also called swish (Ramachandran et al., 2017)."""


class SoftShrink(Activation):
    """0 near zero, and x brought nearer to zero elsewhere."""

    threshold: Finite = Field(
        0.5, description="How far from zero the result is 0, and by how much x is brought nearer."
    )


class Softplus(Activation):
    """log(exp(x) + 1)."""


class Softsign(Activation):
    """x / (|x| + 1)."""


class SparsePlus(Activation):
    """0 below -1, (x + 1)² / 4 between -1 and 1, x above."""


class SparseSigmoid(Activation):
    """0 below -1, (x + 1) / 2 between -1 and 1, 1 above."""


class Squareplus(Activation):
    """(x + sqrt(x² + b)) / 2 (Barron, 2021)."""

    b: NonNegativeFloat = Field(4, description="How smooth the bend at zero is.")


class TanhShrink(Activation):
    """x - tanh(x)."""


class Threshold(Activation):
    """x above a threshold, a constant elsewhere."""

    threshold: Finite = Field(description="The number above which x is given on.")
    default_value: Finite = Field(description="What takes the place of the others.")


class Glu(Activation):
    """Halves an axis and multiplies one half by the sigmoid of the other (Dauphin et al., 2017)."""

    axis: int = Field(-1, description="The axis that is halved.")

    def infer(self, x: TensorType) -> Inferred:
        """(…, 2n, …) to (…, n, …)."""
        x = self.checked(x)
        axis = axis_of(self.axis, x.rank)
        (length,) = known_lengths(x, "x", (axis,))
        if length % 2:
            raise ShapeError(f"halves axis {axis}, and {format_shape(x.shape)} has an odd one", "x", argument="axis")
        return one(x.with_shape((*x.shape[:axis], length // 2, *x.shape[axis + 1 :])))


class AlongAxis(Activation):
    """A function that looks at all elements along an axis."""

    axis: int | None = Field(-1, description="The axis along which shares sum to 1; null for the whole tensor.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape and the dtype of the tensor."""
        x = self.checked(x)
        if self.axis is not None:
            axis_of(self.axis, x.rank)
        return one(x)


# Keras states that a list of axes is fine too, and fails when a model with such an op runs.
class Softmax(AlongAxis):
    """Turns numbers along an axis into positive shares that sum to 1."""


class LogSoftmax(AlongAxis):
    """The logarithms of the shares that `softmax` gives."""


class Sparsemax(Activation):
    """Turns numbers along an axis into shares that sum to 1, many of them 0 (Martins & Astudillo, 2016)."""

    takes: ClassVar[Elements | None] = Elements("bfloat16, float32 or float64 numbers", FLOATING.dtypes - {"float16"})

    axis: int = Field(-1, description="The axis along which shares sum to 1.")

    def infer(self, x: TensorType) -> Inferred:
        """The shape and the dtype of the tensor."""
        x = self.checked(x)
        axis_of(self.axis, x.rank)
        return one(x)
