"""What convolutions and pooling have in common: axes between batch and channels, and windows that slide along them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, NamedTuple, TypeVar

from pydantic import Field

from spec_compiler.catalog.fields import DataFormat, Sizes
from spec_compiler.catalog.layers.base import LayerConfig
from spec_compiler.catalog.operands import FLOATING, Elements, refuse_ragged, refuse_sparse, require_elements
from spec_compiler.catalog.rules import EmptyResultError, require_rank
from spec_compiler.catalog.tensors import Dimension, Shape, TensorType, format_shape

Window1D = Annotated[tuple[int, ...], Sizes(1)]
Window2D = Annotated[tuple[int, ...], Sizes(2)]
Window3D = Annotated[tuple[int, ...], Sizes(3)]
"""The size of a window, or its step, along each axis."""

WindowT = TypeVar("WindowT", bound=tuple[int, ...])
"""`Window1D`, `Window2D` or `Window3D`: how many numbers the arguments of a layer take."""

Padding = Literal["valid", "same"]

_AXES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def reach(size: int, dilation: int = 1) -> int:
    """How far a window extends, given how many elements it has and the distance between two of them."""
    return (size - 1) * dilation + 1


def window_length(length: Dimension, size: int, stride: int, padding: str, dilation: int = 1) -> Dimension:
    """At how many places a window stands along an axis; zero or less if it does not fit."""
    if length is None:
        return None
    free = length - reach(size, dilation) if padding == "valid" else length - 1
    return free // stride + 1


def slide(
    shape: Shape,
    axes: Sequence[int],
    sizes: Sequence[int],
    strides: Sequence[int],
    padding: str,
    dilations: Sequence[int] | None = None,
    *,
    operands: tuple[str, ...],
    argument: str | None = None,
) -> Shape:
    """The lengths of some axes after a window went along them.

    `argument` is the one that gives the size of the window, if it is one.

    Raises:
        EmptyResultError: The window is longer than an axis.
    """
    results = []
    for axis, size, stride, rate in zip(axes, sizes, strides, dilations or (1,) * len(axes), strict=True):
        result = window_length(shape[axis], size, stride, padding, rate)
        if result is not None and result <= 0 and padding == "valid":
            dilated = f" ({size} with `dilation_rate` {rate})" if rate > 1 else ""
            smaller = f"make `{argument}` smaller, or " if argument else ""
            raise EmptyResultError(
                f"slides a window of length {reach(size, rate)}{dilated} along axis {axis} of "
                f"{format_shape(shape)}, which is shorter",
                *operands,
                argument=argument,
                hint=f"{smaller}use `padding: same`",
            )
        results.append(result)
    return tuple(results)


def transposed_length(
    length: Dimension, size: int, stride: int, padding: str, output_padding: int | None, dilation: int = 1
) -> Dimension:
    """The length that a transposed convolution makes of an axis, as Keras defines it for TensorFlow."""
    if length is None:
        return None
    size = reach(size, dilation)
    if output_padding is None:
        return length * stride + (max(size - stride, 0) if padding == "valid" else 0)
    return (length - 1) * stride + (size if padding == "valid" else size % 2) + output_padding


class SpatialShape(NamedTuple):
    """The lengths of a tensor's axes by what they mean."""

    batch: Dimension
    lengths: Shape
    channels: Dimension


class Spatial(LayerConfig):
    """A layer that works along the axes between batch and channels.

    `rank` is the number of those axes. `takes` is what TensorFlow has kernels for, on some device at least.
    """

    rank: ClassVar[int]
    takes: ClassVar[Elements] = FLOATING
    takes_ragged: ClassVar[bool] = False

    data_format: DataFormat | None = Field(
        None, description="Where the channels are: on the last axis (as by default) or on the one after the batch."
    )

    @property
    def channel_axis(self) -> int:
        """The axis of the channels."""
        return 1 if self.data_format == "channels_first" else -1

    @property
    def spatial_axes(self) -> range:
        """The axes between batch and channels."""
        first = 2 if self.data_format == "channels_first" else 1
        return range(first, first + self.rank)

    def split(self, inputs: TensorType) -> SpatialShape:
        """The axes of an input.

        Raises:
            RankError: It has too few or too many.
            DtypeError: There is no kernel for its dtype, or for tensors that are not dense.
        """
        require_rank(inputs, self.rank + 2, self._axis_names())
        refuse_sparse(inputs, "inputs")
        if not self.takes_ragged:
            refuse_ragged(inputs, "inputs")
        require_elements(self.cast(inputs), self.takes, "inputs")
        lengths = tuple(inputs.shape[axis] for axis in self.spatial_axes)
        return SpatialShape(inputs.shape[0], lengths, inputs.shape[self.channel_axis])

    def join(self, batch: Dimension, lengths: Sequence[Dimension], channels: Dimension) -> TensorType:
        """An output with these axes."""
        first = self.data_format == "channels_first"
        return TensorType((batch, channels, *lengths) if first else (batch, *lengths, channels), self.compute_dtype)

    def result_dtype(self, inputs: TensorType) -> str:
        """The dtype of a value that is made of some of the inputs: theirs, as the layer sees them."""
        return self.cast(inputs).dtype

    def slide(
        self,
        inputs: TensorType,
        argument: str,
        sizes: Sequence[int],
        strides: Sequence[int],
        padding: str,
        dilations: Sequence[int] | None = None,
    ) -> Shape:
        """The lengths of the axes after a window went along them; `argument` is the one that gives its size.

        Raises:
            EmptyResultError: The window is longer than an axis.
        """
        return slide(
            inputs.shape,
            self.spatial_axes,
            sizes,
            strides,
            padding,
            dilations,
            operands=("inputs",),
            argument=argument,
        )

    def _axis_names(self) -> str:
        names = ["batch", *_AXES[self.rank]]
        names.insert(1 if self.data_format == "channels_first" else len(names), "channels")
        return "(" + ", ".join(names) + ")"
