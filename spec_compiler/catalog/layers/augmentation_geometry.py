"""Layers that move the pixels of images at random, in training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import Finite, Fraction, Interpolation
from spec_compiler.catalog.gradient_flow import NoDerivative, of_moved_pixels
from spec_compiler.catalog.intervals import Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import of_operands
from spec_compiler.catalog.layers.image_rules import (
    AFFINE,
    PROJECTED_ALONE,
    RANGED,
    Factor,
    FillMode,
    ImageLayer,
    MovedPixels,
    Range,
    Seeded,
    SignedFactor,
    UnitFactor,
    ValueRange,
)
from spec_compiler.catalog.operands import FLOATING
from spec_compiler.catalog.tensors import TensorType


class RandomFlip(Seeded, ImageLayer):
    """Turns images over at random."""

    example: ClassVar[str] = "mode: horizontal, inputs: image"
    interval: ClassVar[Callable[..., Interval]] = of_operands
    converts_inputs: ClassVar[bool] = False

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = Field(
        "horizontal_and_vertical", description="Whether left and right, top and bottom, or both change places."
    )


class RandomRotation(Seeded, MovedPixels, ImageLayer):
    """Rotates images by a random angle."""

    example: ClassVar[str] = "factor: 0.1, inputs: image"

    computes = AFFINE

    factor: SignedFactor = Field(description="The greatest angle either way, or the ends of a range, in full turns.")


class RandomTranslation(Seeded, MovedPixels, ImageLayer):
    """Shifts images by a random distance."""

    example: ClassVar[str] = "height_factor: 0.1, width_factor: 0.1, inputs: image"

    computes = AFFINE

    height_factor: SignedFactor = Field(description="The greatest shift up or down, or a range, in heights.")
    width_factor: SignedFactor = Field(description="The greatest shift left or right, or a range, in widths.")


class RandomZoom(Seeded, MovedPixels, ImageLayer):
    """Makes what is seen in images larger or smaller at random."""

    example: ClassVar[str] = "height_factor: 0.1, inputs: image"

    computes = AFFINE

    height_factor: Annotated[Range, Factor(-1, 1, above_low=True)] = Field(
        description="How much is seen more or less, or a range: below 0 nearer, above 0 farther away."
    )
    width_factor: Annotated[Range | None, Factor(-1, 1, above_low=True, optional=True)] = Field(
        None, description="The same for the width; as for the height if null."
    )


class RandomShear(Seeded, MovedPixels, ImageLayer):
    """Slants images at random."""

    example: ClassVar[str] = "x_factor: 0.2, y_factor: 0.2, inputs: image"

    computes = FLOATING

    x_factor: UnitFactor = Field(0.0, description="The greatest slant along the width, or a range.")
    y_factor: UnitFactor = Field(0.0, description="The greatest slant along the height, or a range.")

    def lost_by_saving(self, frozen: bool) -> str | None:
        """The layer writes arguments that it does not read."""
        return "cannot be loaded at all"


class RandomPerspective(Seeded, ImageLayer):
    """Looks at images from a random angle."""

    example: ClassVar[str] = "factor: 0.5, inputs: image"

    computes = FLOATING
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size",))

    def lacks_derivative(self, dtype: str) -> NoDerivative | None:
        """Returns that pixels which are moved in bfloat16 have no gradient."""
        return of_moved_pixels(dtype, "write `dtype: float32` on the layer") if dtype in PROJECTED_ALONE else None

    def interval(self, output: int, of: TensorType, data: Ranged, **call: Any) -> Interval:
        """Pixels, means of them, and the value that is put where the image ends."""
        return hull((data.interval, number(self.fill_value))).unreached()

    factor: UnitFactor = Field(1.0, description="The probability of a change, or a range of them.")
    scale: Fraction = Field(1.0, description="How far the corners may be moved.")
    interpolation: Interpolation = Field("bilinear", description="How pixels are made of those around them.")
    fill_value: Finite = Field(0.0, description="The value that is put where the image ends.")


class RandomElasticTransform(Seeded, ValueRange, ImageLayer):
    """Bends images as if they were of rubber, at random (Simard, Steinkraus and Platt, 2003)."""

    example: ClassVar[str] = "factor: 0.5, value_range: [0, 1], inputs: image"

    computes = RANGED
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size", "channels"))

    def interval(self, output: int, of: TensorType, data: Ranged, **call: Any) -> Interval:
        """Pixels, means of them, and the value that is put where the image ends, cut to those that a pixel can have."""
        filled = hull((data.interval, number(self.fill_value), *map(number, self.value_range)))
        return filled.unreached()

    factor: UnitFactor = Field(1.0, description="The probability of a change, or a range of them.")
    scale: UnitFactor = Field(1.0, description="How much images are bent, or a range.")
    interpolation: Interpolation = Field("bilinear", description="How pixels are made of those around them.")
    fill_mode: FillMode = Field("reflect", description="What is put where the image ends.")
    fill_value: Finite = Field(0.0, description="The value that is put there, for `fill_mode: constant`.")
