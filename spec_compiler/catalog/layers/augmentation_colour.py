"""Layers that change the colours of images, most of them at random, in training."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.dtypes import COMPLEX, is_float
from spec_compiler.catalog.fields import Finite, Fraction, PositiveInt, Sizes, show
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.catalog.intervals import Interval, Ranged, hull, number
from spec_compiler.catalog.layers.image_rules import (
    RANGED,
    Factor,
    ImageLayer,
    OddSizes,
    Range,
    Seeded,
    SignedFactor,
    UnitFactor,
    ValueRange,
    require_channels,
)
from spec_compiler.catalog.layers.preprocessing_rules import REALS_OR_BOOL
from spec_compiler.catalog.operands import FLOATING, NUMBERS, Elements
from spec_compiler.catalog.rules import ShapeError, UnknownDimensionError, conflict
from spec_compiler.catalog.tensors import Inferred, TensorType, format_shape, one


def check_scaling(layer: ImageLayer, value_range: tuple[float, float], *others: str) -> None:
    """Refuse a range of values that a layer scales to another, and a dtype that has no fractions.

    Raises:
        PydanticCustomError: There are both.
    """
    if value_range != (0, 255) and not is_float(layer.compute_dtype) and layer.compute_dtype not in others:
        raise conflict(
            "value_range",
            f"`value_range` is {show(value_range)}, which is scaled with fractions, and `dtype` is {layer.dtype}",
        )


class RandomBrightness(Seeded, ValueRange, ImageLayer):
    """Makes images lighter or darker at random."""

    example: ClassVar[str] = "factor: 0.2, value_range: [0, 1], inputs: image"

    computes = FLOATING
    takes = FLOATING

    factor: SignedFactor = Field(description="The greatest change either way, or the ends of a range.")


class RandomContrast(Seeded, ValueRange, ImageLayer):
    """Makes the contrast of images greater or smaller at random."""

    example: ClassVar[str] = "factor: 0.2, value_range: [0, 1], inputs: image"

    computes = FLOATING
    takes = FLOATING

    factor: UnitFactor = Field(description="The greatest change either way, or the two.")


class RandomColorDegeneration(Seeded, ValueRange, ImageLayer):
    """Takes part of the colour out of images at random."""

    example: ClassVar[str] = "factor: 0.5, value_range: [0, 1], inputs: image"

    computes = FLOATING

    factor: SignedFactor = Field(description="How much colour is taken out, or a range: 0 none, 1 all.")

    def check_image(self, images: TensorType) -> None:
        """It takes red, green and blue."""
        require_channels(images, self.channel_axis, 3)

    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("channels",))


class RandomGrayscale(Seeded, ImageLayer):
    """Makes images grey at random."""

    example: ClassVar[str] = "factor: 0.5, inputs: image"
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("channels",))

    factor: Fraction = Field(0.5, description="The probability that an image is made grey.")

    def interval(self, output: int, of: TensorType, data: Ranged, **call: Any) -> Interval:
        """Pixels, and weighted means of their colours, whose weights are 0.2989, 0.587 and 0.114."""
        return hull((data.interval, data.interval * number(0.9999))).unreached()

    def infer(self, data: TensorType, training: bool | None = None) -> Inferred:
        """An image, or a batch of them, to the same in its own dtype."""
        return one(self.checked(data))

    def check_image(self, images: TensorType) -> None:
        """It takes colours, or grey images."""
        require_channels(images, self.channel_axis, 1, 3)


class RandomHue(Seeded, ValueRange, ImageLayer):
    """Changes the hue of images at random."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "factor: 0.2, value_range: [0, 1], inputs: image"

    factor: UnitFactor = Field(description="The greatest change, or a range.")

    @model_validator(mode="after")
    def _scaled(self) -> Self:
        check_scaling(self, self.value_range)
        return self

    def check_image(self, images: TensorType) -> None:
        """It takes red, green and blue."""
        require_channels(images, self.channel_axis, 3)

    def traced(self, x: TensorType) -> Inferred:
        """The same, of which TensorFlow knows that there are three channels."""
        return with_three_channels(self, x)


