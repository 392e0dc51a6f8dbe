"""Optimizers: how training changes the weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from re import fullmatch
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec_compiler.catalog import families
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import (
    Finite,
    Fraction,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    PositiveRounds,
    ScopeName,
    show,
)
from spec_compiler.catalog.objects import Named, OneOf
from spec_compiler.catalog.rules import conflict, invalid

AtMostZero = Annotated[float, Field(le=0, allow_inf_nan=False)]
Memory = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
"""How much of a running mean stays at each step."""
PositiveShare = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]

_BETA_1 = "How much of the mean of the gradients stays at each step."
_BETA_2 = "How much of the mean of the squared gradients stays at each step."
_EPSILON = "A small number that keeps divisions finite."


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

_SAFE = r"(?:[\w/>^$|-]|\.\*?)+"
_MOST_GAPS = 3


def _weight_pattern(pattern: str) -> str:
    """A pattern for the paths of weights, out of what no text can make slow."""
    if not fullmatch(_SAFE, pattern):
        raise invalid(
            "is no pattern for the paths of weights",
            "besides letters, digits, `_`, `-`, `/` and `>` a path may have `.` for one character, `.*` for any, "
            "`|` between alternatives, and `^` and `$` for its ends",
        )
    if pattern.count("*") > _MOST_GAPS:
        raise invalid(f"has more than {_MOST_GAPS} `.*`")
    return pattern


WeightPattern = Annotated[str, AfterValidator(_weight_pattern)]


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


class SGD(GradientOptimizer):
    """Gradient descent, with momentum if wanted (Sutskever et al., 2013)."""

    learning_rate: LearningRate = Field(0.01, description="How far each step goes: a number or a schedule.")
    momentum: Fraction = Field(0.0, description="How much of the last step goes on in the next.")
    nesterov: bool = Field(False, description="Whether the momentum is Nesterov's.")


class RMSprop(GradientOptimizer):
    """Divides gradients by their running root mean square (Hinton, 2012)."""

    normalizes_steps: ClassVar[bool] = True

    rho: Memory = Field(0.9, description=_BETA_2)
    momentum: Fraction = Field(0.0, description="How much of the last step goes on in the next.")
    epsilon: NonNegativeFloat = Field(1e-7, description=_EPSILON)
    centered: bool = Field(False, description="Whether gradients are divided by their standard deviation instead.")


class Adagrad(GradientOptimizer):
    """Divides gradients by the root of the sum of all their squares so far (Duchi et al., 2011)."""

    initial_accumulator_value: NonNegativeFloat = Field(0.1, description="What that sum begins with.")
    epsilon: NonNegativeFloat = Field(1e-7, description=_EPSILON)


class Adadelta(GradientOptimizer):
    """Scales gradients by the running sizes of steps and gradients (Zeiler, 2012)."""

    rho: Memory = Field(0.95, description=_BETA_2)
    epsilon: NonNegativeFloat = Field(1e-7, description=_EPSILON)


class Adafactor(GradientOptimizer):
    """Adam with the memory of a matrix kept as rows and columns only (Shazeer and Stern, 2018)."""

    beta_2_decay: AtMostZero = Field(-0.8, description="The power of the step by which the memory grows.")
    epsilon_1: NonNegativeFloat = Field(1e-30, description="A small number that keeps squared gradients above zero.")
    epsilon_2: NonNegativeFloat = Field(1e-3, description="The least size of a weight that steps are in proportion to.")
    clip_threshold: PositiveFloat = Field(1.0, description="The greatest root mean square of a step.")
    relative_step: bool = Field(True, description="Whether the rate is at most 1/√step.")


class TwoMoments(GradientOptimizer):
    """An optimizer that keeps running means of gradients and of their squares."""

    normalizes_steps: ClassVar[bool] = True

    beta_1: Memory = Field(0.9, description=_BETA_1)
    beta_2: Memory = Field(0.999, description=_BETA_2)
    epsilon: NonNegativeFloat = Field(1e-7, description=_EPSILON)


class Adam(TwoMoments):
    """Steps along the mean gradient, divided by its root mean square (Kingma and Ba, 2015)."""

    amsgrad: bool = Field(False, description="Whether it is AMSGrad (Reddi et al., 2018).")


class AdamW(Adam):
    """Adam with weight decay (Loshchilov and Hutter, 2019)."""

    weight_decay: NonNegativeFloat = Field(0.004, description="What share of each weight a step takes away.")


class Adamax(TwoMoments):
    """Adam with the greatest gradient in place of the mean square (Kingma and Ba, 2015)."""


class Nadam(TwoMoments):
    """Adam with Nesterov's momentum (Dozat, 2016)."""


class Lamb(TwoMoments):
    """Adam with steps in proportion to each weight's norm, for large batches (You et al., 2020)."""


class ScheduleFreeAdamW(TwoMoments):
    """Adam that averages the weights and needs no schedule (Defazio et al., 2024)."""

    learning_rate: LearningRate = Field(0.0025, description="How far each step goes: a number or a schedule.")
    beta_1: PositiveShare = Field(0.9, description="How far gradients are taken at the average of the weights.")
    epsilon: NonNegativeFloat = Field(1e-8, description=_EPSILON)
    warmup_steps: NonNegativeInt = Field(0, description="Over how many steps the rate grows from zero.")


class Lion(GradientOptimizer):
    """Steps by the sign of the mean gradient (Chen et al., 2023)."""

    normalizes_steps: ClassVar[bool] = True

    beta_1: PositiveShare = Field(0.9, description="How much the mean counts against the newest gradient.")
    beta_2: Memory = Field(0.99, description=_BETA_1)


