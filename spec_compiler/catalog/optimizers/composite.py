"""Optimizers around others."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import (
    Field,
    field_validator,
)

from spec_compiler.catalog import families
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import (
    PositiveFloat,
    PositiveInt,
)
from spec_compiler.catalog.objects import OneOf
from spec_compiler.catalog.optimizers.base import Optimizer
from spec_compiler.catalog.optimizers.weight_patterns import WeightPattern
from spec_compiler.catalog.rules import invalid


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
