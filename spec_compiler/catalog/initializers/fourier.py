"""The kernels of Fourier transforms."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spec_compiler.catalog.initializers.base import Initializer

Window = Literal[
    "barthann", "bartlett", "blackman", "blackmanharris", "bohman", "boxcar", "cosine", "exponential", "flattop",
    "hamming", "hann", "lanczos", "nuttall", "parzen", "taylor", "triang", "tukey",
]  # fmt: skip


class STFT(Initializer):
    """The kernel of a short-time Fourier transform."""

    side: Literal["real", "imag"] = Field("real", description="The part of the transform that is computed.")
    window: Window | None = Field("hann", description="The window over each frame, as SciPy calls it.")
    scaling: Literal["density", "spectrum"] | None = Field("density", description="What the result is scaled to.")
    periodic: bool = Field(False, description="Whether the window is periodic rather than symmetric.")

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """The kernel is that of a convolution over one channel."""
        return None if len(shape) == 3 and shape[1] == 1 else "fills kernels of shape (length, 1, frequencies) only"
