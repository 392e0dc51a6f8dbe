"""Conversion between colour spaces."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.intervals import SHARES, UNKNOWN, Interval, Ranged, hull, number
from spec_compiler.catalog.operands import FLOATING, NUMBERS
from spec_compiler.catalog.ops.base import known_lengths, require_computable
from spec_compiler.catalog.ops.image.base import ImageOp
from spec_compiler.catalog.ops.spatial import placed
from spec_compiler.catalog.rules import ShapeError
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


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
    """RGB to HSV: hue, saturation and value."""

    example: ClassVar[str] = "inputs: image"
    keras_name: ClassVar[str] = "image.rgb_to_hsv"

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Shares, of shares."""
        return SHARES if images.interval.within(SHARES) else UNKNOWN


class HsvToRgb(Colours):
    """HSV to RGB: red, green and blue."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "inputs: image"
    keras_name: ClassVar[str] = "image.hsv_to_rgb"

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Shares, of shares."""
        return SHARES if images.interval.within(SHARES) else UNKNOWN


class RgbToGrayscale(ImageOp):
    """RGB to grayscale."""

    example: ClassVar[str] = "inputs: image"
    keras_name: ClassVar[str] = "image.rgb_to_grayscale"

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Weighted means of the colours, whose weights are 0.2989, 0.587 and 0.114."""
        return hull((images.interval, images.interval * number(0.9999))).unreached()

    def infer(self, images: TensorType) -> Inferred:
        """(…, height, width, 3) to (…, height, width, 1)."""
        axis = self.image(images).channel_axis
        require_computable(images, NUMBERS, "images")
        (channels,) = known_lengths(images, "images", (axis,))
        if channels not in (1, 3):
            raise ShapeError(f"takes images of 3 channels, or of 1, and gets {format_shape(images.shape)}", "images")
        return one(images.with_shape(placed(images.shape, (axis,), (1,))))