class Ftrl(GradientOptimizer):
    """Follow the regularized leader, for sparse features (McMahan et al., 2013)."""

    learning_rate_power: AtMostZero = Field(-0.5, description="The power by which the rate falls.")
    initial_accumulator_value: NonNegativeFloat = Field(
        0.1, description="What the sum of squared gradients begins with."
    )
    l1_regularization_strength: NonNegativeFloat = Field(
        0.0, description="How strongly weights are drawn to exact zero."
    )
    l2_regularization_strength: NonNegativeFloat = Field(
        0.0, description="How strongly weights are drawn to small values."
    )
    l2_shrinkage_regularization_strength: NonNegativeFloat = Field(
        0.0, description="How strongly weights with a gradient are drawn to small values."
    )
    beta: NonNegativeFloat = Field(0.0, description="A part of the rate that does not fall.")


class Muon(GradientOptimizer):
    """Makes the steps of matrices orthogonal, and leaves the rest to AdamW (Jordan et al., 2024)."""

    weight_decay: NonNegativeFloat | None = Field(0.004, description="What share of each matrix a step takes away.")
    adam_beta_1: Memory = Field(0.9, description=_BETA_1)
    adam_beta_2: Memory = Field(0.999, description=_BETA_2)
    adam_weight_decay: NonNegativeFloat | None = Field(
        0.004, description="What share of each other weight a step takes away."
    )
    epsilon: NonNegativeFloat = Field(1e-7, description=_EPSILON)
    exclude_layers: Annotated[tuple[WeightPattern, ...], Field(strict=False)] | None = Field(
        None, description="Parts of the paths of weights that are left to AdamW."
    )
    exclude_embeddings: bool = Field(True, description="Whether the tables of embeddings are left to AdamW.")
    muon_a: Finite = Field(3.4445, description="The factor of x in each round of making orthogonal.")
    muon_b: Finite = Field(-4.775, description="The factor of x³.")
    muon_c: Finite = Field(2.0315, description="The factor of x⁵.")
    adam_lr_ratio: PositiveFloat = Field(1.0, description="AdamW's learning rate over this one.")
    momentum: Fraction = Field(0.95, description="How much of the last step goes on in the next.")
    ns_steps: PositiveRounds = Field(5, description="How many rounds of making orthogonal there are.")
    nesterov: bool = Field(True, description="Whether the momentum is Nesterov's.")
    rms_rate: PositiveFloat | None = Field(
        0.2, description="The root mean square that steps are scaled to; null for no scaling."
    )


class LossScaleOptimizer(Optimizer):
    """Scales the loss so that gradients in half precision do not vanish, and finds the scale by itself."""

    inner_optimizer: Annotated[Config, OneOf(families.optimizers)] = Field(description="The optimizer that steps.")
    initial_scale: PositiveFloat = Field(2.0**15, description="The scale to begin with.")
    dynamic_growth_steps: PositiveInt = Field(2000, description="After how many finite steps the scale is doubled.")

    @property
    def keeps_average(self) -> bool:
        """Whether the optimizer inside it does."""
        return isinstance(self.inner_optimizer, Optimizer) and self.inner_optimizer.keeps_average

    @field_validator("inner_optimizer", mode="after")
    @classmethod
    def _scaled_once(cls, inner: Config) -> Config:
        return _without_scale(inner, LossScaleOptimizer, "LossScaleOptimizer")


class OptimizerMap(Config):
    """Which optimizer changes which weights."""

    keras_module: ClassVar[str] = "keras.optimizers"

    default_optimizer: Annotated[Config, OneOf(families.optimizers)] = Field(
        description="The optimizer of the weights that no pattern matches."
    )
    optimizer_map: dict[WeightPattern, Annotated[Config, OneOf(families.optimizers)]] | None = Field(
        None, description="Optimizers by the paths of their weights; no weight may match two."
    )

    @field_validator("default_optimizer", mode="after")
    @classmethod
    def _default_steps(cls, inner: Config) -> Config:
        return _without_scale(inner, (LossScaleOptimizer, MultiOptimizer), "MultiOptimizer")

    @field_validator("optimizer_map", mode="after")
    @classmethod
    def _all_step(cls, optimizers: dict[str, Config] | None) -> dict[str, Config] | None:
        for optimizer in (optimizers or {}).values():
            _without_scale(optimizer, (LossScaleOptimizer, MultiOptimizer), "MultiOptimizer")
        return optimizers


class MultiOptimizer(Optimizer):
    """Several optimizers, each for some of the weights."""

    optimizer_map: Annotated[Config, OneOf(families.optimizer_maps)] = Field(
        description="Which optimizer changes which weights."
    )
    loss_scale_factor: PositiveFloat | None = Field(
        None, description="What the loss is multiplied with before gradients are taken, and they are divided by."
    )

    @property
    def keeps_average(self) -> bool:
        """Whether any of them does."""
        assert isinstance(self.optimizer_map, OptimizerMap)
        inside = (self.optimizer_map.default_optimizer, *(self.optimizer_map.optimizer_map or {}).values())
        return any(isinstance(each, Optimizer) and each.keeps_average for each in inside)


def _without_scale(inner: Config, refused: type[Config] | tuple[type[Config], ...], outer: str) -> Config:
    """An optimizer inside another. Keras takes its `loss_scale_factor` from it without a word."""
    if isinstance(inner, refused):
        raise invalid(f"cannot be a `{inner.keras_name}`: it stands inside a `{outer}`")
    if getattr(inner, "loss_scale_factor", None) is not None:
        raise invalid(f"cannot have a `loss_scale_factor`: the `{outer}` around it scales the loss")
    return inner
