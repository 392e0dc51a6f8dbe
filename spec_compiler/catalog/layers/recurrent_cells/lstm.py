"""The cell of a long short-term memory."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.initializers.constant import Constant
from spec_compiler.catalog.intervals import UNKNOWN, Interval
from spec_compiler.catalog.layers.base import (
    Arguments,
    Bias,
    Kernel,
)
from spec_compiler.catalog.layers.floating import FloatLayer
from spec_compiler.catalog.layers.recurrent_cells.base import (
    Cell,
    Gates,
    Recurrence,
    TanhActivated,
    Units,
    gated,
    matrix_weights,
)
from spec_compiler.catalog.rules import (
    conflict,
)
from spec_compiler.catalog.tensors import Weight


class UnitForgetBias(Arguments):
    """The argument about the bias of the forget gate."""

    unit_forget_bias: bool = Field(True, description="Whether the bias of the forget gate begins with ones.")

    @model_validator(mode="after")
    def _no_list_for_the_bias(self) -> Self:
        initializer = getattr(self, "bias_initializer", None)
        if self.unit_forget_bias and isinstance(initializer, Constant) and isinstance(initializer.value, tuple):
            message = "`bias_initializer` says all numbers of the bias, and `unit_forget_bias` some of them"
            raise conflict("unit_forget_bias", message)
        return self


class LSTMCell(Units, TanhActivated, Gates, Kernel, Bias, Recurrence, UnitForgetBias, Cell, FloatLayer):
    """One step of a long short-term memory (Hochreiter and Schmidhuber, 1997)."""

    def step_interval(self, state: int, before: Interval) -> Interval:
        """The gate times an activation of the carry; the carry adds up."""
        return UNKNOWN if state else gated(self.recurrent_activation, self.activation, self.sums)

    example: ClassVar[str] = "units: 4, inputs: {inputs: x, states: [z, z]}"

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """The state and the carry."""
        return ((self.units, self.units),)

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """Four gates."""
        weights = matrix_weights(self, width, self.units, 4, (4 * self.units,) if self.use_bias else None)
        if not (self.use_bias and self.unit_forget_bias):
            return weights
        # Keras puts the bias together of two initializers.
        *kernels, bias = weights
        return (*kernels, replace(bias, initializer=None))
