"""Convolutions that treat each channel on its own."""

from __future__ import annotations

from typing import ClassVar, Generic

from pydantic import Field

from spec_compiler.catalog.fields import Constraint, Initializer, PositiveInt, Regularizer
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.layers.convolutional import Convolution, Filters
from spec_compiler.catalog.layers.windows import Padding, Window1D, Window2D, WindowT
from spec_compiler.catalog.rules import known
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Depthwise(Arguments):
    """The arguments about the kernel that treats each channel on its own."""

    depth_multiplier: PositiveInt = Field(1, description="How many results each channel of the input gives.")
    depthwise_initializer: Initializer = Field(
        "glorot_uniform", validate_default=True, description="What the depthwise kernel is before training."
    )
    depthwise_regularizer: Regularizer = Field(None, description="What is added to the loss for the depthwise kernel.")
    depthwise_constraint: Constraint = Field(
        None, description="What the depthwise kernel is forced into after each step."
    )


class Pointwise(Arguments):
    """The arguments about the kernel that mixes the channels at each place."""

    pointwise_initializer: Initializer = Field(
        "glorot_uniform", validate_default=True, description="What the pointwise kernel is before training."
    )
    pointwise_regularizer: Regularizer = Field(None, description="What is added to the loss for the pointwise kernel.")
    pointwise_constraint: Constraint = Field(
        None, description="What the pointwise kernel is forced into after each step."
    )


class DepthwiseConvLayer(Depthwise, Convolution[WindowT, Padding], Generic[WindowT]):
    """A convolution of each channel with kernels of its own."""

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, …, channels · depth_multiplier)."""
        axes = self.split(inputs)
        channels = known(inputs, self.channel_axis)
        width = channels * self.depth_multiplier
        kernel = self.weight("kernel", (*self.kernel_size, channels, self.depth_multiplier), self.depthwise_initializer)
        output = self.activated(axes.batch, self.slide_kernel(inputs), width)
        return one(output, kernel, *self.bias_weights(width))


class DepthwiseConv1D(DepthwiseConvLayer[Window1D]):
    """A convolution along the steps of a sequence, of each channel on its own."""

    example: ClassVar[str] = "kernel_size: 3, depth_multiplier: 2, inputs: sequence"
    rank: ClassVar[int] = 1


class DepthwiseConv2D(DepthwiseConvLayer[Window2D]):
    """A convolution over images, of each channel on its own."""

    example: ClassVar[str] = "kernel_size: 3, depth_multiplier: 2, inputs: image"
    rank: ClassVar[int] = 2


class SeparableConvLayer(Depthwise, Pointwise, Filters, Convolution[WindowT, Padding], Generic[WindowT]):
    """A convolution of each channel on its own, and then a mixing of the channels at each place (Chollet, 2017)."""

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, …, filters)."""
        axes = self.split(inputs)
        channels = known(inputs, self.channel_axis)
        places = (1,) * self.rank
        output = self.activated(axes.batch, self.slide_kernel(inputs), self.filters)
        return one(
            output,
            self.weight(
                "depthwise_kernel", (*self.kernel_size, channels, self.depth_multiplier), self.depthwise_initializer
            ),
            self.weight(
                "pointwise_kernel",
                (*places, channels * self.depth_multiplier, self.filters),
                self.pointwise_initializer,
            ),
            *self.bias_weights(self.filters),
        )


class SeparableConv1D(SeparableConvLayer[Window1D]):
    """A separable convolution along the steps of a sequence."""

    example: ClassVar[str] = "filters: 16, kernel_size: 3, inputs: sequence"
    rank: ClassVar[int] = 1


class SeparableConv2D(SeparableConvLayer[Window2D]):
    """A separable convolution over images."""

    example: ClassVar[str] = "filters: 16, kernel_size: 3, inputs: image"
    rank: ClassVar[int] = 2
