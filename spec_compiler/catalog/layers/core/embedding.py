"""Tables of vectors."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import (
    Constraint,
    Initializer,
    PositiveInt,
    Regularizer,
)
from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import (
    NumbersTaken,
)
from spec_compiler.catalog.layers.core.lora import Lora, check_lora, lora_weights
from spec_compiler.catalog.layers.floating import FloatLayer
from spec_compiler.catalog.mask_rules import ENDS, MAKES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, require_elements
from spec_compiler.catalog.tensors import Inferred, TensorType, Weight, one


class EmbeddingTable(Lora, FloatLayer):
    """A layer with a table of vectors."""

    input_dim: PositiveInt = Field(description="How many rows the table has: one more than the largest number.")
    output_dim: PositiveInt = Field(description="How long each vector is.")
    embeddings_initializer: Initializer = Field(
        "uniform", validate_default=True, description="What the table is before training."
    )
    embeddings_regularizer: Regularizer = Field(None, description="What is added to the loss for the table.")
    embeddings_constraint: Constraint = Field(None, description="What the table is forced into after each step.")
    mask_zero: bool = Field(False, description="Whether the number 0 stands for padding, to be masked.")

    @model_validator(mode="after")
    def _update_or_constraint(self) -> Self:
        check_lora(self.lora_rank, self.embeddings_constraint, "embeddings_constraint")
        return self

    def mask_rule_of(self, reverse: bool | None = None, **flags: Any) -> MaskRule:
        """Returns the rule: vectors have a mask with `mask_zero`, and scores of the rows have none."""
        return MAKES if self.mask_zero and not reverse else ENDS

    def numbers_taken(self, reverse: bool | None = None, **flags: Any) -> NumbersTaken | None:
        """Returns the rows of the table; a larger number fails."""
        return None if reverse else NumbersTaken("inputs", self.input_dim, "input_dim", True)

    def table_weights(self) -> tuple[Weight, ...]:
        """The table and its update."""
        size = (self.input_dim, self.output_dim)
        table = self.weight("embeddings", size, self.embeddings_initializer, trainable=self.lora_rank is None)
        return (table, *lora_weights(self, "embeddings", size, self.lora_rank))

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """Whatever the rows of the table hold."""
        return self.sums

    def looked_up(self, inputs: TensorType) -> TensorType:
        """A vector for each number.

        Raises:
            DtypeError: There are no numbers.
        """
        require_elements(inputs, NUMBERS, "inputs")
        return TensorType((*inputs.shape, self.output_dim), self.compute_dtype, ragged=inputs.ragged)


class Embedding(EmbeddingTable):
    """A table of vectors: each whole number is replaced by the vector of that row."""

    stops_gradient: ClassVar[bool] = True

    example: ClassVar[str] = "input_dim: 1000, output_dim: 16, inputs: words"

    def infer(self, inputs: TensorType) -> Inferred:
        """(…) to (…, output_dim)."""
        return one(self.looked_up(inputs), *self.table_weights())
