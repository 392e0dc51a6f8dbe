"""What initializers have in common whose variance depends on how many units a weight joins."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import (
    Integers,
)
from spec_compiler.catalog.initializers.base import RandomInitializer
from spec_compiler.catalog.rules import conflict

AxisList = Annotated[tuple[int, ...] | None, Integers(optional=True)]


class FanInitializer(RandomInitializer):
    """An initializer whose width depends on how many units a weight joins."""

    input_axes: AxisList = Field(None, description="The axes of the weight that count as its inputs.")
    output_axes: AxisList = Field(None, description="The axes of the weight that count as its outputs.")

    @model_validator(mode="after")
    def _both_axes(self) -> Self:
        if (self.input_axes is None) != (self.output_axes is None):
            given, lacking = ("input", "output") if self.output_axes is None else ("output", "input")
            raise conflict(f"{given}_axes", f"`{given}_axes` counts only together with `{lacking}_axes`")
        return self

    def counting(self, input_axes: tuple[int, ...], output_axes: tuple[int, ...]) -> Self:
        """The same for a weight whose inputs and outputs are units of certain axes, unless it names others itself."""
        if self.input_axes is not None:
            return self
        return self.model_copy(update={"input_axes": input_axes, "output_axes": output_axes})

    def refuses(self, shape: tuple[int, ...], dtype: str) -> str | None:
        """A weight must have the axes."""
        for axis in (*(self.input_axes or ()), *(self.output_axes or ())):
            if not -len(shape) <= axis < len(shape):
                return f"counts the units along axis {axis}"
        return None


def counting(initializer: Config, input_axes: tuple[int, ...], output_axes: tuple[int, ...]) -> Config:
    """An initializer for a weight of which some axes are inputs and some outputs, as that of an Einstein sum."""
    return initializer.counting(input_axes, output_axes) if isinstance(initializer, FanInitializer) else initializer
