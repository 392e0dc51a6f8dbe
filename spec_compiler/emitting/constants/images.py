"""Images that are cut and widened, and their colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

AnyArray = Any

_GREY = np.array([0.2989, 0.5870, 0.1140])
"""How bright red, green and blue are."""


def height_and_width(op: Any) -> tuple[int, int]:
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
    rows, columns = height_and_width(op)
    found[rows] = cut(rows, op.top_cropping, op.bottom_cropping, op.target_height)
    found[columns] = cut(columns, op.left_cropping, op.right_cropping, op.target_width)
    return images[tuple(found)]


def _pad_images(op: Any, images: AnyArray) -> AnyArray:
    def widened(axis: int, before: int | None, after: int | None, target: int | None) -> tuple[int, int]:
        return _sides(before, after, None if target is None else target - images.shape[axis])

    found = [(0, 0)] * images.ndim
    rows, columns = height_and_width(op)
    found[rows] = widened(rows, op.top_padding, op.bottom_padding, op.target_height)
    found[columns] = widened(columns, op.left_padding, op.right_padding, op.target_width)
    return np.pad(images, found)


def _grey(op: Any, images: AnyArray) -> AnyArray:
    axis = -3 if op.data_format == "channels_first" else -1
    return np.expand_dims(np.tensordot(images, _GREY, axes=(axis, 0)), axis)


def _by_channels(compute: Callable[..., list[AnyArray]]) -> Callable[..., AnyArray]:
    """A function of three channels that gives three."""

    def ordered(op: Any, images: AnyArray) -> AnyArray:
        axis = -3 if op.data_format == "channels_first" else -1
        return np.stack(compute(*np.moveaxis(images, axis, 0)), axis)

    return ordered


def _rgb_to_hsv(red: AnyArray, green: AnyArray, blue: AnyArray) -> list[AnyArray]:
    value = np.maximum(np.maximum(red, green), blue)
    apart = value - np.minimum(np.minimum(red, green), blue)
    sixth = 1 / (6 * np.where(apart > 0, apart, 1))
    hue = np.where(
        red == value,
        sixth * (green - blue),
        np.where(green == value, sixth * (blue - red) + 2 / 6, sixth * (red - green) + 4 / 6),
    )
    hue = np.where(apart > 0, hue, 0)
    return [np.where(hue < 0, hue + 1, hue), np.where(value > 0, apart / np.where(value > 0, value, 1), 0), value]


def _hsv_to_rgb(hue: AnyArray, saturation: AnyArray, value: AnyArray) -> list[AnyArray]:
    sixths = 6 * hue
    shares = (np.abs(sixths - 3) - 1, 2 - np.abs(sixths - 2), 2 - np.abs(sixths - 4))
    return [(1 - saturation + saturation * np.clip(share, 0, 1)) * value for share in shares]


IMAGES: dict[str, Callable[..., AnyArray]] = {
    "image.crop_images": _crop_images,
    "image.hsv_to_rgb": _by_channels(_hsv_to_rgb),
    "image.pad_images": _pad_images,
    "image.rgb_to_grayscale": _grey,
    "image.rgb_to_hsv": _by_channels(_rgb_to_hsv),
}
