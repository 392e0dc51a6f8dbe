"""What ops on images share: the layout of an image or a batch of them."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import FLOATING, Elements
from spec_compiler.catalog.ops.base import OpPattern
from spec_compiler.catalog.ops.rules import ORDERED
from spec_compiler.catalog.ops.spatial import Formatted
from spec_compiler.catalog.rules import RankError, invalid
from spec_compiler.catalog.tensors import TensorType, format_shape

IMAGES = tensor("images", "An image, or a batch of them: (batch, height, width, channels).")
COMPARABLE = Elements("real numbers other than float16, or booleans", ORDERED.dtypes - {"float16"})
NOT_FLOAT16 = Elements("bfloat16, float32 or float64 numbers", FLOATING.dtypes - {"float16"})


class ImageAxes(NamedTuple):
    """Which axes of a tensor are height and width (and depth, before them), and which has the channels."""

    axes: range
    channel_axis: int


class ImageOp(Formatted):
    """An op on one image or on a batch of them."""

    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (IMAGES,)

    def image(self, x: TensorType, operand: str = "images", count: int = 2) -> ImageAxes:
        """The axes of a tensor; `count` is 2 for images and 3 for volumes.

        Raises:
            RankError: It is neither one image nor a batch.
        """
        if x.rank not in (count + 1, count + 2):
            what = "an image or a batch of images" if count == 2 else "a volume or a batch of volumes"
            raise RankError(
                f"takes {what}, rank {count + 1} or {count + 2}, and gets {format_shape(x.shape)}, rank {x.rank}",
                operand,
            )
        first = self.data_format == "channels_first"
        start = x.rank - count - (not first)
        return ImageAxes(range(start, start + count), start - 1 if first else x.rank - 1)


def two(value: tuple[int, ...]) -> tuple[int, ...]:
    """Two numbers, height and width.

    Raises:
        PydanticCustomError: There are more or fewer.
    """
    if len(value) != 2:
        raise invalid(f"takes a list of 2, height and width, and this has {len(value)}")
    return value
