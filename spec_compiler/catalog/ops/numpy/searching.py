"""Searching functions: positions of extremes, of what is not zero, of values in a sorted sequence; and `where`."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.intervals import Interval, Ranged, places
from spec_compiler.catalog.layers.base import CallArgument, of_operands, tensor
from spec_compiler.catalog.operands import NUMBERS, refuse_ragged, require_dense, require_elements
from spec_compiler.catalog.ops.base import Op, OpPattern, TensorOp, X, require_computable
from spec_compiler.catalog.ops.reductions import PositionOp
from spec_compiler.catalog.ops.rules import (
    ORDERED,
    ORDERED_NOT_UINT64,
    common_dtype,
    is_number,
    require_some_tensor,
    require_tensor,
    require_vector,
)
from spec_compiler.catalog.rules import ArityError, DtypeError, require_rank_at_least
from spec_compiler.catalog.shapes import broadcast
from spec_compiler.catalog.tensors import Inferred, TensorType, one


class Where(Op):
    """The first tensor's elements where a condition holds, and the second one's elsewhere."""

    example: ClassVar[str] = "inputs: {condition: yes, x1: x, x2: 0}"
    op_pattern: ClassVar[OpPattern] = "elementwise"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("condition", "The condition: truth values; a number counts as true unless it is zero."),
        tensor("x1", "What is taken where it holds.", required=False),
        tensor("x2", "What is taken elsewhere.", required=False),
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("x1", "x2")
    interval: ClassVar[Callable[..., Interval]] = of_operands

    def infer(self, condition: TensorType, x1: TensorType | None = None, x2: TensorType | None = None) -> Inferred:
        """Three shapes to the one that all can be stretched to."""
        if x1 is None or x2 is None:
            # Alone, a condition gives the places where it holds; the shape that Keras states then is another.
            raise ArityError("takes `condition`, `x1` and `x2`, and not all are given", "condition")
        operands = (("condition", condition), ("x1", x1), ("x2", x2))
        require_some_tensor(*operands)
        for name, x in operands:
            require_dense(x, name)
        if not is_number(condition):
            require_elements(condition, NUMBERS, "condition")
        dtype = common_dtype(("x1", x1), ("x2", x2))
        shape = broadcast(condition.shape, x1.shape, "condition", "x1")
        return one(TensorType(broadcast(shape, x2.shape, "condition", "x1", "x2"), dtype))


class Argmax(PositionOp):
    """The index of the largest element."""


class Argmin(PositionOp):
    """The index of the smallest element."""


class Searchsorted(TensorOp):
    """The indices at which values would be inserted into a sorted sequence to keep it sorted."""

    example: ClassVar[str] = "inputs: {sorted_sequence: list, values: x}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("sorted_sequence", "The sorted sequence, of one axis."),
        tensor("values", "The values."),
    )

    side: Literal["left", "right"] = Field(
        "left", description="Whether a value is inserted before or after elements equal to it."
    )

    ranged_by: ClassVar[tuple[str, ...]] = ("sorted_sequence",)

    def interval(self, output: int, of: TensorType, sorted_sequence: Ranged) -> Interval:
        """The places before, between and behind the numbers."""
        length = sorted_sequence.type.shape[0]
        return places(None if length is None else length + 1)

    def infer(self, sorted_sequence: TensorType, values: TensorType) -> Inferred:
        """The shape of the values."""
        require_tensor(("sorted_sequence", sorted_sequence), ("values", values))
        for name, x in (("sorted_sequence", sorted_sequence), ("values", values)):
            require_computable(x, NUMBERS, name)
        length = require_vector(sorted_sequence, "sorted_sequence")
        require_rank_at_least(values, 1, "values")
        if sorted_sequence.dtype != values.dtype:
            raise DtypeError(
                f"takes values of the dtype of the numbers, and gets {values.dtype} and {sorted_sequence.dtype}",
                "sorted_sequence",
                "values",
            )
        return one(TensorType(values.shape, "int64" if length is None else "int32"))


class Digitize(TensorOp):
    """Which of some increasing bins each element belongs to."""

    example: ClassVar[str] = "inputs: {x: x, bins: short}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (X, tensor("bins", "The bounds, in a row."))

    ranged_by: ClassVar[tuple[str, ...]] = ("bins",)

    def interval(self, output: int, of: TensorType, bins: Ranged) -> Interval:
        """The bins, one more than there are bounds."""
        length = bins.type.shape[0]
        return places(None if length is None else length + 1)

    def infer(self, x: TensorType, bins: TensorType) -> Inferred:
        """The shape of the tensor."""
        require_tensor(("x", x), ("bins", bins))
        require_elements(x, ORDERED_NOT_UINT64, "x")
        require_elements(bins, ORDERED, "bins")
        refuse_ragged(x, "x")
        require_dense(bins, "bins")
        require_vector(bins, "bins")
        return one(TensorType(x.shape, "int32", x.sparse))


class Nonzero(TensorOp):
    """The indices of all elements that are not zero: a tensor for each axis."""

    example: ClassVar[str] = "inputs: x"
    op_pattern: ClassVar[OpPattern] = "opaque"
    several_outputs: ClassVar[bool] = True

    ranged_by: ClassVar[tuple[str, ...]] = ("x",)

    def interval(self, output: int, of: TensorType, x: Ranged) -> Interval:
        """The places along an axis."""
        return places(x.type.shape[output])

    def infer(self, x: TensorType) -> Inferred:
        """A shape to as many rows as it has axes."""
        require_computable(x, NUMBERS)
        require_rank_at_least(x, 1, "x")
        return Inferred((TensorType((None,), "int32"),) * x.rank)


class Nanargmax(PositionOp):
    """The index of the largest element other than NaN."""


class Nanargmin(PositionOp):
    """The index of the smallest element other than NaN."""
