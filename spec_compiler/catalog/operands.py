"""What kinds of tensors a rule takes: dtypes, and how the elements are stored."""

from __future__ import annotations

from typing import NamedTuple

from spec_compiler.catalog.dtypes import COMPLEX, FLOATS, INTEGERS, TENSOR_DTYPES
from spec_compiler.catalog.rules import DtypeError
from spec_compiler.catalog.tensors import TensorType


class Elements(NamedTuple):
    """A group of dtypes and what it is called in a message."""

    name: str
    dtypes: frozenset[str]


ANYTHING = Elements("anything", frozenset(TENSOR_DTYPES))
SINGLE_OR_DOUBLE = Elements("float32 or float64 numbers", frozenset(("float32", "float64")))
NUMBERS = Elements("numbers", frozenset((*FLOATS, *INTEGERS, "bool", *COMPLEX)))
ARITHMETIC = Elements("integers, floating-point or complex numbers", frozenset((*FLOATS, *INTEGERS, *COMPLEX)))
REALS = Elements("integers or floating-point numbers", frozenset((*FLOATS, *INTEGERS)))
FLOATING = Elements("floating-point numbers", frozenset(FLOATS))
FLOATING_OR_COMPLEX = Elements("floating-point or complex numbers", frozenset((*FLOATS, *COMPLEX)))


def require_elements(x: TensorType, elements: Elements, *operands: str | int) -> None:
    """Refuse a tensor with elements that cannot be computed with.

    Raises:
        DtypeError: Its dtype is none of the group.
    """
    if x.dtype not in elements.dtypes:
        raise DtypeError(f"computes with {elements.name}, and gets a tensor of {x.dtype}", *operands)


def refuse_sparse(x: TensorType, *operands: str | int) -> None:
    """Refuse a sparse tensor, where Keras has no way to compute with one.

    Raises:
        DtypeError: It is sparse.
    """
    if x.sparse:
        raise DtypeError("takes a dense tensor, and gets a sparse one", *operands)


def refuse_ragged(x: TensorType, *operands: str | int) -> None:
    """Refuse a ragged tensor, where Keras has no way to compute with one.

    Raises:
        DtypeError: It is ragged.
    """
    if x.ragged:
        raise DtypeError("takes a dense tensor, and gets a ragged one", *operands)


def require_dense(x: TensorType, *operands: str | int) -> None:
    """Refuse a sparse or ragged tensor.

    Raises:
        DtypeError: It is one.
    """
    refuse_sparse(x, *operands)
    refuse_ragged(x, *operands)
