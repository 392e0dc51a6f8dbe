"""Convolutions and their transposes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from spec_compiler.catalog.activations import LINEAR, check_activation
from spec_compiler.catalog.costs import kernel_size, times
from spec_compiler.catalog.fields import PositiveInt, Sizes
from spec_compiler.catalog.layers.base import Activated, Arguments, Bias, Kernel
from spec_compiler.catalog.layers.core.lora import Lora, check_lora, lora_weights
from spec_compiler.catalog.layers.floating import FloatLayer
from spec_compiler.catalog.layers.windows import (
    Padding,
    Spatial,
    Window1D,
    Window2D,
    Window3D,
    WindowT,
    reach,
    transposed_length,
)
from spec_compiler.catalog.mask_rules import LOSES, MaskRule
from spec_compiler.catalog.rules import ShapeError, conflict, known
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, Weight, format_shape, one

PaddingT = TypeVar("PaddingT", bound=str)
"""The choices that a convolution has for `padding`."""

Extra1D = Annotated[tuple[int, ...], Sizes(1, minimum=0)]
Extra2D = Annotated[tuple[int, ...], Sizes(2, minimum=0)]
Extra3D = Annotated[tuple[int, ...], Sizes(3, minimum=0)]
ExtraT = TypeVar("ExtraT", bound=tuple[int, ...])
"""`Extra1D`, `Extra2D` or `Extra3D`: how much is added along each axis."""


class Filters(Arguments):
    """The argument about how many results there are at each place."""

    filters: PositiveInt = Field(description="How many channels the output has.")


class Convolution(Bias, Activated, Spatial, FloatLayer, Generic[WindowT, PaddingT]):
    """A layer that forms weighted sums over a window that slides along the axes.

    TensorFlow has some convolutions of whole numbers, on CPUs only and for weights that are not random: left out.
    """

    mask_rule: ClassVar[MaskRule] = LOSES
    affine: ClassVar[bool] = True

    kernel_size: WindowT = Field(description="The size of the window, in elements: one number, or one for each axis.")
    strides: WindowT = Field(1, validate_default=True, description="How far the window moves from place to place.")
    padding: PaddingT = Field(
        "valid",
        validate_default=True,
        description="What is done at the borders: nothing (`valid`), or zeros are added so that, at a stride of 1, "
        "the output is as long as the input (`same` on both sides, `causal` before the first step).",
    )
    dilation_rate: WindowT = Field(
        1, validate_default=True, description="The distance between two neighbouring elements of the window."
    )

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation that is applied to the sums."""
        return self.activation or LINEAR

    def slide_kernel(self, inputs: TensorType) -> Shape:
        """The lengths of the axes after the kernel went along them."""
        return self.slide(inputs, "kernel_size", self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def multiply_adds(self, result: Inferred, **call: TensorType) -> Dimension:
        """The kernels, at each place of the window; what lies beyond the border counts as zeros do."""
        inputs = call["inputs"]
        return times(inputs.shape[0], *self.slide_kernel(inputs), kernel_size(result.weights))

    def activated(self, batch: Dimension, lengths: Sequence[Dimension], channels: int) -> TensorType:
        """The output with these axes.

        Raises:
            RuleError: The activation cannot be applied to it.
        """
        output = self.join(batch, lengths, channels)
        check_activation(self.activation, output)
        return output

    def bias_weights(self, channels: int) -> tuple[Weight, ...]:
        """The bias, if there is one."""
        return (self.weight("bias", (channels,), self.bias_initializer),) if self.use_bias else ()

    def check_strides(self) -> None:
        """Refuse strides together with dilation.

        Raises:
            PydanticCustomError: Both are greater than 1.
        """
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise conflict(
                "dilation_rate", "`strides` greater than 1 and `dilation_rate` greater than 1 do not go together"
            )


class ConvLayer(Kernel, Filters, Lora, Convolution[WindowT, PaddingT], Generic[WindowT, PaddingT]):
    """A convolution with a kernel over all channels, or over those of a group."""

    groups: PositiveInt = Field(1, description="Into how many groups the channels are divided, each with own filters.")

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        self.check_strides()
        if self.filters % self.groups:
            raise conflict("groups", f"`filters` {self.filters} cannot be divided by `groups` {self.groups}")
        check_lora(self.lora_rank, self.kernel_constraint, "kernel_constraint")
        return self

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, …, filters)."""
        axes = self.split(inputs)
        channels = known(inputs, self.channel_axis)
        if channels % self.groups:
            raise ShapeError(
                f"has `groups` {self.groups}, and the {channels} channels of {format_shape(inputs.shape)} "
                "cannot be divided by that",
                "inputs",
                argument="groups",
            )
        output = self.activated(axes.batch, self.slide_kernel(inputs), self.filters)
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        kernel = self.weight("kernel", shape, self.kernel_initializer, trainable=self.lora_rank is None)
        update = lora_weights(self, "kernel", shape, self.lora_rank)
        return one(output, kernel, *self.bias_weights(self.filters), *update)


class Conv1D(ConvLayer[Window1D, Literal["valid", "same", "causal"]]):
    """A convolution along the steps of a sequence; causal ones are those of WaveNet (van den Oord et al., 2016)."""

    example: ClassVar[str] = "filters: 16, kernel_size: 3, inputs: sequence"
    rank: ClassVar[int] = 1


class Conv2D(ConvLayer[Window2D, Padding]):
    """A convolution over the height and width of images (LeCun et al., 1989)."""

    example: ClassVar[str] = "filters: 16, kernel_size: 3, padding: same, activation: relu, inputs: image"
    rank: ClassVar[int] = 2


class Conv3D(ConvLayer[Window3D, Padding]):
    """A convolution over the depth, height and width of volumes."""

    example: ClassVar[str] = "filters: 16, kernel_size: 3, inputs: volume"
    rank: ClassVar[int] = 3


class ConvTranspose(Kernel, Filters, Convolution[WindowT, Padding], Generic[WindowT, ExtraT]):
    """The transpose of a convolution: from the shape of its output back to the shape of its input."""

    output_padding: ExtraT | None = Field(
        None, description="How much longer each axis of the output is than it must be; null lets Keras choose."
    )

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        self.check_strides()
        for axis, extra in enumerate(self.output_padding or ()):
            stride = self.strides[axis]
            size = reach(self.kernel_size[axis], self.dilation_rate[axis])
            if extra >= stride:
                raise conflict(
                    "output_padding",
                    f"`output_padding` must be less than `strides` along each axis, and is {extra} at stride {stride}",
                )
            # The output would be so short that a convolution of it has fewer places than there are inputs.
            if extra == 0 and size % 2 == 0 and self.padding == "same":
                raise conflict(
                    "output_padding",
                    "`output_padding` 0 and `padding: same` do not go together along an axis "
                    f"where the window has an even length, as {size}",
                )
        return self

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, …, filters), longer along each axis by its stride."""
        axes = self.split(inputs)
        channels = known(inputs, self.channel_axis)
        extras = self.output_padding or (None,) * self.rank
        arguments = zip(axes.lengths, self.kernel_size, self.strides, extras, self.dilation_rate, strict=True)
        lengths = [
            transposed_length(length, size, stride, self.padding, extra, rate)
            for length, size, stride, extra, rate in arguments
        ]
        kernel = self.weight("kernel", (*self.kernel_size, self.filters, channels), self.kernel_initializer)
        output = self.activated(axes.batch, lengths, self.filters)
        return one(output, kernel, *self.bias_weights(self.filters))

    def multiply_adds(self, result: Inferred, **call: TensorType) -> Dimension:
        """The kernel, at each place of the input."""
        axes = self.split(call["inputs"])
        return times(axes.batch, *axes.lengths, kernel_size(result.weights))


class Conv1DTranspose(ConvTranspose[Window1D, Extra1D]):
    """The transpose of a convolution along the steps of a sequence."""

    example: ClassVar[str] = "filters: 16, kernel_size: 3, strides: 2, inputs: sequence"
    rank: ClassVar[int] = 1


class Conv2DTranspose(ConvTranspose[Window2D, Extra2D]):
    """The transpose of a convolution over images (Zeiler et al., 2010)."""

    example: ClassVar[str] = "filters: 16, kernel_size: 3, strides: 2, inputs: image"
    rank: ClassVar[int] = 2


class Conv3DTranspose(ConvTranspose[Window3D, Extra3D]):
    """The transpose of a convolution over volumes."""

    example: ClassVar[str] = "filters: 16, kernel_size: 3, strides: 2, inputs: volume"
    rank: ClassVar[int] = 3
