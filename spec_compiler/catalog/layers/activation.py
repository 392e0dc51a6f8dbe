"""Activations that are layers of their own, because they have arguments or weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.activations import elu, leaky
from spec_compiler.catalog.dtypes import is_float, promote
from spec_compiler.catalog.fields import Constraint, Finite, Initializer, Integers, NonNegativeFloat, Regularizer
from spec_compiler.catalog.intervals import EVERY, SHARES, UNKNOWN, Interval, Ranged, number, smallest
from spec_compiler.catalog.layers.base import INPUTS, CallArgument, LayerConfig, Unregularized, tensor
from spec_compiler.catalog.layers.floating import FloatLayer, require_float, require_mask
from spec_compiler.catalog.mask_rules import PROPAGATES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, REALS, refuse_ragged, refuse_sparse, require_elements
from spec_compiler.catalog.rules import DtypeError, RankError, ShapeError, axis_of, describe_shapes, invalid, known
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


class Rectifier(LayerConfig):
    """An activation that computes with whole numbers too."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    built_from_the_start: ClassVar[bool] = True

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        x = self.cast(inputs)
        refuse_sparse(x, "inputs")
        require_elements(x, REALS, "inputs")
        return one(TensorType(x.shape, self.result_dtype(x.dtype), ragged=x.ragged))

    def result_dtype(self, dtype: str) -> str:
        """The dtype of the result, of an input as the layer sees it."""
        return dtype


class ReLU(Rectifier):
    """A rectified linear unit: 0 below a threshold, the input above it."""

    example: ClassVar[str] = "max_value: 6.0, inputs: x"

    max_value: NonNegativeFloat | None = Field(None, description="The greatest result; null for no limit.")
    negative_slope: NonNegativeFloat = Field(0.0, description="The slope below the threshold.")
    threshold: NonNegativeFloat = Field(0.0, description="The input from which on it is passed through.")

    def applied_activation(self, rank: int) -> str | None:
        """Returns `relu`, which the layer is with Keras's defaults."""
        is_plain = self.max_value is None and not self.negative_slope and not self.threshold
        return "relu" if is_plain else None

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        result = super().infer(inputs)
        if self.negative_slope and not self._is_leaky and not is_float(self.cast(inputs).dtype):
            raise DtypeError(
                f"multiplies by its `negative_slope`, and gets {self.cast(inputs).dtype}", argument="negative_slope"
            )
        return result

    def result_dtype(self, dtype: str) -> str:
        """That of the input; a slope alone makes fractions of whole numbers, as `LeakyReLU` does."""
        return "float32" if self._is_leaky and not is_float(dtype) else dtype

    @property
    def _is_leaky(self) -> bool:
        """Whether Keras computes it as `LeakyReLU`."""
        return bool(self.negative_slope) and self.max_value is None and not self.threshold

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """The input above the threshold, limited, and a share of it below."""
        if self.negative_slope or self.threshold:
            return UNKNOWN if self.max_value is None else Interval(high=self.max_value)
        found = leaky(0.0)(inputs.interval)
        return found if self.max_value is None else smallest(found, number(self.max_value))


class LeakyReLU(Rectifier):
    """A rectified linear unit with a small slope below zero (Maas et al., 2013)."""

    example: ClassVar[str] = "negative_slope: 0.1, inputs: x"

    negative_slope: NonNegativeFloat = Field(0.3, description="The slope below zero.")

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """The input above zero, and a share of it below."""
        return leaky(self.negative_slope)(inputs.interval)

    def result_dtype(self, dtype: str) -> str:
        """A slope makes fractions of whole numbers: float32, under any policy."""
        return dtype if is_float(dtype) else "float32"


