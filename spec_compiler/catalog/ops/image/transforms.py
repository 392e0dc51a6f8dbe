"""Geometric transforms of images, and interpolation at coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import Integers, Interpolation, NonNegativeFloat, Number, PositiveFloat
from spec_compiler.catalog.gradient_flow import NoDerivative, of_moved_pixels
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.layers.image_rules import PROJECTED_ALONE
from spec_compiler.catalog.operands import FLOATING, FLOATING_OR_COMPLEX, NUMBERS, REALS, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, known_lengths, require_computable
from spec_compiler.catalog.ops.image.base import IMAGES, NOT_FLOAT16, ImageOp
from spec_compiler.catalog.ops.rules import ORDERED, different_axes
from spec_compiler.catalog.rules import DtypeError, ShapeError, describe_shapes, require_rank
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one

FLOATS_OF_LINEAR = ("bfloat16", "float32", "float64")
PLACES = Elements("integers or floating-point numbers", ORDERED.dtypes - {"bool"})
MOVABLE = Elements("floating-point numbers, uint8, int32 or int64", FLOATING.dtypes | {"uint8", "int32", "int64"})
_INTERPOLATION = "How a pixel is interpolated between those around its position."


def check_batch(images: TensorType, count: Dimension, operands: Sequence[str]) -> None:
    """Refuse a batch of ways to move images that are neither one nor as many as images.

    Raises:
        ShapeError: There are more or fewer.
    """
    batch = images.shape[0] if images.rank == 4 else 1
    if not (count == 1 or agree(count, batch)):
        raise ShapeError(
            f"takes one for all images, or one for each, and gets {count} for {batch}", "images", *operands
        )


class PixelMovingOp(ImageOp):
    """An op that makes each pixel of those around another place."""

    def lacks_derivative(self, dtype: str) -> NoDerivative | None:
        """Returns that pixels which are moved in bfloat16 have no gradient."""
        return of_moved_pixels(dtype, "move them in float32, with `ops.cast`") if dtype in PROJECTED_ALONE else None


class AffineTransform(PixelMovingOp):
    """Applies affine transforms to images: translation, rotation, scaling, shear."""

    example: ClassVar[str] = "inputs: {images: image, transform: transform}"
    keras_name: ClassVar[str] = "image.affine_transform"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        IMAGES,
        tensor("transform", "The 8 parameters that map each pixel to where it comes from: (8,), or (batch, 8)."),
    )

    interpolation: Interpolation = Field("bilinear", description=_INTERPOLATION)
    fill_mode: Literal["reflect", "wrap", "constant", "nearest"] = Field(
        "constant", description="What pixels beyond the borders are."
    )
    fill_value: Number = Field(0, description="What they are in the mode `constant`.")

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Means of pixels, or pixels, and what is beyond the borders."""
        return hull((images.interval, number(self.fill_value))).unreached()

    def infer(self, images: TensorType, transform: TensorType) -> Inferred:
        """The shape of the images."""
        self.image(images)
        require_computable(images, MOVABLE, "images")
        require_computable(transform, NUMBERS, "transform")
        if transform.rank not in (1, 2) or not agree(transform.shape[-1], 8):
            raise ShapeError(
                f"takes 8 numbers, (8,) or (batch, 8), and gets {format_shape(transform.shape)}", "transform"
            )
        check_batch(images, transform.shape[0] if transform.rank == 2 else 1, ("transform",))
        return one(images)


