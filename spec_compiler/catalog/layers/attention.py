"""Attention over the steps of two sequences, without heads: dot products and sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.costs import times, total
from spec_compiler.catalog.dtypes import is_float, is_integer
from spec_compiler.catalog.fields import Fraction, Seed
from spec_compiler.catalog.initializers.constant import Ones
from spec_compiler.catalog.initializers.glorot import GlorotUniform
from spec_compiler.catalog.intervals import INFINITY, SHARES, Interval, Ranged, hull, number
from spec_compiler.catalog.layers.attention_masks import insert_axis, merge, require_spread, stretch
from spec_compiler.catalog.layers.base import TRAINING, CallArgument, flag, tensors
from spec_compiler.catalog.layers.floating import FloatLayer, require_mask, require_real
from spec_compiler.catalog.mask_rules import USES_AND_PROPAGATES, MaskRule
from spec_compiler.catalog.rules import (
    ArityError,
    DtypeError,
    ShapeError,
    describe_shapes,
    known,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import agree, broadcast, broadcasts_into
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, Weight, format_shape

RETURN_SCORES = flag("return_attention_scores", "Whether the scores are returned too, after the softmax.")
CAUSAL = flag("use_causal_mask", "Whether no step attends to later ones.")


class DotProductAttentionLayer(FloatLayer):
    """What attention layers without heads have in common: (…, steps, width) three times to (…, steps, width)."""

    mask_rule: ClassVar[MaskRule] = USES_AND_PROPAGATES
    attends: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensors(
            "inputs",
            "The query (batch, steps, width), the value (batch, value steps, value width), and the key, which is the "
            "value if left out.",
            minimum=2,
            maximum=3,
        ),
        tensors(
            "mask",
            "Which steps of the query and which of the value count: (batch, steps) and (batch, value steps).",
            required=False,
            minimum=2,
            maximum=3,
        ),
        TRAINING,
        RETURN_SCORES,
        CAUSAL,
    )
    default_training: ClassVar[bool | None] = False

    dropout: Fraction = Field(0.0, description="The share of the scores that is dropped in training.")
    seed: Seed | None = Field(None, description="Makes the dropout the same each time.")

    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)

    def interval(self, output: int, of: TensorType, inputs: Sequence[Ranged], **call: Any) -> Interval:
        """Means of the values, and shares of 1 as scores; what is masked is zero, and what is not dropped scaled up."""
        found = SHARES if output else hull((inputs[1].interval, number(0.0)))
        if self.dropout:
            scale = INFINITY if self.dropout == 1 else 1 / (1 - self.dropout)
            found = hull((found, found * number(scale)))
        return found.unreached()

    def own_weights(self, query: TensorType) -> tuple[Weight, ...]:
        """The weights for a query."""
        raise NotImplementedError

    def check_widths(self, query: TensorType, key: TensorType) -> None:
        """Refuse a query and a key that cannot be compared."""
        raise NotImplementedError

    def infer(
        self,
        inputs: Sequence[TensorType],
        mask: Sequence[TensorType] | None = None,
        training: bool | None = None,
        return_attention_scores: bool | None = None,
        use_causal_mask: bool | None = None,
    ) -> Inferred:
        """(…, steps, width), (…, value steps, value width) to (…, steps, value width)."""
        if not 2 <= len(inputs) <= 3:
            raise ArityError(f"takes a query, a value and perhaps a key, and gets {len(inputs)} tensors")
        for index, x in enumerate(inputs):
            require_real(x, index)
            if x.dtype == "bool":
                raise DtypeError("takes numbers, and gets bool", index)
            require_rank_at_least(x, 2, index)
        query, value, key = (*inputs, inputs[1])[:3]
        self.check_widths(query, key)
        if not agree(key.shape[-2], value.shape[-2]):
            raise ShapeError(
                f"takes a value and a key with as many steps, and gets {describe_shapes((value.shape, key.shape))}", 1
            )
        for index, x in enumerate((value, key)[: len(inputs) - 1], 1):
            if not broadcasts_into(x.shape[:-2], query.shape[:-2]):
                raise ShapeError(
                    "takes tensors that agree in all axes before the last two, and gets "
                    f"{describe_shapes((query.shape, x.shape))}",
                    0,
                    index,
                )
        scores = (*query.shape[:-1], key.shape[-2])
        output = (*query.shape[:-1], value.shape[-1])
        self._check_masks(mask, scores, output, bool(use_causal_mask))
        outputs = [TensorType(output, self.compute_dtype)]
        if return_attention_scores:
            outputs.append(TensorType(scores, self.compute_dtype))
        names = ("output", "scores") if return_attention_scores else ()
        return Inferred(tuple(outputs), self.own_weights(query), names)

    def multiply_adds(self, result: Inferred, inputs: Sequence[TensorType], **call: Any) -> Dimension:
        """The scores, and the values that are summed by them."""
        query, value, key = (*inputs, inputs[1])[:3]
        scores = times(*query.shape[:-1], key.shape[-2])
        return total((times(scores, self.score_products(query)), times(scores, value.shape[-1])))

    def score_products(self, query: TensorType) -> Dimension:
        """The multiply-adds of one score: None for sums, whose summands are formed element by element."""
        return 0

    def _check_masks(self, mask: Sequence[TensorType] | None, scores: Shape, output: Shape, causal: bool) -> None:
        masks = [("mask", (1, *scores[-2:]))] if causal else []
        if mask is not None:
            if not 2 <= len(mask) <= 3:
                raise ArityError(f"takes a mask for the query and one for the value, and gets {len(mask)}")
            require_spread(insert_axis(mask[0], "mask", -1), output, "mask", "an output")
            require_mask(mask[1], "mask")
            of_value = mask[1].shape
            if causal or len(of_value) == 2:
                of_value = stretch(of_value, len(of_value) + 1, -2, "mask")
            masks.insert(0, ("mask", of_value))
        merged = merge(masks)
        if merged is not None:
            require_spread(merged[1], scores, "mask")


class Attention(DotProductAttentionLayer):
    """Attention whose scores are the dot products of query and key (Luong et al., 2015)."""

    example: ClassVar[str] = "use_scale: true, inputs: [sequence, memory]"

    use_scale: bool = Field(False, description="Whether the scores are multiplied with a learned number.")
    score_mode: Literal["dot", "concat"] = Field(
        "dot", description="How a score is made: `dot` by a product, `concat` by the sum of the tanh of query plus key."
    )

    def check_widths(self, query: TensorType, key: TensorType) -> None:
        """Refuse a query and a key of different widths, or of whole numbers alone.

        Raises:
            DtypeError: There would be no softmax of their products.
            ShapeError: They have different widths.
        """
        if self.score_mode == "concat":
            check_sum(query, key)
            return
        if not self.use_scale and is_integer(query.dtype) and is_integer(key.dtype):
            raise DtypeError(f"compares floating-point numbers, and gets {query.dtype} and {key.dtype}", 0)
        if not agree(query.shape[-1], key.shape[-1]):
            raise ShapeError(
                f"takes a query and a key of the same width, and gets {describe_shapes((query.shape, key.shape))}", 0
            )

    def score_products(self, query: TensorType) -> Dimension:
        """The width, for products."""
        return query.shape[-1] if self.score_mode == "dot" else 0

    def own_weights(self, query: TensorType) -> tuple[Weight, ...]:
        """A number for the scale, and one for the mode `concat`."""
        weights = []
        if self.use_scale:
            weights.append(self.weight("scale", (), Ones()))
        if self.score_mode == "concat":
            weights.append(self.weight("concat_score_weight", (), Ones()))
        return tuple(weights)


class AdditiveAttention(DotProductAttentionLayer):
    """Attention whose scores are sums of the tanh of query plus key (Bahdanau et al., 2015)."""

    example: ClassVar[str] = "inputs: [sequence, memory]"

    use_scale: bool = Field(True, description="Whether the summands are multiplied with learned numbers.")

    def check_widths(self, query: TensorType, key: TensorType) -> None:
        """Refuse a query and a key that cannot be added.

        Raises:
            ShapeError: They have different widths.
            DtypeError: They have different dtypes, or are of whole numbers and to be scaled with small ones.
        """
        check_sum(query, key)
        query, key = self.cast(query), self.cast(key)
        if query.dtype != key.dtype:
            raise DtypeError(f"adds a query and a key of one dtype, and gets {query.dtype} and {key.dtype}", 0)
        if not is_float(query.dtype) and self.compute_dtype in ("float16", "bfloat16"):
            raise DtypeError(f"computes in {self.compute_dtype}, and gets a query and a key of {query.dtype}", 0)

    def own_weights(self, query: TensorType) -> tuple[Weight, ...]:
        """A number for each feature of the query."""
        if not self.use_scale:
            return ()
        return (self.weight("scale", (known(query, -1, 0),), GlorotUniform()),)


def check_sum(query: TensorType, key: TensorType) -> None:
    """Refuse a query and a key that cannot be added.

    Raises:
        ShapeError: They have different widths, and neither is 1.
    """
    try:
        broadcast(query.shape[-1:], key.shape[-1:])
    except ShapeError:
        raise ShapeError(
            f"adds a query and a key of the same width, and gets {format_shape(query.shape)} and "
            f"{format_shape(key.shape)}",
            0,
        ) from None
