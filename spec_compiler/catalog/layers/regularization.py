"""Regularization layers: noise, and parts left out, in training only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import (
    DataFormat,
    Fraction,
    KnownOrNotShape,
    NonNegativeFloat,
    Rate,
    Seed,
)
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.catalog.intervals import INFINITY, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import TRAINING, Arguments, CallArgument, of_operands, tensor
from spec_compiler.catalog.layers.floating import FloatLayer, require_float
from spec_compiler.catalog.mask_rules import PROPAGATES, MaskRule
from spec_compiler.catalog.rules import RankError, ShapeError, require_rank
from spec_compiler.catalog.shapes import broadcasts_into
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one


class Noise(FloatLayer):
    """A layer that changes its input at random in training, and not otherwise."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "The tensor that is changed."), TRAINING)
    default_training: ClassVar[bool | None] = False
    built_from_the_start: ClassVar[bool] = True

    seed: Seed | None = Field(None, description="Makes the random numbers the same each time.")

    def infer(self, inputs: TensorType, training: bool | None = None) -> Inferred:
        """The shape of the input."""
        require_float(inputs)
        self.check_shape(inputs)
        return one(TensorType(inputs.shape, self.compute_dtype))

    def check_shape(self, inputs: TensorType) -> None:
        """Refuse an input whose shape does not go with the arguments."""


class NoiseShape(Arguments):
    """The argument about what is left out together."""

    noise_shape: KnownOrNotShape = Field(
        None,
        description="The shape of the noise, null for an axis of the input's own length: along an axis of length 1, "
        "all is kept or dropped together.",
    )

    def check_shape(self, inputs: TensorType) -> None:
        """Refuse an input over which the noise cannot be spread.

        Raises:
            RankError: The noise takes the length of an axis that the input does not have.
            ShapeError: The noise has another length along an axis.
        """
        if self.noise_shape is None:
            return
        if None in self.noise_shape[inputs.rank :]:
            raise RankError(
                f"has `noise_shape` {format_shape(self.noise_shape)}, which has more axes than the input, "
                f"{format_shape(inputs.shape)}",
                "inputs",
                argument="noise_shape",
            )
        noise: Shape = tuple(
            inputs.shape[axis] if length is None else length for axis, length in enumerate(self.noise_shape)
        )
        if not broadcasts_into(noise, inputs.shape):
            raise ShapeError(
                f"has `noise_shape` {format_shape(self.noise_shape)}, which cannot be spread over "
                f"{format_shape(inputs.shape)}",
                "inputs",
                argument="noise_shape",
            )


def scaled_up(layer: Any, _output: int, _of: TensorType, inputs: Ranged, **_call: Any) -> Interval:
    """The rule of what drops a share of the elements: the others are scaled up in training."""
    if layer.rate == 0:
        return inputs.interval
    factor = INFINITY if layer.rate == 1 else 1 / (1 - layer.rate)
    return replace(hull((inputs.interval, inputs.interval * number(factor), number(0.0))), reached=False)


class Drops(Noise):
    """What drops a share of the elements."""

    drops: ClassVar[bool] = True
    interval: ClassVar[Callable[..., Interval]] = scaled_up
    if TYPE_CHECKING:
        rate: float

    @property
    def flow(self) -> Flow:
        """No gradient comes back if all elements are dropped: what a call says of `training`, `fit` overrides."""
        return Flow.NONE if self.rate == 1 else super().flow


class Dropout(NoiseShape, Drops):
    """Sets a share of the elements to 0 in training, and scales up the others (Srivastava et al., 2014)."""

    example: ClassVar[str] = "rate: 0.1, inputs: x"

    rate: Fraction = Field(description="The share of the elements that is dropped.")


