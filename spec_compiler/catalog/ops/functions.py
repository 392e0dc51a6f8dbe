"""Ops that apply a function of analysis to each element: exponentials, logarithms, angles."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.operands import Elements
from spec_compiler.catalog.ops.elementwise import Elementwise
from spec_compiler.catalog.ops.rules import NOT_BFLOAT16, NOT_UINT64, Sparse, floating, single_or


class Function(Elementwise):
    """A function of real or complex numbers: whole numbers become float32."""

    sparse: ClassVar[Sparse] = "densified"

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return floating(dtype)


class SparseFunction(Function):
    """A function that is zero at zero, and leaves a sparse tensor sparse."""

    sparse: ClassVar[Sparse] = "kept"


class Cos(Function):
    """The cosine of each element, an angle in radians."""


class Cosh(Function):
    """The hyperbolic cosine of each element."""


class Arccos(Function):
    """The angle whose cosine is each element."""


class Arccosh(Function):
    """The number whose hyperbolic cosine is each element."""


class Log(Function):
    """The natural logarithm of each element."""


class Log2(Function):
    """The logarithm of each element to base 2."""


class Log10(Function):
    """The logarithm of each element to base 10."""


class Sinc(Function):
    """`sin(πx) / πx` for each element, and 1 for zero."""

    sparse: ClassVar[Sparse] = "refused"


class Sin(SparseFunction):
    """The sine of each element, an angle in radians."""


class Sinh(SparseFunction):
    """The hyperbolic sine of each element."""


class Tan(SparseFunction):
    """The tangent of each element, an angle in radians."""


class Tanh(SparseFunction):
    """The hyperbolic tangent of each element."""


class Arcsin(SparseFunction):
    """The angle whose sine is each element."""


class Arcsinh(SparseFunction):
    """The number whose hyperbolic sine is each element."""


class Arctan(SparseFunction):
    """The angle whose tangent is each element."""


class Arctanh(SparseFunction):
    """The number whose hyperbolic tangent is each element."""


class Log1p(SparseFunction):
    """The natural logarithm of each element plus one, exact near zero."""


class Sqrt(SparseFunction):
    """The square root of each element."""


class Exponential(Elementwise):
    """A power with the element as the exponent: whole numbers become float32, complex numbers keep their width."""

    sparse: ClassVar[Sparse] = "densified"

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32."""
        return single_or(dtype)


class Exp(Exponential):
    """e to the power of each element."""


class Exp2(Exponential):
    """2 to the power of each element."""


class Expm1(Exponential):
    """e to the power of each element less one, exact near zero."""

    sparse: ClassVar[Sparse] = "kept"


class Wide(Elementwise):
    """A function that keeps 64 bits: int64 becomes float64, and all but floating-point numbers float32."""

    def dtype_of(self, dtype: str) -> str:
        """Float64 for 64 bits, float32 for other whole and for complex numbers."""
        if dtype in ("int64", "float64"):
            return "float64"
        return dtype if dtype in ("bfloat16", "float16") else "float32"


class Deg2rad(Wide):
    """Degrees as radians."""

    elements: ClassVar[Elements] = NOT_UINT64


class Rad2deg(Wide):
    """Radians as degrees."""

    elements: ClassVar[Elements] = NOT_UINT64


class I0(Wide):
    """The modified Bessel function of the first kind, of order 0, of each element."""

    elements: ClassVar[Elements] = NOT_BFLOAT16


class Cbrt(Elementwise):
    """The cube root of each element."""

    def dtype_of(self, dtype: str) -> str:
        """Whole numbers become float32, int64 becomes float64; Keras states what else there is as it is."""
        if dtype == "int64":
            return "float64"
        return "float32" if dtype == "bool" or (dtype != "uint64" and "int" in dtype) else dtype
