"""Layers that turn sound into spectrograms."""

from __future__ import annotations

from math import log10, pi
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.costs import kernel_size, times
from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.fields import DataFormat, Finite, NonNegativeFloat, PositiveFloat, PositiveInt
from spec_compiler.catalog.initializers.fourier import STFT, Window
from spec_compiler.catalog.intervals import NOT_NEGATIVE, UNKNOWN, Interval
from spec_compiler.catalog.layers.base import LayerConfig
from spec_compiler.catalog.layers.preprocessing_rules import DataLayer, check_policy
from spec_compiler.catalog.mask_rules import LOSES, MaskRule
from spec_compiler.catalog.operands import Elements, require_dense, require_elements
from spec_compiler.catalog.rules import (
    DtypeError,
    EmptyResultError,
    ShapeError,
    conflict,
    known,
    require_rank,
    require_rank_at_least,
)
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one

STFT_DTYPES = Elements("float16, float32 or float64", frozenset(("float16", "float32", "float64")))


_LEAST = 1e-30
"""A power that is smaller may be 0 in the dtype of the result."""


class MelSpectrogram(DataLayer):
    """A spectrogram of sound on the mel scale, in which steps sound alike (Stevens, Volkmann and Newman, 1937)."""

    mask_rule: ClassVar[MaskRule] = LOSES
    example: ClassVar[str] = "num_mel_bins: 40, inputs: sound"

    fft_length: PositiveInt = Field(2048, description="How many samples each transform has.")
    sequence_stride: PositiveInt = Field(512, description="How many samples lie between the starts of two windows.")
    sequence_length: PositiveInt | None = Field(
        None, description="How many samples each window has; as many as the transform if null."
    )
    window: Literal["hann", "hamming"] | None = Field("hann", description="The window over each piece of sound.")
    sampling_rate: PositiveInt = Field(16000, description="How many samples there are in a second.")
    num_mel_bins: PositiveInt = Field(128, description="How many bands of frequencies are given.")
    min_freq: NonNegativeFloat = Field(20.0, description="The lowest frequency, in hertz.")
    max_freq: PositiveFloat | None = Field(
        None, description="The highest frequency, in hertz; half the sampling rate if null."
    )
    power_to_db: bool = Field(True, description="Whether powers are given in decibels.")
    top_db: Finite = Field(80.0, description="How many decibels below the loudest nothing is told apart.")
    mag_exp: Finite = Field(2.0, description="The power that magnitudes are raised to: 1 for energy, 2 for power.")
    min_power: NonNegativeFloat = Field(1e-10, description="The least power that is told from nothing.")
    ref_power: Finite = Field(1.0, description="The power that counts as 0 decibels.")

    @model_validator(mode="after")
    def _windows(self) -> Self:
        if self.sequence_length is not None and self.sequence_length > self.fft_length:
            raise conflict(
                "sequence_length",
                f"`sequence_length` is {self.sequence_length}, and `fft_length` is less: {self.fft_length}",
            )
        # Keras takes float32 numbers from float64 ones then, which TensorFlow does not.
        if self.power_to_db and self.compute_dtype == "float64":
            raise conflict("dtype", "`MelSpectrogram` gives no decibels in float64: `power_to_db` is true")
        return self

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """Powers, or decibels of no less than the least power."""
        if not self.power_to_db:
            return NOT_NEGATIVE
        if of.dtype != "float32" or self.min_power < _LEAST:
            return UNKNOWN
        return Interval(10 * log10(self.min_power / max(abs(self.ref_power), self.min_power)))

    def infer(self, inputs: TensorType) -> Inferred:
        """(samples) to (bands, windows), or (batch, samples) to (batch, bands, windows)."""
        self._check(inputs)
        batch, steps = inputs.shape[:1] if inputs.rank > 1 else (), inputs.shape[min(inputs.rank - 1, 1)]
        windows = None if steps is None else (steps + self.sequence_stride + 1) // self.sequence_stride
        return one(TensorType((*batch, self.num_mel_bins, windows), self.compute_dtype))

    def _check(self, inputs: TensorType) -> None:
        require_elements(inputs, self.takes, "inputs")
        require_dense(inputs, "inputs")
        require_rank_at_least(inputs, 1)
        samples = inputs.shape[-1]
        if samples is not None and samples <= self.fft_length // 2:
            raise ShapeError(
                f"takes more than {self.fft_length // 2} samples, half of `fft_length`, and gets {samples}",
                "inputs",
                argument="fft_length",
            )

    def traced(self, x: TensorType) -> Inferred:
        """(…, samples) to (…, bands, windows)."""
        self._check(x)
        return one(TensorType((*x.shape[:-1], self.num_mel_bins, self._windows_of(x.shape[-1])), self.compute_dtype))

    def _windows_of(self, samples: Dimension) -> Dimension:
        """How many windows there really are, of samples with half a transform added on both sides."""
        if samples is None:
            return None
        return 1 + (samples + 2 * (self.fft_length // 2) - self.fft_length) // self.sequence_stride

    def multiply_adds(self, result: Inferred, inputs: TensorType) -> Dimension:
        """The share of each frequency in each band, for each window; the transform counts nothing."""
        frequencies = self.fft_length // 2 + 1
        return times(*inputs.shape[:-1], self._windows_of(inputs.shape[-1]), frequencies, self.num_mel_bins)


class STFTSpectrogram(LayerConfig):
    """A spectrogram of sound by short-time Fourier transforms, whose kernels may be trained on."""

    mask_rule: ClassVar[MaskRule] = LOSES
    example: ClassVar[str] = "inputs: signal"

    mode: Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"] = Field(
        "log", description="What is given of the transform."
    )
    frame_length: PositiveInt = Field(256, description="How many samples each window has.")
    frame_step: PositiveInt | None = Field(
        None, description="How many samples lie between the starts of two windows; half a window if null."
    )
    fft_length: PositiveInt | None = Field(
        None, description="How many samples each transform has; the power of 2 that a window fits in if null."
    )
    window: Window | None = Field("hann", description="The window over each piece of sound; null for none.")
    periodic: bool = Field(False, description="Whether the window is periodic rather than symmetric.")
    scaling: Literal["density", "spectrum"] | None = Field("density", description="What the result is scaled to.")
    padding: Literal["valid", "same"] = Field(
        "valid", description="Whether windows may go beyond the ends of the sound."
    )
    expand_dims: bool = Field(False, description="Whether channels and frequencies have an axis each.")
    data_format: DataFormat | None = Field(None, description="Which axis has the channels; the last if null.")

    @model_validator(mode="after")
    def _windows(self) -> Self:
        check_policy(self.keras_name, self.dtype, self.compute_dtype, STFT_DTYPES)
        if self.frame_step is None and self.frame_length == 1:
            raise conflict("frame_step", "half of a `frame_length` of 1 is no `frame_step`")
        if self.frame_step is not None and self.frame_step > self.frame_length:
            raise conflict(
                "frame_step", f"`frame_step` is {self.frame_step}, and `frame_length` is less: {self.frame_length}"
            )
        if self.fft_length is not None and self.fft_length < self.frame_length:
            raise conflict(
                "fft_length", f"`fft_length` is {self.fft_length}, and `frame_length` is more: {self.frame_length}"
            )
        return self

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """Magnitudes and powers are not negative, and angles lie on a circle."""
        if self.mode in ("magnitude", "psd"):
            return NOT_NEGATIVE
        return Interval(-pi, pi) if self.mode == "angle" else UNKNOWN

    @property
    def frequencies(self) -> int:
        """How many frequencies a transform has."""
        return (self.fft_length or 1 << (self.frame_length - 1).bit_length()) // 2 + 1

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch, samples, channels) to (batch, windows, channels · frequencies), or with an axis for each."""
        if not is_float(inputs.dtype):
            raise DtypeError(f"takes floating-point numbers, and gets {inputs.dtype}", "inputs")
        require_dense(inputs, "inputs")
        first = self.data_format == "channels_first"
        require_rank(inputs, 3, "(batch, channels, samples)" if first else "(batch, samples, channels)")
        channels = known(inputs, 1 if first else 2)
        windows = self._windows_of(inputs, inputs.shape[2 if first else 1])
        given = self.frequencies * (2 if self.mode == "stft" else 1)
        batch = inputs.shape[0]
        features = (given, channels) if self.expand_dims else (given * channels,)
        shape: Shape = (batch, windows, *features)
        if first:
            shape = (batch, channels, windows, given) if self.expand_dims else (batch, *features, windows)
        kernel = (self.frame_length, 1, self.frequencies)
        sides: tuple[Literal["real", "imag"], ...] = ("real", "imag")
        weights = [
            self.weight(f"{side}_kernel", kernel, self._initializer(side))
            for side in sides
            if self.mode == side or self.mode not in ("real", "imag")
        ]
        return one(TensorType(shape, self.compute_dtype), *weights)

    def multiply_adds(self, result: Inferred, inputs: TensorType) -> Dimension:
        """The kernels, at each window of each channel."""
        batch, *rest = inputs.shape
        channels, samples = rest if self.data_format == "channels_first" else rest[::-1]
        return times(batch, channels, self._windows_of(inputs, samples), kernel_size(result.weights))

    def _initializer(self, side: Literal["real", "imag"]) -> STFT:
        # The initializer of the catalogue takes fewer windows than Keras's.
        return STFT.model_construct(side=side, window=self.window, scaling=self.scaling, periodic=self.periodic)

    def _windows_of(self, inputs: TensorType, samples: Dimension) -> Dimension:
        """How many windows there are."""
        if samples is None:
            return None
        step = self.frame_step or self.frame_length // 2
        if self.padding == "same":
            return -(-samples // step)
        if samples < self.frame_length:
            raise EmptyResultError(
                f"takes windows of {self.frame_length} samples, and gets {samples}: {format_shape(inputs.shape)}",
                "inputs",
                argument="frame_length",
            )
        return (samples - self.frame_length) // step + 1
