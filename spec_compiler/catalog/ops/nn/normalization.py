"""Normalization whose statistics and weights are tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import Axes, Integers, NonNegativeFloat, PositiveInt
from spec_compiler.catalog.intervals import COSINES, NOT_NEGATIVE, SHARES, Interval, Ranged, largest, number, spread
from spec_compiler.catalog.layers.base import Arguments, CallArgument, tensor
from spec_compiler.catalog.operands import ARITHMETIC, FLOATING, FLOATING_OR_COMPLEX, NUMBERS, REALS, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, X, dense, known_lengths, require_computable
from spec_compiler.catalog.ops.rules import ORDERED, different_axes, reduced
from spec_compiler.catalog.rules import (
    DtypeError,
    RuleError,
    ShapeError,
    axis_of,
    describe_shapes,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import broadcasts_into, reshaped, volume
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one

SOME_AXES = Annotated[tuple[int, ...] | int, Integers(single=True)]
_MOMENTS = Elements(
    "floating-point or complex numbers, int32 and int64", FLOATING_OR_COMPLEX.dtypes | {"int32", "int64"}
)


class Moments(TensorOp):
    """The mean and the variance of the elements along some axes."""

    example: ClassVar[str] = "axes: [1], inputs: sequence"
    op_pattern: ClassVar[OpPattern] = "reduction"
    several_outputs: ClassVar[bool] = True

    axes: Axes = Field(description="The axes to reduce; null for all.")
    keepdims: bool = Field(False, description="Whether the reduced axes are kept with length 1.")
    synchronized: bool = Field(False, description="Whether the elements of all replicas of the model count.")

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """A mean, and a variance."""
        return x.interval.unreached() if output == 0 else NOT_NEGATIVE

    def infer(self, x: TensorType) -> Inferred:
        """The shape without the axes, or with length 1 for them, twice."""
        require_computable(x, REALS if self.synchronized else _MOMENTS)
        moment = x.with_shape(reduced(x.shape, self.axes, "axes", keepdims=self.keepdims))
        return Inferred((moment, moment), names=("mean", "variance"))


class BatchNormalization(TensorOp):
    """Normalizes each feature by a given mean and variance (Ioffe & Szegedy, 2015)."""

    example: ClassVar[str] = "axis: -1, inputs: {x: image, mean: three, variance: short}"
    op_pattern: ClassVar[OpPattern] = "axiswise"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        X,
        tensor("mean", "The mean of each feature."),
        tensor("variance", "The variance of each feature."),
        tensor("offset", "What is added to each normalized feature.", required=False),
        tensor("scale", "What each normalized feature is multiplied by.", required=False),
    )

    axis: int = Field(description="The axis of the features.")
    epsilon: NonNegativeFloat = Field(1e-3, description="What is added to the variances, so that none is zero.")

    def infer(
        self,
        x: TensorType,
        mean: TensorType,
        variance: TensorType,
        offset: TensorType | None = None,
        scale: TensorType | None = None,
    ) -> Inferred:
        """The shape of x; the others are of shape (features,)."""
        require_computable(x, ARITHMETIC)
        axis = axis_of(self.axis, x.rank)
        features = x.shape[axis]
        if self.axis != -1:
            known_lengths(x, "x", (axis,))
        given = {"mean": mean, "variance": variance, "offset": offset, "scale": scale}
        if offset is not None and scale is None:
            raise RuleError("takes no `offset` without a `scale`", "offset")
        for operand, vector in given.items():
            if vector is None:
                continue
            require_computable(vector, FLOATING_OR_COMPLEX, operand)
            if vector.shape != (features,):
                raise ShapeError(
                    f"takes one number for each feature, {format_shape((features,))}, and gets "
                    f"{format_shape(vector.shape)}",
                    "x",
                    operand,
                )
            if vector.dtype != mean.dtype:
                raise DtypeError(f"takes statistics of one dtype, and gets {mean.dtype} and {vector.dtype}", operand)
        return one(dense(x))


class OpEpsilon(Arguments):
    """The argument about the number that keeps a divisor from being zero."""

    epsilon: NonNegativeFloat | None = Field(
        None, description="What is added to the divisor, so that it is not zero; null for Keras's own small number."
    )


def _count(x: TensorType, axis: Sequence[int] | int | None) -> Dimension:
    """How many elements are normalized together."""
    axes = range(x.rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    return volume(tuple(x.shape[each] for each in axes))


class LayerNormalization(OpEpsilon, TensorOp):
    """Normalizes the elements along some axes to mean 0 and variance 1 (Ba et al., 2016)."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "axiswise"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        X,
        tensor("gamma", "What the normalized elements are multiplied by.", required=False),
        tensor("beta", "What is added to them.", required=False),
    )

    axis: SOME_AXES = Field(-1, description="The axes along which elements are normalized.")

    ranged_by: ClassVar[tuple[str, ...]] = ("x", "gamma", "beta")

    def interval(
        self, output: int, of: TensorType, x: Ranged, gamma: Ranged | None = None, beta: Ranged | None = None
    ) -> Interval:
        """No element is farther from the mean than the root of their number is times the standard deviation."""
        found = spread(_count(x.type, self.axis))
        if gamma is not None:
            found = found * gamma.interval
        return found if beta is None else found + beta.interval

    def infer(self, x: TensorType, gamma: TensorType | None = None, beta: TensorType | None = None) -> Inferred:
        """The shape of x; the weights have its lengths along the axes."""
        require_rank_at_least(x, 1, "x")
        require_computable(x, NUMBERS)
        named = (self.axis,) if isinstance(self.axis, int) else self.axis
        axes = different_axes(named, x.rank, "axis")
        for operand, weight in (("gamma", gamma), ("beta", beta)):
            if weight is not None:
                require_computable(weight, NUMBERS, operand)
                check_stretches(x, self._stretched(x, weight, named, axes), weight, operand)
        return one(dense(x))

    def _stretched(self, x: TensorType, weight: TensorType, named: Sequence[int], axes: Sequence[int]) -> Shape:
        """The shape that Keras gives to a weight first: the lengths of x along the axes, and 1 elsewhere."""
        if weight.rank == x.rank or list(named) == [x.rank - 1]:
            return weight.shape
        lengths = dict(zip(axes, known_lengths(x, "x", axes), strict=True))
        return reshaped(weight.shape, tuple(lengths.get(axis, 1) for axis in range(x.rank)), "axis")


