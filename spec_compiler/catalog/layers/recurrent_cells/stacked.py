"""Cells on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.intervals import Interval, Ranged
from spec_compiler.catalog.layers.base import (
    InnerLayerField,
)
from spec_compiler.catalog.layers.recurrent_cells.base import Cell, cell_of, flat_sizes
from spec_compiler.catalog.rules import (
    conflict,
)
from spec_compiler.catalog.tensors import TensorType, Weight


class StackedRNNCells(Cell):
    """Several cells, each working on the output of the one before."""

    example: ClassVar[str] = (
        "cells: [{type: GRUCell, units: 4}, {type: SimpleRNNCell, units: 8}], inputs: {inputs: x, states: [z, y]}"
    )
    nested: ClassVar[tuple[str, ...]] = ("cells",)

    cells: tuple[InnerLayerField, ...] = Field(strict=False, min_length=1, description="The cells, from first to last.")

    @model_validator(mode="after")
    def _only_cells(self) -> Self:
        for inner in self.cells:
            if not isinstance(inner.config, Cell):
                raise conflict("cells", f"`{inner.config.keras_name}` is not a cell of a recurrent layer")
        return self

    @property
    def state_sizes(self) -> tuple[tuple[int, ...], ...]:
        """The states of all cells."""
        return tuple(group for inner in self.cells for group in cell_of(inner).state_sizes)

    def interval(self, output: int, of: TensorType, states: Sequence[Ranged] | None = None, **call: Any) -> Interval:
        """What the last cell gives, or the cell whose state it is."""
        counts = [len(flat_sizes(cell_of(inner))) for inner in self.cells]
        index, first = len(counts) - 1, sum(counts[:-1])
        if output:
            index, first = 0, 0
            while first + counts[index] < output:
                first += counts[index]
                index += 1
        own = None if states is None else states[first : first + counts[index]]
        return cell_of(self.cells[index]).interval(output - first if output else 0, of, states=own)

    @property
    def output_size(self) -> int:
        """The output of the last cell."""
        return cell_of(self.cells[-1]).output_size

    def result_dtypes(self) -> tuple[str, ...]:
        """Each cell has a policy of its own."""
        states = [dtype for inner in self.cells for dtype in cell_of(inner).result_dtypes()[1:]]
        return (cell_of(self.cells[-1]).result_dtypes()[0], *states)

    def check_inputs(self, inputs: TensorType, operand: str) -> None:
        """They are those of the first cell."""
        cell_of(self.cells[0]).check_inputs(inputs, operand)

    def check_state_types(self, states: Sequence[TensorType]) -> None:
        """Each cell has its own."""
        waiting = list(states)
        for inner in self.cells:
            count = len(flat_sizes(cell_of(inner)))
            cell_of(inner).check_state_types(waiting[:count])
            waiting = waiting[count:]

    def step_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights of all cells."""
        weights: list[Weight] = []
        for inner in self.cells:
            cell = cell_of(inner)
            weights += inner.own(cell.step_weights(width), inner.name)
            width = cell.output_size
        return tuple(weights)
