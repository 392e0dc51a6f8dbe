"""Gated recurrent units."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spec_compiler.catalog.layers.base import (
    Bias,
    Kernel,
)
from spec_compiler.catalog.layers.recurrent.cell_layer import CellLayer, CudnnChoice
from spec_compiler.catalog.layers.recurrent_cells.base import Cell, Gates, Recurrence, TanhActivated, Units
from spec_compiler.catalog.layers.recurrent_cells.gru import GRUCell, ResetAfter


class GRU(Units, TanhActivated, Gates, Kernel, Bias, Recurrence, ResetAfter, CellLayer):
    """A gated recurrent unit (Cho et al., 2014)."""

    example: ClassVar[str] = "units: 4, inputs: sequence"
    cell_class: ClassVar[type[Cell]] = GRUCell
    cell_name: ClassVar[str] = "gru_cell"

    use_cudnn: CudnnChoice = Field("auto", description="Whether cuDNN is used: true, false, or `auto` where it can be.")