def with_three_channels(layer: ImageLayer, x: TensorType) -> Inferred:
    """What a layer that works on hue and saturation gives where TensorFlow traces it."""
    (result,) = layer.infer(layer.given(x)).outputs
    shape = list(result.shape)
    shape[layer.channel_axis] = 3
    return one(result.with_shape(tuple(shape)))


class RandomSaturation(Seeded, ValueRange, ImageLayer):
    """Makes the colours of images stronger or weaker at random."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "factor: 0.5, value_range: [0, 1], inputs: image"

    computes = FLOATING
    takes = FLOATING

    factor: SignedFactor = Field(description="The strength, or a range: 0 grey, 0.5 unchanged, 1 the strongest.")

    def check_image(self, images: TensorType) -> None:
        """It takes red, green and blue."""
        require_channels(images, self.channel_axis, 3)

    def traced(self, x: TensorType) -> Inferred:
        """The same, of which TensorFlow knows that there are three channels."""
        return with_three_channels(self, x)


OptionalSigned = Annotated[Range | None, Factor(-1, 1, optional=True)]
OptionalUnit = Annotated[Range | None, Factor(0, 1, optional=True)]


class RandomColorJitter(Seeded, ValueRange, ImageLayer):
    """Changes brightness, contrast, saturation and hue of images at random."""

    example: ClassVar[str] = "brightness_factor: 0.2, value_range: [0, 1], inputs: image"

    brightness_factor: OptionalSigned = Field(None, description="The change of brightness; null for none.")
    contrast_factor: OptionalUnit = Field(None, description="The change of contrast; null for none.")
    saturation_factor: OptionalSigned = Field(None, description="The change of saturation; null for none.")
    hue_factor: OptionalUnit = Field(None, description="The change of hue; null for none.")

    @property
    def works_on_colours(self) -> bool:
        """Whether it needs red, green and blue."""
        return self.saturation_factor is not None or self.hue_factor is not None

    @property
    def flow(self) -> Flow:
        """What comes back: of what works on colours, nothing."""
        return Flow.NONE if self.works_on_colours else super().flow

    def can_compute(self) -> Elements:
        """What all the layers can that it is made of."""
        parts = (self.brightness_factor, self.contrast_factor, self.saturation_factor)
        return NUMBERS if all(factor is None for factor in parts) else FLOATING

    def check_image(self, images: TensorType) -> None:
        """The layers that it is made of take the last axis for the channels, whatever `data_format` is."""
        if self.works_on_colours:
            require_channels(images, -1, 3)

    def traced(self, x: TensorType) -> Inferred:
        """The same; of hues and saturations, TensorFlow knows that there are three channels."""
        (result,) = super().traced(x).outputs
        return one(result.with_shape((*result.shape[:-1], 3)) if self.works_on_colours else result)


class RandomPosterization(Seeded, ValueRange, ImageLayer):
    """Leaves colours fewer bits, at random how many."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "factor: 4, value_range: [0, 1], inputs: image"

    factor: Annotated[Range, Factor(1, 8, whole=True)] = Field(description="How many bits are left, or a range.")

    @model_validator(mode="after")
    def _scaled(self) -> Self:
        check_scaling(self, self.value_range, *COMPLEX)
        return self


class RandomInvert(Seeded, ValueRange, ImageLayer):
    """Turns images into negatives at random."""

    example: ClassVar[str] = "factor: 0.5, value_range: [0, 1], inputs: image"

    computes = FLOATING

    factor: UnitFactor = Field(1.0, description="The probability of a change, or a range of them.")


