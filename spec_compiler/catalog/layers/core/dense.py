"""Dense layers."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.activations import LINEAR, check_result
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.costs import kernel_size, times
from spec_compiler.catalog.fields import (
    PositiveInt,
)
from spec_compiler.catalog.layers.base import (
    INPUTS,
    TRAINING,
    Activated,
    Bias,
    CallArgument,
    Kernel,
)
from spec_compiler.catalog.layers.core.lora import Lora, check_lora, lora_weights
from spec_compiler.catalog.layers.floating import FloatLayer
from spec_compiler.catalog.mask_rules import PROPAGATES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, refuse_ragged, refuse_sparse, require_elements
from spec_compiler.catalog.rules import known, require_rank_at_least
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, Weight, one


class DenseLayer(Kernel, Activated, Lora, FloatLayer):
    """A layer that multiplies with a kernel."""

    affine: ClassVar[bool] = True
    calls: ClassVar[tuple[CallArgument, ...]] = (INPUTS, TRAINING)

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation that is applied to the sums."""
        return self.activation or LINEAR

    @model_validator(mode="after")
    def _update_or_constraint(self) -> Self:
        check_lora(self.lora_rank, self.kernel_constraint, "kernel_constraint")
        return self

    def kernel_weights(self, shape: tuple[int, ...], initializer: Config | None = None) -> tuple[Weight, ...]:
        """The kernel and its update; the initializer is the layer's, if no other is given."""
        initializer = initializer or self.kernel_initializer
        kernel = self.weight("kernel", shape, initializer, trainable=self.lora_rank is None)
        return (kernel, *lora_weights(self, "kernel", shape, self.lora_rank))

    def activated(self, x: TensorType, shape: Shape) -> TensorType:
        """The output of a shape, of numbers of `x` and weights.

        Raises:
            RuleError: The activation cannot be applied to it.
        """
        check_result(self.activation, TensorType(shape, x.dtype), self.compute_dtype)
        return TensorType(shape, self.compute_dtype)


class Dense(Bias, DenseLayer):
    """A dense layer: weighted sums over the last axis, plus a bias, through an activation."""

    mask_rule: ClassVar[MaskRule] = PROPAGATES
    mixes_freely: ClassVar[bool] = True
    example: ClassVar[str] = "units: 4, activation: relu, inputs: x"

    units: PositiveInt = Field(description="The length of the last axis of the output.")

    def infer(self, inputs: TensorType, training: bool | None = None) -> Inferred:
        """(…, n) to (…, units)."""
        require_rank_at_least(inputs, 2)
        require_elements(inputs, NUMBERS, "inputs")
        refuse_ragged(inputs, "inputs")
        if inputs.rank > 2:
            refuse_sparse(inputs, "inputs")
        width = known(inputs, -1)
        weights = self.kernel_weights((width, self.units))
        if self.use_bias:
            weights += (self.weight("bias", (self.units,), self.bias_initializer),)
        return one(self.activated(self.cast(inputs), (*inputs.shape[:-1], self.units)), *weights)

    def multiply_adds(self, result: Inferred, inputs: TensorType, training: bool | None = None) -> Dimension:
        """The kernel, for each row."""
        return times(*inputs.shape[:-1], kernel_size(result.weights))
