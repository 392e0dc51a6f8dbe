"""The simple recurrent network."""

from __future__ import annotations

from typing import ClassVar

from spec_compiler.catalog.layers.base import (
    Bias,
    Kernel,
)
from spec_compiler.catalog.layers.recurrent.cell_layer import CellLayer
from spec_compiler.catalog.layers.recurrent_cells.base import Cell, Recurrence, TanhActivated, Units
from spec_compiler.catalog.layers.recurrent_cells.simple_rnn import SimpleRNNCell


class SimpleRNN(Units, TanhActivated, Kernel, Bias, Recurrence, CellLayer):
    """A fully connected recurrent layer: the output of a step goes into the next one."""

    example: ClassVar[str] = "units: 4, inputs: sequence"
    cell_class: ClassVar[type[Cell]] = SimpleRNNCell
    cell_name: ClassVar[str] = "simple_rnn_cell"