class FloatActivation(FloatLayer):
    """An activation that computes with floating-point numbers only."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def checked(self, inputs: TensorType) -> TensorType:
        """The input as the layer sees it.

        Raises:
            DtypeError: It is sparse, or no tensor of floating-point numbers.
        """
        x = self.cast(inputs)
        refuse_sparse(x, "inputs")
        require_float(x)
        return TensorType(x.shape, self.compute_dtype, ragged=x.ragged)


class ELU(FloatActivation, Unregularized):
    """An exponential linear unit (Clevert et al., 2016): alpha · (exp(x) - 1) below zero, x above."""

    example: ClassVar[str] = "inputs: x"
    built_from_the_start: ClassVar[bool] = True

    alpha: Finite = Field(1.0, description="The limit of the result far below zero, with the sign turned.")

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """The input above zero, and what is above the limit below."""
        return elu(self.alpha)(inputs.interval) if self.alpha >= 0 else UNKNOWN

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        return one(self.checked(inputs))


class PReLU(FloatActivation):
    """A rectified linear unit that learns its slopes below zero (He et al., 2015)."""

    example: ClassVar[str] = "inputs: x"

    alpha_initializer: Initializer = Field(
        "Zeros", validate_default=True, description="What the slopes are before training."
    )
    alpha_regularizer: Regularizer = Field(None, description="What is added to the loss for the slopes.")
    alpha_constraint: Constraint = Field(None, description="What the slopes are forced into after each step.")
    # Keras takes 0 and -1 too, for the last axis and the last but one: a slip that nobody should build upon.
    shared_axes: Annotated[tuple[int, ...] | int | None, Integers(single=True, minimum=1, optional=True)] = Field(
        None, description="The axes along which slopes are shared; the axis after the batch axis is 1."
    )

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What is not negative stays; what is can become anything."""
        return inputs.interval if inputs.interval.low >= 0 else UNKNOWN

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input."""
        x = self.checked(inputs)
        refuse_ragged(x, "inputs")
        axes = (self.shared_axes,) if isinstance(self.shared_axes, int) else self.shared_axes or ()
        for axis in axes:
            if axis >= x.rank:
                raise ShapeError(
                    f"has {axis} among `shared_axes`, and {format_shape(x.shape)} has no such axis",
                    "inputs",
                    argument="shared_axes",
                )
        slopes = tuple(1 if axis in axes else known(x, axis) for axis in range(1, x.rank))
        return one(x, self.weight("alpha", slopes, self.alpha_initializer))


class Softmax(FloatActivation):
    """Turns numbers along an axis into shares that sum to 1."""

    # Keras hands the mask of a sequence to the call too, but refuses it there: it has one axis fewer than the inputs.
    mask_rule: ClassVar[MaskRule] = PROPAGATES
    example: ClassVar[str] = "inputs: x"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        INPUTS,
        tensor("mask", "Which elements count; it is stretched to the shape of the inputs.", required=False),
    )
    built_from_the_start: ClassVar[bool] = True

    axis: Annotated[tuple[int, ...] | int, Integers(single=True)] = Field(
        -1, description="The axis, or the list of axes, over which shares sum to 1."
    )

    @field_validator("axis")
    @classmethod
    def _some_axis(cls, value: tuple[int, ...] | int) -> tuple[int, ...] | int:
        if value == ():
            raise invalid("takes a whole number or a list of them, and the list is empty")
        return value

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """Shares of 1."""
        return replace(SHARES, reached=inputs.interval == EVERY)

    def shares_along(self, rank: int) -> tuple[int, ...]:
        """Returns the axes that it is over."""
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        return tuple(axis % rank for axis in axes)

    def applied_activation(self, rank: int) -> str | None:
        """Returns `softmax` if it is over the last axis."""
        return "softmax" if self.axis in (-1, rank - 1) else None

    def infer(self, inputs: TensorType, mask: TensorType | None = None) -> Inferred:
        """The shape of the input."""
        require_elements(inputs, NUMBERS, "inputs")
        # With a mask, what does not count is replaced by a number that is no whole one.
        x = self.checked(inputs if mask is None else inputs.with_dtype(promote(inputs.dtype, "float")))
        axes = [axis_of(axis, x.rank) for axis in (self.axis if isinstance(self.axis, tuple) else (self.axis,))]
        if len(set(axes)) < len(axes):
            raise ShapeError("names one axis twice in `axis`", "inputs", argument="axis")
        if mask is not None:
            _check_mask(mask, x)
        return one(x)


def _check_mask(mask: TensorType, x: TensorType) -> None:
    """Refuse a mask that cannot be stretched to the shape of a tensor."""
    require_mask(mask, "mask")
    refuse_sparse(mask, "mask")
    pair = describe_shapes((x.shape, mask.shape))
    if mask.rank > x.rank:
        raise RankError(f"takes a mask of no more axes than the inputs, and gets {pair}", "inputs", "mask")
    for length, wanted in zip(reversed(mask.shape), reversed(x.shape), strict=False):
        if length not in (1, None) and wanted not in (length, None):
            raise ShapeError(f"takes a mask that can be stretched over the inputs, and gets {pair}", "inputs", "mask")
