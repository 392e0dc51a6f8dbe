"""A lower learning rate when a value no longer improves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from spec_compiler.catalog.callbacks.base import Monitor
from spec_compiler.catalog.fields import NonNegativeFloat, NonNegativeInt


class ReduceLROnPlateau(Monitor):
    """Lowers the learning rate when a value no longer improves."""

    factor: Annotated[float, Field(gt=0, lt=1)] = Field(0.1, description="What the rate is multiplied with.")
    patience: NonNegativeInt = Field(10, description="How many epochs without improvement are waited for.")
    min_delta: NonNegativeFloat = Field(0.0001, description="What is less is no improvement.")
    cooldown: NonNegativeInt = Field(0, description="How many epochs are not counted after the rate was lowered.")
    min_lr: NonNegativeFloat = Field(0.0, description="The rate is never made lower than this.")
