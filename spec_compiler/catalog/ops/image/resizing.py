"""Resizing of images."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from spec_compiler.catalog.fields import Integers, Number
from spec_compiler.catalog.gradient_flow import OF_AREAS, NoDerivative
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.reshaping import RESIZABLE
from spec_compiler.catalog.operands import FLOATING
from spec_compiler.catalog.ops.base import require_computable
from spec_compiler.catalog.ops.image.base import ImageOp, two
from spec_compiler.catalog.ops.spatial import placed
from spec_compiler.catalog.rules import RuleError, conflict
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Resize(ImageOp):
    """Resizes images."""

    example: ClassVar[str] = "size: [24, 24], inputs: image"
    keras_name: ClassVar[str] = "image.resize"

    size: Annotated[tuple[int, ...], Integers(minimum=1)] = Field(description="Height and width of the result.")
    interpolation: Literal["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area"] = Field(
        "bilinear", description="How a pixel is interpolated between those around its position."
    )
    antialias: bool = Field(False, description="Whether images are filtered as they become smaller.")
    crop_to_aspect_ratio: bool = Field(
        False, description="Whether images are cropped to the aspect ratio of the result first."
    )
    pad_to_aspect_ratio: bool = Field(
        False, description="Whether images are padded to the aspect ratio of the result first."
    )
    fill_mode: Literal["constant"] = Field("constant", description="What they are padded with: a constant.")
    fill_value: Number = Field(0.0, description="The constant; for images of integers, an integer.")

    @field_validator("size")
    @classmethod
    def _two_numbers(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return two(value)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise conflict("pad_to_aspect_ratio", "`crop_to_aspect_ratio` and `pad_to_aspect_ratio` do not go together")
        return self

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Means of pixels, or pixels; other interpolations overshoot."""
        if self.interpolation not in ("bilinear", "nearest", "area"):
            return UNKNOWN
        found = images.interval.unreached()
        return hull((found, number(self.fill_value))) if self.pad_to_aspect_ratio else found

    def lacks_derivative(self, dtype: str) -> NoDerivative | None:
        """Returns that means over areas have no gradient."""
        return OF_AREAS if self.interpolation == "area" else None

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
