"""Discrete Fourier transforms, of whole signals and of short windows of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import PositiveInt
from spec_compiler.catalog.intervals import INFINITY, UNKNOWN, Interval, Ranged
from spec_compiler.catalog.layers.base import CallArgument, tensors
from spec_compiler.catalog.operands import NUMBERS, SINGLE_OR_DOUBLE, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, known_lengths, require_computable
from spec_compiler.catalog.rules import (
    ArityError,
    DtypeError,
    EmptyResultError,
    ShapeError,
    conflict,
    describe_shapes,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import volume
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one

NUMBERS_WITH_PARTS = Elements("numbers other than booleans", NUMBERS.dtypes - {"bool"})
_PARTS = (tensors("x", "The real and the imaginary parts.", minimum=2, maximum=2),)
_NAMES = ("real", "imaginary")


def _farthest(x: Ranged) -> float:
    """How far the elements of a tensor can be from zero."""
    return max(abs(x.interval.low), abs(x.interval.high))


def _as_far_as(amplitude: float, count: Dimension = 1) -> Interval:
    """Sums of so many numbers of an amplitude, each turned by an angle."""
    if count is None or amplitude == INFINITY:
        return UNKNOWN
    return Interval(-amplitude * count, amplitude * count)


class ComplexOp(TensorOp):
    """An op on complex numbers whose real and imaginary parts are tensors of their own."""

    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = _PARTS
    ranged_by: ClassVar[tuple[str, ...]] = ("x",)
    axes: ClassVar[int] = 1
    """How many axes the transform goes along, the last ones."""

    def parts(self, x: Sequence[TensorType]) -> TensorType:
        """The type that both parts have.

        Raises:
            RuleError: The parts differ, or cannot be computed with.
        """
        if len(x) != 2:
            raise ArityError(f"takes two tensors, the real and the imaginary parts, and gets {len(x)}", "x")
        real, imaginary = x
        for index, part in enumerate(x):
            require_rank_at_least(part, self.axes, index)
            require_computable(part, SINGLE_OR_DOUBLE, index)
        if real.shape != imaginary.shape:
            raise ShapeError(
                f"takes parts of one shape, and gets {describe_shapes((real.shape, imaginary.shape))}", 0, 1
            )
        if real.dtype != imaginary.dtype:
            raise DtypeError(f"takes parts of one dtype, and gets {real.dtype} and {imaginary.dtype}", 0, 1)
        return real


class Transform(ComplexOp):
    """A transform between signals and frequencies, of complex numbers in both."""

    def interval(self, output: int, of: TensorType, x: Sequence[Ranged]) -> Interval:
        """Sums of all elements along the axes, each turned by an angle."""
        return _as_far_as(hypot(*map(_farthest, x)), volume(of.shape[-self.axes :]))

    def infer(self, x: Sequence[TensorType]) -> Inferred:
        """Two tensors of one shape to two of the same."""
        part = self.parts(x)
        known_lengths(part, 0, range(-self.axes, 0))
        return Inferred((part, part), names=_NAMES)


class Fft(Transform):
    """The discrete Fourier transform along the last axis (Cooley & Tukey, 1965)."""

    example: ClassVar[str] = "inputs: [x, y]"
    several_outputs: ClassVar[bool] = True


class Fft2(Transform):
    """The discrete Fourier transform along the last two axes."""

    example: ClassVar[str] = "inputs: [grid, other_grid]"
    several_outputs: ClassVar[bool] = True
    axes: ClassVar[int] = 2


class Ifft2(Transform):
    """The inverse of the discrete Fourier transform along the last two axes."""

    example: ClassVar[str] = "inputs: [grid, other_grid]"
    several_outputs: ClassVar[bool] = True
    axes: ClassVar[int] = 2

    def interval(self, output: int, of: TensorType, x: Sequence[Ranged]) -> Interval:
        """Means of all elements along the axes, each turned by an angle."""
        return _as_far_as(hypot(*map(_farthest, x)))


class Rfft(TensorOp):
    """The discrete Fourier transform of real numbers along the last axis, without its mirrored half."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "opaque"
    several_outputs: ClassVar[bool] = True

    fft_length: PositiveInt | None = Field(
        None, description="To what length the axis is cut or padded with zeros first; null for its own."
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Sums of all elements along the axis, each turned by an angle."""
        return _as_far_as(_farthest(x), x.type.shape[-1] if self.fft_length is None else self.fft_length)

    def infer(self, x: TensorType) -> Inferred:
        """(…, n) to twice (…, n // 2 + 1)."""
        require_rank_at_least(x, 1, "x")
        require_computable(x, SINGLE_OR_DOUBLE)
        length = x.shape[-1] if self.fft_length is None else self.fft_length
        part = x.with_shape((*x.shape[:-1], None if length is None else length // 2 + 1))
        return Inferred((part, part), names=_NAMES)


class Irfft(ComplexOp):
    """The inverse of `rfft`: from frequencies back to real numbers."""

    example: ClassVar[str] = "inputs: [x, y]"

    fft_length: PositiveInt | None = Field(
        None, description="The length of the result; null for twice the number of frequencies less two."
    )

    def interval(self, output: int, of: TensorType, x: Sequence[Ranged]) -> Interval:
        """Means of all frequencies and their mirrored half, each turned by an angle."""
        return _as_far_as(hypot(*map(_farthest, x)))

    def infer(self, x: Sequence[TensorType]) -> Inferred:
        """Twice (…, n) to (…, 2 · (n - 1))."""
        part = self.parts(x)
        length = self.fft_length
        if length is None and part.shape[-1] is not None:
            length = 2 * (part.shape[-1] - 1)
            # TensorFlow would end the process.
            if length == 0:
                raise EmptyResultError(
                    f"makes nothing of the single frequency of {format_shape(part.shape)}", 0, argument="fft_length"
                )
        return one(part.with_shape((*part.shape[:-1], length)))


FftWindow = Literal["hann", "hamming"] | None


class ShortTime(TensorOp):
    """An op between signals and the frequencies of short frames of them."""

    op_pattern: ClassVar[OpPattern] = "opaque"

    sequence_length: PositiveInt = Field(description="The length of a frame.")
    sequence_stride: PositiveInt = Field(description="How far a frame is from the next one.")
    fft_length: PositiveInt = Field(description="To what length a frame is padded with zeros for the transform.")
    window: FftWindow = Field("hann", description="The window that a frame is multiplied by; null for none.")
    center: bool = Field(True, description="Whether frame `t` is centred at `t · sequence_stride`, not begun there.")

    def check_lengths(self) -> None:
        """Refuse parts that are longer than what they are filled up to.

        Raises:
            PydanticCustomError: They are.
        """
        if self.fft_length < self.sequence_length:
            raise conflict(
                "fft_length",
                f"`fft_length` {self.fft_length} is less than `sequence_length` {self.sequence_length}",
            )


class Stft(ShortTime):
    """The short-time Fourier transform of real numbers along the last axis."""

    example: ClassVar[str] = "sequence_length: 8, sequence_stride: 4, fft_length: 8, inputs: samples"
    several_outputs: ClassVar[bool] = True

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        self.check_lengths()
        return self

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """Sums of the elements of a frame, which no window makes larger, each turned by an angle."""
        return _as_far_as(_farthest(x), self.sequence_length)

    def infer(self, x: TensorType) -> Inferred:
        """(…, n) to twice (…, parts, fft_length // 2 + 1)."""
        require_rank_at_least(x, 1, "x")
        require_computable(x, SINGLE_OR_DOUBLE)
        half, length = self.fft_length // 2, x.shape[-1]
        parts: Dimension = None
        if length is not None:
            # What is added at both ends is a reflection, which must be shorter than the signal.
            if length < (half + 1 if self.center else self.fft_length):
                raise EmptyResultError(
                    f"takes a signal of at least {half + 1 if self.center else self.fft_length} steps, "
                    f"and gets {format_shape(x.shape)}",
                    "x",
                    argument="fft_length",
                )
            padded = length + (2 * half if self.center else 0)
            parts = 1 + (padded - self.fft_length) // self.sequence_stride
        part = x.with_shape((*x.shape[:-1], parts, half + 1))
        return Inferred((part, part), names=_NAMES)


class Istft(ShortTime, ComplexOp):
    """The inverse of `stft`: from the frequencies of frames back to a signal."""

    example: ClassVar[str] = "sequence_length: 8, sequence_stride: 4, fft_length: 8, inputs: [real, imaginary]"
    axes: ClassVar[int] = 2
    ranged_by: ClassVar[tuple[str, ...]] = ()

    length: PositiveInt | None = Field(None, description="The length of the signal; null for all that the frames give.")

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.window is not None:
            self.check_lengths()
        return self

    def infer(self, x: Sequence[TensorType]) -> Inferred:
        """Twice (…, parts, frequencies) to (…, n)."""
        part = self.parts(x)
        parts, length = part.shape[-2], self.length
        if parts is not None:
            half = self.fft_length // 2 if self.center else 0
            whole = (parts - 1) * self.sequence_stride + self.fft_length
            available = whole - half if self.length else whole - 2 * half
            # With an `fft_length` of 1, Keras takes the signal up to its step -0, which is none.
            if available <= 0 or (self.center and half == 0 and not self.length):
                raise EmptyResultError(f"makes an empty signal of {format_shape(part.shape)}", 0, argument="center")
            if length is not None and length > available:
                raise ShapeError(
                    f"has `length` {length}, and {format_shape(part.shape)} gives {available} steps",
                    0,
                    argument="length",
                )
            length = available if length is None else length
        return one(part.with_shape((*part.shape[:-2], length)))
