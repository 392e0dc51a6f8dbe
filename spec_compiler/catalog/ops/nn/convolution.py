"""Convolutions whose kernels are tensors."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from spec_compiler.catalog.costs import times, total
from spec_compiler.catalog.intervals import Interval, Ranged, hull, number, repeated_sum
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.layers.windows import Padding, slide
from spec_compiler.catalog.operands import FLOATING
from spec_compiler.catalog.ops.base import OpPattern, known_lengths, require_computable
from spec_compiler.catalog.ops.spatial import Formatted, WindowSizes, per_axis, placed, spatial
from spec_compiler.catalog.rules import DtypeError, RankError, RuleError, ShapeError, describe_shapes, invalid
from spec_compiler.catalog.shapes import agree, spatial_axes, volume
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one


class Convolving(Formatted):
    """An op that forms weighted sums over a window that slides along the axes."""

    op_pattern: ClassVar[OpPattern] = "opaque"
    ranks: ClassVar[tuple[int, ...]]
    """How many axes an input can have."""

    strides: WindowSizes = Field(1, description="How far the window moves: one number, or one for each axis.")
    padding: Padding = Field(
        "valid", description="Whether windows that reach beyond the border are left out (`valid`) or padded (`same`)."
    )
    dilation_rate: WindowSizes = Field(
        1, description="The distance between two neighbouring elements of the window: one number, or one for each axis."
    )

    def convolved(self, inputs: TensorType, kernel: TensorType, operand: str, filters: Dimension) -> TensorType:
        """What a kernel makes of an input, with `filters` channels.

        Raises:
            RuleError: They do not fit each other or the arguments.
        """
        axes = spatial(inputs, self.data_format, self.ranks, "inputs")
        require_computable(inputs, FLOATING, "inputs")
        same_dtype(inputs, kernel, operand)
        if kernel.rank != inputs.rank:
            raise RankError(
                "takes a kernel with as many axes as the input, and gets "
                + describe_shapes((inputs.shape, kernel.shape)),
                "inputs",
                operand,
            )
        channels = kernel.shape[-2]
        if not agree(inputs.shape[axes.channel_axis], channels):
            raise ShapeError(
                f"takes a kernel for the channels of {format_shape(inputs.shape)}, and gets "
                f"{format_shape(kernel.shape)}, for {channels}",
                "inputs",
                operand,
            )
        count = len(axes.axes)
        strides = per_axis(self.strides, count, "strides")
        dilations = per_axis(self.dilation_rate, count, "dilation_rate")
        self.check_strides(strides, dilations)
        window = self.window(kernel, operand, max(strides) > 1 and max(dilations) > 1)
        lengths = slide(inputs.shape, axes.axes, window, strides, self.padding, dilations, operands=("inputs", operand))
        return inputs.with_shape(placed(inputs.shape, (*axes.axes, axes.channel_axis), (*lengths, filters)))

    def multiply_adds(self, result: Inferred, inputs: TensorType, **kernels: TensorType) -> Dimension:
        """The kernels, at each place of the window; what lies beyond the border counts as zeros do."""
        output = result.outputs[0].shape
        places = [output[axis] for axis in spatial_axes(inputs.rank, self.data_format)]
        return times(output[0], *places, total(volume(kernel.shape) for kernel in kernels.values()))

    def check_strides(self, strides: tuple[int, ...], dilations: tuple[int, ...]) -> None:
        """Refuse strides and dilations that TensorFlow has no way to combine."""

    def window(self, kernel: TensorType, operand: str, emulated: bool) -> tuple[int, ...]:
        """The size of the window, which must be known unless the output is as long as the input anyway.

        Raises:
            UnknownDimensionError: It is not known. Of strides together with dilation (`emulated`), it always must be.
        """
        if self.padding == "same" and not emulated:
            return tuple(length or 1 for length in kernel.shape[:-2])
        return known_lengths(kernel, operand, range(kernel.rank - 2))


def same_dtype(inputs: TensorType, kernel: TensorType, operand: str) -> None:
    """Refuse a kernel of another dtype, which TensorFlow does not convert.

    Raises:
        DtypeError: It is of one, or not dense.
    """
    require_computable(kernel, FLOATING, operand)
    if kernel.dtype != inputs.dtype:
        raise DtypeError(f"takes tensors of one dtype, and gets {inputs.dtype} and {kernel.dtype}", "inputs", operand)


class Conv(Convolving):
    """A convolution along one, two or three axes."""

    example: ClassVar[str] = "padding: same, inputs: {inputs: image, kernel: kernel}"
    ranks: ClassVar[tuple[int, ...]] = (3, 4, 5)
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "Images or their like: (batch, …, channels)."),
        tensor("kernel", "The weights: (…, channels, filters)."),
    )

    def check_strides(self, strides: tuple[int, ...], dilations: tuple[int, ...]) -> None:
        """Refuse strides together with dilation.

        Raises:
            RuleError: Both are greater than 1.
        """
        if max(strides) > 1 and max(dilations) > 1:
            raise RuleError(
                "has `strides` and `dilation_rate` greater than 1, which do not go together", argument="dilation_rate"
            )

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs", "kernel")

    def interval(self, output: int, of: TensorType, inputs: Ranged, kernel: Ranged) -> Interval:
        """Sums of products over the window, or over a part of it at the border."""
        products = repeated_sum(inputs.interval * kernel.interval, volume(kernel.type.shape[:-1]))
        return hull((products, number(0))).unreached()

    def infer(self, inputs: TensorType, kernel: TensorType) -> Inferred:
        """(batch, …, channels) and (…, channels, filters) to (batch, …, filters)."""
        return one(self.convolved(inputs, kernel, "kernel", kernel.shape[-1] if kernel.rank else None))


class Separate(Convolving):
    """A convolution of each channel on its own.

    Keras takes strides, and dilations along one axis, as tuples only, and finds lists in a saved model.
    """

    ranks: ClassVar[tuple[int, ...]] = (3, 4)

    @field_validator("strides", "dilation_rate")
    @classmethod
    def _alike(cls, value: tuple[int, ...] | int, info: ValidationInfo) -> tuple[int, ...] | int:
        if isinstance(value, int):
            return value
        if len(set(value)) == 1:
            return value[0]
        if info.field_name == "strides":
            raise invalid("takes one number for all axes, along which the window moves equally")
        return value


class DepthwiseConv(Separate):
    """A convolution of each channel with kernels of its own, along one or two axes."""

    example: ClassVar[str] = "inputs: {inputs: image, kernel: depthwise}"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "Images or sequences: (batch, …, channels)."),
        tensor("kernel", "The weights: (…, channels, results for each channel)."),
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs", "kernel")

    def interval(self, output: int, of: TensorType, inputs: Ranged, kernel: Ranged) -> Interval:
        """Sums of products over the window, or over a part of it at the border."""
        products = repeated_sum(inputs.interval * kernel.interval, volume(kernel.type.shape[:-2]))
        return hull((products, number(0))).unreached()

    def infer(self, inputs: TensorType, kernel: TensorType) -> Inferred:
        """(batch, …, channels) and (…, channels, m) to (batch, …, channels · m)."""
        channels, multiplier = known_lengths(kernel, "kernel", (-2, -1)) if kernel.rank > 1 else (0, 0)
        return one(self.convolved(inputs, kernel, "kernel", channels * multiplier))


class SeparableConv(Separate):
    """A convolution of each channel on its own, followed by a pointwise one that mixes the channels (Chollet, 2017)."""

    example: ClassVar[str] = "inputs: {inputs: image, depthwise_kernel: depthwise, pointwise_kernel: pointwise}"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "Images or sequences: (batch, …, channels)."),
        tensor("depthwise_kernel", "The weights of each channel: (…, channels, m)."),
        tensor("pointwise_kernel", "The weights that mix them: (1, …, channels · m, filters)."),
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs", "depthwise_kernel", "pointwise_kernel")

    def interval(
        self, output: int, of: TensorType, inputs: Ranged, depthwise_kernel: Ranged, pointwise_kernel: Ranged
    ) -> Interval:
        """Sums of products over the window, or over a part of it at the border, and those mixed."""
        window, width = volume(depthwise_kernel.type.shape[:-2]), pointwise_kernel.type.shape[-2]
        each = hull((repeated_sum(inputs.interval * depthwise_kernel.interval, window), number(0)))
        return repeated_sum(each * pointwise_kernel.interval, width)

    def infer(self, inputs: TensorType, depthwise_kernel: TensorType, pointwise_kernel: TensorType) -> Inferred:
        """(batch, …, channels), (…, channels, m) and (1, …, channels · m, filters) to (batch, …, filters)."""
        same_dtype(inputs, pointwise_kernel, "pointwise_kernel")
        if depthwise_kernel.rank < 2 or pointwise_kernel.rank != inputs.rank:
            raise RankError(
                "takes kernels with as many axes as the input, and gets "
                + describe_shapes((inputs.shape, depthwise_kernel.shape, pointwise_kernel.shape)),
                "inputs",
                "depthwise_kernel",
                "pointwise_kernel",
            )
        channels, multiplier = known_lengths(depthwise_kernel, "depthwise_kernel", (-2, -1))
        *places, width, filters = pointwise_kernel.shape
        output = self.convolved(inputs, depthwise_kernel, "depthwise_kernel", filters)
        if not (set(places) <= {1, None} and agree(width, channels * multiplier)):
            expected = (*(1,) * len(places), channels * multiplier, filters)
            raise ShapeError(
                f"takes a pointwise kernel of shape {format_shape(expected)}, and gets "
                f"{format_shape(pointwise_kernel.shape)}",
                "depthwise_kernel",
                "pointwise_kernel",
            )
        return one(output)
