"""Layers that change the shape of a tensor: flattening, permuting, cropping, padding, repeating."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, field_validator
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.dtypes import FLOATS
from spec_compiler.catalog.fields import DataFormat, Integers, PositiveInt, Sizes, show
from spec_compiler.catalog.gradient_flow import OF_AREAS, NoDerivative
from spec_compiler.catalog.intervals import UNKNOWN, Interval, Ranged
from spec_compiler.catalog.layers.base import Arguments, LayerConfig, of_operands, of_operands_or_zero
from spec_compiler.catalog.mask_rules import ENDS, LOSES, MaskRule
from spec_compiler.catalog.operands import Elements, refuse_ragged, require_dense, require_elements
from spec_compiler.catalog.rules import EmptyResultError, invalid, require_rank, require_rank_at_least
from spec_compiler.catalog.shapes import reshaped, spatial_axes, volume, with_lengths
from spec_compiler.catalog.tensors import Inferred, Shape, TensorType, format_shape, one

SPATIAL = {1: "(batch, steps, features)", 2: "images", 3: "volumes"}
RESIZABLE = Elements(
    "floating-point numbers and most integers",
    frozenset((*FLOATS, "uint8", "uint16", "int8", "int16", "int32", "int64")),
)
"""What TensorFlow can interpolate."""


class DataFormatted(Arguments):
    """The argument about where the channels are."""

    data_format: DataFormat | None = Field(
        None, description="Where the channels are: on the last axis (as by default) or on the one after the batch."
    )


class Rearranging(LayerConfig):
    """A layer that keeps the elements, whatever they are, and their dtype."""

    mask_rule: ClassVar[MaskRule] = LOSES
    rearranges: ClassVar[bool] = True
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands

    def rearranged(self, inputs: TensorType, shape: Shape) -> Inferred:
        """The elements of the input in another shape; a sparse tensor stays sparse."""
        x = self.cast(inputs)
        return one(TensorType(shape, x.dtype, x.sparse))


class Flatten(DataFormatted, Rearranging):
    """Makes one axis of all axes but the batch axis."""

    example: ClassVar[str] = "inputs: image"

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …) to (batch, n)."""
        require_rank_at_least(inputs, 1)
        batch, *rest = inputs.shape
        return self.rearranged(inputs, (batch, volume(tuple(rest))))


class Reshape(Rearranging):
    """Brings all axes but the batch axis into another shape with as many elements."""

    example: ClassVar[str] = "target_shape: [2, 4], inputs: x"
    built_from_the_start: ClassVar[bool] = True

    target_shape: Annotated[tuple[int | None, ...], Integers(minimum=-1, unknown=True)] = Field(
        description="The lengths without the batch axis; one can be -1 or null for what is left over."
    )

    @field_validator("target_shape")
    @classmethod
    def _one_left_over(cls, value: tuple[int | None, ...]) -> tuple[int | None, ...]:
        free = sum(length in (-1, None) for length in value)
        if free > 1:
            raise invalid(f"can leave one length open, and leaves {free}")
        if free and 0 in value:
            raise invalid("leaves a length open beside a length of 0, so that it can be anything")
        return value

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …) to (batch, …)."""
        require_rank_at_least(inputs, 1)
        batch, *rest = inputs.shape
        return self.rearranged(inputs, (batch, *reshaped(tuple(rest), self.target_shape, "target_shape")))


class Permute(Rearranging):
    """Brings the axes, but for the batch axis, into another order."""

    example: ClassVar[str] = "dims: [2, 1], inputs: sequence"

    dims: Annotated[tuple[int, ...], Integers(minimum=1)] = Field(
        description="The axes in their new order; the axis after the batch axis is 1."
    )

    @field_validator("dims")
    @classmethod
    def _permutation(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if sorted(value) != list(range(1, len(value) + 1)):
            raise invalid(f"takes each number from 1 to the number of axes once, not {show(value)}")
        return value

    def infer(self, inputs: TensorType) -> Inferred:
        """The shape of the input in the other order."""
        rank = len(self.dims) + 1
        require_rank(inputs, rank, f"the batch axis and {rank - 1} more")
        refuse_ragged(inputs, "inputs")
        return self.rearranged(inputs, (inputs.shape[0], *(inputs.shape[axis] for axis in self.dims)))


class RepeatVector(LayerConfig):
    """Repeats a vector some times, as the steps of a sequence."""

    mask_rule: ClassVar[MaskRule] = ENDS
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "n: 10, inputs: x"

    n: PositiveInt = Field(description="How often the vector is repeated.")

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, features) to (batch, n, features)."""
        require_rank(inputs, 2, "(batch, features)")
        require_dense(inputs, "inputs")
        batch, features = inputs.shape
        return one(TensorType((batch, self.n, features), self.cast(inputs).dtype))


