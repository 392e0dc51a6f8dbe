"""Pooling as ops: the maximum or the mean of what is in a window."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.layers.pooling import MaxPooling, MaxPooling3D
from spec_compiler.catalog.layers.windows import Padding, slide
from spec_compiler.catalog.operands import FLOATING, Elements
from spec_compiler.catalog.ops.base import require_computable
from spec_compiler.catalog.ops.convolving import Formatted, WindowSizes, per_axis, placed, spatial
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Pool(Formatted):
    """An op that makes one value of what is in a window that slides along the axes."""

    calls: ClassVar[tuple[CallArgument, ...]] = (tensor("inputs", "Images or their like: (batch, …, channels)."),)

    pool_size: WindowSizes = Field(description="The size of the window: one number, or one for each axis.")
    strides: WindowSizes | None = Field(None, description="How far the window moves; null for its own size.")
    padding: Padding = Field(
        "valid", description="Whether windows that reach beyond the border are left out (`valid`) or filled (`same`)."
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

    def takes(self, rank: int) -> Elements:
        """What there are kernels for, on tensors of some rank."""
        return MaxPooling3D.takes if rank == 5 else MaxPooling.takes


class AveragePool(Pool):
    """The mean of each window."""
