"""What ops give for constants: computed by NumPy in double precision, and rounded once to the dtype of the result.

So they are the same on every machine. Keras computes them in single precision, by what the processor has for it: its
numbers may differ from these in the last places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from spec_compiler.catalog.dtypes import INTEGERS
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.constants.functions import BITWISE, FUNCTIONS, AnyArray

ConstantOperands = Mapping[str, Any]
"""For each tensor of a call an array, or a list of them."""


class NoResultError(Exception):
    """NumPy cannot compute what an op gives."""


def results(config: Op, operands: ConstantOperands, types: Sequence[TensorType]) -> list[AnyArray]:
    """What an op gives for some arrays; those of bfloat16 have numbers of 32 bits that bfloat16 has too.

    Raises:
        NoResultError: NumPy cannot compute it.
    """
    compute = _computing(config)
    if compute is None:
        raise NoResultError
    taken = operands if config.keras_name in BITWISE else _all_widened(operands, types[0].dtype)
    try:
        with np.errstate(all="ignore"):
            given = compute(**taken)
    except (ValueError, IndexError, np.linalg.LinAlgError):
        # Numbers for which NumPy has no answer, where Keras may have one.
        raise NoResultError from None
    outputs = list(given) if isinstance(given, (list, tuple)) else [given]
    if [np.shape(output) for output in outputs] != [kind.shape for kind in types]:
        raise NoResultError
    return [rounded(np.asarray(output), kind.dtype) for output, kind in zip(outputs, types, strict=True)]


def array(elements: Any, dtype: str) -> AnyArray:
    """Elements of a dtype as an array."""
    return rounded(np.asarray(elements), dtype)


def rounded(values: AnyArray, dtype: str) -> AnyArray:
    """Numbers as a dtype has them."""
    if dtype != "bfloat16":
        with np.errstate(all="ignore"):
            return values.astype(dtype)
    bits = values.astype(np.float32).view(np.uint32)
    bits = bits + 0x7FFF + ((bits >> 16) & 1)
    return (bits & np.uint32(0xFFFF0000)).view(np.float32)


def _all_widened(operands: ConstantOperands, result: str) -> ConstantOperands:
    return {name: _widened(value, result) for name, value in operands.items()}


def _widened(value: Any, result: str) -> Any:
    """Numbers in double precision, but for whole ones that stay so."""
    if isinstance(value, list):
        return [_widened(each, result) for each in value]
    if value.dtype.kind == "c":
        return value.astype(np.complex128)
    if value.dtype.kind == "f" or value.dtype.name == "bfloat16":
        return value.astype(np.float64)
    # Whole numbers of a result are counted around as the dtype does.
    return value.astype(result) if value.dtype.kind in "iu" and result in INTEGERS else value


def _computing(config: Op) -> Callable[..., Any] | None:
    """What computes an op from arrays by the names of its tensors, if anything does."""
    name = config.keras_name
    if name in FUNCTIONS:
        return partial(FUNCTIONS[name], config)
    if name not in _AS_IN_NUMPY:
        return None
    function = getattr(np, name)

    def compute(**operands: Any) -> Any:
        tensors = [operands[call.name] for call in config.calls if call.name in operands]
        return function(*tensors, **_settings(config))

    return compute


_NOT_OF_NUMPY = ("dtype", "sparse")


def _settings(config: Op) -> dict[str, Any]:
    """The arguments of an op that are not null."""
    values = {name: getattr(config, name) for name in type(config).model_fields if name not in _NOT_OF_NUMPY}
    return {name: value for name, value in values.items() if value is not None}


_AS_IN_NUMPY = frozenset((
    "abs", "add", "all", "allclose", "amax", "amin", "angle", "any", "append", "arccos", "arccosh", "arcsin",
    "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin", "argsort", "array", "array_split", "average",
    "bincount", "bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift",
    "bitwise_xor", "broadcast_to", "cbrt", "ceil", "concatenate", "conjugate", "copy", "corrcoef", "correlate",
    "cos", "cosh", "count_nonzero", "cross", "cumprod", "cumsum", "deg2rad", "diag", "diagflat", "diagonal", "diff",
    "digitize", "divide", "dot", "dsplit", "dstack", "equal", "exp", "exp2", "expm1", "fabs", "flip", "fliplr",
    "flipud", "floor", "floor_divide", "fmax", "fmin", "fmod", "gcd", "greater", "greater_equal", "heaviside",
    "hsplit", "hstack", "hypot", "i0", "imag", "inner", "isclose", "isfinite", "isin", "isinf", "isnan", "isneginf",
    "isposinf", "isreal", "kron", "lcm", "less", "less_equal", "log", "log10", "log1p", "log2", "logaddexp",
    "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor", "matmul", "max", "maximum", "mean",
    "median", "min", "minimum", "mod", "moveaxis", "multiply", "nan_to_num", "nanargmax", "nanargmin", "nancumprod",
    "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd",
    "nansum", "nanvar", "negative", "not_equal", "ones_like", "outer", "percentile", "power", "prod", "ptp",
    "quantile", "rad2deg", "ravel", "real", "reciprocal", "repeat", "roll", "rot90", "round", "searchsorted",
    "sign", "signbit", "sin", "sinc", "sinh", "size", "sort", "split", "sqrt", "square", "squeeze", "stack", "std",
    "subtract", "sum", "swapaxes", "take", "take_along_axis", "tan", "tanh", "tensordot", "trace", "transpose",
    "trapezoid", "tril", "triu", "trunc", "unravel_index", "vander", "var", "vdot", "vsplit", "vstack", "where",
    "zeros_like",
))  # fmt: skip
"""The ops that NumPy computes under the same names, of the same arguments."""
