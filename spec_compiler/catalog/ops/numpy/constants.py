"""Creation functions that take no tensors: what they give is the same for every batch, a constant of the model."""

from __future__ import annotations

from math import ceil, copysign, inf, isfinite
from struct import pack, unpack
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.dtypes import FLOATS
from spec_compiler.catalog.fields import DtypeName, Integers, NonNegativeInt, Number, PositiveInt, show
from spec_compiler.catalog.intervals import SHARES, UNKNOWN, Interval, number
from spec_compiler.catalog.layers.base import CallArgument
from spec_compiler.catalog.ops.base import Op, OpPattern
from spec_compiler.catalog.rules import DtypeError, ShapeError, conflict
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Creation(Op):
    """A tensor that is made of numbers alone."""

    calls: ClassVar[tuple[CallArgument, ...]] = ()
    op_pattern: ClassVar[OpPattern] = "opaque"
    takes_numbers: ClassVar[bool] = False

    dtype: DtypeName | None = Field(None, description="The dtype of the result; null for float32.")

    def lengths(self) -> tuple[int, ...]:
        """The shape of the result."""
        raise NotImplementedError

    def infer(self) -> Inferred:
        """The shape that is asked for."""
        if self.dtype == "string":
            raise DtypeError("makes numbers, and no text", argument="dtype")
        return one(TensorType(self.lengths(), self.dtype or "float32"))


class Filled(Creation):
    """A tensor of a certain shape that holds one number everywhere."""

    example: ClassVar[str] = "shape: [2, 3]"

    shape: Annotated[tuple[int, ...], Integers(minimum=0)] = Field(description="The shape of the result.")

    def lengths(self) -> tuple[int, ...]:
        """The shape that is asked for."""
        return self.shape


class Zeros(Filled):
    """A tensor of zeros."""

    def interval(self, output: int, of: TensorType) -> Interval:
        """Zero."""
        return number(0)


class Ones(Filled):
    """A tensor of ones."""

    def interval(self, output: int, of: TensorType) -> Interval:
        """One."""
        return number(1)


