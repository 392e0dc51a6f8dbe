"""The cell of a simple recurrent network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from spec_compiler.catalog.activations import activated
from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import (
    TRAINING,
    Bias,
    CallArgument,
    Kernel,
    tensor,
)
from spec_compiler.catalog.layers.floating import FloatLayer, require_float, require_real
from spec_compiler.catalog.layers.recurrent_cells.base import (
    STATES,
    Cell,
    Recurrence,
    TanhActivated,
    Units,
    matrix_weights,
)
from spec_compiler.catalog.tensors import Inferred, TensorType, Weight


class SimpleRNNCell(Units, TanhActivated, Kernel, Bias, Recurrence, Cell, FloatLayer):
    """One step of a fully connected recurrent layer."""

    def step_interval(self, state: int, before: Interval) -> Interval:
        """An activation of sums."""
        return activated(self.activation, self.sums)

    example: ClassVar[str] = "units: 4, inputs: {sequence: x, states: [z]}"
    calls: ClassVar[tuple[CallArgument, ...]] = (
        tensor("sequence", "The inputs of the step: (batch, features)."),
        STATES,
        TRAINING,
    )

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """One state."""
        return ((self.units,),)

    def infer(self, sequence: TensorType, states: Sequence[TensorType], training: bool | None = None) -> Inferred:
        """(batch, features) and the state to (batch, units) and the state."""
        return super().infer(sequence, states)

    def check_state_types(self, states: Sequence[TensorType]) -> None:
        """Whole numbers are taken too, unless some of them are dropped."""
        for state in states:
            if self.recurrent_dropout:
                require_float(state, "states")
            else:
                require_real(state, "states")

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """One matrix for the inputs, one for the state."""
        return matrix_weights(self, width, self.units, 1, (self.units,) if self.use_bias else None)
