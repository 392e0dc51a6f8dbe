"""What puts rows at places that a tensor says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

AnyArray = Any


def _places(indices: AnyArray, shape: tuple[int, ...]) -> tuple[AnyArray, ...]:
    """Indices for NumPy.

    Raises:
        ValueError: There is no such place.
    """
    depth = indices.shape[-1]
    if (indices < 0).any() or (indices >= np.array(shape[:depth])).any():
        raise ValueError("no such place")
    return tuple(np.moveaxis(indices, -1, 0))


def _scatter(op: Any, indices: AnyArray, values: AnyArray) -> AnyArray:
    found = np.zeros(op.shape, values.dtype)
    np.add.at(found, _places(indices, found.shape), values)
    return found


_REDUCTIONS = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}


def _scatter_update(op: Any, inputs: AnyArray, indices: AnyArray, updates: AnyArray) -> AnyArray:
    found = inputs.astype(np.result_type(inputs, updates))
    places = _places(indices, found.shape)
    if op.reduction is not None:
        _REDUCTIONS[op.reduction].at(found, places, updates)
        return found
    rows = indices.reshape(-1, indices.shape[-1])
    if len(np.unique(rows, axis=0)) < len(rows):
        raise ValueError("a place that is updated twice")
    found[places] = updates
    return found


def _segments(reduce: np.ufunc, empty: int | None) -> Callable[..., AnyArray]:
    """A reduction of the rows of each segment; without a number for one that has no rows, there is none."""

    def compute(op: Any, data: AnyArray, segment_ids: AnyArray) -> AnyArray:
        count = op.num_segments
        if count is None or (segment_ids < 0).any() or (segment_ids >= count).any():
            raise ValueError("no such segment")
        rows = [data[segment_ids == segment] for segment in range(count)]
        if empty is None and not all(map(len, rows)):
            raise ValueError("an empty segment")
        return np.stack([reduce.reduce(each, axis=0) for each in rows])

    return compute


def _multi_hot(op: Any, inputs: AnyArray) -> AnyArray:
    found = np.moveaxis(inputs[..., None] == np.arange(op.num_classes), -1, op.axis)
    return np.any(found, axis=1 if inputs.ndim > 1 else 0)


SCATTERING: dict[str, Callable[..., AnyArray]] = {
    "multi_hot": _multi_hot,
    "scatter": _scatter,
    "scatter_update": _scatter_update,
    "segment_max": _segments(np.maximum, None),
    "segment_min": _segments(np.minimum, None),
    "segment_prod": _segments(np.multiply, 1),
    "segment_sum": _segments(np.add, 0),
}
