"""Recurrent layers with a cell of their own kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import PlainValidator

from spec_compiler.catalog.fields import (
    show,
)
from spec_compiler.catalog.layers.floating import FloatLayer
from spec_compiler.catalog.layers.recurrent.base import Recurrent
from spec_compiler.catalog.layers.recurrent_cells.base import Cell
from spec_compiler.catalog.rules import (
    invalid,
)
from spec_compiler.catalog.tensors import Weight


def _cudnn_choice(value: Any) -> bool | str:
    if isinstance(value, bool) or value == "auto":
        return value  # type: ignore[no-any-return]
    raise invalid(f"takes true, false or `auto`, not {show(value)}")


CudnnChoice = Annotated[bool | str, PlainValidator(_cudnn_choice, json_schema_input_type=bool | Literal["auto"])]


class CellLayer(Recurrent, FloatLayer):
    """A recurrent layer whose cell is a layer of Keras's own."""

    cell_class: ClassVar[type[Cell]]
    cell_name: ClassVar[str]

    @property
    def steps(self) -> Cell:
        """The cell, with the arguments that the layer hands to it."""
        shared = {name: getattr(self, name) for name in self.cell_class.model_fields if name in type(self).model_fields}
        return self.cell_class.model_construct(**{**shared, "activity_regularizer": None})

    def loop_weights(self, width: int) -> tuple[Weight, ...]:
        """The weights of the cell."""
        return tuple(
            replace(weight, name=f"{self.cell_name}/{weight.name}") for weight in self.steps.step_weights(width)
        )
