"""Ops on the pixels of images: colours, sizes, borders, patches, edges, likeness."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.fields import Integers, NonNegativeFloat, Number, PositiveFloat, PositiveInt
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.layers.reshaping import RESIZABLE
from spec_compiler.catalog.layers.windows import slide
from spec_compiler.catalog.operands import FLOATING, NUMBERS, Elements
from spec_compiler.catalog.ops.base import known_lengths, require_computable
from spec_compiler.catalog.ops.convolving import Formatted, placed
from spec_compiler.catalog.ops.rules import ORDERED
from spec_compiler.catalog.rules import (
    RankError,
    RuleError,
    ShapeError,
    conflict,
    describe_shapes,
    invalid,
    require_rank,
)
from spec_compiler.catalog.shapes import agree, known_of
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one

IMAGES = tensor("images", "An image, or a batch of them: (batch, height, width, channels).")

COMPARABLE = Elements("real numbers other than float16, or booleans", ORDERED.dtypes - {"float16"})
NOT_FLOAT16 = Elements("bfloat16, float32 or float64 numbers", FLOATING.dtypes - {"float16"})


class Image(NamedTuple):
    """Which axes of a tensor are height and width (and depth, before them), and which has the channels."""

    axes: range
    channel_axis: int


class ImageOp(Formatted):
    """An op on one image or on a batch of them."""

    calls: ClassVar[tuple[CallArgument, ...]] = (IMAGES,)

    def image(self, x: TensorType, operand: str = "images", count: int = 2) -> Image:
        """The axes of a tensor; `count` is 2 for images and 3 for volumes.

        Raises:
            RankError: It is neither one image nor a batch.
        """
        if x.rank not in (count + 1, count + 2):
            what = "an image or a batch of images" if count == 2 else "a volume or a batch of volumes"
            raise RankError(
                f"takes {what}, rank {count + 1} or {count + 2}, and gets {format_shape(x.shape)}, rank {x.rank}",
                operand,
            )
        first = self.data_format == "channels_first"
        start = x.rank - count - (not first)
        return Image(range(start, start + count), start - 1 if first else x.rank - 1)


class Colours(ImageOp):
    """An op on the three colours of each pixel."""

    def infer(self, images: TensorType) -> Inferred:
        """The shape of the images."""
        channels = images.shape[self.image(images).channel_axis]
        require_computable(images, FLOATING, "images")
        if not agree(channels, 3):
            raise ShapeError(f"takes images of 3 channels, and gets {format_shape(images.shape)}", "images")
        return one(images)


class RgbToHsv(Colours):
    """Red, green and blue to hue, saturation and value."""

    keras_name: ClassVar[str] = "image.rgb_to_hsv"


class HsvToRgb(Colours):
    """Hue, saturation and value to red, green and blue."""

    keras_name: ClassVar[str] = "image.hsv_to_rgb"


class RgbToGrayscale(ImageOp):
    """Red, green and blue to how bright a pixel is."""

    keras_name: ClassVar[str] = "image.rgb_to_grayscale"

    def infer(self, images: TensorType) -> Inferred:
        """(…, height, width, 3) to (…, height, width, 1)."""
        axis = self.image(images).channel_axis
        require_computable(images, NUMBERS, "images")
        (channels,) = known_lengths(images, "images", (axis,))
        if channels not in (1, 3):
            raise ShapeError(f"takes images of 3 channels, or of 1, and gets {format_shape(images.shape)}", "images")
        return one(images.with_shape(placed(images.shape, (axis,), (1,))))


class Resize(ImageOp):
    """Brings images to another height and width."""

    keras_name: ClassVar[str] = "image.resize"

    size: Annotated[tuple[int, ...], Integers(minimum=1)] = Field(description="Height and width of the result.")
    interpolation: Literal["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area"] = Field(
        "bilinear", description="How a pixel is made of those around its place."
    )
    antialias: bool = Field(False, description="Whether more pixels count where images become smaller.")
    crop_to_aspect_ratio: bool = Field(False, description="Whether images are cut to the proportions of the result.")
    pad_to_aspect_ratio: bool = Field(
        False, description="Whether images are filled up to the proportions of the result."
    )
    fill_mode: Literal["constant"] = Field("constant", description="What they are filled with: a constant.")
    fill_value: Number = Field(0.0, description="The constant; for images of whole numbers, a whole number.")

    @field_validator("size")
    @classmethod
    def _two_numbers(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return two(value)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise conflict("pad_to_aspect_ratio", "`crop_to_aspect_ratio` and `pad_to_aspect_ratio` do not go together")
        return self

    def infer(self, images: TensorType) -> Inferred:
        """(…, height, width, channels) to (…, *size, channels)."""
        axes = self.image(images).axes
        require_computable(images, RESIZABLE, "images")
        whole = images.dtype not in FLOATING.dtypes
        if whole and self.pad_to_aspect_ratio and isinstance(self.fill_value, float):
            raise RuleError(
                f"fills images of {images.dtype}, and has `fill_value` {self.fill_value}, which is no whole number",
                "images",
                argument="fill_value",
                hint=f"write `fill_value: {int(self.fill_value)}`",
            )
        return one(images.with_shape(placed(images.shape, axes, self.size)))


def two(value: tuple[int, ...]) -> tuple[int, ...]:
    """Two numbers, height and width.

    Raises:
        PydanticCustomError: There are more or fewer.
    """
    if len(value) != 2:
        raise invalid(f"takes a list of 2, height and width, and this has {len(value)}")
    return value


class GaussianBlur(ImageOp):
    """Makes each pixel a mean of those around it, weighted by a normal distribution."""

    keras_name: ClassVar[str] = "image.gaussian_blur"

    kernel_size: Annotated[tuple[int, ...], Integers(minimum=1)] = Field(
        (3, 3), description="Height and width of what counts around a pixel."
    )
    sigma: tuple[PositiveFloat, PositiveFloat] = Field(
        (1.0, 1.0), strict=False, description="The standard deviations of the distribution, for both."
    )

    @field_validator("kernel_size")
    @classmethod
    def _two_numbers(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return two(value)

    def infer(self, images: TensorType) -> Inferred:
        """The shape of the images."""
        self.image(images)
        require_computable(images, NOT_FLOAT16, "images")
        return one(images)

    def multiply_adds(self, result: Inferred, images: TensorType) -> Dimension:
        """What counts around a pixel, for each pixel and channel."""
        return times(*images.shape, *self.kernel_size)


class SobelEdges(ImageOp):
    """How much images change from row to row and from column to column (Sobel & Feldman, 1968)."""

    keras_name: ClassVar[str] = "image.sobel_edges"

    def infer(self, images: TensorType) -> Inferred:
        """(batch, height, width, channels) to (batch, height, width, channels, 2)."""
        require_rank(images, 4, "a batch of images", "images")
        require_computable(images, FLOATING, "images")
        if any(images.shape[axis] == 1 for axis in self.image(images).axes):
            raise ShapeError(
                f"takes images of 2 rows and columns or more, and gets {format_shape(images.shape)}", "images"
            )
        return one(images.with_shape((*images.shape, 2)))

    def multiply_adds(self, result: Inferred, images: TensorType) -> Dimension:
        """Two windows of 3 by 3 pixels, for each pixel and channel."""
        return times(*images.shape, 2, 3, 3)


class Ssim(ImageOp):
    """How alike two images look (Wang et al., 2004)."""

    keras_name: ClassVar[str] = "image.ssim"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("image1", "An image, or a batch of them."),
        tensor("image2", "What they are compared with."),
    )

    max_val: PositiveFloat = Field(1.0, description="The greatest value that a pixel can have.")
    filter_size: PositiveInt = Field(11, description="Height and width of the parts that are compared.")
    filter_sigma: PositiveFloat = Field(1.5, description="How fast pixels count less from the middle of a part.")
    k1: NonNegativeFloat = Field(0.01, description="What keeps the comparison of brightness from dividing by zero.")
    k2: NonNegativeFloat = Field(0.03, description="What keeps the comparison of contrast from dividing by zero.")

    def infer(self, image1: TensorType, image2: TensorType) -> Inferred:
        """Two images to a number, or two batches of them to (batch,)."""
        axes = self.image(image1, "image1").axes
        self.image(image2, "image2")
        require_computable(image1, COMPARABLE, "image1")
        require_computable(image2, ORDERED, "image2")
        if image1.rank != image2.rank or not all(map(agree, image1.shape, image2.shape)):
            raise ShapeError(
                f"takes images of one shape, and gets {describe_shapes((image1.shape, image2.shape))}",
                "image1",
                "image2",
            )
        size = self.filter_size
        slide(image1.shape, axes, (size, size), (1, 1), "valid", operands=("image1",), argument="filter_size")
        slide(image2.shape, axes, (size, size), (1, 1), "valid", operands=("image2",), argument="filter_size")
        return one(image1.with_shape(image1.shape[: image1.rank - 3]))

    def multiply_adds(self, result: Inferred, image1: TensorType, image2: TensorType) -> Dimension:
        """The means of both images, of their squares and of their product: a window for each part and channel."""
        shape = tuple(map(known_of, image1.shape, image2.shape))
        axes, size = self.image(image1, "image1").axes, (self.filter_size, self.filter_size)
        places = slide(shape, axes, size, (1, 1), "valid", operands=("image1",))
        others = (length for axis, length in enumerate(shape) if axis not in axes)
        return times(*others, *places, *size, 5)
