"""Filters of images: blur and edges."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.fields import Integers, PositiveFloat
from spec_compiler.catalog.intervals import Interval, Ranged, hull, number
from spec_compiler.catalog.operands import FLOATING
from spec_compiler.catalog.ops.base import require_computable
from spec_compiler.catalog.ops.image.base import NOT_FLOAT16, ImageOp, two
from spec_compiler.catalog.rules import ShapeError, require_rank
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one


class GaussianBlur(ImageOp):
    """Blurs images by a Gaussian kernel."""

    example: ClassVar[str] = "inputs: image"
    keras_name: ClassVar[str] = "image.gaussian_blur"

    kernel_size: Annotated[tuple[int, ...], Integers(minimum=1)] = Field(
        (3, 3), description="Height and width of the kernel."
    )
    sigma: tuple[PositiveFloat, PositiveFloat] = Field(
        (1.0, 1.0), strict=False, description="The standard deviations of the kernel, along height and width."
    )

    @field_validator("kernel_size")
    @classmethod
    def _two_numbers(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return two(value)

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Weighted means, beyond the border of zeros."""
        return hull((images.interval, number(0))).unreached()

    def infer(self, images: TensorType) -> Inferred:
        """The shape of the images."""
        self.image(images)
        require_computable(images, NOT_FLOAT16, "images")
        return one(images)

    def multiply_adds(self, result: Inferred, images: TensorType) -> Dimension:
        """What counts around a pixel, for each pixel and channel."""
        return times(*images.shape, *self.kernel_size)


class SobelEdges(ImageOp):
    """The gradients of images along height and width, by the Sobel operator (Sobel & Feldman, 1968)."""

    example: ClassVar[str] = "inputs: image"
    keras_name: ClassVar[str] = "image.sobel_edges"

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Four times the difference of two pixels, at most."""
        return (images.interval - images.interval) * number(4)

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
