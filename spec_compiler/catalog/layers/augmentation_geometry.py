"""Layers that move the pixels of images at random, in training."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.fields import Finite, Fraction
from spec_compiler.catalog.layers.image_rules import (
    AFFINE,
    Factor,
    FillMode,
    Image,
    Interpolation,
    Moved,
    Range,
    Seeded,
    SignedFactor,
    UnitFactor,
    ValueRange,
)
from spec_compiler.catalog.operands import FLOATING


class RandomFlip(Seeded, Image):
    """Turns images over at random."""

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = Field(
        "horizontal_and_vertical", description="Whether left and right, top and bottom, or both change places."
    )


class RandomRotation(Seeded, Moved, Image):
    """Rotates images by a random angle."""

    computes = AFFINE

    factor: SignedFactor = Field(description="The greatest angle either way, or the ends of a range, in full turns.")


class RandomTranslation(Seeded, Moved, Image):
    """Shifts images by a random distance."""

    computes = AFFINE

    height_factor: SignedFactor = Field(description="The greatest shift up or down, or a range, in heights.")
    width_factor: SignedFactor = Field(description="The greatest shift left or right, or a range, in widths.")


class RandomZoom(Seeded, Moved, Image):
    """Makes what is seen in images larger or smaller at random."""

    computes = AFFINE

    height_factor: Annotated[Range, Factor(-1, 1, above_low=True)] = Field(
        description="How much is seen more or less, or a range: below 0 nearer, above 0 farther away."
    )
    width_factor: Annotated[Range | None, Factor(-1, 1, above_low=True, optional=True)] = Field(
        None, description="The same for the width; as for the height if null."
    )


class RandomShear(Seeded, Moved, Image):
    """Slants images at random."""

    computes = FLOATING

    x_factor: UnitFactor = Field(0.0, description="The greatest slant along the width, or a range.")
    y_factor: UnitFactor = Field(0.0, description="The greatest slant along the height, or a range.")


class RandomPerspective(Seeded, Image):
    """Looks at images from a random angle."""

    computes = FLOATING
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size",))

    factor: UnitFactor = Field(1.0, description="The probability of a change, or a range of them.")
    scale: Fraction = Field(1.0, description="How far the corners may be moved.")
    interpolation: Interpolation = Field("bilinear", description="How pixels are made of those around them.")
    fill_value: Finite = Field(0.0, description="The value that is put where the image ends.")


class RandomElasticTransform(Seeded, ValueRange, Image):
    """Bends images as if they were of rubber, at random (Simard, Steinkraus and Platt, 2003)."""

    computes = FLOATING
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size", "channels"))

    factor: UnitFactor = Field(1.0, description="The probability of a change, or a range of them.")
    scale: UnitFactor = Field(1.0, description="How much images are bent, or a range.")
    interpolation: Interpolation = Field("bilinear", description="How pixels are made of those around them.")
    fill_mode: FillMode = Field("reflect", description="What is put where the image ends.")
    fill_value: Finite = Field(0.0, description="The value that is put there, for `fill_mode: constant`.")
