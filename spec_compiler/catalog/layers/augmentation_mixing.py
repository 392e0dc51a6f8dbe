"""Layers that mix images, erase parts of them, or apply several other augmentations, in training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator

from spec_compiler.catalog.fields import Interpolation, PositiveFloat, Rounds, show
from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import of_operands
from spec_compiler.catalog.layers.image_rules import (
    RANGED,
    ImageLayer,
    Seeded,
    UnitFactor,
    ValueRange,
    require_channels,
)
from spec_compiler.catalog.layers.preprocessing_rules import ArrayOf, array_shape, without
from spec_compiler.catalog.operands import FLOATING
from spec_compiler.catalog.rules import invalid
from spec_compiler.catalog.tensors import TensorType


class MixUp(Seeded, ImageLayer):
    """Mixes each image of a batch with another (Zhang et al., 2017)."""

    example: ClassVar[str] = "inputs: image"
    interval: ClassVar[Callable[..., Interval]] = of_operands

    computes = FLOATING

    alpha: PositiveFloat = Field(0.2, description="How even the shares of the two are: the beta distribution's.")


class CutMix(Seeded, ImageLayer):
    """Puts a piece of another image of the batch into each (Yun et al., 2019)."""

    example: ClassVar[str] = "inputs: image"
    interval: ClassVar[Callable[..., Interval]] = of_operands

    # TensorFlow's beta distribution has no bfloat16, and it traces no ranges of float16.
    computes = without(FLOATING, "bfloat16", "float16")
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size",))

    factor: UnitFactor = Field(1.0, description="How even the shares of the two are, or a range.")


def _fill_value(value: Any) -> Any:
    parsed = ArrayOf(optional=True).parse(value)
    if array_shape(parsed) not in ((), (3,)):
        raise invalid(f"takes a number, a list of 3 or null, not {show(value)}")
    return parsed


class RandomErasing(Seeded, ValueRange, ImageLayer):
    """Erases a piece of each image at random (Zhong et al., 2017)."""

    example: ClassVar[str] = "factor: 0.5, value_range: [0, 1], inputs: image"

    computes = RANGED
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size",))

    factor: UnitFactor = Field(1.0, description="The probability of a change, or a range of them.")
    scale: UnitFactor = Field((0.02, 0.33), description="The share of the image that is erased, or a range.")
    fill_value: Annotated[
        float | tuple[float, float, float] | None,
        PlainValidator(_fill_value, json_schema_input_type=float | tuple[float, float, float] | None),
    ] = Field(None, description="What is put there: a value, or one for each of 3 channels; noise if null.")

    def check_image(self, images: TensorType) -> None:
        """Keras takes the last axis for the channels when there is a value for each, whatever `data_format` is."""
        if isinstance(self.fill_value, tuple):
            require_channels(images, -1, 3)


class RandAugment(Seeded, ValueRange, ImageLayer):
    """Applies some augmentations that are picked at random (Cubuk et al., 2019)."""

    example: ClassVar[str] = "value_range: [0, 1], inputs: image"

    computes = FLOATING
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("channels",))

    num_ops: Rounds = Field(2, description="How many augmentations each image goes through.")
    factor: UnitFactor = Field(0.5, description="How strong they are, or a range.")
    interpolation: Interpolation = Field("bilinear", description="How pixels are made of those around them.")

    def check_image(self, images: TensorType) -> None:
        """One of the augmentations takes colour out, which there must be, or grey."""
        require_channels(images, self.channel_axis, 1, 3)


class AugMix(Seeded, ValueRange, ImageLayer):
    """Mixes images with some that went through chains of random augmentations (Hendrycks et al., 2020)."""

    example: ClassVar[str] = "value_range: [0, 1], inputs: image"

    computes = FLOATING
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("channels",))

    num_chains: Rounds = Field(3, description="How many chains there are.")
    chain_depth: Rounds = Field(3, description="How many augmentations a chain has.")
    factor: UnitFactor = Field(0.3, description="How strong they are, or a range.")
    alpha: PositiveFloat = Field(1.0, description="How even the shares of the chains are.")
    all_ops: bool = Field(True, description="Whether brightness, colour, contrast and sharpness are changed too.")
    interpolation: Interpolation = Field("bilinear", description="How pixels are made of those around them.")

    def check_image(self, images: TensorType) -> None:
        """One of the augmentations may take colour out, which there must be, or grey."""
        if self.all_ops:
            require_channels(images, self.channel_axis, 1, 3)
