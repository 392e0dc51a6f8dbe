"""What the rules of the catalogue raise, and the checks that many rules share.

A failed rule says what was expected and what was found. It knows nothing of specs and places: it may name
arguments of the call (`operands`), and whoever made the call adds which nodes those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic_core import PydanticCustomError

from spec_compiler.catalog.tensors import Shape, TensorType, format_shape
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code


class RuleError(Exception):
    """Tensors or arguments that Keras would not take.

    `operands` says which tensors are meant: the name of a call argument, or the index of a tensor in a list.
    `argument` is the constructor argument that is to blame, where it is one. Of a layer inside another, `route` is
    where it stands in the arguments of its owners, the outermost first, and `layer` is what it is.
    """

    code: ClassVar[Code] = codes.SHAPE_MISMATCH

    def __init__(
        self, message: str, *operands: str | int, argument: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operands = operands
        self.argument = argument
        self.hint = hint
        self.route: tuple[str | int, ...] = ()
        self.layer: str | None = None

    def inside(self, route: tuple[str | int, ...], layer: str) -> None:
        """Note that the mistake is that of a layer which stands at a route inside another."""
        self.route = (*route, *self.route)
        self.layer = self.layer or layer


class RankError(RuleError):
    """A tensor has too few or too many axes."""

    code = codes.RANK_MISMATCH


class ShapeError(RuleError):
    """Shapes do not fit each other or the arguments."""

    code = codes.SHAPE_MISMATCH


class DtypeError(RuleError):
    """A tensor has a dtype that cannot be used here."""

    code = codes.DTYPE_MISMATCH


class UnknownDimensionError(RuleError):
    """A dimension must be known to make the weights, and is not."""

    code = codes.UNKNOWN_DIMENSION


class EmptyResultError(RuleError):
    """The result would have an axis of length zero or less."""

    code = codes.EMPTY_RESULT


class RangeError(RuleError):
    """A number is larger than what can be made of it."""

    code = codes.OUT_OF_RANGE


class ArityError(RuleError):
    """Too few or too many tensors."""

    code = codes.WRONG_ARITY


MOST_OUTPUTS = 10_000
"""The most tensors that one node gives: each is kept, and a number of few digits may ask for any number of them."""


def require_few_outputs(count: int, argument: str) -> None:
    """Refuse a node that would give more tensors than can be kept.

    Raises:
        RangeError: It would.
    """
    if count > MOST_OUTPUTS:
        raise RangeError(f"gives at most {MOST_OUTPUTS} tensors, and is to give {count}", argument=argument)


def conflict(argument: str, message: str, item: int | None = None) -> PydanticCustomError:
    """Two arguments of one thing that do not go together; raised by the validators of a class.

    `item` is the index of what is to blame in an argument that is a list.
    """
    return PydanticCustomError("conflict", "{message}", {"argument": argument, "message": message, "item": item})


def invalid(message: str, hint: str | None = None) -> PydanticCustomError:
    """A value of one argument that is refused, in our own words; raised by the validators of a field."""
    return PydanticCustomError("invalid", "{message}", {"message": message, "hint": hint})


def require_rank(x: TensorType, rank: int, axes: str, operand: str | int = "inputs") -> None:
    """Refuse a tensor that has not exactly `rank` axes; `axes` says which they are.

    Raises:
        RankError: It has another number of axes.
    """
    if len(x.shape) != rank:
        raise RankError(f"takes {axes}, rank {rank}, and gets {format_shape(x.shape)}, rank {x.rank}", operand)


def require_rank_at_least(x: TensorType, rank: int, operand: str | int = "inputs") -> None:
    """Refuse a tensor that has fewer than `rank` axes.

    Raises:
        RankError: It has fewer axes.
    """
    if len(x.shape) < rank:
        raise RankError(f"takes a tensor of rank {rank} or more, and gets {format_shape(x.shape)}", operand)


def known(x: TensorType, axis: int, operand: str | int = "inputs") -> int:
    """The length of an axis that must be known, because weights depend on it.

    Raises:
        UnknownDimensionError: It is not known.
    """
    length = x.shape[axis]
    if length is None:
        raise UnknownDimensionError(
            f"needs to know the length of axis {axis % x.rank} of {format_shape(x.shape)} to make its weights", operand
        )
    return length


def axis_of(axis: int, rank: int, argument: str = "axis") -> int:
    """An axis counted from the front, given one that may be counted from the end.

    Raises:
        ShapeError: There is no such axis.
    """
    if not -rank <= axis < rank:
        raise ShapeError(f"has `{argument}` {axis}, and a tensor of rank {rank} has no such axis", argument=argument)
    return axis % rank


def describe_shapes(shapes: Sequence[Shape]) -> str:
    """Shapes in a sentence: ``(None, 3) and (None, 4)``."""
    texts = [format_shape(shape) for shape in shapes]
    return " and ".join(texts) if len(texts) < 3 else ", ".join(texts[:-1]) + " and " + texts[-1]
