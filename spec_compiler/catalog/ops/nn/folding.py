"""Blocks and sliding windows of images brought into one axis, and back."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import DataFormat, Sizes
from spec_compiler.catalog.intervals import Interval, Ranged, hull, number, repeated_sum
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.layers.windows import reach, slide
from spec_compiler.catalog.operands import ANYTHING, ARITHMETIC, NUMBERS
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, known_lengths, require_computable
from spec_compiler.catalog.rules import ShapeError, conflict, require_rank
from spec_compiler.catalog.shapes import agree, spatial_axes
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one

SizePair = Annotated[tuple[int, ...], Sizes(2)]
Border = Annotated[tuple[int, ...], Sizes(2, minimum=0)]


class Windows(Arguments):
    """The arguments about windows over images."""

    kernel_size: SizePair = Field(description="The size of a window: one number, or height and width.")
    dilation: SizePair = Field(1, validate_default=True, description="The distance between two neighbours in a window.")
    padding: Border = Field(0, validate_default=True, description="How many zeros are added on each side of an axis.")
    stride: SizePair = Field(1, validate_default=True, description="How far the window moves.")


class Unfold(Windows, TensorOp):
    """Extracts sliding windows of images as columns, the channels after the batch axis."""

    example: ClassVar[str] = "kernel_size: 2, inputs: few"
    op_pattern: ClassVar[OpPattern] = "movement"
    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Elements of the images, and zeros around them."""
        return hull((x.interval, number(0))) if any(self.padding) else x.interval

    def infer(self, x: TensorType) -> Inferred:
        """(batch, channels, height, width) to (batch, channels · height · width of a window, places)."""
        require_rank(x, 4, "(batch, channels, height, width)", "x")
        require_computable(x, ARITHMETIC)
        batch, channels, *image = known_lengths(x)
        bordered = [length + 2 * extra for length, extra in zip(image, self.padding, strict=True)]
        rows, columns = known_lengths(
            TensorType(
                slide(
                    (batch, channels, *bordered),
                    (2, 3),
                    self.kernel_size,
                    self.stride,
                    "valid",
                    self.dilation,
                    operands=("x",),
                    argument="kernel_size",
                )
            )
        )
        height, width = self.kernel_size
        return one(x.with_shape((batch, channels * height * width, rows * columns)))


class Fold(Windows, TensorOp):
    """The inverse of `unfold`: columns put back as windows, which are summed where they overlap."""

    example: ClassVar[str] = "output_size: 8, kernel_size: 2, stride: 2, inputs: patches"
    op_pattern: ClassVar[OpPattern] = "opaque"

    output_size: SizePair = Field(description="Height and width of the images: one number for both, or two.")

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if any(places <= 0 for places in self.places()):
            raise conflict(
                "kernel_size",
                f"`kernel_size` {list(self.kernel_size)} does not fit into `output_size` {list(self.output_size)}",
            )
        return self

    def places(self) -> list[int]:
        """At how many places a window stands along height and width."""
        arguments = zip(self.output_size, self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        return [
            (length + 2 * extra - reach(size, distance)) // step + 1
            for length, size, step, extra, distance in arguments
        ]

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Sums where windows overlap, and zeros where none is."""
        return repeated_sum(x.interval, None)

    def infer(self, x: TensorType) -> Inferred:
        """(batch, channels · height · width of a window, places) to (batch, channels, height, width)."""
        require_rank(x, 3, "(batch, channels · window, places)", "x")
        require_computable(x, NUMBERS)
        (width,) = known_lengths(x, "x", (1,))
        window = self.kernel_size[0] * self.kernel_size[1]
        if width % window:
            raise ShapeError(
                f"needs axis 1 to be divisible by the {window} elements of a window, and gets {format_shape(x.shape)}",
                "x",
                argument="kernel_size",
            )
        rows, columns = self.places()
        if not agree(x.shape[2], rows * columns):
            raise ShapeError(
                f"has {rows} times {columns} places for windows, and gets {format_shape(x.shape)}, with {x.shape[2]}",
                "x",
                argument="output_size",
            )
        return one(x.with_shape((x.shape[0], width // window, *self.output_size)))


class DepthSpaceOp(TensorOp):
    """An op that moves elements between the channels and small blocks of images."""

    op_pattern: ClassVar[OpPattern] = "movement"

    block_size: Annotated[int, Field(ge=2)] = Field(description="Height and width of a block.")
    data_format: DataFormat = Field(
        "channels_last", description="Where the channels are: on the last axis or on the one after the batch."
    )

    def split(self, x: TensorType) -> tuple[Dimension, list[Dimension], Dimension]:
        """The batch, the height and width, and the channels of images."""
        require_rank(x, 4, "images", "x")
        require_computable(x, ANYTHING)
        return x.shape[0], [x.shape[axis] for axis in spatial_axes(4, self.data_format)], x.shape[self._channel_axis]

    def join(self, batch: Dimension, image: list[Dimension], channels: Dimension, dtype: str) -> Inferred:
        """Images with such axes."""
        first = self.data_format == "channels_first"
        return one(TensorType((batch, channels, *image) if first else (batch, *image, channels), dtype))

    @property
    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else 3


class DepthToSpace(DepthSpaceOp):
    """Spreads channels over blocks of height and width."""

    example: ClassVar[str] = "block_size: 2, inputs: deep"

    def infer(self, x: TensorType) -> Inferred:
        """(batch, height, width, block² · n) to (batch, block · height, block · width, n)."""
        batch, image, channels = self.split(x)
        area = self.block_size**2
        if channels is not None and channels % area:
            raise ShapeError(
                f"divides the channels by {area}, and {format_shape(x.shape)} has {channels}",
                "x",
                argument="block_size",
            )
        longer = [None if length is None else length * self.block_size for length in image]
        return self.join(batch, longer, None if channels is None else channels // area, x.dtype)


class SpaceToDepth(DepthSpaceOp):
    """Gathers blocks of height and width in the channels."""

    example: ClassVar[str] = "block_size: 2, inputs: image"

    def infer(self, x: TensorType) -> Inferred:
        """(batch, block · height, block · width, n) to (batch, height, width, block² · n)."""
        batch, image, channels = self.split(x)
        if any(length is not None and length % self.block_size for length in image):
            raise ShapeError(
                f"divides height and width by {self.block_size}, and gets {format_shape(x.shape)}",
                "x",
                argument="block_size",
            )
        shorter = [None if length is None else length // self.block_size for length in image]
        return self.join(batch, shorter, None if channels is None else channels * self.block_size**2, x.dtype)