class PerspectiveTransform(PixelMovingOp):
    """Applies perspective transforms to images, given by where their corners move."""

    example: ClassVar[str] = "inputs: {images: image, start_points: corners, end_points: other_corners}"
    keras_name: ClassVar[str] = "image.perspective_transform"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        IMAGES,
        tensor("start_points", "The four corners before: (4, 2), or (batch, 4, 2)."),
        tensor("end_points", "The four corners after: (4, 2), or (batch, 4, 2)."),
    )

    interpolation: Interpolation = Field("bilinear", description=_INTERPOLATION)
    fill_value: Number = Field(0, description="What pixels beyond the borders are.")

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Means of pixels, or pixels, and what is beyond the borders."""
        return hull((images.interval, number(self.fill_value))).unreached()

    def infer(self, images: TensorType, start_points: TensorType, end_points: TensorType) -> Inferred:
        """The shape of the images."""
        self.image(images)
        require_computable(images, MOVABLE, "images")
        for operand, points in (("start_points", start_points), ("end_points", end_points)):
            require_computable(points, NUMBERS, operand)
            if points.rank not in (2, 3) or points.shape[-2:] != (4, 2):
                raise ShapeError(
                    f"takes corners, (4, 2) or (batch, 4, 2), and gets {format_shape(points.shape)}", operand
                )
        if start_points.shape != end_points.shape:
            raise ShapeError(
                "takes as many corners before as after, and gets "
                + describe_shapes((start_points.shape, end_points.shape)),
                "start_points",
                "end_points",
            )
        check_batch(images, start_points.shape[0] if start_points.rank == 3 else 1, ("start_points", "end_points"))
        return one(images)


class MapCoordinates(TensorOp):
    """The values of a tensor interpolated at coordinates."""

    example: ClassVar[str] = "order: 1, inputs: {inputs: plane, coordinates: points}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    keras_name: ClassVar[str] = "image.map_coordinates"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("inputs", "The values."),
        tensor("coordinates", "The coordinates, for each axis of the values: (axes, …)."),
    )

    order: Literal[0, 1] = Field(
        description="Whether the nearest value is given (0) or one between its neighbours (1)."
    )
    fill_mode: Literal["constant", "nearest", "wrap", "mirror", "reflect"] = Field(
        "constant", description="What values beyond the borders are."
    )
    fill_value: Number = Field(0, description="What they are in the mode `constant`.")

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Ranged) -> Interval:
        """Means of values, or values, and what is beyond the borders."""
        return hull((inputs.interval, number(self.fill_value))).unreached()

    def infer(self, inputs: TensorType, coordinates: TensorType) -> Inferred:
        """Values of n axes and places (n, …) to (…)."""
        require_computable(inputs, NUMBERS, "inputs")
        require_computable(coordinates, FLOATING if self.order else PLACES, "coordinates")
        if coordinates.rank < 2 or not inputs.rank or coordinates.shape[0] != inputs.rank:
            raise ShapeError(
                "takes places of as many numbers as the inputs have axes, (axes, …), and gets "
                + describe_shapes((inputs.shape, coordinates.shape)),
                "inputs",
                "coordinates",
            )
        known_lengths(inputs, "inputs")
        return one(inputs.with_shape(coordinates.shape[1:]))


class ElasticTransform(ImageOp):
    """Applies random elastic deformations to images (Simard et al., 2003)."""

    example: ClassVar[str] = "inputs: few"
    keras_name: ClassVar[str] = "image.elastic_transform"

    alpha: NonNegativeFloat = Field(20.0, description="How far pixels are moved.")
    sigma: PositiveFloat = Field(
        5.0, description="The standard deviation of the Gaussian that smooths the displacements."
    )
    interpolation: Interpolation = Field("bilinear", description=_INTERPOLATION)
    fill_mode: Literal["reflect", "wrap", "constant", "nearest"] = Field(
        "reflect", description="What pixels beyond the borders are."
    )
    fill_value: Number = Field(0.0, description="What they are in the mode `constant`.")
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = Field(
        None, description="The seed of the displacements: with it, every batch is deformed in the same way."
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Means of pixels, or pixels, and what is beyond the borders."""
        return hull((images.interval, number(self.fill_value))).unreached()

    def infer(self, images: TensorType) -> Inferred:
        """The shape of the images; of an unknown number of them, Keras would move the first only."""
        self.image(images)
        require_computable(images, NOT_FLOAT16, "images")
        known_lengths(images, "images")
        return one(images)


class ScaleAndTranslate(TensorOp):
    """Scales and moves images along some axes."""

    example: ClassVar[str] = (
        "output_shape: [8, 9, 3], spatial_dims: [0, 1], method: linear, "
        "inputs: {images: one_image, scale: pair, translation: pair}"
    )
    op_pattern: ClassVar[OpPattern] = "opaque"
    keras_name: ClassVar[str] = "image.scale_and_translate"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("images", "The images, with any axes."),
        tensor("scale", "The factor of each of the axes: (axes,)."),
        tensor("translation", "How far they are moved along each of the axes: (axes,)."),
    )

    output_shape: Annotated[tuple[int | None, ...], Integers(minimum=1, unknown=True)] = Field(
        description="The lengths of all axes of the result; null for an unknown one."
    )
    spatial_dims: Annotated[tuple[int, ...], Integers(least=1)] = Field(description="The axes that are scaled.")
    method: Literal["linear", "bilinear", "trilinear", "cubic", "bicubic", "tricubic", "lanczos3", "lanczos5"] = Field(
        description="How a value is interpolated between those around its position."
    )
    antialias: bool = Field(True, description="Whether images are filtered as they become smaller.")

    ranged_by: ClassVar[tuple[str, ...]] = ("images",)

    def interval(self, output: int, of: TensorType, images: Ranged) -> Interval:
        """Means of pixels, and zeros beyond the borders; other methods overshoot."""
        return hull((images.interval, number(0))).unreached() if self.method.endswith("linear") else UNKNOWN

    def infer(self, images: TensorType, scale: TensorType, translation: TensorType) -> Inferred:
        """Images, (axes,) and (axes,) to `output_shape`."""
        require_computable(images, FLOATING_OR_COMPLEX, "images")
        axes = different_axes(self.spatial_dims, images.rank, "spatial_dims")
        for operand, x in (("scale", scale), ("translation", translation)):
            require_computable(x, REALS, operand)
            require_rank(x, 1, "one number for each axis", operand)
            if not agree(x.shape[0], len(axes)):
                raise ShapeError(
                    f"takes a number for each of {len(axes)} axes, and gets {format_shape(x.shape)}", operand
                )
        dtype = promote(scale.dtype, translation.dtype)
        if dtype not in (FLOATS_OF_LINEAR if self.method.endswith("linear") else ("float32",)):
            raise DtypeError(f"cannot scale by numbers of {dtype} by the method {self.method}", "scale", "translation")
        self._check_shape(images.shape, axes)
        return one(images.with_shape(self.output_shape))

    def _check_shape(self, shape: Shape, axes: Sequence[int]) -> None:
        """Refuse a shape of the result that is none, or not that of the images along the other axes."""
        fits = len(self.output_shape) == len(shape) and all(
            stated is not None if axis in axes else agree(stated, length)
            for axis, (stated, length) in enumerate(zip(self.output_shape, shape, strict=True))
        )
        if not fits:
            raise ShapeError(
                f"has `output_shape` {format_shape(self.output_shape)}, which must be {format_shape(shape)} but along "
                f"`spatial_dims` {list(self.spatial_dims)}, where it must be known",
                "images",
                argument="output_shape",
            )