Pair = tuple[int, int]


@dataclass(frozen=True)
class Margins:
    """The annotation of a field that takes two numbers for each of `rank` axes: one at its start, one at its end.

    A number stands for both; a number alone for those of all axes. The value is always a tuple of pairs.
    """

    rank: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> tuple[Pair, ...]:
        """The pairs of a value of a spec.

        Raises:
            PydanticCustomError: It is no number and no list of `rank` numbers or pairs, or one is below zero.
        """
        several = [value] * self.rank if type(value) is int else value
        if not isinstance(several, (list, tuple)) or len(several) != self.rank:
            raise invalid(f"takes a whole number or a list of {self.rank} numbers or pairs, not {show(value)}")
        sizes = Sizes(2, minimum=0)
        pairs = [sizes.parse(item) for item in several]
        return tuple((pair[0], pair[1]) for pair in pairs if pair is not None)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number = {"type": "integer", "minimum": 0}
        pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        item = {"anyOf": [number, pair]}
        return {"anyOf": [number, {"type": "array", "items": item, "minItems": self.rank, "maxItems": self.rank}]}


BothEnds = Annotated[Pair, Sizes(2, minimum=0)]
Margins2D = Annotated[tuple[Pair, ...], Margins(2)]
Margins3D = Annotated[tuple[Pair, ...], Margins(3)]


def _spatial_input(inputs: TensorType, rank: int, data_format: str | None) -> range:
    """The axes along which a layer works on a dense tensor with `rank` axes between batch and channels.

    Raises:
        RankError: It has another number of axes.
        DtypeError: It is sparse or ragged.
    """
    require_rank(inputs, rank + 2, SPATIAL[rank] if rank == 1 else f"{SPATIAL[rank]} in a batch")
    require_dense(inputs, "inputs")
    return spatial_axes(rank + 2, data_format)


def _crop(layer: LayerConfig, inputs: TensorType, margins: tuple[Pair, ...], data_format: str | None) -> Inferred:
    axes = _spatial_input(inputs, len(margins), data_format)
    for axis, (start, end) in zip(axes, margins, strict=True):
        length = inputs.shape[axis]
        if length is not None and start + end >= length:
            raise EmptyResultError(
                f"crops {start} and {end} of axis {axis} of {format_shape(inputs.shape)}, and leaves nothing",
                "inputs",
                argument="cropping",
            )
    shape = with_lengths(inputs.shape, axes, lambda position, length: length - sum(margins[position]))
    return one(TensorType(shape, layer.cast(inputs).dtype))


class Cropping1D(LayerConfig):
    """Takes steps off the start and the end of sequences."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "cropping: 2, inputs: sequence"

    cropping: BothEnds = Field((1, 1), description="How many steps are taken off at the start and at the end.")

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, steps, features) to (batch, fewer steps, features)."""
        return _crop(self, inputs, (self.cropping,), None)


class Cropping2D(DataFormatted, LayerConfig):
    """Takes rows and columns off the borders of images."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "cropping: 2, inputs: image"

    cropping: Margins2D = Field(
        ((0, 0), (0, 0)), description="How much is taken off: [[top, bottom], [left, right]], or fewer numbers."
    )

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, rows, columns, channels) to smaller images."""
        return _crop(self, inputs, self.cropping, self.data_format)


class Cropping3D(DataFormatted, LayerConfig):
    """Takes layers off the borders of volumes."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "cropping: 2, inputs: volume"

    cropping: Margins3D = Field(
        ((1, 1), (1, 1), (1, 1)), description="How much is taken off at both ends of each of the three axes."
    )

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, three axes, channels) to smaller volumes."""
        return _crop(self, inputs, self.cropping, self.data_format)