class SpatialDropout(Drops):
    """A layer that drops whole channels in training (Tompson et al., 2014)."""

    rank: ClassVar[int]
    axes: ClassVar[str]

    # Keras gives these layers no such arguments, unlike all others.
    trainable: ClassVar[bool] = True  # type: ignore[misc]
    activity_regularizer: ClassVar[Config | None] = None  # type: ignore[misc]

    rate: Fraction = Field(description="The share of the channels that is dropped.")

    def lost_by_saving(self, frozen: bool) -> str | None:
        """Keras saves the name of one dtype, and no mixed policy."""
        return "computes in another dtype, since its mixed policy is lost" if self.has_mixed_policy else None

    def check_shape(self, inputs: TensorType) -> None:
        """Refuse another rank.

        Raises:
            RankError: It has not the axes that the class's name says.
        """
        require_rank(inputs, self.rank, self.axes)


class ChannelsFormat(Arguments):
    """The argument about where the channels are."""

    data_format: DataFormat | None = Field(
        None, description="Whether the channels are the last axis or the first after the batch; last if left out."
    )


class SpatialDropout1D(SpatialDropout):
    """Drops whole channels of sequences in training (Tompson et al., 2014)."""

    example: ClassVar[str] = "rate: 0.1, inputs: sequence"
    rank: ClassVar[int] = 3
    axes: ClassVar[str] = "(batch, steps, channels)"


class SpatialDropout2D(ChannelsFormat, SpatialDropout):
    """Drops whole channels of images in training (Tompson et al., 2014)."""

    example: ClassVar[str] = "rate: 0.1, inputs: image"
    rank: ClassVar[int] = 4
    axes: ClassVar[str] = "(batch, rows, columns, channels)"


class SpatialDropout3D(ChannelsFormat, SpatialDropout):
    """Drops whole channels of volumes in training (Tompson et al., 2014)."""

    example: ClassVar[str] = "rate: 0.1, inputs: volume"
    rank: ClassVar[int] = 5
    axes: ClassVar[str] = "(batch, depth, rows, columns, channels)"


class GaussianDropout(Noise):
    """Multiplies with noise around 1 in training (Srivastava et al., 2014)."""

    drops: ClassVar[bool] = True
    example: ClassVar[str] = "rate: 0.1, inputs: x"

    rate: Rate = Field(description="How much noise: its deviation is the root of `rate / (1 - rate)`.")


class GaussianNoise(Noise):
    """Adds noise around 0 in training."""

    example: ClassVar[str] = "stddev: 0.1, inputs: x"

    stddev: Fraction = Field(description="The standard deviation of the noise.")


_LOWEST_SELU = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717
"""What the activation SELU comes to for ever smaller numbers."""


class AlphaDropout(NoiseShape, Noise):
    """Dropout that keeps the mean and the variance, for the activation SELU (Klambauer et al., 2017)."""

    drops: ClassVar[bool] = True
    example: ClassVar[str] = "rate: 0.1, inputs: x"

    rate: Rate = Field(description="The share of the elements that is set to the activation's lowest value.")

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What is kept and what is dropped, scaled and shifted in training so that mean and variance stay."""
        if self.rate == 0:
            return inputs.interval
        variance = (1 - self.rate) * (1 + self.rate * _LOWEST_SELU**2)
        scale = variance**-0.5
        in_training = hull((inputs.interval, number(_LOWEST_SELU))) * number(scale)
        return hull((inputs.interval, in_training + number(-scale * self.rate * _LOWEST_SELU))).unreached()


class ActivityRegularization(FloatLayer):
    """Returns its input unchanged, and adds its size to the loss."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "l2: 0.01, inputs: x"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "The tensor whose size is added to the loss."),)

    # Keras makes it of the two factors, and takes no other.
    activity_regularizer: ClassVar[Config | None] = None  # type: ignore[misc]
    built_from_the_start: ClassVar[bool] = True

    l1: NonNegativeFloat = Field(0.0, description="What the sum of the absolute values is multiplied with.")
    l2: NonNegativeFloat = Field(0.0, description="What the sum of the squares is multiplied with.")

    @property
    def passes_through(self) -> bool:
        """It does."""
        return True

    @property
    def penalizes_output(self) -> bool:
        """It does nothing else."""
        return True

    def infer(self, inputs: TensorType) -> Inferred:
        """The input, unchanged."""
        require_float(inputs)
        return one(TensorType(inputs.shape, self.compute_dtype))
