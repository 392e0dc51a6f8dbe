"""Images that are resized and moved.

Each pixel of the result is interpolated between those around the place that it comes from. Where the nearest is taken
instead, two may be as near: then rounding tells which it is, and that is for Keras. So it is where what Keras runs on
does not agree about what lies beyond the borders.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

AnyArray = Any

_STEP = float(np.finfo(np.float32).eps)
"""The step of single precision after 1."""

_UNDECIDED = 1e-3
"""How far from the middle between two pixels the nearest one is known, whatever the precision is."""


def _linear(x: AnyArray) -> AnyArray:
    return np.maximum(0, 1 - x)


def _cubic(x: AnyArray) -> AnyArray:
    near = ((1.5 * x - 2.5) * x) * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x >= 2, 0, np.where(x >= 1, far, near))


def _lanczos(radius: int) -> Callable[[AnyArray], AnyArray]:
    return lambda x: np.where(x > radius, 0, np.sinc(x) * np.sinc(x / radius))


_KERNELS: dict[str, Callable[[AnyArray], AnyArray]] = {
    **dict.fromkeys(("linear", "bilinear", "trilinear"), _linear),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}


def _weights(method: str, before: int, after: int, scale: float, shift: float, *, antialias: bool) -> AnyArray:
    """How much of each element of an axis is in each one of the axis that it is scaled to."""
    places = (np.arange(after) + 0.5 - shift) / scale - 0.5
    wide = max(1 / scale, 1.0) if antialias else 1.0
    weights = _KERNELS[method](np.abs(places - np.arange(before)[:, None]) / wide)
    total = weights.sum(axis=0)
    weights = np.where(np.abs(total) > 1000 * _STEP, weights / np.where(total == 0, 1, total), 0)
    return np.where((places >= -0.5) & (places <= before - 0.5), weights, 0)


def _areas(before: int, after: int) -> AnyArray:
    """How much of each element of an axis is in each one of the parts that it is cut into."""
    edges = np.arange(after + 1) * before / after
    starts = np.arange(before)[:, None]
    shared = np.minimum(edges[1:], starts + 1) - np.maximum(edges[:-1], starts)
    return np.maximum(shared, 0) * after / before


def _nearest(before: int, after: int) -> AnyArray:
    # In single precision, as it is told apart there which of two pixels it is.
    found = np.floor((np.arange(after, dtype=np.float32) + np.float32(0.5)) * np.float32(before / after))
    return np.minimum(found.astype(int), before - 1)


def _along(x: AnyArray, weights: AnyArray, axis: int) -> AnyArray:
    return np.moveaxis(np.tensordot(x, weights, axes=(axis, 0)), -1, axis)


def _of_floats(images: AnyArray) -> AnyArray:
    """Images of floating point.

    Raises:
        ValueError: They are of integers, which are rounded otherwise.
    """
    if images.dtype.kind != "f":
        raise ValueError(images.dtype)
    return images


def _scale_and_translate(op: Any, images: AnyArray, scale: AnyArray, translation: AnyArray) -> AnyArray:
    found = _of_floats(images)
    for axis, stretch, shift in zip(op.spatial_dims, scale, translation, strict=True):
        weights = _weights(
            op.method, images.shape[axis], op.output_shape[axis], float(stretch), float(shift), antialias=op.antialias
        )
        found = _along(found, weights, axis)
    return found


def _fitted(op: Any, images: AnyArray) -> AnyArray:
    """Images of the aspect ratio that they are resized to, if they are to have it; channels are the last axis."""
    height, width = images.shape[-3:-1]
    tall, broad = op.size
    # In single precision, as whole numbers are made of them there.
    fitting = int(np.float32(width * tall) / np.float32(broad)), int(np.float32(height * broad) / np.float32(tall))
    if op.crop_to_aspect_ratio:
        rows, columns = max(min(height, fitting[0]), 1), max(min(width, fitting[1]), 1)
        top, left = (height - rows) // 2, (width - columns) // 2
        return images[..., top : top + rows, left : left + columns, :]
    if op.pad_to_aspect_ratio:
        sides = [(max(wanted - length, 0) // 2,) * 2 for wanted, length in zip(fitting, (height, width), strict=True)]
        return np.pad(images, [(0, 0)] * (images.ndim - 3) + [*sides, (0, 0)], constant_values=op.fill_value)
    return images


def _resize(op: Any, images: AnyArray) -> AnyArray:
    if op.interpolation == "bicubic" and not op.antialias:
        raise ValueError("weights that are taken from a table")
    images = _of_floats(images)
    images = _fitted(op, np.moveaxis(images, -3, -1) if op.data_format == "channels_first" else images)
    for axis, after in zip((-3, -2), op.size, strict=True):
        before = images.shape[axis]
        if op.interpolation == "nearest":
            images = np.take(images, _nearest(before, after), axis)
        elif op.interpolation == "area":
            images = _along(images, _areas(before, after), axis)
        else:
            weights = _weights(op.interpolation, before, after, after / before, 0.0, antialias=op.antialias)
            images = _along(images, weights, axis)
    return np.moveaxis(images, -1, -3) if op.data_format == "channels_first" else images


def _corners(places: AnyArray, *, nearest: bool) -> list[tuple[AnyArray, AnyArray]]:
    """The elements of an axis around some places, and the weight of each.

    Raises:
        ValueError: A place is no number, or in the middle where the nearest element is asked for.
    """
    if not np.isfinite(places).all():
        raise ValueError("no place")
    if not nearest:
        lower = np.floor(places)
        return [(lower.astype(int), 1 - (places - lower)), (lower.astype(int) + 1, places - lower)]
    if (np.abs(places - np.floor(places) - 0.5) < _UNDECIDED).any():
        raise ValueError("two that are as near")
    return [(np.round(places).astype(int), np.ones(places.shape))]


def _sampled(x: AnyArray, places: Any, *, nearest: bool, fill_mode: str, fill_value: float) -> AnyArray:
    """What is between the elements of a tensor at some places, which are given for each of its first axes.

    Raises:
        ValueError: It cannot be told.
    """
    if fill_mode not in ("constant", "nearest"):
        raise ValueError(fill_mode)
    axes = [_corners(along, nearest=nearest) for along in places]
    found: Any = 0
    for corner in product(*axes):
        inside: Any = True
        indices = []
        share: Any = 1.0
        for (index, weight), length in zip(corner, x.shape, strict=False):
            inside = inside & (index >= 0) & (index < length)
            indices.append(np.clip(index, 0, length - 1))
            share = share * weight
        elements = x[tuple(indices)]
        trailing = (..., *(None,) * (elements.ndim - np.ndim(share)))
        if fill_mode == "constant":
            elements = np.where(inside[trailing], elements, fill_value)
        found = found + share[trailing] * elements
    return found


def _map_coordinates(op: Any, inputs: AnyArray, coordinates: AnyArray) -> AnyArray:
    return _sampled(
        _of_floats(inputs),
        coordinates.astype(float),
        nearest=op.order == 0,
        fill_mode=op.fill_mode,
        fill_value=op.fill_value,
    )


def _projected(op: Any, images: AnyArray, transforms: AnyArray, fill_mode: str) -> AnyArray:
    """Images whose pixels come from where a projective transformation of each image, or of all, puts them."""
    images = _of_floats(images)
    batch = images if images.ndim == 4 else images[None]
    batch = np.moveaxis(batch, 1, -1) if op.data_format == "channels_first" else batch
    rows, columns = np.meshgrid(*map(np.arange, batch.shape[1:3]), indexing="ij")
    found = []
    for image, transform in zip(batch, np.broadcast_to(transforms, (len(batch), 8)), strict=True):
        a, b, c, d, e, f, g, h = transform
        depth = g * columns + h * rows + 1
        places = (d * columns + e * rows + f) / depth, (a * columns + b * rows + c) / depth
        nearest = op.interpolation == "nearest"
        found.append(_sampled(image, places, nearest=nearest, fill_mode=fill_mode, fill_value=op.fill_value))
    moved = np.stack(found)
    moved = np.moveaxis(moved, -1, 1) if op.data_format == "channels_first" else moved
    return moved if images.ndim == 4 else moved[0]


def _affine_transform(op: Any, images: AnyArray, transform: AnyArray) -> AnyArray:
    return _projected(op, images, np.reshape(transform, (-1, 8)), op.fill_mode)


def _perspective_transform(op: Any, images: AnyArray, start_points: AnyArray, end_points: AnyArray) -> AnyArray:
    start, end = (points.reshape(-1, 4, 2) for points in (start_points, end_points))
    ones, zeros = np.ones(end.shape[:2]), np.zeros(end.shape[:2])
    x, y = end[..., 0], end[..., 1]
    across = np.stack([x, y, ones, zeros, zeros, zeros, -start[..., 0] * x, -start[..., 0] * y], -1)
    down = np.stack([zeros, zeros, zeros, x, y, ones, -start[..., 1] * x, -start[..., 1] * y], -1)
    equations = np.concatenate([across, down], axis=1)
    if (np.linalg.cond(equations) > 1e5).any():
        raise ValueError("points of which the transformation cannot be told in single precision")
    wanted = np.concatenate([start[..., 0], start[..., 1]], axis=1)
    return _projected(op, images, np.linalg.solve(equations, wanted[..., None])[..., 0], "constant")


GEOMETRY: dict[str, Callable[..., AnyArray]] = {
    "image.affine_transform": _affine_transform,
    "image.map_coordinates": _map_coordinates,
    "image.perspective_transform": _perspective_transform,
    "image.resize": _resize,
    "image.scale_and_translate": _scale_and_translate,
}
