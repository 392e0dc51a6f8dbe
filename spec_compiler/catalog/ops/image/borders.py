"""Cropping and padding of images at their borders."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import NonNegativeInt, PositiveInt
from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import of_operands_or_zero
from spec_compiler.catalog.operands import ANYTHING
from spec_compiler.catalog.ops.base import OpPattern, require_computable
from spec_compiler.catalog.ops.image.base import ImageOp
from spec_compiler.catalog.ops.spatial import placed
from spec_compiler.catalog.rules import EmptyResultError, ShapeError, UnknownDimensionError, conflict
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one


class Bordering(ImageOp):
    """An op on the borders of images.

    Two of three must be given of each axis: what is added or cut off before, and after, and the length in the end.
    """

    op_pattern: ClassVar[OpPattern] = "movement"
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
    """Pads images with zeros."""

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero

    example: ClassVar[str] = "top_padding: 4, left_padding: 4, target_height: 40, target_width: 40, inputs: image"
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
    """Crops images at their borders."""

    example: ClassVar[str] = "top_cropping: 4, left_cropping: 4, target_height: 24, target_width: 24, inputs: image"
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