class RandomSharpness(Seeded, ValueRange, ImageLayer):
    """Makes images sharper or softer at random."""

    example: ClassVar[str] = "factor: 0.5, value_range: [0, 1], inputs: image"

    computes = FLOATING

    factor: UnitFactor = Field(description="The sharpness, or a range: 0 soft, 0.5 unchanged, 1 sharp.")


class RandomGaussianBlur(Seeded, ValueRange, ImageLayer):
    """Blurs images at random."""

    example: ClassVar[str] = "factor: 0.5, value_range: [0, 1], inputs: image"

    computes = RANGED

    factor: UnitFactor = Field(1.0, description="The probability of a change, or a range of them.")
    kernel_size: OddSizes = Field(
        3, validate_default=True, description="How many pixels each new one is made of, in each direction: odd."
    )
    sigma: UnitFactor = Field(1.0, description="The standard deviation of the blur, or a range.")


class Solarization(Seeded, ValueRange, ImageLayer):
    """Turns the light parts of images into negatives, at random from where."""

    example: ClassVar[str] = "value_range: [0, 1], inputs: image"

    computes = FLOATING

    addition_factor: UnitFactor = Field(0.0, description="How much is added first, or a range, in values of 255.")
    threshold_factor: UnitFactor = Field(0.0, description="What counts as light, or a range, in values of 255.")


class AutoContrast(ValueRange, ImageLayer):
    """Stretches the values of each image over the whole range."""

    example: ClassVar[str] = "value_range: [0, 1], inputs: image"

    computes = FLOATING
    takes = REALS_OR_BOOL


class Equalization(ValueRange, ImageLayer):
    """Spreads the values of each channel evenly over the range."""

    example: ClassVar[str] = "value_range: [0, 1], dtype: float64, inputs: image"

    computes = FLOATING
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("channels",))

    bins: PositiveInt = Field(256, description="How many values are told apart.")

    def infer(self, data: TensorType, training: bool | None = None) -> Inferred:
        """An image, or a batch of them, to the same in its own dtype."""
        images = self.checked(data)
        if images == data:
            # Keras gives the very tensor that goes in for the one that comes out.
            raise ShapeError(
                f"stands in a graph of Keras only if it casts its input, and gets {data.dtype}, which it keeps",
                "data",
                hint="put it into a `Pipeline`: {type: Pipeline, layers: [{type: Equalization}]}",
            )
        return one(images)

    def traced(self, x: TensorType) -> Inferred:
        """An image, or a batch of them, to the same."""
        images = self.checked(self.given(x))
        if images.shape[self.channel_axis] is None:
            raise UnknownDimensionError(
                f"needs to know the channels of images, and gets {format_shape(x.shape)}", "data"
            )
        return one(images)


class ContrastLimitedAdaptiveHistogramEqualization(ValueRange, ImageLayer):
    """Spreads the values of each part of an image evenly, within limits (Zuiderveld, 1994)."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "value_range: [0, 1], inputs: image"

    computes = REALS_OR_BOOL
    takes = REALS_OR_BOOL
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset(("size",))

    clip_limit: Finite = Field(4.0, description="How much more often than evenly a value may count; 0 for no limit.")
    tile_grid_size: Annotated[tuple[int, int], Sizes(2)] = Field(
        (8, 8), description="How many parts there are along height and width."
    )

    def result_dtype(self, data: TensorType) -> str:
        """That of the images as the layer sees them."""
        return self.cast(data).dtype

    def check_image(self, images: TensorType) -> None:
        """The parts have one size, for which an image is padded with its own pixels, so at most to twice its size."""
        for axis, parts in zip(self.size_axes, self.tile_grid_size, strict=True):
            length = images.shape[axis]
            if length is None:
                continue
            padded = -(-length // parts) * parts
            if padded > 2 * length:
                raise ShapeError(
                    f"pads {length} pixels to {padded}, for {parts} parts of one size, and can at most double them",
                    "data",
                    argument="tile_grid_size",
                )
