"""The end of training when a value no longer improves."""

from __future__ import annotations

from pydantic import Field

from spec_compiler.catalog.callbacks.base import Monitor
from spec_compiler.catalog.fields import Finite, NonNegativeFloat, NonNegativeInt


class EarlyStopping(Monitor):
    """Ends training when a value no longer improves."""

    min_delta: NonNegativeFloat = Field(0.0, description="What is less is no improvement.")
    patience: NonNegativeInt = Field(0, description="How many epochs without improvement are waited for.")
    baseline: Finite | None = Field(None, description="A value that must be improved on; null for none.")
    restore_best_weights: bool = Field(False, description="Whether the weights of the best epoch are put back.")
    start_from_epoch: NonNegativeInt = Field(0, description="The first epoch that counts.")
