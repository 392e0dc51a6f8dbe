"""Images that a kernel is moved over, and compared by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spec_compiler.emitting.constants.images import height_and_width

AnyArray = Any


def _bell(size: int, sigma: float) -> AnyArray:
    weights = np.exp(-0.5 * ((np.arange(size) - (size - 1) / 2) / sigma) ** 2)
    return weights / weights.sum()


def _slid(x: AnyArray, weights: AnyArray, axis: int) -> AnyArray:
    """The sums that weights give at each place of an axis where they fit in."""
    return np.lib.stride_tricks.sliding_window_view(x, len(weights), axis=axis) @ weights


def _bordered(op: Any, images: AnyArray, before: int, after: int, mode: Any) -> AnyArray:
    widths = [(0, 0)] * images.ndim
    for axis in height_and_width(op):
        widths[axis] = (before, after)
    return np.pad(images, widths, mode=mode)


def _gaussian_blur(op: Any, images: AnyArray) -> AnyArray:
    (size, across), (sigma, along) = op.kernel_size, op.sigma
    if (size, sigma) != (across, along):
        raise ValueError("a kernel that differs along height and width, of which Keras mixes up the two")
    found = _bordered(op, images, (size - 1) // 2, size // 2, "constant")
    for axis in height_and_width(op):
        found = _slid(found, _bell(size, sigma), axis)
    return found


_SLOPE, _SMOOTH = np.array([-1.0, 0.0, 1.0]), np.array([1.0, 2.0, 1.0])


def _sobel_edges(op: Any, images: AnyArray) -> AnyArray:
    rows, columns = height_and_width(op)
    x = _bordered(op, images, 1, 1, "reflect")
    down = _slid(_slid(x, _SLOPE, rows), _SMOOTH, columns)
    return np.stack([down, _slid(_slid(x, _SMOOTH, rows), _SLOPE, columns)], axis=-1)


def _ssim(op: Any, image1: AnyArray, image2: AnyArray) -> AnyArray:
    rows, columns = height_and_width(op)
    bell = _bell(op.filter_size, op.filter_sigma)

    def local(x: AnyArray) -> AnyArray:
        return _slid(_slid(x, bell, rows), bell, columns)

    mean1, mean2 = local(image1), local(image2)
    variance1, variance2 = local(image1**2) - mean1**2, local(image2**2) - mean2**2
    c1, c2 = (op.k1 * op.max_val) ** 2, (op.k2 * op.max_val) ** 2
    alike = (2 * mean1 * mean2 + c1) * (2 * (local(image1 * image2) - mean1 * mean2) + c2)
    return np.mean(alike / ((mean1**2 + mean2**2 + c1) * (variance1 + variance2 + c2)), axis=(-3, -2, -1))


FILTERS: dict[str, Callable[..., AnyArray]] = {
    "image.gaussian_blur": _gaussian_blur,
    "image.sobel_edges": _sobel_edges,
    "image.ssim": _ssim,
}
