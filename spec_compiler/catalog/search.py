"""What a sweep tries of a param, typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from spec_compiler.catalog.fields import Finite, show
from spec_compiler.catalog.rules import invalid
from spec_compiler.catalog.training import Settings


def _choices(value: Any) -> tuple[Any, ...]:
    if isinstance(value, (list, tuple)) and value:
        return tuple(value)
    raise invalid(f"takes a list of values, not {show(value)}")


_CHOICES = WithJsonSchema({"type": "array", "minItems": 1})


class SearchSettings(Settings):
    """What a sweep tries of a param: some values, or numbers between two bounds."""

    choices: Annotated[tuple[Any, ...] | None, PlainValidator(_choices), _CHOICES] = Field(
        None, description="The values that are tried."
    )
    min: Finite | None = Field(None, description="The smallest number that is tried.")
    max: Finite | None = Field(None, description="The greatest number that is tried.")
    log: bool = Field(False, description="Whether numbers are tried on a logarithmic scale.")
    step: Annotated[float, Field(gt=0)] | None = Field(None, description="How far numbers that are tried lie apart.")


@dataclass(frozen=True)
class SearchedParam:
    """A param of which a sweep tries values.

    Attributes:
        name: The param.
        settings: What is tried.
        is_whole: Whether numbers are whole.
    """

    name: str
    settings: SearchSettings
    is_whole: bool
