"""Pooling: the maximum or the mean of what is in a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Generic

from pydantic import Field

from spec_compiler.catalog.dtypes import is_integer
from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import INPUTS, CallArgument, of_operands, tensor
from spec_compiler.catalog.layers.floating import require_mask
from spec_compiler.catalog.layers.windows import Padding, Spatial, Window1D, Window2D, Window3D, WindowT
from spec_compiler.catalog.mask_rules import ENDS, LOSES, USES_AND_ENDS, MaskRule
from spec_compiler.catalog.operands import FLOATING, NUMBERS, REALS, Elements
from spec_compiler.catalog.rules import DtypeError, ShapeError
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one

# What TensorFlow has kernels for, on a processor or on a GPU, or as XLA compiles it.
_MAXIMUM = Elements(
    "floating-point numbers and most integers",
    FLOATING.dtypes | {"uint8", "uint16", "int8", "int16", "int32", "int64"},
)
_MAXIMUM_3D = Elements("bfloat16, float16 and float32", FLOATING.dtypes - {"float64"})
LARGEST_BY_XLA = frozenset(("float16",))
"""The dtypes of which a processor takes the largest element along three axes only as XLA compiles it."""
MEAN_BY_XLA = frozenset(("float16", "float64"))
"""The dtypes of which a processor takes the mean along three axes only as XLA compiles it."""
_COMPARABLE = Elements("integers, floating-point numbers and truth values", REALS.dtypes | {"bool"})
_POOL_SIZE = "The size of the window: one number, or one for each axis."


class Pooling(Spatial, Generic[WindowT]):
    """A layer that makes one value of what is in a window that slides along the axes."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    built_from_the_start: ClassVar[bool] = True

    pool_size: WindowT = Field(description=_POOL_SIZE)
    strides: WindowT | None = Field(
        None, description="How far the window moves from place to place; null for its own size."
    )
    padding: Padding = Field(
        "valid", description="Whether windows that reach beyond the border are left out (`valid`) or filled (`same`)."
    )

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, …, channels), shorter along each axis by its stride."""
        axes = self.split(inputs)
        lengths = self.slide(inputs, "pool_size", self.pool_size, self.strides or self.pool_size, self.padding)
        return one(self.join(axes.batch, lengths, axes.channels).with_dtype(self.result_dtype(inputs)))


class MaxPooling(Pooling[WindowT], Generic[WindowT]):
    """The largest value in each window."""

    takes: ClassVar[Elements] = _MAXIMUM

    pool_size: WindowT = Field(2, validate_default=True, description=_POOL_SIZE)


class MaxPooling1D(MaxPooling[Window1D]):
    """The largest value of some neighbouring steps of a sequence."""

    example: ClassVar[str] = "pool_size: 2, inputs: sequence"
    rank: ClassVar[int] = 1


class MaxPooling2D(MaxPooling[Window2D]):
    """The largest value in each window over images."""

    example: ClassVar[str] = "pool_size: 2, inputs: image"
    rank: ClassVar[int] = 2


class MaxPooling3D(MaxPooling[Window3D]):
    """The largest value in each window over volumes."""

    example: ClassVar[str] = "pool_size: 2, inputs: volume"
    rank: ClassVar[int] = 3
    takes: ClassVar[Elements] = _MAXIMUM_3D

    def needs_xla(self, result: TensorType) -> bool:
        """Whether there is no kernel for the dtype of the result."""
        return result.dtype in LARGEST_BY_XLA


class AveragePooling1D(Pooling[Window1D]):
    """The mean of some neighbouring steps of a sequence."""

    example: ClassVar[str] = "pool_size: 2, inputs: sequence"
    rank: ClassVar[int] = 1


class AveragePooling2D(Pooling[Window2D]):
    """The mean of each window over images."""

    example: ClassVar[str] = "pool_size: 2, inputs: image"
    rank: ClassVar[int] = 2


class AveragePooling3D(Pooling[Window3D]):
    """The mean of each window over volumes."""

    example: ClassVar[str] = "pool_size: 2, inputs: volume"
    rank: ClassVar[int] = 3

    def needs_xla(self, result: TensorType) -> bool:
        """Whether there is no kernel for the dtype of the result."""
        return result.dtype in MEAN_BY_XLA


class GlobalPooling(Spatial):
    """A layer that makes one value for each channel of everything along the axes."""

    mask_rule: ClassVar[MaskRule] = ENDS
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    takes_ragged: ClassVar[bool] = True
    built_from_the_start: ClassVar[bool] = True

    keepdims: bool = Field(False, description="Whether the axes stay, with length 1, or are removed.")

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, channels); with `keepdims` to (batch, 1…, channels)."""
        axes = self.split(inputs)
        lengths = (1,) * self.rank if self.keepdims else ()
        return one(self.join(axes.batch, lengths, axes.channels).with_dtype(self.result_dtype(inputs)))


