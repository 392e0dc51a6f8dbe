"""Layers that bring images to a size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import Finite, NonNegativeInt, PositiveInt
from spec_compiler.catalog.gradient_flow import OF_AREAS, Flow, NoDerivative
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import Arguments, of_operands
from spec_compiler.catalog.layers.image_rules import ImageLayer, Seeded
from spec_compiler.catalog.layers.preprocessing_rules import without
from spec_compiler.catalog.mask_rules import PROPAGATES, MaskRule
from spec_compiler.catalog.operands import REALS
from spec_compiler.catalog.rules import conflict
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, one

RESIZED = without(REALS, "uint32", "uint64")


class ImageSize(Arguments):
    """The arguments about the size of images."""

    height: PositiveInt = Field(description="The height of the images that are given.")
    width: PositiveInt = Field(description="The width of the images that are given.")


class Sized(ImageSize, ImageLayer):
    """A layer whose images have a certain size."""

    def shape_of(self, images: TensorType) -> Shape:
        """The shape with the size of the layer."""
        shape = list(images.shape)
        for axis, length in zip(self.size_axes, (self.height, self.width), strict=True):
            shape[axis] = length
        return tuple(shape)


class Resizing(Sized):
    """Brings images to a size by making new pixels of the old ones."""

    example: ClassVar[str] = "height: 24, width: 24, inputs: image"

    computes = RESIZED
    takes = RESIZED

    interpolation: Literal["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area"] = Field(
        "bilinear", description="How pixels are made of those around them."
    )
    crop_to_aspect_ratio: bool = Field(False, description="Whether images are cut so as not to be distorted.")
    pad_to_aspect_ratio: bool = Field(False, description="Whether images are padded so as not to be distorted.")
    fill_mode: Literal["constant"] = Field("constant", description="What images are padded with.")
    fill_value: Finite = Field(0.0, description="The value that images are padded with.")
    antialias: bool = Field(False, description="Whether fine patterns are smoothed when images are made smaller.")

    @model_validator(mode="after")
    def _cut_or_padded(self) -> Self:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise conflict("pad_to_aspect_ratio", "images are cut or padded to a shape, not both")
        return self

    def result_dtype(self, data: TensorType) -> str:
        """That of the images as the layer sees them."""
        return self.cast(data).dtype

    def interval(self, output: int, of: TensorType, data: Ranged, **call: Any) -> Interval:
        """Means of pixels, or pixels, and what images are padded with; other interpolations overshoot."""
        if self.interpolation not in ("bilinear", "nearest", "area"):
            return UNKNOWN
        found = data.interval.unreached()
        return hull((found, number(self.fill_value))) if self.pad_to_aspect_ratio else found

    def lacks_derivative(self, dtype: str) -> NoDerivative | None:
        """Returns that means over areas have no gradient."""
        return OF_AREAS if self.interpolation == "area" else None

    @property
    def flow(self) -> Flow:
        """What comes back: of bicubic interpolation in half precision, nothing."""
        has_none = (
            self.interpolation == "bicubic" and not self.antialias and self.compute_dtype in ("float16", "bfloat16")
        )
        return Flow.NONE if has_none else super().flow


class CenterCrop(Sized):
    """Cuts the middle out of images; smaller images are made larger."""

    example: ClassVar[str] = "height: 24, width: 24, inputs: image"
    interval: ClassVar[Callable[..., Interval]] = of_operands

    def traced(self, x: TensorType) -> Inferred:
        """The same; but TensorFlow knows the size only if it knows that of the images."""
        (result,) = self.infer(self.given(x)).outputs
        if all(x.shape[axis] is not None for axis in self.size_axes):
            return one(result)
        shape = list(result.shape)
        for axis in self.size_axes:
            shape[axis] = None
        return one(result.with_shape(tuple(shape)))


class RandomCrop(Seeded, Sized):
    """Cuts a piece of a certain size out of images, at random, in training."""

    example: ClassVar[str] = "height: 24, width: 24, inputs: image"
    interval: ClassVar[Callable[..., Interval]] = of_operands
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size",))
    converts_inputs: ClassVar[bool] = False

    def shape_outside_training(self, x: TensorType) -> Shape | None:
        """Returns the shape of the images as they come: they are cut in training alone, and Keras states the cut."""
        return x.shape if x.shape != self.shape_of(x) else None


class MaxNumBoundingBoxes(ImageLayer):
    """Brings the boxes that come with images to a certain number; images by themselves are passed through unchanged."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    example: ClassVar[str] = "max_number: 10, inputs: image"
    interval: ClassVar[Callable[..., Interval]] = of_operands

    max_number: NonNegativeInt = Field(description="How many boxes each image is given.")
    fill_value: int = Field(-1, description="The number in boxes that are added.")

    def result_dtype(self, data: TensorType) -> str:
        """That of the images as the layer sees them."""
        return self.cast(data).dtype
