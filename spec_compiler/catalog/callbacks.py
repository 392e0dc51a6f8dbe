"""Callbacks: what happens between the epochs of training."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.fields import Finite, LogName, NonNegativeFloat, NonNegativeInt


class Callback(Config):
    """What happens between the epochs of training."""

    keras_module: ClassVar[str] = "keras.callbacks"

    takes_average: ClassVar[bool] = False
    """Whether it takes the moving average of the weights that an optimizer with `use_ema` keeps."""


class Monitor(Callback):
    """A callback that watches a value of the logs for improvement."""

    monitor: LogName = Field("val_loss", description="The logged value to watch.")
    verbose: Annotated[int, Field(ge=0, le=1)] = Field(0, description="1 to print a line when it acts, 0 for none.")
    mode: Literal["auto", "min", "max"] = Field(
        "auto", description="Whether lower or higher is better; `auto` follows the metric."
    )


class EarlyStopping(Monitor):
    """Ends training when a value no longer improves."""

    min_delta: NonNegativeFloat = Field(0.0, description="What is less is no improvement.")
    patience: NonNegativeInt = Field(0, description="How many epochs without improvement are waited for.")
    baseline: Finite | None = Field(None, description="A value that must be improved on; null for none.")
    restore_best_weights: bool = Field(False, description="Whether the weights of the best epoch are put back.")
    start_from_epoch: NonNegativeInt = Field(0, description="The first epoch that counts.")


class ReduceLROnPlateau(Monitor):
    """Lowers the learning rate when a value no longer improves."""

    factor: Annotated[float, Field(gt=0, lt=1)] = Field(0.1, description="What the rate is multiplied with.")
    patience: NonNegativeInt = Field(10, description="How many epochs without improvement are waited for.")
    min_delta: NonNegativeFloat = Field(0.0001, description="What is less is no improvement.")
    cooldown: NonNegativeInt = Field(0, description="How many epochs are not counted after the rate was lowered.")
    min_lr: NonNegativeFloat = Field(0.0, description="The rate is never made lower than this.")


class TerminateOnNaN(Callback):
    """Ends training when the loss is no longer a finite number."""

    raise_error: bool = Field(False, description="Whether that is an error rather than the end.")


class SwapEMAWeights(Callback):
    """Puts the moving averages of the weights in their place for testing; for an optimizer with `use_ema`."""

    takes_average = True

    swap_on_epoch: bool = Field(False, description="Whether they are also swapped at the end of each epoch.")
