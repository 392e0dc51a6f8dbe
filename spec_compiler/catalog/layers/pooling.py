"""Pooling: the maximum or the mean of what is in a window."""

from __future__ import annotations

from typing import ClassVar, Generic

from pydantic import Field

from spec_compiler.catalog.layers.base import INPUTS, CallArgument, tensor
from spec_compiler.catalog.layers.floating import require_mask
from spec_compiler.catalog.layers.windows import Padding, Spatial, Window1D, Window2D, Window3D, WindowT
from spec_compiler.catalog.operands import FLOATING, NUMBERS, REALS, Elements
from spec_compiler.catalog.rules import ShapeError
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one

# What TensorFlow has kernels for. A mean of float64 along three axes exists only as XLA compiles it.
_MAXIMUM = Elements(
    "floating-point numbers and most integers",
    FLOATING.dtypes | {"uint8", "uint16", "int8", "int16", "int32", "int64"},
)
_MAXIMUM_3D = Elements("bfloat16, float16 and float32", FLOATING.dtypes - {"float64"})
_COMPARABLE = Elements("integers, floating-point numbers and truth values", REALS.dtypes | {"bool"})
_POOL_SIZE = "The size of the window: one number, or one for each axis."


class Pooling(Spatial, Generic[WindowT]):
    """A layer that makes one value of what is in a window that slides along the axes."""

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
        return one(self.join(axes.batch, lengths, axes.channels))


class MaxPooling(Pooling[WindowT], Generic[WindowT]):
    """The largest value in each window."""

    takes: ClassVar[Elements] = _MAXIMUM

    pool_size: WindowT = Field(2, validate_default=True, description=_POOL_SIZE)


class MaxPooling1D(MaxPooling[Window1D]):
    """The largest value of some neighbouring steps of a sequence."""

    rank: ClassVar[int] = 1


class MaxPooling2D(MaxPooling[Window2D]):
    """The largest value in each window over images."""

    rank: ClassVar[int] = 2


class MaxPooling3D(MaxPooling[Window3D]):
    """The largest value in each window over volumes."""

    rank: ClassVar[int] = 3
    takes: ClassVar[Elements] = _MAXIMUM_3D


class AveragePooling1D(Pooling[Window1D]):
    """The mean of some neighbouring steps of a sequence."""

    rank: ClassVar[int] = 1


class AveragePooling2D(Pooling[Window2D]):
    """The mean of each window over images."""

    rank: ClassVar[int] = 2


class AveragePooling3D(Pooling[Window3D]):
    """The mean of each window over volumes."""

    rank: ClassVar[int] = 3


class GlobalPooling(Spatial):
    """A layer that makes one value for each channel of everything along the axes."""

    takes_ragged: ClassVar[bool] = True

    keepdims: bool = Field(False, description="Whether the axes stay, with length 1, or are removed.")

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, channels); with `keepdims` to (batch, 1…, channels)."""
        axes = self.split(inputs)
        return one(self.join(axes.batch, (1,) * self.rank if self.keepdims else (), axes.channels))


class GlobalMaxPooling(GlobalPooling):
    """The largest value of each channel."""

    takes: ClassVar[Elements] = _COMPARABLE


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest value of each channel over all steps of a sequence."""

    rank: ClassVar[int] = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest value of each channel over a whole image."""

    rank: ClassVar[int] = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest value of each channel over a whole volume."""

    rank: ClassVar[int] = 3


class GlobalAveragePooling(GlobalPooling):
    """The mean of each channel."""

    takes: ClassVar[Elements] = NUMBERS


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean of each channel over all steps of a sequence, or over those that a mask lets through."""

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

    rank: ClassVar[int] = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of each channel over a whole volume."""

    rank: ClassVar[int] = 3


class AdaptivePooling(Spatial, Generic[WindowT]):
    """A layer that divides the axes into a given number of windows, and makes one value of each."""

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
        return one(self.join(axes.batch, self.output_size, axes.channels))

    def _global(self) -> str:
        return f"use `{self.keras_name.replace('Adaptive', 'Global')}` with `keepdims: true`"


class AdaptiveMaxPooling1D(AdaptivePooling[Window1D]):
    """The largest value in each of a number of parts of a sequence."""

    rank: ClassVar[int] = 1
    takes: ClassVar[Elements] = _MAXIMUM


class AdaptiveMaxPooling2D(AdaptivePooling[Window2D]):
    """The largest value in each of a number of parts of an image."""

    rank: ClassVar[int] = 2
    takes: ClassVar[Elements] = _MAXIMUM


class AdaptiveMaxPooling3D(AdaptivePooling[Window3D]):
    """The largest value in each of a number of parts of a volume."""

    rank: ClassVar[int] = 3
    takes: ClassVar[Elements] = _MAXIMUM_3D


class AdaptiveAveragePooling1D(AdaptivePooling[Window1D]):
    """The mean of each of a number of parts of a sequence."""

    rank: ClassVar[int] = 1


class AdaptiveAveragePooling2D(AdaptivePooling[Window2D]):
    """The mean of each of a number of parts of an image."""

    rank: ClassVar[int] = 2


class AdaptiveAveragePooling3D(AdaptivePooling[Window3D]):
    """The mean of each of a number of parts of a volume."""

    rank: ClassVar[int] = 3
