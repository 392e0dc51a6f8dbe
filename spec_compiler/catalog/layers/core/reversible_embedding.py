"""Tables of vectors that are also taken backwards."""

from __future__ import annotations

from math import tanh
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.costs import times
from spec_compiler.catalog.dtypes import FLOATS
from spec_compiler.catalog.fields import (
    NameOf,
    PositiveFloat,
)
from spec_compiler.catalog.intervals import Interval, Rising
from spec_compiler.catalog.layers.base import (
    INPUTS,
    CallArgument,
    flag,
)
from spec_compiler.catalog.layers.core.embedding import EmbeddingTable
from spec_compiler.catalog.operands import NUMBERS, require_dense, require_elements
from spec_compiler.catalog.rules import ShapeError, conflict, require_rank_at_least
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, format_shape, one


class ReversibleEmbedding(EmbeddingTable):
    """A table of vectors that can also be called in reverse, from a vector to a score for each row.

    The scores come from the same table (Press and Wolf, 2016) or of a matrix of their own.
    """

    example: ClassVar[str] = "input_dim: 1000, output_dim: 16, inputs: words"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        INPUTS,
        flag("reverse", "Whether vectors are turned into scores of the rows; numbers into vectors otherwise."),
    )
    attaches_masks: ClassVar[bool] = False

    tie_weights: bool = Field(True, description="Whether the table is used in reverse too, or a matrix of its own.")
    reverse_dtype: Annotated[str | None, NameOf("dtype", FLOATS, optional=True)] = Field(
        None, description="The dtype to compute scores in; the layer's compute dtype if left out."
    )
    logit_soft_cap: PositiveFloat | None = Field(
        None, description="Bounds the scores by `cap · tanh(score / cap)`; null for no bound."
    )

    @model_validator(mode="after")
    def _update_or_own_matrix(self) -> Self:
        if self.lora_rank is not None and not self.tie_weights:
            # Keras would add the matrix after the layer is closed for new weights.
            raise conflict("lora_rank", "`lora_rank` and `tie_weights: false` do not go together")
        return self

    def interval(self, output: int, of: TensorType, reverse: bool | None = None, **call: Any) -> Interval:
        """Whatever the rows hold; scores are within the cap on them."""
        cap = self.logit_soft_cap
        return Rising(lambda x: cap * tanh(x / cap), -cap, cap)(self.sums) if reverse and cap else self.sums

    def infer(self, inputs: TensorType, reverse: bool | None = None) -> Inferred:
        """(…) to (…, output_dim); in reverse, (…, output_dim) to (…, input_dim)."""
        weights = self.table_weights()
        if not self.tie_weights:
            size = (self.output_dim, self.input_dim)
            weights += (self.weight("reverse_embeddings", size, self.embeddings_initializer),)
        if not reverse:
            return one(self.looked_up(inputs), *weights)
        require_elements(inputs, NUMBERS, "inputs")
        require_dense(inputs, "inputs")
        require_rank_at_least(inputs, 1)
        if inputs.shape[-1] not in (self.output_dim, None):
            raise ShapeError(
                f"takes vectors of length {self.output_dim} in reverse, and gets {format_shape(inputs.shape)}", "inputs"
            )
        return one(TensorType((*inputs.shape[:-1], self.input_dim), self.compute_dtype), *weights)

    def multiply_adds(self, result: Inferred, inputs: TensorType, reverse: bool | None = None) -> Dimension:
        """The table in reverse, for each vector."""
        return times(*inputs.shape[:-1], self.output_dim, self.input_dim) if reverse else 0