def _pad(layer: LayerConfig, inputs: TensorType, margins: tuple[Pair, ...], data_format: str | None) -> Inferred:
    axes = _spatial_input(inputs, len(margins), data_format)
    shape = with_lengths(inputs.shape, axes, lambda position, length: length + sum(margins[position]))
    return one(TensorType(shape, layer.cast(inputs).dtype))


class ZeroPadding1D(DataFormatted, LayerConfig):
    """Adds steps of zeros to the start and the end of sequences."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero
    example: ClassVar[str] = "padding: 2, inputs: sequence"

    padding: BothEnds = Field((1, 1), description="How many steps are added at the start and at the end.")

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, steps, features) to (batch, more steps, features)."""
        return _pad(self, inputs, (self.padding,), self.data_format)


class ZeroPadding2D(DataFormatted, LayerConfig):
    """Adds rows and columns of zeros to the borders of images."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero
    example: ClassVar[str] = "padding: 2, inputs: image"

    padding: Margins2D = Field(
        ((1, 1), (1, 1)), description="How much is added: [[top, bottom], [left, right]], or fewer numbers."
    )

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, rows, columns, channels) to larger images."""
        return _pad(self, inputs, self.padding, self.data_format)


class ZeroPadding3D(DataFormatted, LayerConfig):
    """Adds layers of zeros to the borders of volumes."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands_or_zero
    example: ClassVar[str] = "padding: 2, inputs: volume"

    padding: Margins3D = Field(
        ((1, 1), (1, 1), (1, 1)), description="How much is added at both ends of each of the three axes."
    )

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, three axes, channels) to larger volumes."""
        return _pad(self, inputs, self.padding, self.data_format)


def _enlarge(layer: LayerConfig, inputs: TensorType, factors: tuple[int, ...], data_format: str | None) -> Inferred:
    axes = _spatial_input(inputs, len(factors), data_format)
    shape = with_lengths(inputs.shape, axes, lambda position, length: length * factors[position])
    return one(TensorType(shape, layer.cast(inputs).dtype))


class UpSampling1D(LayerConfig):
    """Repeats each step of sequences."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "size: 2, inputs: sequence"

    size: PositiveInt = Field(2, description="How often each step is repeated.")

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, steps, features) to (batch, size · steps, features)."""
        return _enlarge(self, inputs, (self.size,), None)


class UpSampling2D(DataFormatted, LayerConfig):
    """Enlarges images."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    example: ClassVar[str] = "size: 2, inputs: image"

    size: Annotated[tuple[int, ...], Sizes(2)] = Field((2, 2), description="How many times as many rows and columns.")
    interpolation: Literal["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area"] = Field(
        "nearest", description="How the points between are found: `nearest` repeats rows and columns."
    )

    def interval(self, output: int, of: TensorType, inputs: Ranged, **call: Any) -> Interval:
        """What the input has; curved interpolations go beyond that."""
        is_between = self.interpolation in ("nearest", "bilinear", "area")
        return inputs.interval if is_between else UNKNOWN

    def lacks_derivative(self, dtype: str) -> NoDerivative | None:
        """Returns that means over areas have no gradient."""
        return OF_AREAS if self.interpolation == "area" else None

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, rows, columns, channels) to larger images."""
        result = _enlarge(self, inputs, self.size, self.data_format)
        if self.interpolation != "nearest":
            require_elements(self.cast(inputs), RESIZABLE, "inputs")
            for axis in spatial_axes(4, self.data_format):
                if inputs.shape[axis] == 0:
                    raise EmptyResultError(f"cannot interpolate {format_shape(inputs.shape)}, which is empty", "inputs")
        return result


class UpSampling3D(DataFormatted, LayerConfig):
    """Repeats each element of volumes along three axes."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    example: ClassVar[str] = "size: 2, inputs: volume"

    size: Annotated[tuple[int, ...], Sizes(3)] = Field(
        (2, 2, 2), description="How often elements are repeated along each of the three axes."
    )

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, three axes, channels) to larger volumes."""
        return _enlarge(self, inputs, self.size, self.data_format)
