"""What optimizers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec_compiler.catalog import families
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import (
    Fraction,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    ScopeName,
    show,
)
from spec_compiler.catalog.objects import Named, OneOf
from spec_compiler.catalog.rules import conflict, invalid

AtMostZero = Annotated[float, Field(le=0, allow_inf_nan=False)]
Memory = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
"""How much of a running mean stays at each step."""
PositiveShare = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
BETA_1 = "How much of the mean of the gradients stays at each step."
BETA_2 = "How much of the mean of the squared gradients stays at each step."
EPSILON = "A small number that keeps divisions finite."


@dataclass(frozen=True)
class RateOrSchedule:
    """The annotation of a field that takes a learning rate: a positive number or a schedule."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> float | Config | Named:
        """The rate or the schedule that a value of a spec stands for.

        Raises:
            PydanticCustomError: It is neither, or a rate that is no positive number.
        """
        if isinstance(value, (str, Mapping, Config)):
            return families.schedules().parse(value)
        if type(value) not in (int, float):
            raise invalid(f"takes a number or a schedule, not {show(value)}")
        if not isfinite(value):
            raise PydanticCustomError("finite_number", "")
        if value <= 0:
            raise PydanticCustomError("greater_than", "", {"gt": 0})
        return float(value)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schedule = OneOf(families.schedules).__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, schedule]}


LearningRate = Annotated[float | Config, RateOrSchedule()]


class Optimizer(Config):
    """How training changes the weights."""

    keras_module: ClassVar[str] = "keras.optimizers"
    normalizes_steps: ClassVar[bool] = False
    """Whether its steps are about as large as the rate, whatever the gradients."""

    name: ScopeName | None = Field(None, description="What it is called; null for a name made of the class's.")

    @property
    def keeps_average(self) -> bool:
        """Whether it, or an optimizer inside it, keeps a moving average of the weights."""
        return bool(getattr(self, "use_ema", False))


class GradientOptimizer(Optimizer):
    """An optimizer that steps along gradients; with what all of these can do besides."""

    learning_rate: LearningRate = Field(0.001, description="How far each step goes: a number or a schedule.")
    weight_decay: NonNegativeFloat | None = Field(None, description="What share of each weight a step takes away.")
    clipnorm: PositiveFloat | None = Field(None, description="The greatest norm of the gradient of one weight.")
    clipvalue: PositiveFloat | None = Field(None, description="The greatest absolute value in a gradient.")
    global_clipnorm: PositiveFloat | None = Field(None, description="The greatest norm of all gradients together.")
    use_ema: bool = Field(False, description="Whether a moving average of the weights is kept.")
    ema_momentum: Fraction = Field(0.99, description="How much of that average stays at each step.")
    ema_overwrite_frequency: PositiveInt | None = Field(
        None, description="After how many steps the weights become their average; null for the end of training."
    )
    loss_scale_factor: PositiveFloat | None = Field(
        None, description="What the loss is multiplied with before gradients are taken, and they are divided by."
    )
    gradient_accumulation_steps: Annotated[int, Field(ge=2)] | None = Field(
        None, description="From how many batches the gradients of one step are averaged."
    )

    @model_validator(mode="after")
    def _one_way_to_clip(self) -> Self:
        ways = [way for way in ("clipnorm", "clipvalue", "global_clipnorm") if getattr(self, way) is not None]
        if len(ways) > 1:
            raise conflict(ways[1], f"gradients are clipped in one way, and `{ways[0]}` and `{ways[1]}` are two")
        return self
