"""What ops over spatial axes share: the data format, the sizes of windows, and where the axes are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from spec_compiler.catalog.fields import DataFormat, Integers
from spec_compiler.catalog.ops.base import TensorOp
from spec_compiler.catalog.rules import RankError, ShapeError
from spec_compiler.catalog.shapes import spatial_axes
from spec_compiler.catalog.tensors import Shape, TensorType, format_shape

WindowSizes = Annotated[tuple[int, ...] | int, Integers(single=True, minimum=1, least=1)]
"""One number, or one for each axis between batch and channels: how many those are, only the input says."""


class Formatted(TensorOp):
    """An op on tensors with channels."""

    data_format: DataFormat | None = Field(
        None, description="Where the channels are: on the last axis (as by default) or on the one after the batch."
    )


class SpatialAxes(NamedTuple):
    """A batch of images or their like, by what its axes mean."""

    axes: range
    channel_axis: int


def spatial(x: TensorType, data_format: str | None, ranks: Sequence[int], operand: str) -> SpatialAxes:
    """The axes of a tensor.

    Raises:
        RankError: It has too few or too many.
    """
    if x.rank not in ranks:
        raise RankError(
            f"takes a tensor of rank {', '.join(map(str, ranks[:-1]))} or {ranks[-1]} "
            f"(batch, channels and {ranks[0] - 2} to {ranks[-1] - 2} axes more), and gets {format_shape(x.shape)}",
            operand,
        )
    channel_axis = 1 if data_format == "channels_first" else x.rank - 1
    return SpatialAxes(spatial_axes(x.rank, data_format), channel_axis)


def per_axis(sizes: tuple[int, ...] | int, count: int, argument: str) -> tuple[int, ...]:
    """One number for each axis.

    Raises:
        ShapeError: There are more or fewer numbers than axes.
    """
    if isinstance(sizes, int):
        return (sizes,) * count
    if len(sizes) != count:
        raise ShapeError(
            f"has {len(sizes)} numbers in `{argument}`, and the input has {count} axes between batch and channels",
            argument=argument,
        )
    return sizes


def placed(shape: Shape, axes: Sequence[int], lengths: Shape) -> Shape:
    """A shape with other lengths of some axes."""
    new = dict(zip(axes, lengths, strict=True))
    return tuple(new.get(axis, length) for axis, length in enumerate(shape))
