"""Moving averages in place of the weights."""

from __future__ import annotations

from pydantic import Field

from spec_compiler.catalog.callbacks.base import Callback


class SwapEMAWeights(Callback):
    """Puts the moving averages of the weights in their place for testing; for an optimizer with `use_ema`."""

    takes_average = True

    swap_on_epoch: bool = Field(False, description="Whether they are also swapped at the end of each epoch.")
