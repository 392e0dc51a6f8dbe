"""The layer that repeats any cells."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from spec_compiler.catalog.dtypes import COMPLEX
from spec_compiler.catalog.layers.base import (
    InnerLayer,
)
from spec_compiler.catalog.layers.recurrent.base import Recurrent
from spec_compiler.catalog.layers.recurrent.lstm import LSTM
from spec_compiler.catalog.layers.recurrent_cells.base import Cell, cell_of
from spec_compiler.catalog.layers.recurrent_cells.lstm import LSTMCell
from spec_compiler.catalog.layers.recurrent_cells.stacked import StackedRNNCells
from spec_compiler.catalog.rules import (
    conflict,
    invalid,
)
from spec_compiler.catalog.tensors import Weight


def _cells(value: Any) -> InnerLayer | tuple[InnerLayer, ...]:
    several = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    if not several or not all(isinstance(inner, InnerLayer) for inner in several):
        raise invalid("takes a cell or a list of cells: mappings with `type` and the arguments")
    return several if isinstance(value, (list, tuple)) else several[0]


_CELL_SCHEMA = {"x-definition": "nested_layer"}
_CELLS_SCHEMA = {"anyOf": [_CELL_SCHEMA, {"type": "array", "items": _CELL_SCHEMA, "minItems": 1}]}
Cells = Annotated[InnerLayer | tuple[InnerLayer, ...], PlainValidator(_cells), WithJsonSchema(_CELLS_SCHEMA)]


class RNN(Recurrent):
    """A recurrent layer made of a cell, or of several cells on top of each other."""

    example: ClassVar[str] = "cell: {type: GRUCell, units: 4}, inputs: sequence"
    nested: ClassVar[tuple[str, ...]] = ("cell",)

    cell: Cells = Field(description="The cell, or a list of cells, each on top of the one before.")
    zero_output_for_mask: bool = Field(False, description="Whether masked steps give zeros, or the step before again.")

    @model_validator(mode="after")
    def _only_cells(self) -> Self:
        for inner in self.cells:
            if not isinstance(inner.config, Cell):
                raise conflict("cell", f"`{inner.config.keras_name}` is not a cell of a recurrent layer")
        return self

    @model_validator(mode="after")
    def _real_dtype(self) -> Self:
        if self.compute_dtype in (*COMPLEX, "string"):
            raise conflict("dtype", f"`dtype` is {self.dtype}, and the layer computes with real numbers")
        return self

    @property
    def cells(self) -> tuple[InnerLayer, ...]:
        """The cells, also if there is one."""
        return self.cell if isinstance(self.cell, tuple) else (self.cell,)

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the states of the one cell, where it has names for them."""
        if isinstance(self.cell, tuple) or isinstance(self.cell.config, StackedRNNCells):
            return ()
        return LSTM.state_names if isinstance(self.cell.config, LSTMCell) else ("state",)

    @property
    def steps(self) -> Cell:
        """The cell, or the cells as one."""
        return StackedRNNCells(cells=self.cell) if isinstance(self.cell, tuple) else cell_of(self.cell)

    def loop_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights of the cells."""
        if isinstance(self.cell, tuple):
            name = "stacked_rnn_cells"
            return InnerLayer(name, self.steps).own(self.steps.step_weights(width), name)
        return self.cell.own(self.steps.step_weights(width), self.cell.name)
