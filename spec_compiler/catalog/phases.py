"""A phase of training, typed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from spec_compiler.catalog.fields import PositiveInt, show
from spec_compiler.catalog.optimizers.base import LearningRate
from spec_compiler.catalog.rules import invalid
from spec_compiler.catalog.training import Settings


def _parts(value: Any) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)) and value and all(isinstance(name, str) for name in value):
        return tuple(value)
    raise invalid(f"takes a list of names of nodes or shared layers, not {show(value)}")


_PARTS = WithJsonSchema({"type": "array", "items": {"type": "string"}, "minItems": 1})


class PhaseSettings(Settings):
    """A phase of training: what is trained in it, how far each step goes, and for how long."""

    train: Annotated[tuple[str, ...] | None, PlainValidator(_parts), _PARTS] = Field(
        None, description="The nodes, shared layers and copies of blocks that are trained; all of them if left out."
    )
    epochs: PositiveInt = Field(1, description="How often the data is gone through.")
    learning_rate: LearningRate | None = Field(
        None, description="How far each step goes: a number or a schedule; as the optimizer says if left out."
    )
