"""Initializers: what a weight is before training."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import (
    Finite,
    Integers,
    NestedNumbers,
    NestedTuples,
    NonNegativeFloat,
    PositiveFloat,
    Seed,
    shape_of,
)
from spec_compiler.catalog.rules import conflict
from spec_compiler.catalog.tensors import format_shape

Window = Literal[
    "barthann", "bartlett", "blackman", "blackmanharris", "bohman", "boxcar", "cosine", "exponential", "flattop",
    "hamming", "hann", "lanczos", "nuttall", "parzen", "taylor", "triang", "tukey",
]  # fmt: skip

AxisList = Annotated[tuple[int, ...] | None, Integers(optional=True)]


class Initializer(Config):
    """What a weight is before training.

    `random` says whether it draws random numbers; such an initializer has a `seed`.
    """

    keras_module: ClassVar[str] = "keras.initializers"

    random: ClassVar[bool] = False

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """Why it cannot fill a weight of some shape and dtype; None if it can."""
        return None


class RandomInitializer(Initializer):
    """An initializer that draws random numbers."""

    random: ClassVar[bool] = True

    seed: Seed | None = Field(None, description="Makes the numbers the same each time.")


class FanInitializer(RandomInitializer):
    """An initializer whose width depends on how many units a weight joins."""

    input_axes: AxisList = Field(None, description="The axes of the weight that count as its inputs.")
    output_axes: AxisList = Field(None, description="The axes of the weight that count as its outputs.")

    @model_validator(mode="after")
    def _both_axes(self) -> Self:
        if (self.input_axes is None) != (self.output_axes is None):
            given, lacking = ("input", "output") if self.output_axes is None else ("output", "input")
            raise conflict(f"{given}_axes", f"`{given}_axes` counts only together with `{lacking}_axes`")
        return self

    def counting(self, input_axes: tuple[int, ...], output_axes: tuple[int, ...]) -> Self:
        """The same for a weight whose inputs and outputs are units of certain axes, unless it names others itself."""
        if self.input_axes is not None:
            return self
        return self.model_copy(update={"input_axes": input_axes, "output_axes": output_axes})

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """A weight must have the axes."""
        for axis in (*(self.input_axes or ()), *(self.output_axes or ())):
            if not -len(shape) <= axis < len(shape):
                return f"counts the units along axis {axis}"
        return None


def counting(initializer: Config, input_axes: tuple[int, ...], output_axes: tuple[int, ...]) -> Config:
    """An initializer for a weight of which some axes are inputs and some outputs, as that of an Einstein sum."""
    return initializer.counting(input_axes, output_axes) if isinstance(initializer, FanInitializer) else initializer


class Zeros(Initializer):
    """All zeros."""


class Ones(Initializer):
    """All ones."""


class Constant(Initializer):
    """One number everywhere, or the numbers of a list."""

    value: Annotated[float | NestedTuples, NestedNumbers()] = Field(
        0.0, description="The number, or a list of numbers, nested as the weight is shaped."
    )

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """A list has the shape of the weight."""
        own = shape_of(self.value)
        return None if own in ((), shape) else f"is a list of shape {format_shape(own)}"


def is_zero(initializer: object) -> bool:
    """Whether an initializer gives zeros alone."""
    return isinstance(initializer, Zeros) or (isinstance(initializer, Constant) and initializer.value == 0)


class Identity(Initializer):
    """The identity matrix; for matrices only."""

    gain: Finite = Field(1.0, description="What the matrix is multiplied with.")

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """Only a matrix can be an identity."""
        return None if len(shape) == 2 else "fills matrices only"


class STFT(Initializer):
    """The kernel of a short-time Fourier transform."""

    side: Literal["real", "imag"] = Field("real", description="The part of the transform that is computed.")
    window: Window | None = Field("hann", description="The window over each frame, as SciPy calls it.")
    scaling: Literal["density", "spectrum"] | None = Field("density", description="What the result is scaled to.")
    periodic: bool = Field(False, description="Whether the window is periodic rather than symmetric.")

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """The kernel is that of a convolution over one channel."""
        return None if len(shape) == 3 and shape[1] == 1 else "fills kernels of shape (length, 1, frequencies) only"


class RandomNormal(RandomInitializer):
    """Numbers from a normal distribution."""

    mean: Finite = Field(0.0, description="The mean of the distribution.")
    stddev: NonNegativeFloat = Field(0.05, description="The standard deviation of the distribution.")


class RandomUniform(RandomInitializer):
    """Numbers from a uniform distribution."""

    minval: Finite = Field(-0.05, description="The lower end of the range.")
    maxval: Finite = Field(0.05, description="The upper end of the range.")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.minval > self.maxval:
            raise conflict("minval", f"`minval` is at most `maxval`, and {self.minval:.6g} is above {self.maxval:.6g}")
        return self


class TruncatedNormal(RandomInitializer):
    """Numbers from a normal distribution; those beyond two standard deviations are drawn again."""

    mean: Finite = Field(0.0, description="The mean of the distribution.")
    stddev: NonNegativeFloat = Field(0.05, description="The standard deviation before truncation.")


class VarianceScaling(FanInitializer):
    """Numbers whose variance depends on how many units the weight joins."""

    scale: PositiveFloat = Field(1.0, description="What the variance is multiplied with.")
    mode: Literal["fan_in", "fan_out", "fan_avg"] = Field("fan_in", description="Which units count.")
    distribution: Literal["normal", "truncated_normal", "untruncated_normal", "uniform"] = Field(
        "truncated_normal", description="The distribution that numbers are drawn from."
    )


class GlorotUniform(FanInitializer):
    """Uniform within ±√(6 / (inputs + outputs)), after Glorot and Bengio (2010)."""


class GlorotNormal(FanInitializer):
    """Truncated normal with variance 2 / (inputs + outputs), after Glorot and Bengio (2010)."""


class HeUniform(FanInitializer):
    """Uniform within ±√(6 / inputs), after He et al. (2015)."""


class HeNormal(FanInitializer):
    """Truncated normal with variance 2 / inputs, after He et al. (2015)."""


class LecunUniform(FanInitializer):
    """Uniform within ±√(3 / inputs), after LeCun et al. (1998)."""


class LecunNormal(FanInitializer):
    """Truncated normal with variance 1 / inputs, after LeCun et al. (1998)."""


class Orthogonal(RandomInitializer):
    """A random orthogonal matrix; weights of more axes are flattened to one."""

    gain: Finite = Field(1.0, description="What the matrix is multiplied with.")

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """It takes two axes to be orthogonal, and TensorFlow cannot decompose a matrix of bfloat16."""
        if dtype == "bfloat16":
            return "cannot make bfloat16 numbers"
        return None if len(shape) >= 2 else "fills weights of two axes or more"
