"""What a model is trained for and how, typed: the options of outputs, `compile` and `fit` once they are evaluated."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from spec_compiler.catalog import families
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import Finite, NonNegativeInt, PositiveInt, show
from spec_compiler.catalog.objects import Named, OneOf
from spec_compiler.catalog.rules import invalid
from spec_compiler.numerals import whole_number

Loss = Annotated[Config | Named | None, OneOf(families.losses, optional=True)]
Metric = Annotated[Config | Named, OneOf(families.metrics)]
Optimizer = Annotated[Config | Named, OneOf(families.optimizers)]
Callback = Annotated[Config | Named, OneOf(families.callbacks)]


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Metrics = Annotated[tuple[Metric, ...], BeforeValidator(_tuple)]
Callbacks = Annotated[tuple[Callback, ...], BeforeValidator(_tuple)]


class Settings(BaseModel):
    """A group of settings: a mapping with certain keys, held to strict types."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", defer_build=True)


class OutputSettings(Settings):
    """What one output is trained for."""

    loss: Loss = Field(None, description="A loss of Keras; without one the output is not trained on.")
    loss_weight: Finite | None = Field(None, description="What the loss is multiplied with; 1.0 if left out.")
    metrics: Metrics = Field((), description="What is measured.")
    weighted_metrics: Metrics = Field((), description="What is measured with the sample weights.")

    @property
    def needs_targets(self) -> bool:
        """Whether something is held against targets: a loss or a metric."""
        return self.loss is not None or bool(self.metrics) or bool(self.weighted_metrics)

    @property
    def weight_in_total(self) -> float | None:
        """What the loss counts in the total loss of the model; None without a loss."""
        if self.loss is None:
            return None
        return 1.0 if self.loss_weight is None else float(self.loss_weight)


def _jit(value: Any) -> bool | str:
    if isinstance(value, bool) or value == "auto":
        return value  # type: ignore[no-any-return]
    raise invalid(f"takes true, false or `auto`, not {show(value)}")


_JIT = WithJsonSchema({"enum": [True, False, "auto"]})
_CLASS_WEIGHT = WithJsonSchema(
    {
        "type": "object",
        "propertyNames": {"pattern": "^[0-9]+$"},
        "additionalProperties": {"type": "number", "minimum": 0},
    }
)
_EPOCH = {"type": "integer", "minimum": 1}
_FREQUENCY = WithJsonSchema({"anyOf": [_EPOCH, {"type": "array", "items": _EPOCH}]})


class CompileSettings(Settings):
    """How the model is compiled: the options of `keras.Model.compile` that are not an output's."""

    optimizer: Optimizer = Field("rmsprop", validate_default=True, description="The optimizer.")
    jit_compile: Annotated[bool | str, PlainValidator(_jit), _JIT] = Field(
        "auto", description="Whether XLA compiles the model: true, false or `auto`."
    )
    run_eagerly: bool = Field(False, description="Whether the model runs step by step, for debugging.")
    steps_per_execution: PositiveInt = Field(1, description="How many batches one call of the graph works through.")
    auto_scale_loss: bool = Field(True, description="Whether the loss is scaled under `mixed_float16`.")


def _class_weight(value: Any) -> dict[int, float]:
    if not isinstance(value, dict) or not value:
        raise invalid(f"takes a mapping from class numbers to weights, not {show(value)}")
    weights: dict[int, float] = {}
    for key, weight in value.items():
        number = whole_number(key) if isinstance(key, str) else key
        if type(number) is not int or number < 0:
            raise invalid(f"has class numbers as keys, and {show(key)} is none")
        if number in weights:
            raise invalid(f"has the class {number} twice")
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight < float("inf"):
            raise invalid(f"has weights that are numbers of at least 0, and {show(weight)} is none")
        weights[number] = float(weight)
    return weights


def _frequency(value: Any) -> int | tuple[int, ...]:
    if type(value) is int and value > 0:
        return value
    if isinstance(value, (list, tuple)) and value and all(type(epoch) is int and epoch > 0 for epoch in value):
        return tuple(value)
    raise invalid(f"takes a whole number of epochs or a list of epochs, not {show(value)}")


class FitSettings(Settings):
    """Defaults for training: the options of `keras.Model.fit` that are no data."""

    epochs: PositiveInt = Field(1, description="How often the data is gone through.")
    batch_size: PositiveInt | None = Field(None, description="How many samples make a step; 32 if left out.")
    validation_split: Annotated[float, Field(ge=0, lt=1)] = Field(0.0, description="The share held out.")
    shuffle: bool = Field(True, description="Whether the samples are shuffled before each epoch.")
    class_weight: Annotated[dict[int, float] | None, PlainValidator(_class_weight), _CLASS_WEIGHT] = Field(
        None, description="What the samples of each class weigh."
    )
    initial_epoch: NonNegativeInt = Field(0, description="The epoch to begin with, for training that goes on.")
    steps_per_epoch: PositiveInt | None = Field(None, description="How many steps make an epoch.")
    validation_steps: PositiveInt | None = Field(None, description="How many steps make a validation.")
    validation_freq: Annotated[int | tuple[int, ...], PlainValidator(_frequency), _FREQUENCY] = Field(
        1, description="After how many epochs, or after which, there is a validation."
    )
    callbacks: Callbacks = Field((), description="What goes along with training.")
