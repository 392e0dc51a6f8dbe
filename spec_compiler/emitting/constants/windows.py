"""What slides a window over its tensor: poolings, convolutions, patches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

AnyArray = Any


def _each(value: int | Sequence[int], rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)


def _windows(
    x: AnyArray,
    size: Sequence[int],
    *,
    strides: Sequence[int],
    dilation: Sequence[int],
    padding: str,
    fill: float = 0,
) -> AnyArray:
    """The windows of (batch, …, channels), as (batch, …, channels, *size).

    Raises:
        ValueError: It is padded otherwise than these ops are.
    """
    rank = len(size)
    spans = [(length - 1) * apart + 1 for length, apart in zip(size, dilation, strict=True)]
    if padding == "same":
        missing = [
            max((-(-length // step) - 1) * step + span - length, 0)
            for length, step, span in zip(x.shape[1:-1], strides, spans, strict=True)
        ]
        x = np.pad(x, [(0, 0), *((each // 2, each - each // 2) for each in missing), (0, 0)], constant_values=fill)
    elif padding != "valid":
        raise ValueError(padding)
    found = np.lib.stride_tricks.sliding_window_view(x, spans, axis=tuple(range(1, rank + 1)))
    places = tuple(slice(None, None, step) for step in strides)
    return found[(slice(None), *places, slice(None), *(slice(None, None, apart) for apart in dilation))]


def _channels_last(compute: Callable[..., AnyArray]) -> Callable[..., AnyArray]:
    """A function of a tensor whose channels are the last axis, for either order of axes."""

    def ordered(op: Any, inputs: AnyArray, **others: AnyArray) -> AnyArray:
        if op.data_format != "channels_first":
            return compute(op, inputs, **others)
        return np.moveaxis(compute(op, np.moveaxis(inputs, 1, -1), **others), -1, 1)

    return ordered


def _pool(reduce: Callable[..., AnyArray], fill: float) -> Callable[..., AnyArray]:
    def compute(op: Any, inputs: AnyArray) -> AnyArray:
        rank = inputs.ndim - 2
        size = _each(op.pool_size, rank)
        strides = size if op.strides is None else _each(op.strides, rank)
        windows = _windows(
            inputs.astype(float), size, strides=strides, dilation=(1,) * rank, padding=op.padding, fill=fill
        )
        return reduce(windows, axis=tuple(range(-rank, 0)))

    return _channels_last(compute)


def _of_kernel(op: Any, inputs: AnyArray, kernel: AnyArray) -> AnyArray:
    """The windows that a kernel is applied to, as (batch, …, channels, places of the kernel)."""
    rank = inputs.ndim - 2
    size = kernel.shape[:rank]
    windows = _windows(
        inputs,
        size,
        strides=_each(op.strides, rank),
        dilation=_each(op.dilation_rate, rank),
        padding=op.padding,
    )
    return windows.reshape(*windows.shape[: rank + 2], -1)


def _conv(op: Any, inputs: AnyArray, kernel: AnyArray) -> AnyArray:
    windows = _of_kernel(op, inputs, kernel)
    return np.einsum("...ck,kcf->...f", windows, kernel.reshape(-1, *kernel.shape[-2:]), optimize=True)


def _depthwise_conv(op: Any, inputs: AnyArray, kernel: AnyArray) -> AnyArray:
    found = np.einsum("...ck,kcm->...cm", _of_kernel(op, inputs, kernel), kernel.reshape(-1, *kernel.shape[-2:]))
    return found.reshape(*found.shape[:-2], -1)


def _separable_conv(op: Any, inputs: AnyArray, depthwise_kernel: AnyArray, pointwise_kernel: AnyArray) -> AnyArray:
    found = _depthwise_conv(op, inputs, depthwise_kernel)
    return found @ pointwise_kernel.reshape(pointwise_kernel.shape[-2:])


def _extract_patches(rank: int) -> Callable[..., AnyArray]:
    def compute(op: Any, inputs: AnyArray) -> AnyArray:
        batched = inputs if inputs.ndim == rank + 2 else inputs[None]
        size = _each(op.size, rank)
        strides = size if op.strides is None else _each(op.strides, rank)
        windows = _windows(batched, size, strides=strides, dilation=_each(op.dilation_rate, rank), padding=op.padding)
        found = np.moveaxis(windows, rank + 1, -1)
        found = found.reshape(*found.shape[: rank + 1], -1)
        return found if batched is inputs else found[0]

    def ordered(op: Any, **tensors: AnyArray) -> AnyArray:
        (inputs,) = tensors.values()
        if op.data_format != "channels_first":
            return compute(op, inputs)
        return np.moveaxis(compute(op, np.moveaxis(inputs, -rank - 1, -1)), -1, -rank - 1)

    return ordered


def _unfold(op: Any, x: AnyArray) -> AnyArray:
    high, wide = op.padding
    padded = np.moveaxis(np.pad(x, [(0, 0), (0, 0), (high, high), (wide, wide)]), 1, -1)
    windows = _windows(padded, op.kernel_size, strides=op.stride, dilation=op.dilation, padding="valid")
    batch, rows, columns = windows.shape[:3]
    return np.moveaxis(windows, (1, 2), (-2, -1)).reshape(batch, -1, rows * columns)


def _fold(op: Any, x: AnyArray) -> AnyArray:
    high, wide = op.padding
    height, width = op.output_size
    rows, columns = op.places()
    windows = x.reshape(len(x), -1, *op.kernel_size, rows, columns)
    found = np.zeros((*windows.shape[:2], height + 2 * high, width + 2 * wide), x.dtype)
    for row, column in np.ndindex(*op.kernel_size):
        top, left = row * op.dilation[0], column * op.dilation[1]
        down = slice(top, top + rows * op.stride[0], op.stride[0])
        across = slice(left, left + columns * op.stride[1], op.stride[1])
        found[..., down, across] += windows[:, :, row, column]
    return found[..., high : high + height, wide : wide + width]


def _depth_to_space(op: Any, x: AnyArray) -> AnyArray:
    size = op.block_size
    batch, height, width, channels = x.shape
    parts = x.reshape(batch, height, width, size, size, channels // size**2)
    return parts.transpose(0, 1, 3, 2, 4, 5).reshape(batch, height * size, width * size, -1)


def _space_to_depth(op: Any, x: AnyArray) -> AnyArray:
    size = op.block_size
    batch, height, width, channels = x.shape
    parts = x.reshape(batch, height // size, size, width // size, size, channels)
    return parts.transpose(0, 1, 3, 2, 4, 5).reshape(batch, height // size, width // size, -1)


def _of_x(compute: Callable[..., AnyArray]) -> Callable[..., AnyArray]:
    return lambda op, x: _channels_last(compute)(op, x)


WINDOWS: dict[str, Callable[..., AnyArray]] = {
    "average_pool": _pool(np.nanmean, np.nan),
    "conv": _channels_last(_conv),
    "depth_to_space": _of_x(_depth_to_space),
    "depthwise_conv": _channels_last(_depthwise_conv),
    "fold": _fold,
    "image.extract_patches": _extract_patches(2),
    "image.extract_patches_3d": _extract_patches(3),
    "max_pool": _pool(np.max, -np.inf),
    "separable_conv": _channels_last(_separable_conv),
    "space_to_depth": _of_x(_space_to_depth),
    "unfold": _unfold,
}
