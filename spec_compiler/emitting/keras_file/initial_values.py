"""What variables are before training: drawn as each initializer of Keras says, in a stream of its own for each.

The numbers are ours: the same for a seed on every machine, whatever else the model has, and not those of Keras, which
depend on what computes them. A stream is named by the path of its variable, so that streams can be drawn in any order.
Source of the distributions: `keras/src/initializers/random_initializers.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from hashlib import blake2b
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from spec_compiler.emitting.keras_file.fourier_kernel import fourier_kernel
from spec_compiler.emitting.keras_file.states import UnitForgetBiasState, Variable

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 1 << 20
"""How many numbers are worked on at once, so that no second array of the size of a weight is needed."""

_WITHIN_TWO = 0.87962566103423978
"""The standard deviation of a normal distribution that is cut off at two."""

_SCALINGS: dict[str, tuple[float, str, str]] = {
    "GlorotNormal": (1.0, "fan_avg", "truncated_normal"),
    "GlorotUniform": (1.0, "fan_avg", "uniform"),
    "HeNormal": (2.0, "fan_in", "truncated_normal"),
    "HeUniform": (2.0, "fan_in", "uniform"),
    "LecunNormal": (1.0, "fan_in", "truncated_normal"),
    "LecunUniform": (1.0, "fan_in", "uniform"),
}
"""The scale, the units that count and the distribution of the initializers that scale the variance."""


class InitialValues:
    """The values of variables before training.

    Args:
        seed: The seed of the spec; None for other numbers each time, the same within these values.
    """

    def __init__(self, seed: int | None) -> None:
        self._root = str(seed).encode() if seed is not None else secrets.token_bytes(16)

    def of(self, variable: Variable) -> NDArray[Any]:
        """The value of a variable, in its dtype; of bfloat16, its bits."""
        weight = variable.weight
        dtype = np.float64 if weight.dtype == "float64" else np.float32
        initializer = variable.initializer
        if isinstance(initializer, UnitForgetBiasState):
            values = self._unit_forget_bias(variable, initializer, dtype)
        else:
            values = self._filled(initializer, weight.shape, dtype, self._stream(variable, initializer))
        return in_dtype(values, weight.dtype)

    def _stream(self, variable: Variable, initializer: Any) -> np.random.Generator:
        """The random numbers of a variable: an initializer with a seed of its own says which."""
        own = getattr(initializer, "seed", None)
        what = ("seed", str(own)) if own is not None else ("variable", self._root.hex(), *variable.path)
        digest = blake2b("\0".join(what).encode(), digest_size=16).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))

    def _unit_forget_bias(self, variable: Variable, initializer: UnitForgetBiasState, dtype: type) -> NDArray[Any]:
        (length,) = variable.weight.shape
        units = length // 4
        stream = self._stream(variable, initializer.initializer)
        parts = [
            self._filled(initializer.initializer, (units,), dtype, stream),
            np.ones(units, dtype),
            self._filled(initializer.initializer, (2 * units,), dtype, stream),
        ]
        return np.concatenate(parts)

    def _filled(
        self, initializer: Any, shape: tuple[int, ...], dtype: type, stream: np.random.Generator
    ) -> NDArray[Any]:
        name = type(initializer).__name__
        if name in ("Zeros", "Ones"):
            return np.full(shape, float(name == "Ones"), dtype)
        if name == "Constant":
            return np.broadcast_to(np.asarray(initializer.value, dtype), shape).copy()
        if name == "Identity":
            return np.asarray(initializer.gain * np.eye(*shape, dtype=dtype), dtype)
        if name == "Orthogonal":
            return _orthogonal(shape, initializer.gain, dtype, stream)
        if name == "STFT":
            return np.asarray(fourier_kernel(initializer, shape), dtype)
        values: NDArray[Any] = np.empty(shape, dtype)
        _draw(initializer, name, values.reshape(-1), shape, stream)
        return values


def in_dtype(values: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Numbers in a dtype of Keras: bfloat16, which NumPy does not have, as its bits."""
    if dtype != "bfloat16":
        return values.astype(dtype, copy=False)
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    # To the nearest, and of two that are as near to the even one.
    rounded = (bits + (0x7FFF + ((bits >> 16) & 1))) >> 16
    return rounded.astype("<u2").view("V2").reshape(values.shape)


def fans(shape: tuple[int, ...], initializer: Any) -> tuple[int, int]:
    """How many units a weight joins to how many: by the axes that the initializer names, or as of a convolution."""
    if initializer.input_axes is not None:
        return prod(shape[axis] for axis in initializer.input_axes), prod(
            shape[axis] for axis in initializer.output_axes
        )
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def _draw(
    initializer: Any, name: str, values: NDArray[Any], shape: tuple[int, ...], stream: np.random.Generator
) -> None:
    """Fill numbers from the distribution of an initializer."""
    if name == "RandomUniform":
        _uniform(values, initializer.minval, initializer.maxval, stream)
    elif name in ("RandomNormal", "TruncatedNormal"):
        _normal(values, initializer.mean, initializer.stddev, stream, truncated=name == "TruncatedNormal")
    else:
        _scaled(initializer, name, values, shape, stream)


def _scaled(
    initializer: Any, name: str, values: NDArray[Any], shape: tuple[int, ...], stream: np.random.Generator
) -> None:
    """Fill numbers whose variance depends on how many units a weight joins."""
    scale, mode, distribution = _SCALINGS.get(name) or (
        initializer.scale,
        initializer.mode,
        initializer.distribution,
    )
    inputs, outputs = fans(shape, initializer)
    variance = scale / max(1.0, {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[mode])
    if distribution == "uniform":
        limit = sqrt(3 * variance)
        _uniform(values, -limit, limit, stream)
    elif distribution == "untruncated_normal":
        _normal(values, 0.0, sqrt(variance), stream, truncated=False)
    else:
        _normal(values, 0.0, sqrt(variance) / _WITHIN_TWO, stream, truncated=True)


def _chunks(values: NDArray[Any]) -> Iterator[NDArray[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _uniform(values: NDArray[Any], low: float, high: float, stream: np.random.Generator) -> None:
    for chunk in _chunks(values):
        stream.random(out=chunk, dtype=chunk.dtype.type)
        chunk *= high - low
        chunk += low


def _normal(
    values: NDArray[Any], mean: float, deviation: float, stream: np.random.Generator, *, truncated: bool
) -> None:
    for chunk in _chunks(values):
        stream.standard_normal(out=chunk, dtype=chunk.dtype.type)
        if truncated:
            _draw_far_ones_again(chunk, stream)
        chunk *= deviation
        chunk += mean


def _draw_far_ones_again(values: NDArray[Any], stream: np.random.Generator) -> None:
    """Draw what lies beyond two standard deviations again, until nothing does."""
    far = np.flatnonzero(np.abs(values) > 2)
    while len(far):
        values[far] = stream.standard_normal(len(far), dtype=values.dtype.type)
        far = far[np.abs(values[far]) > 2]


def _orthogonal(shape: tuple[int, ...], gain: float, dtype: type, stream: np.random.Generator) -> NDArray[Any]:
    """A random matrix of orthogonal rows or columns, whichever are fewer."""
    rows, columns = prod(shape[:-1]), shape[-1]
    q, r = np.linalg.qr(stream.standard_normal((max(rows, columns), min(rows, columns))))
    q *= np.sign(np.diagonal(r))
    return np.asarray(gain * (q.T if rows < columns else q).reshape(shape), dtype)
