"""Maximum and average pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import CallArgument, of_operands, tensor
from spec_compiler.catalog.layers.pooling import LARGEST_BY_XLA, MEAN_BY_XLA, MaxPooling, MaxPooling3D
from spec_compiler.catalog.layers.windows import Padding, slide
from spec_compiler.catalog.operands import FLOATING, Elements
from spec_compiler.catalog.ops.base import OpPattern, require_computable
from spec_compiler.catalog.ops.spatial import Formatted, WindowSizes, per_axis, placed, spatial
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Pool(Formatted):
    """An op that reduces each position of a sliding window to one value."""

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands

    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "Images or their like: (batch, …, channels)."),)

    pool_size: WindowSizes = Field(description="The size of the window: one number, or one for each axis.")
    strides: WindowSizes | None = Field(None, description="How far the window moves; null for its own size.")
    padding: Padding = Field(
        "valid", description="Whether windows that reach beyond the border are left out (`valid`) or padded (`same`)."
    )

    def takes(self, rank: int) -> Elements:
        """What there are kernels for, on tensors of some rank."""
        return FLOATING

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, …, channels) to (batch, …, channels), shorter along each axis by its stride."""
        axes = spatial(inputs, self.data_format, (3, 4, 5), "inputs").axes
        require_computable(inputs, self.takes(inputs.rank), "inputs")
        sizes = per_axis(self.pool_size, len(axes), "pool_size")
        strides = sizes if self.strides is None else per_axis(self.strides, len(axes), "strides")
        lengths = slide(inputs.shape, axes, sizes, strides, self.padding, operands=("inputs",), argument="pool_size")
        return one(inputs.with_shape(placed(inputs.shape, axes, lengths)))


class MaxPool(Pool):
    """The largest value in each window."""

    example: ClassVar[str] = "pool_size: 2, inputs: image"

    def takes(self, rank: int) -> Elements:
        """What there are kernels for, on tensors of some rank."""
        return MaxPooling3D.takes if rank == 5 else MaxPooling.takes

    def needs_xla(self, result: TensorType) -> bool:
        """Whether there is no kernel for the dtype of the result, on volumes."""
        return result.rank == 5 and result.dtype in LARGEST_BY_XLA


class AveragePool(Pool):
    """The mean of each window."""

    example: ClassVar[str] = "pool_size: 2, inputs: image"

    def needs_xla(self, result: TensorType) -> bool:
        """Whether there is no kernel for the dtype of the result, on volumes."""
        return result.rank == 5 and result.dtype in MEAN_BY_XLA
