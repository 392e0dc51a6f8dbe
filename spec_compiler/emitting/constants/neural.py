"""Normalizations, attention and losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

AnyArray = Any

_EPSILON = 1e-7
"""What Keras adds where an op says nothing else."""


def _epsilon(op: Any) -> float:
    return _EPSILON if op.epsilon is None else float(op.epsilon)


def _along(values: AnyArray | None, x: AnyArray, axes: Any) -> AnyArray | None:
    """Numbers for some axes of a tensor, in a shape that goes with it."""
    if values is None:
        return None
    places = {axis % x.ndim for axis in ([axes] if isinstance(axes, int) else axes)}
    return values.reshape([length if place in places else 1 for place, length in enumerate(x.shape)])


def _batch_normalization(
    op: Any,
    x: AnyArray,
    mean: AnyArray,
    variance: AnyArray,
    offset: AnyArray | None = None,
    scale: AnyArray | None = None,
) -> AnyArray:
    mean, variance, offset, scale = (_along(each, x, op.axis) for each in (mean, variance, offset, scale))
    found = (x - mean) / np.sqrt(variance + op.epsilon)
    found = found if scale is None else found * scale
    return found if offset is None else found + offset


def _layer_normalization(op: Any, x: AnyArray, gamma: AnyArray | None = None, beta: AnyArray | None = None) -> AnyArray:
    axes = (op.axis,) if isinstance(op.axis, int) else tuple(op.axis)
    gamma, beta = _along(gamma, x, axes), _along(beta, x, axes)
    variance = np.var(x, axis=axes, keepdims=True)
    found = (x - np.mean(x, axis=axes, keepdims=True)) / np.sqrt(variance + _epsilon(op))
    found = found if gamma is None else found * gamma
    return found if beta is None else found + beta


def _rms_normalization(op: Any, x: AnyArray, scale: AnyArray | None = None) -> AnyArray:
    axis = op.axis if isinstance(op.axis, int) else tuple(op.axis)
    found = x / np.sqrt(np.mean(np.square(x), axis=axis, keepdims=True) + _epsilon(op))
    return found if scale is None else found * scale


def _normalize(op: Any, x: AnyArray) -> AnyArray:
    norm = np.sum(np.abs(x) ** op.order, axis=op.axis, keepdims=True) ** (1 / op.order)
    return x / np.maximum(norm, _epsilon(op))


def logsumexp(x: AnyArray, axis: Any = -1, *, keepdims: bool = True) -> AnyArray:
    """The logarithm of the sum of exponentials, also where these are too large for a number."""
    largest = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - largest), axis=axis, keepdims=True)) + largest
    return total if keepdims else np.squeeze(total, axis=axis)


def log_softmax(x: AnyArray, axis: Any = -1) -> AnyArray:
    """The logarithm of the softmax."""
    return x - logsumexp(x, axis)


def _sparsemax(op: Any, x: AnyArray) -> AnyArray:
    ordered = -np.sort(-np.moveaxis(x, op.axis, -1), axis=-1)
    sums = np.cumsum(ordered, axis=-1)
    chosen = ordered - (sums - 1) / np.arange(1, x.shape[op.axis] + 1) > 0
    # Keras adds up the sums of all numbers that are chosen, and not the last of these sums.
    threshold = (np.sum(sums * chosen, axis=-1, keepdims=True) - 1) / np.sum(chosen, axis=-1, keepdims=True)
    return np.maximum(x - np.moveaxis(threshold, -1, op.axis), 0)


_MASKED = -0.7 * 3.38953e38
"""What Keras puts in the place of a score that is masked."""


def _dot_product_attention(
    op: Any,
    query: AnyArray,
    key: AnyArray,
    value: AnyArray,
    bias: AnyArray | None = None,
    mask: AnyArray | None = None,
) -> AnyArray:
    groups = query.shape[2] // key.shape[2]
    key, value = np.repeat(key, groups, axis=2), np.repeat(value, groups, axis=2)
    scale = 1 / np.sqrt(key.shape[-1]) if op.scale is None else op.scale
    scores = np.einsum("btnh,bsnh->bnts", query, key) * scale
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        scores = np.where(mask, scores, _MASKED)
    if op.is_causal:
        scores = np.where(np.tri(*scores.shape[-2:]) > 0, scores, _MASKED)
    return np.einsum("bnts,bsnh->btnh", np.exp(log_softmax(scores)), value)


def _clipped(probabilities: AnyArray) -> AnyArray:
    return np.clip(probabilities, _EPSILON, 1 - _EPSILON)


def _binary_crossentropy(op: Any, target: AnyArray, output: AnyArray) -> AnyArray:
    if op.from_logits:
        return np.logaddexp(0, output) - target * output
    output = _clipped(output)
    return -(target * np.log(output) + (1 - target) * np.log(1 - output))


def _categorical_crossentropy(op: Any, target: AnyArray, output: AnyArray) -> AnyArray:
    if op.from_logits:
        found = log_softmax(output, op.axis)
    else:
        found = np.log(_clipped(output / np.sum(output, axis=op.axis, keepdims=True)))
    return -np.sum(target * found, axis=op.axis)


def _sparse_categorical_crossentropy(op: Any, target: AnyArray, output: AnyArray) -> AnyArray:
    scores = output if op.from_logits else np.log(_clipped(output))
    target = target[..., 0] if target.ndim == output.ndim else target
    target = target.astype(int)
    if (target < 0).any():
        raise ValueError("a class that there is none of")
    return -np.take_along_axis(log_softmax(scores), target[..., None], -1)[..., 0]


def _psnr(op: Any, x1: AnyArray, x2: AnyArray) -> AnyArray:
    return 20 * np.log10(op.max_val) - 10 * np.log10(np.mean(np.square(x1 - x2)))


NEURAL: dict[str, Callable[..., AnyArray]] = {
    "batch_normalization": _batch_normalization,
    "binary_crossentropy": _binary_crossentropy,
    "categorical_crossentropy": _categorical_crossentropy,
    "dot_product_attention": _dot_product_attention,
    "layer_normalization": _layer_normalization,
    "normalize": _normalize,
    "psnr": _psnr,
    "rms_normalization": _rms_normalization,
    "sparsemax": _sparsemax,
    "sparse_categorical_crossentropy": _sparse_categorical_crossentropy,
}
