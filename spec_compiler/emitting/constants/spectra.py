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


def _istft(op: Any, x: list[AnyArray]) -> AnyArray:
    """The sequence of which a short-time transform is.

    Raises:
        ValueError: What Keras runs on does not agree, as it does only where all pieces that overlap are there.
    """
    length, stride, cut = op.fft_length, op.sequence_stride, op.fft_length // 2
    if not op.center or op.window is None or length - stride > cut:
        raise ValueError("a border")
    window = _window(op)
    pieces = np.fft.irfft(_complex(x), length) * window
    count = pieces.shape[-2]
    overlap = np.zeros(length + stride * (count - 1))
    found = np.zeros((*pieces.shape[:-2], len(overlap)))
    for number in range(count):
        place = slice(number * stride, number * stride + length)
        found[..., place] += pieces[..., number, :]
        overlap[place] += window**2
    whole = slice(cut, len(overlap) - cut)
    if (overlap[whole] < 1e-6).any() or (op.length is not None and op.length > len(overlap) - 2 * cut):
        raise ValueError("a gap")
    return (found[..., whole] / overlap[whole])[..., : op.length]


SPECTRA: dict[str, Callable[..., AnyArray]] = {
    "extract_sequences": lambda op, x: _sequences(x, op.sequence_length, op.sequence_stride),
    "fft": lambda _op, x: _parts(np.fft.fft(_complex(x))),
    "fft2": lambda _op, x: _parts(np.fft.fft2(_complex(x))),
    "ifft2": lambda _op, x: _parts(np.fft.ifft2(_complex(x))),
    "irfft": lambda op, x: np.fft.irfft(_complex(x), op.fft_length),
    "istft": _istft,
    "rfft": lambda op, x: _parts(np.fft.rfft(x, op.fft_length)),
    "stft": _stft,
}
