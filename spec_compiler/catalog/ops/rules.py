"""What the rules of many ops share: kinds of elements, plain numbers among tensors, sparse tensors."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Literal

from spec_compiler.catalog.dtypes import COMPLEX, FLOATS, INTEGERS, TENSOR_DTYPES, promote
from spec_compiler.catalog.operands import (
    FLOATING_OR_COMPLEX,
    NUMBERS,
    Elements,
    refuse_ragged,
    require_dense,
    require_elements,
)
from spec_compiler.catalog.rules import ArityError, DtypeError, RankError, ShapeError, axis_of
from spec_compiler.catalog.shapes import volume
from spec_compiler.catalog.tensors import Dimension, Shape, TensorType, format_shape

NOT_COMPLEX = Elements("what is not complex", frozenset(TENSOR_DTYPES) - set(COMPLEX))
ORDERED = Elements("real numbers or booleans", NUMBERS.dtypes - set(COMPLEX))
WHOLE = Elements("integers", frozenset(INTEGERS))
SIGNED = Elements(
    "numbers that can be negative", frozenset(d for d in (*INTEGERS, *FLOATS, *COMPLEX) if not d.startswith("uint"))
)
NOT_UINT64 = Elements("numbers other than uint64", NUMBERS.dtypes - {"uint64"})
NOT_BFLOAT16 = Elements("numbers other than bfloat16", NUMBERS.dtypes - {"bfloat16"})
ORDERED_NOT_UINT64 = Elements("real numbers other than uint64, or booleans", ORDERED.dtypes - {"uint64"})
BIT_PATTERNS = Elements("numbers other than booleans", NUMBERS.dtypes - {"bool"})
INDICES = Elements("int32 or int64 indices", frozenset(("int32", "int64")))
DIFFERENCES = Elements(
    "floating-point or complex numbers, int32 and int64", FLOATING_OR_COMPLEX.dtypes | {"int32", "int64"}
)
BOOLEAN = Elements("booleans", frozenset(("bool",)))
PLACES = Elements("int16, int32 or int64 indices", frozenset(("int16", "int32", "int64")))

Sparse = Literal["refused", "densified", "kept"]
"""What becomes of a sparse tensor."""

_STRONG = {"int": "int64", "float": "float32"}


def is_number(x: TensorType) -> bool:
    """Whether a plain number stands where a tensor could."""
    return x.dtype in _STRONG


def strong(x: TensorType) -> str:
    """The dtype of a tensor, or the one of a number where Keras makes a tensor of it first."""
    return _STRONG.get(x.dtype, x.dtype)


def require_tensor(*operands: tuple[str | int, TensorType]) -> None:
    """Refuse plain numbers.

    Raises:
        DtypeError: An operand is a number.
    """
    for name, x in operands:
        if is_number(x):
            where = f"`{name}`" if isinstance(name, str) else f"place {name}"
            raise DtypeError(f"takes a tensor for {where}, and gets a number", name)


def require_some_tensor(*operands: tuple[str | int, TensorType]) -> None:
    """Refuse a call on plain numbers only: its result would be no tensor of a model.

    Raises:
        ArityError: There are numbers only.
    """
    if all(is_number(x) for _, x in operands):
        raise ArityError("takes a tensor at least, and gets plain numbers only", *(name for name, _ in operands))


def common_dtype(*operands: tuple[str | int, TensorType]) -> str:
    """The dtype that tensors and numbers are computed in.

    Raises:
        DtypeError: Text is among numbers.
    """
    try:
        return promote(*(x.dtype for _, x in operands))
    except KeyError:
        dtypes = " and ".join(dict.fromkeys(x.dtype for _, x in operands))
        raise DtypeError(f"cannot mix {dtypes}", *(name for name, _ in operands)) from None


def require_dtype(dtype: str, elements: Elements, *operands: str | int) -> None:
    """Refuse operands whose common dtype cannot be computed with.

    Raises:
        DtypeError: It is none of the group.
    """
    require_elements(TensorType((), dtype), elements, *operands)


def floating(dtype: str) -> str:
    """The dtype of a result that has fractions: integers and booleans become float32."""
    return promote(dtype, "float")


def single_or(dtype: str) -> str:
    """As `floating`, but complex numbers keep their width."""
    return dtype if dtype in (*FLOATS, *COMPLEX) else "float32"


def widened(dtype: str) -> str:
    """The dtype of a sum: that of 32 bits for what has less."""
    if dtype in ("bool", "int8", "int16"):
        return "int32"
    return "uint32" if dtype in ("uint8", "uint16") else dtype


def counted(dtype: str) -> str:
    """The dtype of arithmetic that makes int32 of booleans."""
    return "int32" if dtype == "bool" else dtype


def is_sparse(x: TensorType, policy: Sparse, operand: str | int) -> bool:
    """Whether the result of an op on one tensor is sparse.

    Raises:
        DtypeError: The tensor is sparse or ragged, and the op cannot be applied to such.
    """
    if policy == "refused":
        require_dense(x, operand)
    refuse_ragged(x, operand)
    return x.sparse and policy == "kept"


def require_list(xs: Sequence[TensorType], argument: str, minimum: int = 1) -> None:
    """Refuse too short a list of tensors, and numbers in one.

    Raises:
        ArityError: There are too few.
        DtypeError: One is a number.
    """
    if len(xs) < minimum:
        raise ArityError(f"takes {minimum} tensors or more for `{argument}`, and gets {len(xs)}", argument)
    require_tensor(*enumerate(xs))


def different_axes(axes: Sequence[int], rank: int, argument: str) -> tuple[int, ...]:
    """Axes counted from the front, None of them twice.

    Raises:
        ShapeError: There is no such axis, or one is named twice.
    """
    result = tuple(axis_of(axis, rank, argument) for axis in axes)
    if len(set(result)) < len(result):
        raise ShapeError(f"names an axis of a tensor of rank {rank} twice in `{argument}`", argument=argument)
    return result


def flat(shape: Shape) -> Shape:
    """The shape of all elements in one row."""
    return (volume(shape),)


def can_hold(shape: Shape, count: Dimension) -> bool:
    """Whether a tensor of a shape can have so many elements, as far as the lengths are known."""
    known = prod(length for length in shape if length is not None)
    return count is None or (count % known == 0 if None in shape else count == known)


def without(shape: Shape, axes: Sequence[int]) -> Shape:
    """A shape less some axes, counted from the front."""
    return tuple(length for axis, length in enumerate(shape) if axis not in axes)


def reduced(shape: Shape, axes: Sequence[int] | int | None, argument: str = "axis", *, keepdims: bool = False) -> Shape:
    """The shape after all elements along some axes (None for all axes) became one; with `keepdims` the axes stay.

    Raises:
        ShapeError: There is no such axis, or one is named twice.
    """
    named = range(len(shape)) if axes is None else (axes,) if isinstance(axes, int) else axes
    gone = different_axes(named, len(shape), argument)
    return (
        tuple(1 if axis in gone else length for axis, length in enumerate(shape)) if keepdims else without(shape, gone)
    )


def require_whole(number: float | None, dtype: str, argument: str) -> None:
    """Refuse a number with a fraction where a tensor has whole numbers.

    Raises:
        DtypeError: It is such a number.
    """
    if isinstance(number, float) and dtype in INTEGERS:
        raise DtypeError(f"has a fraction in `{argument}`, and gets a tensor of {dtype}", argument=argument)


def require_vector(x: TensorType, operand: str) -> Dimension:
    """The length of a tensor that must have one axis.

    Raises:
        RankError: It has not.
    """
    if x.rank != 1:
        raise RankError(f"takes a tensor of one axis, and gets {format_shape(x.shape)}", operand)
    return x.shape[0]
