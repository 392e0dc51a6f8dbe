"""Images that are cut, widened, and made grey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

AnyArray = Any

_GREY = np.array([0.2989, 0.5870, 0.1140])
"""How bright red, green and blue are."""


def _axes(op: Any) -> tuple[int, int]:
    """The axes of height and width, from the end."""
    return (-2, -1) if op.data_format == "channels_first" else (-3, -2)


def _sides(before: int | None, after: int | None, missing: int | None) -> tuple[int, int]:
    """What is at the two sides of an axis, of which one follows from what both are together."""
    if missing is None:
        assert before is not None
        assert after is not None
        return before, after
    if before is None:
        assert after is not None
        return missing - after, after
    return before, missing - before


def _crop_images(op: Any, images: AnyArray) -> AnyArray:
    def cut(axis: int, before: int | None, after: int | None, target: int | None) -> slice:
        length = images.shape[axis]
        first, last = _sides(before, after, None if target is None else length - target)
        return slice(first, length - last)

    found = [slice(None)] * images.ndim
    rows, columns = _axes(op)
    found[rows] = cut(rows, op.top_cropping, op.bottom_cropping, op.target_height)
    found[columns] = cut(columns, op.left_cropping, op.right_cropping, op.target_width)
    return images[tuple(found)]


def _pad_images(op: Any, images: AnyArray) -> AnyArray:
    def widened(axis: int, before: int | None, after: int | None, target: int | None) -> tuple[int, int]:
        return _sides(before, after, None if target is None else target - images.shape[axis])

    found = [(0, 0)] * images.ndim
    rows, columns = _axes(op)
    found[rows] = widened(rows, op.top_padding, op.bottom_padding, op.target_height)
    found[columns] = widened(columns, op.left_padding, op.right_padding, op.target_width)
    return np.pad(images, found)


def _grey(op: Any, images: AnyArray) -> AnyArray:
    axis = -3 if op.data_format == "channels_first" else -1
    return np.expand_dims(np.tensordot(images, _GREY, axes=(axis, 0)), axis)


IMAGES: dict[str, Callable[..., AnyArray]] = {
    "image.crop_images": _crop_images,
    "image.pad_images": _pad_images,
    "image.rgb_to_grayscale": _grey,
}
