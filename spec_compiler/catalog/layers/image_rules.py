"""What layers that prepare images share: their arguments, the axes of an image, and what they ask of one."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.dtypes import FLOATS
from spec_compiler.catalog.fields import DataFormat, Finite, Interpolation, Seed, Sizes, show
from spec_compiler.catalog.gradient_flow import NoDerivative, of_moved_pixels
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.base import TRAINING, Arguments, CallArgument, tensor
from spec_compiler.catalog.layers.preprocessing_rules import DataLayer, without
from spec_compiler.catalog.mask_rules import LOSES, MaskRule
from spec_compiler.catalog.operands import FLOATING, Elements, require_dense, require_elements
from spec_compiler.catalog.rules import RankError, ShapeError, UnknownDimensionError, invalid
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one

AFFINE = Elements("floating-point numbers, uint8, int32 or int64", frozenset((*FLOATS, "uint8", "int32", "int64")))
"""What TensorFlow can move the pixels of an image in."""

PROJECTED_ALONE = frozenset({"bfloat16"})
"""What TensorFlow moves pixels in, and takes no gradient of it."""

RANGED = without(FLOATING, "float16")
"""What a layer computes in that numbers pixels in training: TensorFlow traces no ranges of float16."""

FillMode = Literal["reflect", "wrap", "constant", "nearest"]


@dataclass(frozen=True)
class Factor:
    """The annotation of a field that takes a number, or a list of two, the ends of a range to draw from.

    Keras itself looks at the lower end of a range when it checks the upper bound, and the other way round, so
    that it takes ranges which go beyond both bounds; these are refused here.
    """

    low: float
    high: float
    above_low: bool = False
    whole: bool = False
    optional: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> float | tuple[float, float] | None:
        """The number, or the two, of a value of a spec.

        Raises:
            PydanticCustomError: It is something else, or a number is out of range.
        """
        if value is None and self.optional:
            return None
        if isinstance(value, (list, tuple)) and len(value) == 2:
            return (self._number(value[0]), self._number(value[1]))
        if isinstance(value, (list, tuple)):
            raise invalid(f"takes {self._form()}, not {show(value)}")
        return self._number(value)

    def _number(self, value: Any) -> float:
        kinds = (int,) if self.whole else (int, float)
        if type(value) not in kinds or not isfinite(value):
            raise invalid(f"takes {self._form()}, not {show(value)}")
        if not self.low <= value <= self.high or (self.above_low and value == self.low):
            raise invalid(f"takes {self._form()}, and {show(value)} is not among them")
        return value  # type: ignore[no-any-return]

    def _form(self) -> str:
        numbers = "whole number" if self.whole else "number"
        start = f"above {show(self.low)} up to" if self.above_low else f"from {show(self.low)} to"
        return f"a {numbers}, or a list of 2, {start} {show(self.high)}"

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "integer" if self.whole else "number", "maximum": self.high}
        number["exclusiveMinimum" if self.above_low else "minimum"] = self.low
        several = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        return {"anyOf": [number, several, *([{"type": "null"}] if self.optional else [])]}


Range = float | tuple[float, float]
UnitFactor = Annotated[Range, Factor(0, 1)]
SignedFactor = Annotated[Range, Factor(-1, 1)]


def _two_values(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] == ends[1]:
        raise invalid(f"takes the least and the greatest value, and both are {show(ends[0])}")
    return ends


ValueEnds = Annotated[tuple[Finite, Finite], Field(strict=False), AfterValidator(_two_values)]


def _odd(sizes: tuple[int, int]) -> tuple[int, int]:
    if any(size % 2 == 0 for size in sizes):
        raise invalid(f"takes odd numbers, not {show(sizes)}")
    return sizes


OddSizes = Annotated[tuple[int, int], Sizes(2), AfterValidator(_odd)]


class Seeded(Arguments):
    """The argument about chance."""

    seed: Seed | None = Field(None, description="Makes what is drawn at random the same each time.")


class ValueRange(Arguments):
    """The argument about the values of pixels."""

    value_range: ValueEnds = Field((0.0, 255.0), description="The least and the greatest value that a pixel can have.")

    def interval(self, output: int, of: TensorType, data: Ranged, **call: Any) -> Interval:
        """Values that a pixel can have, of such values; of ends the wrong way round, nothing is known."""
        low, high = self.value_range
        return Interval(low, high) if low <= high and data.interval.within(Interval(low, high)) else UNKNOWN


class MovedPixels(Arguments):
    """The arguments about pixels that are moved: how they are made, and what comes in from outside."""

    fill_mode: FillMode = Field("reflect", description="What is put where the image ends.")
    interpolation: Interpolation = Field("bilinear", description="How pixels are made of those around them.")
    fill_value: Finite = Field(0.0, description="The value that is put there, for `fill_mode: constant`.")

    def lacks_derivative(self, dtype: str) -> NoDerivative | None:
        """Returns that pixels which are moved in bfloat16 have no gradient."""
        return of_moved_pixels(dtype, "write `dtype: float32` on the layer") if dtype in PROJECTED_ALONE else None

    def interval(self, output: int, of: TensorType, data: Ranged, **call: Any) -> Interval:
        """Pixels, means of them, and the value that is put where the image ends."""
        return hull((data.interval, number(self.fill_value))).unreached()


class ImageLayer(DataLayer):
    """A layer that prepares images: one of rank 3, or a batch of them of rank 4.

    In Keras such a layer also takes a dictionary of images, labels, boxes and masks; in a graph it takes images.
    `static` says what of an image must be known where TensorFlow traces the layer.
    """

    mask_rule: ClassVar[MaskRule] = LOSES
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("data", "An image (height, width, channels), or a batch of images."),
        TRAINING,
    )
    static: ClassVar[frozenset[Literal["size", "channels"]]] = frozenset()
    ranged_by: ClassVar[tuple[str, ...]] = ("data",)
    default_training: ClassVar[bool | None] = True

    data_format: DataFormat | None = Field(None, description="Which axis has the channels; the last if null.")
    bounding_box_format: (
        Literal[
            "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"
        ]
        | None
    ) = Field(None, description="How boxes are written, where they come with images.")  # fmt: skip

    @property
    def size_axes(self) -> tuple[int, int]:
        """The axes of height and width, from the end."""
        return (-2, -1) if self.data_format == "channels_first" else (-3, -2)

    @property
    def channel_axis(self) -> int:
        """The axis of channels, from the end."""
        return -3 if self.data_format == "channels_first" else -1

    def infer(self, data: TensorType, training: bool | None = None) -> Inferred:
        """An image, or a batch of them, to the same."""
        return one(TensorType(self.shape_of(self.checked(data)), self.result_dtype(data)))

    def result_dtype(self, data: TensorType) -> str:
        """The dtype of the images that are given."""
        return self.compute_dtype

    def checked(self, data: TensorType) -> TensorType:
        """The images as the layer sees them.

        Raises:
            RuleError: Keras could not work on them.
        """
        if data.rank not in (3, 4):
            raise RankError(
                f"takes an image or a batch of images, rank 3 or 4, and gets {format_shape(data.shape)}", "data"
            )
        require_dense(data, "data")
        images = self.cast(data)
        require_elements(images, self.takes, "data")
        self.check_image(images)
        return images

    def check_image(self, images: TensorType) -> None:
        """Refuse what only this layer cannot work on.

        Raises:
            RuleError: It cannot.
        """

    def shape_of(self, images: TensorType) -> Shape:
        """The shape of the result."""
        return images.shape

    def traced(self, x: TensorType) -> Inferred:
        """The same; some of these layers cannot be traced if the size or the channels are not known."""
        axes = [
            *(self.size_axes if "size" in self.static else ()),
            *([self.channel_axis] * ("channels" in self.static)),
        ]
        result = self.infer(self.given(x))
        if any(x.shape[axis] is None for axis in axes):
            what = " and ".join(word for word in ("size", "channels") if word in self.static)
            raise UnknownDimensionError(f"needs to know the {what} of images, and gets {format_shape(x.shape)}", "data")
        return result


def require_channels(images: TensorType, axis: int, *counts: int) -> None:
    """Refuse images that have another number of channels.

    Raises:
        ShapeError: They have.
    """
    channels = images.shape[axis]
    if channels is not None and channels not in counts:
        raise ShapeError(
            f"takes images of {' or '.join(map(str, counts))} channels, and gets {channels}: "
            f"{format_shape(images.shape)}",
            "data",
        )
