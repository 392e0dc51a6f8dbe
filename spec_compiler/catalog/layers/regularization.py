"""Regularization layers: noise, and parts left out, in training only."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.fields import (
    DataFormat,
    Fraction,
    KnownOrNotShape,
    NonNegativeFloat,
    Rate,
    Seed,
)
from spec_compiler.catalog.layers.base import TRAINING, Arguments, CallArgument, tensor
from spec_compiler.catalog.layers.floating import FloatLayer, require_float
from spec_compiler.catalog.rules import RankError, ShapeError, require_rank
from spec_compiler.catalog.shapes import broadcasts_into
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one
from spec_compiler.catalog.thing import Thing


class Noise(FloatLayer):
    """A layer that changes its input at random in training, and not otherwise."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "The tensor that is changed."), TRAINING)

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


class Dropout(NoiseShape, Noise):
    """Sets a share of the elements to 0 in training, and scales up the others (Srivastava et al., 2014)."""

    rate: Fraction = Field(description="The share of the elements that is dropped.")


class SpatialDropout(Noise):
    """A layer that drops whole channels in training (Tompson et al., 2014)."""

    rank: ClassVar[int]
    axes: ClassVar[str]

    # Keras gives these layers no such arguments, unlike all others.
    trainable: ClassVar[bool] = True  # type: ignore[misc]
    activity_regularizer: ClassVar[Thing | None] = None  # type: ignore[misc]

    rate: Fraction = Field(description="The share of the channels that is dropped.")

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

    rank: ClassVar[int] = 3
    axes: ClassVar[str] = "(batch, steps, channels)"


class SpatialDropout2D(ChannelsFormat, SpatialDropout):
    """Drops whole channels of images in training (Tompson et al., 2014)."""

    rank: ClassVar[int] = 4
    axes: ClassVar[str] = "(batch, rows, columns, channels)"


class SpatialDropout3D(ChannelsFormat, SpatialDropout):
    """Drops whole channels of volumes in training (Tompson et al., 2014)."""

    rank: ClassVar[int] = 5
    axes: ClassVar[str] = "(batch, depth, rows, columns, channels)"


class GaussianDropout(Noise):
    """Multiplies with noise around 1 in training (Srivastava et al., 2014)."""

    rate: Rate = Field(description="How much noise: its deviation is the root of `rate / (1 - rate)`.")


class GaussianNoise(Noise):
    """Adds noise around 0 in training."""

    stddev: Fraction = Field(description="The standard deviation of the noise.")


class AlphaDropout(NoiseShape, Noise):
    """Dropout that keeps the mean and the variance, for the activation SELU (Klambauer et al., 2017)."""

    rate: Rate = Field(description="The share of the elements that is set to the activation's lowest value.")


class ActivityRegularization(FloatLayer):
    """Gives its input on as it is, and adds its size to the loss."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "The tensor whose size is added to the loss."),)

    # Keras makes it of the two factors, and takes no other.
    activity_regularizer: ClassVar[Thing | None] = None  # type: ignore[misc]

    l1: NonNegativeFloat = Field(0.0, description="What the sum of the absolute values is multiplied with.")
    l2: NonNegativeFloat = Field(0.0, description="What the sum of the squares is multiplied with.")

    def infer(self, inputs: TensorType) -> Inferred:
        """The input as it is."""
        require_float(inputs)
        return one(TensorType(inputs.shape, self.compute_dtype))
