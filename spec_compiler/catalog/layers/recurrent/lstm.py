"""The long short-term memory."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.layers.base import (
    Bias,
    Kernel,
)
from spec_compiler.catalog.layers.recurrent.cell_layer import CellLayer, CudnnChoice
from spec_compiler.catalog.layers.recurrent_cells.base import Cell, Gates, Recurrence, TanhActivated, Units
from spec_compiler.catalog.layers.recurrent_cells.lstm import LSTMCell, UnitForgetBias


class LSTM(Units, TanhActivated, Gates, Kernel, Bias, Recurrence, UnitForgetBias, CellLayer):
    """A long short-term memory (Hochreiter and Schmidhuber, 1997)."""

    example: ClassVar[str] = "units: 4, inputs: sequence"
    cell_class: ClassVar[type[Cell]] = LSTMCell
    cell_name: ClassVar[str] = "lstm_cell"
    state_names: ClassVar[tuple[str, ...]] = ("state_h", "state_c")

    use_cudnn: CudnnChoice = Field("auto", description="Whether cuDNN is used: true, false, or `auto` where it can be.")
