"""Layers that bring images to a size."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import Finite, NonNegativeInt, PositiveInt
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.layers.image_rules import Image, Seeded
from spec_compiler.catalog.layers.preprocessing_rules import without
from spec_compiler.catalog.operands import REALS
from spec_compiler.catalog.rules import conflict
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, one

RESIZED = without(REALS, "uint32", "uint64")


class Size(Arguments):
    """The arguments about the size of images."""

    height: PositiveInt = Field(description="The height of the images that are given.")
    width: PositiveInt = Field(description="The width of the images that are given.")


class Sized(Size, Image):
    """A layer whose images have a certain size."""

    def shape_of(self, images: TensorType) -> Shape:
        """The shape with the size of the layer."""
        shape = list(images.shape)
        for axis, length in zip(self.size_axes, (self.height, self.width), strict=True):
            shape[axis] = length
        return tuple(shape)


class Resizing(Sized):
    """Brings images to a size by making new pixels of the old ones."""

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


class CenterCrop(Sized):
    """Cuts the middle out of images; smaller images are made larger."""

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

    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size",))


class MaxNumBoundingBoxes(Image):
    """Brings the boxes that come with images to a certain number; images by themselves are given on as they are."""

    max_number: NonNegativeInt = Field(description="How many boxes each image is given.")
    fill_value: int = Field(-1, description="The number in boxes that are added.")
