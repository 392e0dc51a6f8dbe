"""Ops on regions of images: patches, and what is added or cut off at the borders."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from spec_compiler.catalog.fields import NonNegativeInt, PositiveInt
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.layers.windows import Padding, slide
from spec_compiler.catalog.operands import ANYTHING, FLOATING
from spec_compiler.catalog.ops.base import known_lengths, require_computable
from spec_compiler.catalog.ops.convolving import WindowSizes, per_axis, placed
from spec_compiler.catalog.ops.image import ImageOp
from spec_compiler.catalog.rules import (
    EmptyResultError,
    RuleError,
    ShapeError,
    UnknownDimensionError,
    conflict,
    invalid,
)
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one


class Patches(ImageOp):
    """An op that puts the elements of each of many parts of an image into the channels."""

    strides: WindowSizes | None = Field(None, description="How far a part is from the next one; null for its own size.")
    dilation_rate: WindowSizes = Field(1, description="The distance between two neighbouring elements of a part.")
    padding: Padding = Field(
        "valid", description="Whether parts that reach beyond the border are left out (`valid`) or filled (`same`)."
    )

    def patches(self, x: TensorType, operand: str, sizes: tuple[int, ...]) -> TensorType:
        """The parts of an image or a volume, and how many elements each has.

        Raises:
            RuleError: The tensor does not fit the arguments.
        """
        image = self.image(x, operand, len(sizes))
        require_computable(x, FLOATING, operand)
        (channels,) = known_lengths(x, operand, (image.channel_axis,))
        strides = sizes if self.strides is None else per_axis(self.strides, len(sizes), "strides")
        rates = per_axis(self.dilation_rate, len(sizes), "dilation_rate")
        if max(strides) > 1 and max(rates) > 1:
            raise RuleError(
                "has `strides` and `dilation_rate` greater than 1, which do not go together", argument="dilation_rate"
            )
        lengths = slide(x.shape, image.axes, sizes, strides, self.padding, rates, operands=(operand,), argument="size")
        elements = channels
        for size in sizes:
            elements *= size
        return x.with_shape(placed(x.shape, (*image.axes, image.channel_axis), (*lengths, elements)))


class ExtractPatches(Patches):
    """Parts of images, or of volumes where `size` has three numbers."""

    keras_name: ClassVar[str] = "image.extract_patches"

    size: WindowSizes = Field(description="The size of a part: one number, height and width, or depth too.")

    @field_validator("size")
    @classmethod
    def _two_or_three(cls, value: tuple[int, ...] | int) -> tuple[int, ...] | int:
        if isinstance(value, tuple) and len(value) not in (2, 3):
            raise invalid(f"takes one number or a list of 2 or 3, and this has {len(value)}")
        return value

    def infer(self, images: TensorType) -> Inferred:
        """(…, height, width, channels) to (…, rows, columns, elements of a part)."""
        sizes = (self.size, self.size) if isinstance(self.size, int) else self.size
        return one(self.patches(images, "images", sizes))


class ExtractPatches3d(Patches):
    """Parts of volumes."""

    keras_name: ClassVar[str] = "image.extract_patches_3d"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("volumes", "A volume, or a batch of them: (batch, depth, height, width, channels)."),
    )

    size: WindowSizes = Field(description="The size of a part: one number, or depth, height and width.")

    @field_validator("size")
    @classmethod
    def _three(cls, value: tuple[int, ...] | int) -> tuple[int, ...] | int:
        if isinstance(value, tuple) and len(value) != 3:
            raise invalid(f"takes one number or a list of 3, and this has {len(value)}")
        return value

    def infer(self, volumes: TensorType) -> Inferred:
        """(…, depth, height, width, channels) to (…, places along the three, elements of a part)."""
        sizes = (self.size,) * 3 if isinstance(self.size, int) else self.size
        return one(self.patches(volumes, "volumes", sizes))


class Bordering(ImageOp):
    """An op on the borders of images.

    Two of three must be given of each axis: what is added or cut off before, and after, and the length in the end.
    """

    before: ClassVar[tuple[str, str]]
    """The arguments about what comes before the images: at the top, at the left."""
    after: ClassVar[tuple[str, str]]
    targets: ClassVar[tuple[str, str]] = ("target_height", "target_width")

    target_height: PositiveInt | None = Field(None, description="The height of the result.")
    target_width: PositiveInt | None = Field(None, description="The width of the result.")

    @model_validator(mode="after")
    def _two_of_three(self) -> Self:
        for names in zip(self.before, self.after, self.targets, strict=True):
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) != 2:
                listed = ", ".join(f"`{name}`" for name in names)
                raise conflict(names[0], f"two of {listed} must be given, and {len(given)} are")
        return self

    def borders(self, position: int) -> tuple[int | None, int | None, int | None]:
        """What is given of height or width: before, after, and in the end."""
        names = (self.before[position], self.after[position], self.targets[position])
        first, second, third = (getattr(self, name) for name in names)
        return first, second, third

    def infer(self, images: TensorType) -> Inferred:
        """(…, height, width, channels) to images of another height and width."""
        axes = self.image(images).axes
        require_computable(images, ANYTHING, "images")
        lengths = [self.length(images, position, axis) for position, axis in enumerate(axes)]
        return one(images.with_shape(placed(images.shape, axes, tuple(lengths))))

    def length(self, images: TensorType, position: int, axis: int) -> Dimension:
        """The length of an axis of the result.

        Raises:
            RuleError: It cannot have the length that it must, or nobody knows it.
        """
        raise NotImplementedError


def unknown(images: TensorType, axis: int, argument: str) -> UnknownDimensionError:
    """An axis whose length Keras must know, with the arguments as they are."""
    return UnknownDimensionError(
        f"needs to know the length of axis {axis} of {format_shape(images.shape)}", "images", argument=argument
    )


class PadImages(Bordering):
    """Adds zeros around images."""

    keras_name: ClassVar[str] = "image.pad_images"
    before: ClassVar[tuple[str, str]] = ("top_padding", "left_padding")
    after: ClassVar[tuple[str, str]] = ("bottom_padding", "right_padding")

    top_padding: NonNegativeInt | None = Field(None, description="How many rows are added at the top.")
    left_padding: NonNegativeInt | None = Field(None, description="How many columns are added at the left.")
    bottom_padding: NonNegativeInt | None = Field(None, description="How many rows are added at the bottom.")
    right_padding: NonNegativeInt | None = Field(None, description="How many columns are added at the right.")

    def length(self, images: TensorType, position: int, axis: int) -> Dimension:
        """The length of an axis after zeros were added."""
        before, after, target = self.borders(position)
        length = images.shape[axis]
        if target is None:
            return None if length is None else length + (before or 0) + (after or 0)
        if length is None:
            raise unknown(images, axis, self.targets[position])
        if length + (before or 0) + (after or 0) > target:
            raise ShapeError(
                f"makes axis {axis} of {format_shape(images.shape)} {target} long, which is too short for it",
                "images",
                argument=self.targets[position],
            )
        return target


class CropImages(Bordering):
    """Cuts off the borders of images."""

    keras_name: ClassVar[str] = "image.crop_images"
    before: ClassVar[tuple[str, str]] = ("top_cropping", "left_cropping")
    after: ClassVar[tuple[str, str]] = ("bottom_cropping", "right_cropping")

    top_cropping: NonNegativeInt | None = Field(None, description="How many rows are cut off at the top.")
    left_cropping: NonNegativeInt | None = Field(None, description="How many columns are cut off at the left.")
    bottom_cropping: NonNegativeInt | None = Field(None, description="How many rows are cut off at the bottom.")
    right_cropping: NonNegativeInt | None = Field(None, description="How many columns are cut off at the right.")

    def length(self, images: TensorType, position: int, axis: int) -> Dimension:
        """The length of an axis after its ends were cut off."""
        before, after, target = self.borders(position)
        length = images.shape[axis]
        if length is None:
            if target is None or before is None:
                raise unknown(images, axis, self.targets[position] if target is None else self.before[position])
            return target
        left = length - (before or 0) - (after or 0)
        if left <= 0 or (target is not None and target > left):
            raise EmptyResultError(
                f"cuts more from axis {axis} of {format_shape(images.shape)} than there is",
                "images",
                argument=self.before[position]
                if self.before[position] in self.model_fields_set
                else self.after[position],
            )
        return left if target is None else target
