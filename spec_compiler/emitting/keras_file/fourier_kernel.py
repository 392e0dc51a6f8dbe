"""The kernel that makes a convolution a short-time Fourier transform, and the windows that it can have.

Sources: `STFT` in `keras/src/initializers/constant_initializers.py`, and the windows of `scipy.signal.windows`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import acosh, pi
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MakeKernel = Callable[[int], Any]
"""Makes a symmetric window of some length."""


def fourier_kernel(initializer: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """The real or the imaginary part of a transform: (length, 1, frequencies)."""
    length, _, frequencies = shape
    turns = np.arange(length)[:, None, None] * np.arange(frequencies) / (2 * (frequencies - 1))
    kernel = np.cos(-2 * pi * turns) if initializer.side == "real" else np.sin(-2 * pi * turns)
    if initializer.window is None:
        return np.asarray(kernel)
    weights = window(initializer.window, length, periodic=initializer.periodic)
    scale = {"density": np.sqrt(np.sum(weights**2)), "spectrum": np.sum(np.abs(weights)), None: 1.0}
    return np.asarray(kernel * weights[:, None, None] / scale[initializer.scaling])


def window(name: str, length: int, *, periodic: bool) -> NDArray[Any]:
    """A window by its name: symmetric, or one that could go on, whose next number is its first."""
    if length <= 1:
        return np.ones(length)
    return np.asarray(_WINDOWS[name](length + periodic)[:length])


def _cosines(*terms: float) -> MakeKernel:
    """Sums of cosines, from -π to π."""

    def make(length: int) -> Any:
        angle: Any = np.linspace(-pi, pi, length)
        return np.sum([term * np.cos(index * angle) for index, term in enumerate(terms)], axis=0)

    return make


def _barthann(length: int) -> Any:
    from_middle: Any = np.abs(np.arange(length) / (length - 1) - 0.5)
    return 0.62 - 0.48 * from_middle + 0.38 * np.cos(2 * pi * from_middle)


def _bohman(length: int) -> Any:
    inside = np.abs(np.linspace(-1, 1, length)[1:-1])
    return np.r_[0, (1 - inside) * np.cos(pi * inside) + np.sin(pi * inside) / pi, 0]


def _cosine(length: int) -> Any:
    return np.sin(pi / length * (np.arange(length) + 0.5))


def _exponential(length: int) -> Any:
    return np.exp(-np.abs(np.arange(length) - (length - 1) / 2))


def _lanczos(length: int) -> Any:
    return np.sinc(2 * np.arange(length) / (length - 1) - 1)


def _parzen(length: int) -> Any:
    place = np.abs(np.arange(length) - (length - 1) / 2)
    share = place / (length / 2)
    return np.where(place <= (length - 1) / 4, 1 - 6 * share**2 + 6 * share**3, 2 * (1 - share) ** 3)


def _triang(length: int) -> Any:
    rise = np.arange(1, (length + 1) // 2 + 1)
    if length % 2:
        rising = 2 * rise / (length + 1)
        return np.r_[rising, rising[-2::-1]]
    rising = (2 * rise - 1) / length
    return np.r_[rising, rising[::-1]]


def _tukey(length: int) -> Any:
    """Half of it is flat."""
    place = np.arange(length) / (length - 1)
    edge = np.minimum(np.minimum(place, 1 - place) / 0.25, 1)
    return 0.5 * (1 - np.cos(pi * edge))


def _taylor(length: int) -> Any:
    """Four terms, for side lobes 30 dB below the main one; the middle is 1."""
    terms = 4
    a = acosh(10 ** (30 / 20)) / pi
    spread = terms**2 / (a**2 + (terms - 0.5) ** 2)
    orders = np.arange(1, terms)
    factors = np.empty(terms - 1)
    for index, order in enumerate(orders):
        numerator = (-1) ** index * np.prod(1 - order**2 / spread / (a**2 + (orders - 0.5) ** 2))
        others = np.delete(orders, index)
        factors[index] = numerator / (2 * np.prod(1 - order**2 / others**2))

    def at(place: Any) -> Any:
        return 1 + 2 * factors @ np.cos(2 * pi * orders[:, None] * (place - length / 2 + 0.5) / length)

    return at(np.arange(length)) / at((length - 1) / 2)


_WINDOWS: dict[str, MakeKernel] = {
    "barthann": _barthann,
    "bartlett": np.bartlett,
    "blackman": _cosines(0.42, 0.5, 0.08),
    "blackmanharris": _cosines(0.35875, 0.48829, 0.14128, 0.01168),
    "bohman": _bohman,
    "boxcar": np.ones,
    "cosine": _cosine,
    "exponential": _exponential,
    "flattop": _cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
    "hamming": _cosines(0.54, 0.46),
    "hann": _cosines(0.5, 0.5),
    "lanczos": _lanczos,
    "nuttall": _cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "parzen": _parzen,
    "taylor": _taylor,
    "triang": _triang,
    "tukey": _tukey,
}
