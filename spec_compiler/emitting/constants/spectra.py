"""Fourier transforms, and the pieces of a sequence that they are taken of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

AnyArray = Any


def _parts(values: AnyArray) -> tuple[AnyArray, AnyArray]:
    return values.real, values.imag


def _complex(x: list[AnyArray]) -> AnyArray:
    return x[0] + 1j * x[1]


def _sequences(x: AnyArray, length: int, stride: int) -> AnyArray:
    return np.lib.stride_tricks.sliding_window_view(x, length, axis=-1)[..., ::stride, :]


def _window(op: Any) -> AnyArray:
    """The window of a short-time transform.

    Raises:
        ValueError: It has an odd length, and what Keras runs on does not agree about those.
    """
    length = op.sequence_length
    if op.window is None:
        return np.ones(op.fft_length)
    if not isinstance(op.window, str):
        window = np.asarray(op.window, float)
    elif length % 2:
        raise ValueError(length)
    else:
        first = {"hann": 0.5, "hamming": 0.54}[op.window]
        window = first - (1 - first) * np.cos(2 * np.pi * np.arange(length) / length)
    before = (op.fft_length - length) // 2
    return np.pad(window, (before, op.fft_length - length - before))


def _stft(op: Any, x: AnyArray) -> tuple[AnyArray, AnyArray]:
    if op.center:
        x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(op.fft_length // 2,) * 2], mode="reflect")
    return _parts(np.fft.rfft(_sequences(x, op.fft_length, op.sequence_stride) * _window(op)))


SPECTRA: dict[str, Callable[..., AnyArray]] = {
    "extract_sequences": lambda op, x: _sequences(x, op.sequence_length, op.sequence_stride),
    "fft": lambda _op, x: _parts(np.fft.fft(_complex(x))),
    "fft2": lambda _op, x: _parts(np.fft.fft2(_complex(x))),
    "ifft2": lambda _op, x: _parts(np.fft.ifft2(_complex(x))),
    "irfft": lambda op, x: np.fft.irfft(_complex(x), op.fft_length),
    "rfft": lambda op, x: _parts(np.fft.rfft(x, op.fft_length)),
    "stft": _stft,
}