class Arange(Creation):
    """Numbers from one to another, by a step; the last one is not among them."""

    example: ClassVar[str] = "start: 5"

    start: Number = Field(description="The first number; the end, if `stop` is left out: then the first number is 0.")
    stop: Number | None = Field(None, description="The end, which is not among the numbers.")
    step: Number | None = Field(None, description="How far the numbers are apart; null for 1.")
    dtype: DtypeName | None = Field(
        None, description="The dtype of the result; null for int32, or float32 if a number is not whole."
    )

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        start, stop, step = self.progression()
        if step == 0 or (stop - start) * step < 0:
            raise conflict("step", f"a step of {show(step)} does not lead from {show(start)} to {show(stop)}")
        if max(abs(start), abs(stop), abs(step)) >= 2**31:
            raise conflict("stop", "counts in numbers of 32 bits, which are less than 2^31")
        return self

    def progression(self) -> tuple[int | float, int | float, int | float]:
        """The first number, the end, and the step."""
        start, stop = (0, self.start) if self.stop is None else (self.start, self.stop)
        return start, stop, 1 if self.step is None else self.step

    def interval(self, output: int, of: TensorType) -> Interval:
        """From the first number to the last, which is before the end."""
        start, _, step = self.progression()
        last = start + step * max(self.lengths()[0] - 1, 0)
        if not self.lengths()[0]:
            return UNKNOWN
        return Interval(min(start, last), max(start, last), reached=isinstance(last, int))

    def lengths(self) -> tuple[int, ...]:
        """As many as there are steps to the end, counted as TensorFlow does: in the dtype of the result."""
        start, stop, step = self.progression()
        if all(isinstance(each, int) for each in (start, stop, step)):
            return (-int((start - stop) // step),)
        dtype = self.result_dtype()
        start, stop, step = (rounded(each, dtype) for each in (start, stop, step))
        if not step:
            raise ShapeError(f"leads on by steps that are too small for {dtype}", argument="step")
        count = rounded(rounded(stop - start, dtype) / step, dtype)
        if not isfinite(count):
            raise ShapeError(f"gives more numbers than {dtype} can count", argument="stop")
        return (ceil(count),)

    def result_dtype(self) -> str:
        """That of whole numbers if all that is given is whole."""
        return self.dtype or ("float32" if any(isinstance(each, float) for each in self.progression()) else "int32")

    def infer(self) -> Inferred:
        """A row of numbers."""
        dtype = self.result_dtype()
        if dtype in ("bool", "string", "uint8") or dtype.startswith("complex"):
            raise DtypeError(f"cannot count in {dtype}", argument="dtype")
        if dtype not in FLOATS and any(isinstance(each, float) for each in self.progression()):
            raise DtypeError(f"cannot count in {dtype} by numbers that are not whole", argument="dtype")
        return one(TensorType(self.lengths(), dtype))


_STRUCT = {"float16": "e", "float32": "f", "float64": "d"}
_SMALLEST = {"float16": 0.0, "bfloat16": 2.0**-126, "float32": 2.0**-126, "float64": 2.0**-1022}
"""What TensorFlow takes for 0 is smaller: it keeps no subnormal numbers but those of float16."""


def rounded(number: float, dtype: str) -> float:
    """A number as TensorFlow holds it in a dtype of floats: infinite if it is too large, 0 if it is too small."""
    if abs(number) < _SMALLEST[dtype]:
        return 0.0
    try:
        if dtype == "bfloat16":
            (bits,) = unpack("I", pack("f", number))
            bits += 0x7FFF + (bits >> 16 & 1)
            return float(unpack("f", pack("I", bits & 0xFFFF0000))[0])
        return float(unpack(_STRUCT[dtype], pack(_STRUCT[dtype], number))[0])
    except OverflowError:
        return copysign(inf, number)


class Diagonals(Creation):
    """A matrix that is told by one of its diagonals."""

    def interval(self, output: int, of: TensorType) -> Interval:
        """Zeros and ones."""
        return Interval(0, 1)

    example: ClassVar[str] = "N: 3"

    N: NonNegativeInt = Field(description="The number of rows.")
    M: NonNegativeInt | None = Field(None, description="The number of columns; null for as many as there are rows.")
    k: int = Field(0, description="Which diagonal: 0 for the main one, positive above it, negative below.")

    def lengths(self) -> tuple[int, ...]:
        """(N, M)."""
        return (self.N, self.N if self.M is None else self.M)


class Eye(Diagonals):
    """Ones on a diagonal, and zeros elsewhere."""

    def infer(self) -> Inferred:
        """(N, M)."""
        rows, columns = self.lengths()
        if not -rows <= self.k <= columns:
            message = f"has ones on diagonal {self.k}, and a matrix of {rows} × {columns} has none such"
            raise ShapeError(message, argument="k")
        if 0 < self.k < columns - rows or 0 < -self.k < rows - columns:
            # A diagonal that ends before both the rows and the columns do.
            message = f"has ones on diagonal {self.k} of {rows} × {columns}: Keras makes a matrix of another shape"
            raise ShapeError(message, argument="k")
        return super().infer()


class Tri(Diagonals):
    """Ones on a diagonal and below it, and zeros above."""


class Identity(Creation):
    """The identity matrix: ones on the main diagonal, and zeros elsewhere."""

    def interval(self, output: int, of: TensorType) -> Interval:
        """Zeros and ones."""
        return Interval(0, 1)

    example: ClassVar[str] = "n: 3"

    n: NonNegativeInt = Field(description="The number of rows, and of columns.")

    def lengths(self) -> tuple[int, ...]:
        """(n, n)."""
        return (self.n, self.n)


class WindowOp(Op):
    """A window: numbers that rise from the ends to the middle, as they stand before a Fourier transform."""

    example: ClassVar[str] = "x: 5"
    calls: ClassVar[tuple[CallArgument, ...]] = ()
    op_pattern: ClassVar[OpPattern] = "opaque"
    takes_numbers: ClassVar[bool] = False

    x: PositiveInt = Field(description="How many numbers.")

    def interval(self, output: int, of: TensorType) -> Interval:
        """Shares of the middle."""
        return SHARES

    def infer(self) -> Inferred:
        """As many numbers as are asked for."""
        return one(TensorType((self.x,), "float32"))


class Bartlett(WindowOp):
    """The Bartlett window: a triangle that is zero at its ends."""


class Blackman(WindowOp):
    """The Blackman window: a sum of three cosines."""


class Hamming(WindowOp):
    """The Hamming window: a raised cosine that is not zero at its ends."""


class Hanning(WindowOp):
    """The Hann window: a raised cosine that is zero at its ends."""


class Kaiser(WindowOp):
    """The Kaiser window, whose shape a number says."""

    example: ClassVar[str] = "x: 5, beta: 14.0"

    beta: Number = Field(description="The shape: 0 for a rectangle, more for a narrower peak.")