class GlobalMaxPooling(GlobalPooling):
    """The largest value of each channel."""

    takes: ClassVar[Elements] = _COMPARABLE


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest value of each channel over all steps of a sequence."""

    example: ClassVar[str] = "inputs: sequence"
    rank: ClassVar[int] = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest value of each channel over a whole image."""

    example: ClassVar[str] = "inputs: image"
    rank: ClassVar[int] = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest value of each channel over a whole volume."""

    example: ClassVar[str] = "inputs: volume"
    rank: ClassVar[int] = 3


class GlobalAveragePooling(GlobalPooling):
    """The mean of each channel."""

    takes: ClassVar[Elements] = NUMBERS

    def result_dtype(self, inputs: TensorType) -> str:
        """The mean of whole numbers is float32, under any policy."""
        dtype = super().result_dtype(inputs)
        return "float32" if is_integer(dtype) or dtype == "bool" else dtype


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean of each channel over all steps of a sequence, or over those that a mask lets through."""

    mask_rule: ClassVar[MaskRule] = USES_AND_ENDS
    example: ClassVar[str] = "inputs: sequence"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        INPUTS,
        tensor("mask", "Which steps count: (batch, steps).", required=False),
    )
    rank: ClassVar[int] = 1

    def infer(self, inputs: TensorType, mask: TensorType | None = None) -> Inferred:
        """(batch, steps, channels) to (batch, channels); with `keepdims` to (batch, 1, channels)."""
        result = super().infer(inputs)
        if mask is not None:
            (axis,) = self.spatial_axes
            check_mask(mask, inputs, axis)
            seen = self.cast(inputs).dtype
            if is_integer(seen) or seen == "bool":
                message = f"takes the mean of what a mask lets through in floating-point numbers, and sees {seen}"
                raise DtypeError(message, "inputs")
        return result


def check_mask(mask: TensorType, inputs: TensorType, axis: int) -> None:
    """Refuse a mask that does not say of each step of each sequence whether it counts.

    Raises:
        ShapeError: It is not of shape (batch, steps); a batch of 1 stands for all sequences.
        DtypeError: It cannot be read as truth values.
    """
    batch, steps = inputs.shape[0], inputs.shape[axis]
    if mask.rank != 2 or not (_fits(mask.shape[0], batch) or mask.shape[0] == 1) or not _fits(mask.shape[1], steps):
        raise ShapeError(
            f"takes a mask of shape {format_shape((batch, steps))}, and gets {format_shape(mask.shape)}", "mask"
        )
    require_mask(mask, "mask")


def _fits(length: Dimension, expected: Dimension) -> bool:
    return length == expected or length is None or expected is None


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean of each channel over a whole image (Lin et al., 2013)."""

    example: ClassVar[str] = "inputs: image"
    rank: ClassVar[int] = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of each channel over a whole volume."""

    example: ClassVar[str] = "inputs: volume"
    rank: ClassVar[int] = 3


class AdaptivePooling(Spatial, Generic[WindowT]):
    """A layer that divides the axes into a given number of windows, and makes one value of each."""

    mask_rule: ClassVar[MaskRule] = LOSES
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands

    output_size: WindowT = Field(description="The length of each axis of the output: one number, or one for each.")

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, *output_size, channels)."""
        axes = self.split(inputs)
        for axis, length, size in zip(self.spatial_axes, axes.lengths, self.output_size, strict=True):
            # Keras always makes a second window too, one longer than the first, and TensorFlow finds that it is longer
            # than the axis: no graph can be made. Without a graph the process may die of a division by zero.
            if size == 1 or length == 1:
                raise ShapeError(
                    f"makes windows as long as axis {axis} of {format_shape(inputs.shape)}, which Keras cannot run",
                    "inputs",
                    argument="output_size",
                    hint=self._global() if set(self.output_size) == {1} else None,
                )
        return one(self.join(axes.batch, self.output_size, axes.channels).with_dtype(self.result_dtype(inputs)))

    def _global(self) -> str:
        return f"use `{self.keras_name.replace('Adaptive', 'Global')}` with `keepdims: true`"


class AdaptiveMaxPooling1D(AdaptivePooling[Window1D]):
    """The largest value in each of a number of parts of a sequence."""

    example: ClassVar[str] = "output_size: 5, inputs: sequence"
    rank: ClassVar[int] = 1
    takes: ClassVar[Elements] = _MAXIMUM


class AdaptiveMaxPooling2D(AdaptivePooling[Window2D]):
    """The largest value in each of a number of parts of an image."""

    example: ClassVar[str] = "output_size: 4, inputs: image"
    rank: ClassVar[int] = 2
    takes: ClassVar[Elements] = _MAXIMUM


class AdaptiveMaxPooling3D(AdaptivePooling[Window3D]):
    """The largest value in each of a number of parts of a volume."""

    example: ClassVar[str] = "output_size: 4, inputs: volume"
    rank: ClassVar[int] = 3
    takes: ClassVar[Elements] = _MAXIMUM_3D

    def needs_xla(self, result: TensorType) -> bool:
        """Whether there is no kernel for the dtype of the result."""
        return result.dtype in LARGEST_BY_XLA


class AdaptiveAveragePooling1D(AdaptivePooling[Window1D]):
    """The mean of each of a number of parts of a sequence."""

    example: ClassVar[str] = "output_size: 5, inputs: sequence"
    rank: ClassVar[int] = 1


class AdaptiveAveragePooling2D(AdaptivePooling[Window2D]):
    """The mean of each of a number of parts of an image."""

    example: ClassVar[str] = "output_size: 4, inputs: image"
    rank: ClassVar[int] = 2


class AdaptiveAveragePooling3D(AdaptivePooling[Window3D]):
    """The mean of each of a number of parts of a volume."""

    example: ClassVar[str] = "output_size: 4, inputs: volume"
    rank: ClassVar[int] = 3

    def needs_xla(self, result: TensorType) -> bool:
        """Whether there is no kernel for the dtype of the result."""
        return result.dtype in MEAN_BY_XLA
