"""Patches of images and volumes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.layers.windows import Padding, slide
from spec_compiler.catalog.operands import FLOATING
from spec_compiler.catalog.ops.base import OpPattern, known_lengths, require_computable
from spec_compiler.catalog.ops.image.base import ImageOp
from spec_compiler.catalog.ops.spatial import WindowSizes, per_axis, placed
from spec_compiler.catalog.rules import RuleError, invalid
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Patches(ImageOp):
    """An op that puts the elements of each patch of an image into the channels."""

    op_pattern: ClassVar[OpPattern] = "movement"

    strides: WindowSizes | None = Field(
        None, description="How far a patch is from the next one; null for its own size."
    )
    dilation_rate: WindowSizes = Field(1, description="The distance between two neighbouring elements of a patch.")
    padding: Padding = Field(
        "valid", description="Whether patches that reach beyond the border are left out (`valid`) or padded (`same`)."
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
    """Patches of images, or of volumes if `size` has three numbers."""

    example: ClassVar[str] = "size: 8, inputs: image"
    keras_name: ClassVar[str] = "image.extract_patches"

    size: WindowSizes = Field(description="The size of a patch: one number, height and width, or depth too.")

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
    """Patches of volumes."""

    example: ClassVar[str] = "size: 8, inputs: volume"
    keras_name: ClassVar[str] = "image.extract_patches_3d"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("volumes", "A volume, or a batch of them: (batch, depth, height, width, channels)."),
    )

    size: WindowSizes = Field(description="The size of a patch: one number, or depth, height and width.")

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