class RmsNormalization(OpEpsilon, TensorOp):
    """Divides the elements along some axes by the root of the mean of their squares (Zhang & Sennrich, 2019)."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "axiswise"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        X,
        tensor("scale", "What the normalized elements are multiplied by.", required=False),
    )

    axis: Axes = Field(-1, description="The axes whose squares are averaged; null for all.")

    ranged_by: ClassVar[tuple[str, ...]] = ("x", "scale")

    def interval(self, output: int, of: TensorType, x: Ranged, scale: Ranged | None = None) -> Interval:
        """No element is farther from zero than the root of their number is times the root of their mean square."""
        found = spread(_count(x.type, self.axis))
        found = largest(found, number(0)) if x.interval.low >= 0 else found
        return found if scale is None else found * scale.interval

    def infer(self, x: TensorType, scale: TensorType | None = None) -> Inferred:
        """The shape of x; the scale is stretched to it."""
        require_rank_at_least(x, 1, "x")
        require_computable(x, NUMBERS)
        reduced(x.shape, self.axis)
        if scale is not None:
            require_computable(scale, NUMBERS, "scale")
            check_stretches(x, scale.shape, scale, "scale")
        return one(dense(x))


def check_stretches(x: TensorType, shape: Shape, weight: TensorType, operand: str) -> None:
    """Refuse a weight that would make the result larger than x.

    Raises:
        ShapeError: It cannot be stretched to the shape of x.
    """
    if not broadcasts_into(shape, x.shape):
        raise ShapeError(
            f"takes weights that can be stretched over x, and gets {describe_shapes((x.shape, weight.shape))}",
            "x",
            operand,
        )


class Normalize(TensorOp):
    """Divides vectors by their norms. Keras states that the result is of float32, whatever the tensor is."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "axiswise"

    axis: Axes = Field(-1, description="The axes along which the vectors, or matrices, lie; null for all.")
    order: PositiveInt = Field(2, description="Which norm: p for (Σ |x|ᵖ)^(1/p).")
    epsilon: NonNegativeFloat | None = Field(
        None, description="The least number that is divided by; null for Keras's own small number."
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """No element is larger than the norm."""
        return SHARES if x.interval.low >= 0 else COSINES

    def infer(self, x: TensorType) -> Inferred:
        """The shape of the tensor."""
        require_rank_at_least(x, 1, "x")
        require_computable(x, FLOATING if self.order == 2 else ORDERED)
        count = x.rank - len(reduced(x.shape, self.axis))
        if self.order != 2 and count != 1 and not (self.order == 1 and count == 2):
            raise RuleError(
                f"has `order` {self.order}, which is no norm along {count} axes of {format_shape(x.shape)}",
                "x",
                argument="order",
            )
        return one(TensorType(x.shape))
