"""Attention with several heads, each with projections of its own."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.costs import is_kernel, times, total
from spec_compiler.catalog.fields import Fraction, Integers, PositiveInt, Seed, show
from spec_compiler.catalog.initializers.fans import counting
from spec_compiler.catalog.intervals import SHARES, UNKNOWN, Interval
from spec_compiler.catalog.layers.attention import CAUSAL, RETURN_SCORES
from spec_compiler.catalog.layers.attention_masks import insert_axis, merge, require_spread, stretch
from spec_compiler.catalog.layers.base import TRAINING, Bias, CallArgument, Kernel, tensor
from spec_compiler.catalog.layers.floating import FloatLayer, require_mask, require_real
from spec_compiler.catalog.mask_rules import USES_AND_PROPAGATES, MaskRule
from spec_compiler.catalog.rules import (
    RankError,
    ShapeError,
    axis_of,
    conflict,
    describe_shapes,
    known,
    require_rank,
    require_rank_at_least,
)
from spec_compiler.catalog.shapes import agree
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, Weight


class HeadedAttention(Kernel, Bias, FloatLayer):
    """What attention layers with several heads have in common."""

    mask_rule: ClassVar[MaskRule] = USES_AND_PROPAGATES
    attends: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("query", "What attends: (batch, steps, width)."),
        tensor("value", "What is attended to: (batch, value steps, width)."),
        tensor(
            "key",
            "What the query is compared with, for each step of the value; it is the value if left out.",
            required=False,
        ),
        tensor("query_mask", "Which steps of the query count: (batch, steps).", required=False),
        tensor("value_mask", "Which steps of the value count: (batch, value steps).", required=False),
        tensor("key_mask", "Which steps of the key count: (batch, value steps).", required=False),
        tensor("attention_mask", "Which step may attend to which: (batch, steps, value steps).", required=False),
        RETURN_SCORES,
        TRAINING,
        CAUSAL,
    )
    built_for: ClassVar[tuple[str, ...] | None] = ("query", "value", "key")

    dropout: Fraction = Field(0.0, description="The share of the scores that is dropped in training.")
    sliding_window: PositiveInt | None = Field(
        None, description="How far a step attends: to itself and to the steps closer than this; null for all."
    )
    flash_attention: bool | None = Field(
        None, description="Whether a fused kernel is used; TensorFlow has none, so that true is refused."
    )
    use_gate: bool = Field(
        False, description="Whether what attention results in is multiplied by a learned gate (Qiu et al., 2025)."
    )
    seed: Seed | None = Field(None, description="Makes the dropout the same each time.")

    def lost_by_saving(self, frozen: bool) -> str | None:
        """Keras makes the layers inside anew, and does not tell them that they are not trained."""
        return "is trained again, which it is not now" if frozen else None

    @model_validator(mode="after")
    def _no_flash_attention(self) -> Self:
        if self.flash_attention:
            raise conflict("flash_attention", "`flash_attention` is true, and TensorFlow has no such kernel")
        return self

    def check_tensors(self, query: TensorType, value: TensorType, key: TensorType) -> None:
        """Refuse tensors that Keras cannot bring together.

        Raises:
            DtypeError: A tensor is complex or text.
            ShapeError: Value and key have different steps, or the batches differ.
        """
        for x, operand in ((query, "query"), (value, "value"), (key, "key")):
            require_real(x, operand)
            require_rank_at_least(x, 3, operand)
        # Keras compares them as they are: one unknown length and one known are different.
        if value.shape[1:-1] != key.shape[1:-1] or not agree(value.shape[0], key.shape[0]):
            raise ShapeError(
                "takes a value and a key that agree in all axes but the last, and gets "
                f"{describe_shapes((value.shape, key.shape))}",
                "value",
                "key",
            )
        if not agree(query.shape[0], value.shape[0]):
            raise ShapeError(
                f"takes a query and a value of one batch, and gets {describe_shapes((query.shape, value.shape))}",
                "query",
                "value",
            )

    def automatic_masks(
        self, query: TensorType, value: TensorType, causal: bool | None, **masks: TensorType | None
    ) -> list[tuple[str, Shape]]:
        """The shapes of the masks that are made of the masks of single tensors, and of the arguments."""
        shapes = []
        for operand, mask in masks.items():
            if mask is not None:
                shapes.append((operand, insert_axis(mask, operand, -1 if operand == "query_mask" else -2)))
        square = (1, query.shape[1], value.shape[1])
        if causal:
            shapes.append(("use_causal_mask", square))
        if self.sliding_window is not None:
            shapes.append(("sliding_window", square))
        return shapes

    def check_masks(
        self, shapes: list[tuple[str, Shape]], attention_mask: TensorType | None, scores: Shape, axes: int
    ) -> None:
        """Refuse masks that do not fit each other or the scores; `axes` are the axes attended over.

        Raises:
            DtypeError: A mask is complex or text.
            ShapeError: The masks do not fit.
        """
        if attention_mask is not None:
            require_mask(attention_mask, "attention_mask")
            shapes = [*shapes, ("attention_mask", attention_mask.shape)]
        merged = merge(shapes)
        if merged is not None:
            operand, shape = merged
            require_spread(stretch(shape, len(scores), -2 * axes - 1, operand), scores, operand)

    def projection(self, name: str, kernel: tuple[int, ...], bias: tuple[int, ...]) -> list[Weight]:
        """The weights of one of the dense layers inside; their outputs have the axes of the bias."""
        inputs = len(kernel) - len(bias)
        axes = tuple(range(len(kernel)))
        initializer = counting(self.kernel_initializer, axes[:inputs], axes[inputs:])
        weights = [self.weight(f"{name}/kernel", kernel, initializer)]
        if self.use_bias:
            weights.append(self.weight(f"{name}/bias", bias, self.bias_initializer))
        return weights

    @property
    def head_widths(self) -> tuple[int, int]:
        """How wide key and value are in a head."""
        raise NotImplementedError

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """The scores are shares; what is projected of the values can be anything."""
        return SHARES if output else UNKNOWN

    def score_shape(self, query: TensorType, key: TensorType) -> Shape:
        """The shape of the scores of all heads."""
        raise NotImplementedError

    def multiply_adds(
        self, result: Inferred, query: TensorType, value: TensorType, key: TensorType | None = None, **call: Any
    ) -> Dimension:
        """The projections of each step, the scores, and the values that are summed by them."""
        projected = {"key": key or value, "value": value}
        products = [
            times(*projected.get(weight.name.split("/")[-2], query).shape[:-1], weight.size)
            for weight in result.weights
            if is_kernel(weight)
        ]
        scores = self.score_shape(query, key or value)
        return total((*products, *(times(*scores, width) for width in self.head_widths)))

    def result(self, output: Shape, scores: Shape | None, weights: list[Weight]) -> Inferred:
        """The output and, if they are returned, the scores."""
        shapes = [output] if scores is None else [output, scores]
        return Inferred(
            tuple(TensorType(shape, self.compute_dtype) for shape in shapes),
            tuple(weights),
            () if scores is None else ("output", "scores"),
        )


class MultiHeadAttention(HeadedAttention):
    """Attention with several heads side by side (Vaswani et al., 2017)."""

    example: ClassVar[str] = "num_heads: 4, key_dim: 16, inputs: {query: sequence, value: memory}"

    num_heads: PositiveInt = Field(description="How many heads there are.")
    key_dim: PositiveInt = Field(description="How wide query and key are in a head.")
    value_dim: PositiveInt | None = Field(
        None, description="How wide the value is in a head; like the key if left out."
    )
    output_shape: Annotated[tuple[int, ...] | int | None, Integers(single=True, minimum=1, optional=True)] = Field(
        None, description="The lengths of the output's last axes; the query's width if left out."
    )
    attention_axes: Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True)] = Field(
        None, description="The axes attended over; all between batch and width if left out."
    )

    def infer(
        self,
        query: TensorType,
        value: TensorType,
        key: TensorType | None = None,
        query_mask: TensorType | None = None,
        value_mask: TensorType | None = None,
        key_mask: TensorType | None = None,
        attention_mask: TensorType | None = None,
        return_attention_scores: bool | None = None,
        training: bool | None = None,
        use_causal_mask: bool | None = None,
    ) -> Inferred:
        """(batch, …, width), twice or three times, to (batch, …, width)."""
        key = key or value
        self.check_tensors(query, value, key)
        if query.rank != value.rank:
            raise RankError(
                f"takes a query and a value of the same rank, and gets {describe_shapes((query.shape, value.shape))}",
                "query",
                "value",
            )
        axes = self._axes(query)
        self._check_other_axes(query, value, axes)
        scores = self.score_shape(query, value)
        if query_mask is not None:
            require_mask(query_mask, "query_mask")
            require_spread(query_mask.shape, query.shape[:-1], "query_mask", "steps of the query")
        masks = self.automatic_masks(query, value, use_causal_mask, value_mask=value_mask, key_mask=key_mask)
        self.check_masks(masks, attention_mask, scores, len(axes))
        lengths = self.output_shape if isinstance(self.output_shape, tuple) else (self.output_shape,)
        last = tuple(length for length in lengths if length is not None) or (known(query, -1, "query"),)
        length = query.shape[1]
        return self.result(
            (*query.shape[:-1], *last),
            (query.shape[0], self.num_heads, length, length) if return_attention_scores else None,
            self._weights(known(query, -1, "query"), known(key, -1, "key"), known(value, -1, "value"), last),
        )

    @property
    def head_widths(self) -> tuple[int, int]:
        """How wide key and value are in a head."""
        return self.key_dim, self.value_dim or self.key_dim

    def score_shape(self, query: TensorType, key: TensorType) -> Shape:
        """Other axes, heads, the query's axes attended over, the key's."""
        axes = self._axes(query)
        others = tuple(length for axis, length in enumerate(query.shape[:-1]) if axis not in axes)
        attended = (*(query.shape[axis] for axis in axes), *(key.shape[axis] for axis in axes))
        return (*others, self.num_heads, *attended)

    @model_validator(mode="after")
    def _some_axis(self) -> Self:
        if self.attention_axes == ():
            raise conflict(
                "attention_axes", "`attention_axes` is an empty list, and at least one axis is attended over"
            )
        return self

    def _axes(self, query: TensorType) -> tuple[int, ...]:
        if self.attention_axes is None:
            return tuple(range(1, query.rank - 1))
        given = self.attention_axes if isinstance(self.attention_axes, tuple) else (self.attention_axes,)
        axes = tuple(axis_of(axis, query.rank, "attention_axes") for axis in given)
        if len(set(axes)) < len(axes):
            raise ShapeError(
                f"has `attention_axes` {show(given)}, which names an axis twice", argument="attention_axes"
            )
        if query.rank - 1 in axes:
            raise ShapeError("attends over the last axis, which is the width", argument="attention_axes")
        if query.rank == 3 and axes != (1,):
            # Keras would go by the argument only if there is dropout, or if scores are returned.
            raise ShapeError("attends over axis 1 of tensors of rank 3, and over no other", argument="attention_axes")
        return axes

    def _check_other_axes(self, query: TensorType, value: TensorType, axes: tuple[int, ...]) -> None:
        for axis in range(query.rank - 1):
            if axis not in axes and not agree(query.shape[axis], value.shape[axis]):
                raise ShapeError(
                    f"attends over {'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))} alone, and gets "
                    f"{describe_shapes((query.shape, value.shape))}, which differ in axis {axis}",
                    "query",
                    "value",
                )

    def _weights(self, query: int, key: int, value: int, last: tuple[int, ...]) -> list[Weight]:
        heads, key_dim = self.num_heads, self.key_dim
        value_dim = self.value_dim or key_dim
        weights = self.projection("query", (query, heads, key_dim), (heads, key_dim))
        weights += self.projection("key", (key, heads, key_dim), (heads, key_dim))
        if self.use_gate:
            weights += self.projection("gate", (query, heads, value_dim), (heads, value_dim))
        weights += self.projection("value", (value, heads, value_dim), (heads, value_dim))
        return weights + self.projection("attention_output", (heads, value_dim, *last), last)


class GroupQueryAttention(HeadedAttention):
    """Attention in which several heads of the query share a head of key and value (Ainslie et al., 2023)."""

    example: ClassVar[str] = (
        "head_dim: 16, num_query_heads: 4, num_key_value_heads: 2, inputs: {query: sequence, value: memory}"
    )

    head_dim: PositiveInt = Field(description="How wide query, key and value are in a head.")
    num_query_heads: PositiveInt = Field(description="How many heads the query has.")
    num_key_value_heads: PositiveInt = Field(
        description="How many heads key and value have: a divisor of the number for the query."
    )

    @model_validator(mode="after")
    def _heads_in_groups(self) -> Self:
        if self.num_query_heads % self.num_key_value_heads:
            raise conflict(
                "num_key_value_heads",
                f"`num_query_heads` is {self.num_query_heads}, which {self.num_key_value_heads} heads of key and value "
                "cannot share",
            )
        return self

    def infer(
        self,
        query: TensorType,
        value: TensorType,
        key: TensorType | None = None,
        query_mask: TensorType | None = None,
        value_mask: TensorType | None = None,
        key_mask: TensorType | None = None,
        attention_mask: TensorType | None = None,
        return_attention_scores: bool | None = None,
        training: bool | None = None,
        use_causal_mask: bool | None = None,
    ) -> Inferred:
        """(batch, steps, width), twice or three times, to (batch, steps, width)."""
        key = key or value
        for x, operand in ((query, "query"), (value, "value"), (key, "key")):
            require_rank(x, 3, "(batch, steps, width)", operand)
        self.check_tensors(query, value, key)
        width = known(query, -1, "query")
        if known(value, -1, "value") != width:
            raise ShapeError(
                f"takes a query and a value of the same width, and gets {describe_shapes((query.shape, value.shape))}",
                "query",
                "value",
            )
        scores = self.score_shape(query, key)
        masks = self.automatic_masks(
            query, value, use_causal_mask, query_mask=query_mask, value_mask=value_mask, key_mask=key_mask
        )
        self.check_masks(masks, attention_mask, scores, 1)
        heads, groups, head_dim = self.num_query_heads, self.num_key_value_heads, self.head_dim
        weights = self.projection("query", (width, heads, head_dim), (heads, head_dim))
        weights += self.projection("key", (known(key, -1, "key"), groups, head_dim), (groups, head_dim))
        if self.use_gate:
            weights += self.projection("gate", (width, heads, head_dim), (heads, head_dim))
        weights += self.projection("value", (width, groups, head_dim), (groups, head_dim))
        weights += self.projection("attention_output", (heads, head_dim, width), (width,))
        return self.result(query.shape, scores if return_attention_scores else None, weights)

    @property
    def head_widths(self) -> tuple[int, int]:
        """How wide key and value are in a head."""
        return self.head_dim, self.head_dim

    def score_shape(self, query: TensorType, key: TensorType) -> Shape:
        """(batch, heads of the query, steps, key steps)."""
        return (query.shape[0], self.num_query_heads, query.shape[1], key.shape[1])
