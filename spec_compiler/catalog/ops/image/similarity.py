"""Similarity of two images."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.fields import NonNegativeFloat, PositiveFloat, PositiveInt
from spec_compiler.catalog.intervals import COSINES, Interval
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.layers.windows import slide
from spec_compiler.catalog.ops.base import OpPattern, require_computable
from spec_compiler.catalog.ops.image.base import COMPARABLE, ImageOp
from spec_compiler.catalog.ops.rules import ORDERED
from spec_compiler.catalog.rules import ShapeError, describe_shapes
from spec_compiler.catalog.shapes import agree, known_of
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, one


class Ssim(ImageOp):
    """The structural similarity index of two images (Wang et al., 2004)."""

    example: ClassVar[str] = "inputs: {image1: image, image2: image}"
    op_pattern: ClassVar[OpPattern] = "combination"
    keras_name: ClassVar[str] = "image.ssim"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("image1", "An image, or a batch of them."),
        tensor("image2", "The image, or the batch, that they are compared with."),
    )

    max_val: PositiveFloat = Field(1.0, description="The greatest value that a pixel can have.")
    filter_size: PositiveInt = Field(11, description="Height and width of the Gaussian window.")
    filter_sigma: PositiveFloat = Field(1.5, description="The standard deviation of the Gaussian window.")
    k1: NonNegativeFloat = Field(0.01, description="What keeps the comparison of brightness from dividing by zero.")
    k2: NonNegativeFloat = Field(0.03, description="What keeps the comparison of contrast from dividing by zero.")

    def interval(self, output: int, of: TensorType) -> Interval:
        """From opposite to equal."""
        return COSINES

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
