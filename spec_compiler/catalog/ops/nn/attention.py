"""Dot-product attention."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.fields import Finite
from spec_compiler.catalog.intervals import Interval, Ranged
from spec_compiler.catalog.layers.base import CallArgument, tensor
from spec_compiler.catalog.operands import FLOATING, NUMBERS, Elements
from spec_compiler.catalog.ops.base import OpPattern, TensorOp, require_computable
from spec_compiler.catalog.ops.rules import ORDERED
from spec_compiler.catalog.rules import ShapeError, describe_shapes, invalid, require_rank
from spec_compiler.catalog.shapes import agree, broadcasts_into, known_of
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one

_TRUTH = Elements("booleans", frozenset(("bool",)))
_MULTIPLIED = Elements("floating-point numbers, int32 and int64", FLOATING.dtypes | {"int32", "int64"})


class DotProductAttention(TensorOp):
    """Scaled dot-product attention: values averaged by how well their keys match a query (Vaswani et al., 2017).

    Keys and values may have fewer heads than queries, by a whole factor (Ainslie et al., 2023).
    """

    example: ClassVar[str] = "inputs: {query: heads, key: heads, value: heads}"
    op_pattern: ClassVar[OpPattern] = "opaque"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("query", "The queries: (batch, steps, heads, width)."),
        tensor("key", "The keys: (batch, other steps, heads, width)."),
        tensor("value", "The values: (batch, other steps, heads, width)."),
        tensor("bias", "What is added to the scores: (batch, heads, steps, other steps).", required=False),
        tensor("mask", "Which of the scores count, as booleans: (batch, heads, steps, other steps).", required=False),
    )

    scale: Finite | None = Field(None, description="What the scores are multiplied by; null for 1 / sqrt(width).")
    is_causal: bool = Field(False, description="Whether a step does not attend to later ones.")
    flash_attention: bool | None = Field(None, description="Whether a fused kernel is used; TensorFlow has none.")

    @field_validator("flash_attention")
    @classmethod
    def _not_fused(cls, value: bool | None) -> bool | None:
        if value:
            raise invalid("takes false or null: TensorFlow has no such kernel")
        return value

    ranged_by: ClassVar[tuple[str, ...]] = ("value",)

    def interval(self, output: int, of: TensorType, value: Ranged) -> Interval:
        """Means of values."""
        return value.interval.unreached()

    def infer(
        self,
        query: TensorType,
        key: TensorType,
        value: TensorType,
        bias: TensorType | None = None,
        mask: TensorType | None = None,
    ) -> Inferred:
        """(batch, steps, heads, width), and twice (batch, other steps, heads, width), to the shape of the query."""
        given = {"query": query, "key": key, "value": value}
        for operand, x in given.items():
            require_rank(x, 4, "(batch, steps, heads, width)", operand)
            require_computable(x, ORDERED, operand)
        shapes = describe_shapes([x.shape for x in given.values()])
        _, steps, heads, _ = query.shape
        batches = (query.shape[0], key.shape[0], value.shape[0])
        # Keras states that the result has the width of the queries; it has that of the values.
        widths = (query.shape[3], key.shape[3], value.shape[3])
        if not (_all_agree(*batches) and _all_agree(*widths) and agree(key.shape[1], value.shape[1])):
            raise ShapeError(
                f"takes tensors of one batch and one width, and as many keys as values, and gets {shapes}", *given
            )
        repeated = _repeats(heads, key.shape[2])
        if not all(agree(heads, None if x.shape[2] is None else x.shape[2] * repeated) for x in (key, value)):
            raise ShapeError(
                f"takes a number of query heads that can be divided by that of key and value heads, and gets {shapes}",
                *given,
            )
        fits = (next((b for b in batches if b is not None), None), heads, steps, key.shape[1])
        for operand, over, elements in (("bias", bias, NUMBERS), ("mask", mask, _TRUTH)):
            if over is None:
                continue
            require_computable(over, elements, operand)
            if not broadcasts_into(over.shape, fits):
                raise ShapeError(
                    f"takes a {operand} that can be stretched to {format_shape(fits)}, and gets "
                    f"{format_shape(over.shape)}",
                    operand,
                )
        dtype = promote(query.dtype, key.dtype, value.dtype)
        require_computable(TensorType((), dtype), _MULTIPLIED, "query")
        return one(TensorType(query.shape, dtype))

    def multiply_adds(
        self, result: Inferred, query: TensorType, key: TensorType, value: TensorType, **call: TensorType
    ) -> Dimension:
        """The scores, and the values that are summed by them: the width of both for each score."""
        return times(*query.shape, known_of(key.shape[1], value.shape[1]), 2)


def _all_agree(*lengths: Dimension) -> bool:
    return len({length for length in lengths if length is not None}) < 2


def _repeats(heads: Dimension, shared: Dimension) -> int:
    """How many heads of the queries one of the keys and values serves; a single one, or an unknown number, does not."""
    return heads // shared if heads is not None and shared is not None and heads > shared > 1 else 1
