"""Dtypes, dtype policies and promotion, as Keras defines them.

Source of the promotion lattice: JAX's type promotion semantics, which `keras.backend.result_type` follows.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

FLOATS = ("bfloat16", "float16", "float32", "float64")
INTEGERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
COMPLEX = ("complex64", "complex128")
TENSOR_DTYPES = (*FLOATS, *INTEGERS, "bool", "string", *COMPLEX)
"""The dtypes that a tensor of a spec can have."""

MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
COMPUTE_INTEGERS = tuple(dtype for dtype in INTEGERS if dtype != "int8")
"""The integers that something can compute in: Keras takes `int8` for the name of a way to quantize, and refuses it."""

POLICIES = (*FLOATS, *MIXED, *COMPUTE_INTEGERS, "bool", "string", *COMPLEX)
"""The dtype policies that a layer can have, by name."""

BITS = {
    "bfloat16": 16, "float16": 16, "float32": 32, "float64": 64,
    "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64,
    "int8": 8, "int16": 16, "int32": 32, "int64": 64,
    "bool": 8, "string": 64, "complex64": 64, "complex128": 128,
}  # fmt: skip
"""Bits of one element in memory; of text, the reference to it."""


class Policy(NamedTuple):
    """What a layer computes in and what its weights are kept in."""

    compute: str
    variable: str


@cache
def policy(name: str) -> Policy:
    """The policy of a name out of `POLICIES`."""
    mixed = MIXED.get(name)
    return Policy(mixed, "float32") if mixed else Policy(name, name)


# Each dtype and those directly above it; `int` and `float` are Python numbers, which give way.
_ABOVE = {
    "bool": ("int",),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int": ("uint8", "int8", "complex64"),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
}


@cache
def _upper_bounds(dtype: str) -> frozenset[str]:
    bounds = {dtype}
    for above in _ABOVE[dtype]:
        bounds |= _upper_bounds(above)
    return frozenset(bounds)


_RESULTS = {"int": "int32", "float": "float32", "uint64": "uint32", "complex128": "complex64"}
"""Weak dtypes become real ones, and Keras halves two of the wide ones (with TensorFlow as its backend)."""


@cache
def promote(*dtypes: str) -> str:
    """The dtype of a result that mixes some dtypes, as `keras.backend.result_type` gives it.

    Raises:
        KeyError: Text does not mix with numbers.
    """
    if set(dtypes) == {"string"}:
        return "string"
    bounds = frozenset.intersection(*(_upper_bounds(dtype) for dtype in dtypes))
    # The least upper bound is the one that all the others are above of.
    least = next(bound for bound in bounds if bounds <= _upper_bounds(bound))
    return _RESULTS.get(least, least)


def is_float(dtype: str) -> bool:
    """Whether a dtype is one of the floating-point types."""
    return dtype in FLOATS or dtype == "float"


def is_integer(dtype: str) -> bool:
    """Whether a dtype is one of the integer types."""
    return dtype in INTEGERS or dtype == "int"
