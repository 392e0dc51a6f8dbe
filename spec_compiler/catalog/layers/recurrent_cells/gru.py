"""The cell of gated recurrent units."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.activations import activated
from spec_compiler.catalog.intervals import SHARES, UNKNOWN, Interval
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
    matrix_weights,
)
from spec_compiler.catalog.tensors import Weight


class ResetAfter(Arguments):
    """The argument about the variant of the gated recurrent unit."""

    reset_after: bool = Field(True, description="Whether the reset gate is applied after the matrix product.")


class GRUCell(Units, TanhActivated, Gates, Kernel, Bias, Recurrence, ResetAfter, Cell, FloatLayer):
    """One step of a gated recurrent unit (Cho et al., 2014)."""

    def step_interval(self, state: int, before: Interval) -> Interval:
        """Means of the state before and of an activation of sums."""
        is_mean = activated(self.recurrent_activation, self.sums).within(SHARES) and not self.recurrent_dropout
        return activated(self.activation, self.sums) if is_mean else UNKNOWN

    example: ClassVar[str] = "units: 4, inputs: {inputs: x, states: [z]}"

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """One state."""
        return ((self.units,),)

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """Three gates; with `reset_after` a bias for the inputs and one for the state."""
        bias = (2, 3 * self.units) if self.reset_after else (3 * self.units,)
        return matrix_weights(self, width, self.units, 3, bias if self.use_bias else None)
